package liberty

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Sessions is what a file says of sessions.
type Sessions struct {
	Settings *yamldoc.Node // what the servers do with sessions, keys of a topology's session:
	Names    *yamldoc.Node // how the plug-in finds them: cookie, urlIdentifier, cloneSeparator
}

// Read reads a file. Nil sessions: it is no server's file, or none that can be read, and an error says why. Warnings
// name what is not taken over.
// The root element tells which of the files it is.
func Read(f diag.FileID, src []byte) (*Sessions, []diag.Diagnostic) {
	doc, reports := parser.ParseXML(f, src)
	if diag.Worst(reports) == diag.Error {
		return nil, reports
	}
	r := &reader{reports: reports, values: map[string]*yamldoc.Node{}, open: map[string]bool{}}
	root := rootOf(doc)
	switch {
	case root == nil:
		r.fail(diag.Span{File: f},
			"there is no element: want the server.xml of a server, or the deployment.xml of an application")
		return nil, r.reports
	case root.Name == "server" || root.Name == "client":
		r.liberty(root)
	case localName(root.Name) == "Server" || localName(root.Name) == "Deployment" ||
		strings.HasPrefix(root.Name, "xmi:"):
		r.cell(root)
	default:
		r.fail(root.NameSpan,
			"element <%s> is no server's: want <server> of Liberty's server.xml, <process:Server> of a cell's "+
				"server.xml, or <appdeployment:Deployment>", root.Name)
		return nil, r.reports
	}
	if diag.Sort(r.reports); diag.Worst(r.reports) == diag.Error {
		return nil, r.reports
	}
	return &Sessions{r.ordered(settingKeys), r.ordered(nameKeys)}, r.reports
}

func rootOf(doc *parser.Document) *parser.Node {
	for _, n := range doc.Nodes {
		if n.Kind == parser.Element {
			return n
		}
	}
	return nil
}

// localName is a name without its prefix.
func localName(name string) string { return name[strings.IndexByte(name, ':')+1:] }

// The keys of a topology's session:, in the order of its schema.
var (
	nameKeys    = []string{"cookie", "urlIdentifier", "cloneSeparator"}
	settingKeys = []string{"persistence", "writeFrequency", "writeInterval", "writeContents",
		"schema", "mode", "timeout",
		"reaperInterval", "scheduledInvalidation", "noAffinitySwitchBack", "idReuse",
		"idLength", "securityIntegration",
		"maxInMemory", "allowOverflow", "optimizeCacheIdIncrements", "domain"}
)

// reader collects what a file says.
type reader struct {
	values    map[string]*yamldoc.Node // by the topology's key
	open      map[string]bool          // keys that the file says something of that could not be taken over
	variables map[string]variable
	reports   []diag.Diagnostic
}

// ordered puts what was read in the order of the schema, whatever order the file has.
func (r *reader) ordered(keys []string) *yamldoc.Node {
	n := &yamldoc.Node{Kind: yamldoc.Map}
	for _, key := range keys {
		n.Put(key, r.values[key])
	}
	return n
}

func (r *reader) fail(at diag.Span, format string, args ...any) {
	r.report(at, diag.Error, format, args)
}
func (r *reader) warn(at diag.Span, format string, args ...any) {
	r.report(at, diag.Warning, format, args)
}

func (r *reader) report(at diag.Span, s diag.Severity, format string, args []any) {
	r.reports = append(r.reports, diag.Diagnostic{Span: at, Severity: s, Message: diag.Sprintf(format, args...)})
}

// row is an attribute that is known.
type row struct {
	key  string // of the topology; "" where it has none
	take func(r *reader, key string, a *parser.Attr, text string) *yamldoc.Node
	// told: it changes what becomes of sessions, and a topology has no word for it
	told bool
}

var (
	silent = row{}           // no part of what a topology is about
	unsaid = row{told: true} // a part of it without a word
)

// attributes takes over what an element says, row by row.
// An attribute without a row is told even though it may be harmless: a new level of the server may have brought it.
func (r *reader) attributes(n *parser.Node, rows map[string]row) {
	for i := range n.Attrs {
		a := &n.Attrs[i]
		known, ok := rows[a.Name]
		switch {
		case strings.HasPrefix(a.Name, "xmi:") || strings.HasPrefix(a.Name, "xmlns"):
		case !ok:
			r.warn(a.NameSpan, "nobody knows attribute %s of <%s>%s: it is not taken over", a.Name, n.Name,
				diag.DidYouMean(a.Name, namesOf(rows)))
		case known.told:
			r.warn(a.NameSpan, "a topology cannot say %s of <%s>", a.Name, n.Name)
		case known.take != nil:
			r.open[known.key] = true
			if text, ok := r.expand(a); ok {
				r.put(known, a, text)
			}
		}
	}
}

// put takes a value over, and keeps where it stands.
func (r *reader) put(known row, a *parser.Attr, text string) {
	if v := known.take(r, known.key, a, text); v != nil {
		v.Span = a.Span
		r.values[known.key] = v
	}
}

// otherwise is what holds where the file says nothing of a key. It is written down: in a topology other defaults may
// hold.
func (r *reader) otherwise(key, text string) {
	if r.values[key] == nil && !r.open[key] {
		r.values[key] = yamldoc.NewPlain(text)
	}
}

// is compares what was taken over.
func (r *reader) is(key, text string) bool {
	v := r.values[key]
	return v != nil && v.Text == text
}

func namesOf(rows map[string]row) (names []string) {
	for name := range rows {
		names = append(names, name)
	}
	return names
}
