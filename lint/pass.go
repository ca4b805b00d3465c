package lint

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// Pass is what a rule sees of one file, and where it reports.
type Pass struct {
	Config  *parser.Config
	Table   *routecheck.Table
	Options *Options
	Run     []*Pass // the passes of all files of the run, ordered by file name

	// Fragment: the file is a part of a Config, so that what it lacks may stand elsewhere.
	Fragment bool

	files       *diag.Files
	file        diag.FileID
	faults      []diag.Diagnostic // of Parse
	rejects     []diag.Diagnostic // of routecheck.New
	groups      []string          // of the Input
	facts       facts
	persistence map[string]string // of Input
	rule        *Rule
	findings    []*Finding
	shared      *shared
}

// Finding is a diagnostic in the making.
type Finding struct {
	diag.Diagnostic
	about []any
}

// Report adds a finding at a span.
func (p *Pass) Report(span diag.Span, format string, args ...any) *Finding {
	f := &Finding{Diagnostic: diag.Diagnostic{
		Span: span, Severity: p.rule.Severity, Rule: p.rule.Diag(), Message: unnamed.Replace(printable(diag.Sprintf(format, clip(args)...))),
	}}
	p.findings = append(p.findings, f)
	return f
}

// unnamed words what has no name, in fragments and where an attribute is misspelt.
var unnamed = strings.NewReplacer(` of cluster ""`, "", `cluster ""`, "the cluster without Name", `server ""`, "the server without Name")

// clusters returns the clusters that are written. A fragment may hold servers without the element around them: of its attributes and lists
// nothing can be said.
func (p *Pass) clusters() []*parser.ServerCluster {
	if !p.Fragment {
		return p.Config.Clusters
	}
	return slices.DeleteFunc(slices.Clone(p.Config.Clusters), func(c *parser.ServerCluster) bool { return c.Node.Span.IsZero() })
}

// grouped reports whether rules about several files see both files at once.
func (p *Pass) grouped(q *Pass) bool {
	return len(p.groups)+len(q.groups) == 0 || slices.ContainsFunc(p.groups, func(g string) bool { return slices.Contains(q.groups, g) })
}

// adopt reports what the parser or the decision core has found.
func (p *Pass) adopt(ds []diag.Diagnostic) {
	for _, d := range ds {
		if d.Rule.Code == p.rule.Code {
			p.findings = append(p.findings, &Finding{Diagnostic: d, about: []any{d.Span}})
		}
	}
}

// See adds a second place.
func (f *Finding) See(span diag.Span, format string, args ...any) *Finding {
	if !span.IsZero() {
		f.Related = append(f.Related, diag.Related{Span: span, Message: printable(diag.Sprintf(format, clip(args)...))})
	}
	return f
}

// As gives the finding another severity than its rule has.
func (f *Finding) As(s diag.Severity) *Finding {
	f.Severity = s
	return f
}

// About names what the finding speaks of: a finding of another rule about the same thing may be silenced.
func (f *Finding) About(keys ...any) *Finding {
	f.about = append(f.about, keys...)
	return f
}

// Repair attaches a fix. Edits in no file, of a default or of built content, make none.
func (f *Finding) Repair(safe bool, title string, edits ...diag.Edit) *Finding {
	for _, e := range edits {
		if e.Span.IsZero() {
			return f
		}
	}
	if len(edits) > 0 {
		f.Fix = &diag.Fix{Title: title, Safe: safe, Edits: edits}
	}
	return f
}

// attr is the key of an attribute of an element, written or missing.
type attr struct {
	node *parser.Node
	name string
}

// pair is the key of two things in either order.
type pair struct{ a, b any }

// option returns the first number of an option of the rule.
func (p *Pass) option(name string) int { return p.optionList(name)[0] }

func (p *Pass) optionList(name string) []int {
	if set, ok := p.Options.Rules[p.rule.Code]; ok {
		if v, ok := set.Options[name]; ok && len(v) > 0 {
			return v
		}
	}
	for _, o := range p.rule.Options {
		if o.Name == name {
			return o.Default
		}
	}
	return []int{0}
}

// where names a place in the text of a message: "line 12", or "other.xml:12" when it is in another file.
func (p *Pass) where(span diag.Span) string {
	at := p.files.Start(span)
	switch {
	case at.Line == 0:
		return "an unknown line"
	case span.File != p.file:
		return at.File + ":" + strconv.Itoa(at.Line)
	}
	return "line " + strconv.Itoa(at.Line)
}

// printable keeps control characters of hostile names out of reports.
func printable(text string) string { return string(diag.AppendVisible(nil, text, diag.Text, "")) }

const longWord = 80 // bytes of a name that a message shows

func clip(args []any) []any {
	for i, a := range args {
		if text, ok := a.(string); ok {
			if len(text) > 4*longWord {
				text = clipWord(text)
			}
			args[i] = text
		}
	}
	return args
}

func clipWord(text string) string {
	cut := longWord
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}

// valueEdit replaces the value of an attribute.
func valueEdit(at *parser.Attr, value string) diag.Edit { return writeValue(at.Span, "", value, "") }

// writeValue writes a value between two texts. A value outside of ASCII gives the edit in no file, which makes no fix: its bytes hang on
// the encoding of the file.
func writeValue(span diag.Span, before, value, after string) diag.Edit {
	for i := range len(value) {
		if value[i] >= utf8.RuneSelf {
			return diag.Edit{}
		}
	}
	return diag.Edit{Span: span, New: before + escape(value) + after}
}

func escape(value string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(value)
}

// addAttr writes an attribute that an element lacks, behind its name.
func addAttr(n *parser.Node, name, value string) diag.Edit {
	at := diag.Span{File: n.NameSpan.File, Start: n.NameSpan.End, End: n.NameSpan.End}
	return writeValue(at, " "+name+`="`, value, `"`)
}

// setAttr writes a value whether the attribute stands there or not.
func setAttr(n *parser.Node, name, value string) diag.Edit {
	if at := n.Attr(name); at != nil {
		return valueEdit(at, value)
	}
	return addAttr(n, name, value)
}

// at returns where a value is written, the name of the attribute where the value is empty, or the name of the element that lacks it.
func at[T any](v parser.Val[T], n *parser.Node) diag.Span {
	switch span := v.Span(); {
	case v.At != nil && span.Start == span.End && !v.At.NameSpan.IsZero():
		return v.At.NameSpan
	case v.Set() || n == nil:
		return span
	}
	return n.NameSpan
}
