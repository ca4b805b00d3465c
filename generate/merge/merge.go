package merge

import (
	"bytes"
	"fmt"

	"github.com/wasplug/wasplug/generate/merge/proof"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// Mode says who serves a URI that several files have.
type Mode uint8

const (
	Balance    Mode = iota // the members of all files, balanced
	Failover               // the members of the first file; those of the others are backups
	Precedence             // the members of the first file alone
)

// Modes are the names of the modes.
var Modes = []string{"balance", "failover", "precedence"}

// Input is a file to be merged.
type Input struct {
	Name   string // for comments and messages
	Config *parser.Config
}

// Options of a merge. Base is the input whose Config attributes, Log, Properties and other elements count. Allow holds
// codes of rules whose errors are conflicts to live with.
type Options struct {
	Mode  Mode
	Base  int
	Allow []string
}

// Result is the merged file. Conflicts name what the inputs say differently and which file won, what is left out, and
// what lint finds in the merged file and in no input. With an error among them the file must not be used.
type Result struct {
	XML       []byte
	Doc       *parser.Document
	Conflicts []diag.Diagnostic
}

// Merge merges files in the order given; they must have been parsed without an error. The error says why
// there is no result: an input whose routing is not in the file, or a [*proof.Error].
// The order of the steps counts: partition makes the clusters and finds their conflicts, document attaches comments,
// and leftOut tells of those that found no place.
func Merge(files *diag.Files, inputs []Input, o Options) (*Result, error) {
	if err := refuse(inputs); err != nil {
		return nil, err
	}
	m := &merger{files: files, rules: rules.All(), inputs: inputs, options: o, sets: newSets(),
		comments: newComments(inputs)}
	if err := m.collect(); err != nil {
		return nil, err
	}
	doc := m.document(m.partition())
	m.conflictsOfAddresses()
	m.leftOut()
	var out bytes.Buffer
	if err := parser.Write(&out, doc); err != nil {
		return nil, err
	}
	// what is proved is the bytes, not the tree that they were made of
	written, reports := parser.Parse(0, out.Bytes())
	if diag.Worst(reports) == diag.Error {
		return nil, fmt.Errorf("the merged file cannot be read back: %s", reports[0].Message)
	}
	if err := proof.Check(configs(inputs), written, o.Mode == Precedence); err != nil {
		return nil, err
	}
	m.ask(doc)
	diag.Sort(m.conflicts)
	return &Result{XML: out.Bytes(), Doc: doc, Conflicts: m.conflicts}, nil
}

// RefusedError says why inputs cannot be merged at all.
type RefusedError struct {
	Span   diag.Span
	Reason string
}

func (e *RefusedError) Error() string { return e.Reason }

// IBM's tools refuse IntelligentManagement as well, and tell people to copy the connectors by hand. A file alone is no
// merge, so it may have it.
func refuse(inputs []Input) error {
	for _, in := range inputs {
		if n := in.Config.IntelligentManagement; n != nil && len(inputs) > 1 {
			return &RefusedError{n.NameSpan, fmt.Sprintf("%s has IntelligentManagement: its routing comes from "+
				"controllers at run time and cannot be merged; copy its ConnectorCluster elements by hand", in.Name)}
		}
		if in.Config.Node == nil {
			return &RefusedError{diag.Span{File: in.Config.Doc.File}, fmt.Sprintf("%s is not a whole plugin-cfg.xml",
				in.Name)}
		}
	}
	return nil
}

type merger struct {
	files     *diag.Files
	rules     []*lint.Rule
	inputs    []Input
	options   Options
	claims    []claim // Routes of all inputs, in their order
	aliases   table   // numbers of aliases and Uris, since units are millions
	uris      table
	uriFiles  []int32          // per URI: the set of files that list it
	units     map[uint64]*unit // by alias and Uri, 32 bits each
	order     []*unit          // as they came first
	sets      *sets            // of files, and of clusters
	clusters  []*source
	bySet     map[int32]*cluster    // of the output, by the sequence of clusters that serve a unit
	byMembers map[string][]*cluster // the same by what they come to: see cluster.key
	merged    []*cluster
	conflicts []diag.Diagnostic
	reported  map[string]int // conflicts by place, and rule or text
	comments  *comments
}

// source is a cluster of an input that a Route uses.
type source struct {
	file    int
	cluster *parser.ServerCluster
}

// claim is a Route whose references are resolved.
type claim struct {
	file    int
	route   *parser.Route
	host    *parser.VirtualHostGroup // nil: every host
	group   *parser.UriGroup         // nil: every URI
	cluster int32                    // index of clusters
}

// unit is a URI under an alias, the atom of routing.
type unit struct {
	alias, uri int32
	file       int // of the last claim
	layer      int // how often that file claimed it so far, less one
	layers     []layer
}

// layer is what the n-th Route of each file says of a unit: a file that has a unit twice keeps both Routes in their
// order.
type layer struct {
	set   int32 // the clusters, in the order of the files
	first int32 // the first claim
	uri   *parser.Uri
}

// table numbers strings in the order in which they come.
type table struct {
	ids   map[string]int32
	names []string
}

func (t *table) id(name string) int32 {
	if t.ids == nil {
		t.ids = map[string]int32{}
	}
	id, known := t.ids[name]
	if !known {
		id = int32(len(t.names))
		t.ids[name] = id
		t.names = append(t.names, name)
	}
	return id
}

// maxUnits bounds the memory of a merge to about a gigabyte, whatever a file multiplies.
const maxUnits = 5_000_000

// every stands for a group that a Route does not name: it takes everything (R17).
// No name in XML holds a NUL.
const every = "\x00every"

// collect resolves every Route and enters its units.
// The product of a Route is looked at before it is entered: a thousand aliases by a million Uris would be too much
// already. A group that is huge by itself is stopped inside of enter.
func (m *merger) collect() error {
	m.units, m.reported = map[uint64]*unit{}, map[string]int{}
	m.bySet, m.byMembers = map[int32]*cluster{}, map[string][]*cluster{}
	for file, in := range m.inputs {
		names := resolve.New(in.Config)
		known := map[*parser.ServerCluster]int32{}
		for _, r := range in.Config.Routes {
			c, cluster := m.resolve(file, in, names, r)
			if cluster == nil {
				continue
			}
			id, seen := known[cluster]
			if !seen {
				id = int32(len(m.clusters))
				known[cluster] = id
				m.clusters = append(m.clusters, &source{file, cluster})
			}
			c.cluster = id
			m.claims = append(m.claims, c)
			small := c.host == nil || c.group == nil || len(c.host.Aliases)*len(c.group.Uris) <= maxUnits
			if small {
				m.enter(int32(len(m.claims)-1), c)
			}
			if !small || len(m.order) > maxUnits {
				return &RefusedError{r.Node.Span, fmt.Sprintf("with this Route of %s there are more than %d pairs "+
					"of alias and URI; that is too much to merge", in.Name, maxUnits)}
			}
		}
	}
	return nil
}

// resolve finds what a Route names. A Route that leads nowhere contributes nothing; the plug-in would reject the whole
// file for it (R18).
func (m *merger) resolve(file int, in Input, names *resolve.Names, r *parser.Route) (claim, *parser.ServerCluster) {
	c := claim{file: file, route: r}
	var cluster *parser.ServerCluster
	c.host, c.group, cluster = names.RouteParts(r)
	missing := ""
	switch {
	case r.VirtualHostGroup.Set() && c.host == nil:
		missing = diag.Sprintf("virtual host group %q", r.VirtualHostGroup.V)
	case r.UriGroup.Set() && c.group == nil:
		missing = diag.Sprintf("uri group %q", r.UriGroup.V)
	case cluster == nil:
		missing = diag.Sprintf("server cluster %q", r.ServerCluster.V)
	}
	if missing != "" {
		m.conflict(r.Node.Span, diag.RouteToMissingGroup, "route of %s leads to %s, which is not defined; it is "+
			"left out", in.Name, missing)
		return c, nil
	}
	return c, cluster
}

func configs(inputs []Input) (all []*parser.Config) {
	for _, in := range inputs {
		all = append(all, in.Config)
	}
	return all
}

func aliasNames(h *parser.VirtualHostGroup) []string {
	if h == nil {
		return []string{every}
	}
	var all []string
	for _, a := range h.Aliases {
		all = append(all, a.Name.V)
	}
	return all
}

// enter enters the units of a claim, no more than merging can bear.
func (m *merger) enter(id int32, c claim) {
	var aliases []int32
	for _, a := range aliasNames(c.host) {
		aliases = append(aliases, m.aliases.id(a))
	}
	uris := []*parser.Uri{nil}
	if c.group != nil {
		uris = c.group.Uris
	}
	for _, u := range uris {
		name := every
		if u != nil {
			name = u.Name.V
		}
		uri := m.uris.id(name)
		if int(uri) == len(m.uriFiles) {
			m.uriFiles = append(m.uriFiles, 0)
		}
		m.uriFiles[uri] = m.sets.with(m.uriFiles[uri], int32(c.file))
		for _, alias := range aliases {
			m.claim(id, c, alias, uri, u)
		}
		if len(m.order) > maxUnits {
			return
		}
	}
}

// claim enters one unit of a claim.
// The n-th claim of a file joins the n-th of the files before it: a unit that a file leads to two clusters, of which
// the first wins (R13), is led to two merged ones in that order. A unit that says the same twice is one.
func (m *merger) claim(id int32, c claim, alias, uri int32, u *parser.Uri) {
	key := uint64(alias)<<32 | uint64(uri)
	n := m.units[key]
	switch {
	case n == nil:
		n = &unit{alias: alias, uri: uri, file: c.file}
		m.units[key] = n
		m.order = append(m.order, n)
	case n.file != c.file && m.options.Mode == Precedence:
		return // the first file that has a unit keeps it
	case n.file != c.file:
		n.file, n.layer = c.file, 0
	default:
		n.layer++
		if l := n.layers[n.layer-1]; m.sets.last(l.set) == c.cluster && sameCookies(l.uri, u) {
			n.layer-- // the same once more
			return
		}
	}
	if n.layer == len(n.layers) {
		n.layers = append(n.layers, layer{set: m.sets.with(0, c.cluster), first: id, uri: u})
		return
	}
	l := &n.layers[n.layer]
	if !sameCookies(l.uri, u) {
		m.cookieConflict(l, c, u)
	}
	l.set = m.sets.with(l.set, c.cluster)
}

// sameCookies: a Route without UriGroup has none, and differs from nothing.
func sameCookies(a, b *parser.Uri) bool {
	return a == nil || b == nil || a.AffinityCookie.V == b.AffinityCookie.V &&
		a.AffinityURLIdentifier.V == b.AffinityURLIdentifier.V
}
