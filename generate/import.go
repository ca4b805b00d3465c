package generate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Import turns a plugin-cfg.xml into the YAML of a topology from which Compile makes a file of the same meaning: same
// endpoints, attributes in effect and decisions. What is irregular is kept by overrides, by elements and by allow. The
// diagnostics name, with its place in the XML, whatever a topology cannot say; they are errors when the YAML is nil,
// because the file is not a whole plugin-cfg.xml. sessions, unless nil, is what the servers say of sessions, keys of
// session: that no plugin-cfg.xml holds.
// It is done twice where the file has what lint calls an error: what the first topology is refused for becomes its
// allow, so that a file that is in use can be generated anew, faults and all.
func Import(cfg *parser.Config, sessions *yamldoc.Node) ([]byte, []diag.Diagnostic) {
	if cfg.Node == nil {
		span := diag.Span{File: cfg.Doc.File}
		return nil, []diag.Diagnostic{{Span: span, Severity: diag.Error,
			Rule:    diag.Rule{Code: diag.NotAConfig, Name: "not-a-config"},
			Message: "not a whole plugin-cfg.xml: there is no Config element, so there is no topology to write"}}
	}
	im := newImporter(cfg)
	if sessions != nil {
		im.sessions = orNothing(sessions)
	}
	root := im.topology()
	src := yamldoc.Print(root)
	top, outputs, reports := reread(src)
	if allow := allowance(reports); len(allow) > 0 {
		root.Put("allow", yamldoc.NewList(allow...))
		src = yamldoc.Print(root)
		top, outputs, _ = reread(src)
	}
	if top == nil {
		im.lost(cfg.Node, "this file: the topology made of it cannot be read")
		return nil, im.reports
	}
	// The proof: what the compiled file says otherwise is told, with the place in the file that was read.
	for _, c := range diff.Attributes(cfg, outputs[0].Config) {
		span := c.OldAt
		if span.IsZero() {
			// only the compiled file says it, whose places are those of a YAML that nobody has seen
			span = cfg.Node.NameSpan
		}
		if slices.ContainsFunc(im.reports, func(d diag.Diagnostic) bool {
			return strings.HasSuffix(c.Subject, " text") && d.Span == span
		}) {
			continue // that text is told of already
		}
		im.reports = append(im.reports, diag.Diagnostic{Span: span, Severity: diag.Warning,
			Message: "a topology cannot say this: " + c.String()})
	}
	diag.Sort(im.reports)
	return src, im.reports
}

// reread compiles a topology that was just written.
func reread(src []byte) (*Topology, []Output, []diag.Diagnostic) {
	files := diag.NewFiles()
	top, reports := Read(files, files.Add("topology.yaml", src))
	if top == nil {
		return nil, nil, reports
	}
	outputs, reports := top.Compile(Options{})
	return top, outputs, reports
}

// allowance lists the codes of the errors that a file already lives with.
func allowance(reports []diag.Diagnostic) []*yamldoc.Node {
	seen := map[string]bool{}
	for _, d := range reports {
		if d.Severity == diag.Error && d.Rule.Code != "" {
			seen[d.Rule.Code] = true
		}
	}
	var codes []*yamldoc.Node
	for _, code := range slices.Sorted(maps.Keys(seen)) {
		codes = append(codes, yamldoc.NewText(code))
	}
	return codes
}

// importer writes one topology in one flavor; topology makes a copy for each that it tries.
type importer struct {
	cfg      *parser.Config
	sessions *yamldoc.Node // of the servers; nil where nothing is known
	flavor   flavor
	web      *WebServer // the web server under construction, for its default paths
	tls      [3]string  // keyring, stashfile and certLabel of the web server, "" when it has none
	reports  []diag.Diagnostic

	names           *resolve.Names    // which definition a Name means
	hosts, clusters map[string]string // Name -> key, of the definition that it means
	raw             []*yamldoc.Node   // elements to be written as they are
	pending         []string          // comments that wait for the next entry
}

// Root and name of the web server are read off what the generators derive from them: PluginInstallRoot, and the path
// .../logs/NAME/http_plugin.log of Log. Where they do not fit the paths are written out.
func newImporter(cfg *parser.Config) *importer {
	im := &importer{cfg: cfg, names: resolve.New(cfg)}
	im.web = &WebServer{Name: text{V: "webserver1"}, PluginRoot: text{V: defaultRoot}}
	if p := parser.Find(cfg.Properties, "PluginInstallRoot"); p != nil && p.Name.V == "PluginInstallRoot" &&
		p.Value.Set() {
		im.web.PluginRoot.V = p.Value.V
	}
	im.web.Windows = strings.Contains(im.web.PluginRoot.V, `\`)
	if cfg.Log != nil {
		if m := regexp.MustCompile(`[/\\]logs[/\\]([^/\\]+)[/\\][^/\\]+$`).FindStringSubmatch(
			cfg.Log.Name.V); m != nil {
			im.web.Name.V = m[1]
		}
	}
	im.tls = im.commonTLS()
	return im
}

// lost notes what is left out, at its place in the file.
func (im *importer) lost(n *parser.Node, format string, args ...any) {
	im.reports = append(im.reports, diag.Diagnostic{Span: n.Span, Severity: diag.Warning,
		Message: "a topology cannot say " + diag.Sprintf(format, args...)})
}

// topology writes the file in the flavor that needs fewer words.
// All of them say the same. The fewest words are those of the generator that the file comes from, as a rule; of
// equally long ones the first stays.
func (im *importer) topology() *yamldoc.Node {
	var best *yamldoc.Node
	var reports []diag.Diagnostic
	length := 0
	for _, name := range []string{"was", "liberty", "plain"} {
		try := *im
		try.flavor = flavorDefaults(name)
		root := try.write(name)
		if n := len(yamldoc.Print(root)); best == nil || n < length {
			best, reports, length = root, try.reports, n
		}
	}
	im.reports = reports
	return best
}

func newMap() *yamldoc.Node { return &yamldoc.Node{Kind: yamldoc.Map} }

// orNothing returns nil for a map or list without content.
func orNothing(n *yamldoc.Node) *yamldoc.Node {
	if len(n.Fields)+len(n.Items) == 0 {
		return nil
	}
	return n
}

// optional is a text, or null when the attribute is not written.
// null says that there is none, where a missing key would mean a default.
func optional(n *parser.Node, name string) *yamldoc.Node {
	if a := n.Attr(name); a != nil {
		return yamldoc.NewText(a.Value)
	}
	return yamldoc.NewPlain("")
}

// write writes the keys in the order of the schema; Put leaves out what is nil.
func (im *importer) write(flavor string) *yamldoc.Node {
	im.hosts, im.clusters = map[string]string{}, map[string]string{}
	nodes := im.cfg.Doc.Nodes
	config := max(slices.Index(nodes, im.cfg.Node), 0)
	im.takeComments(nodes[:config]...)
	header := im.waiting() // what stands before Config stays at the top
	hosts, clusters, applications := im.children()
	im.takeComments(nodes[config:]...)
	root := newMap().
		Put("version", yamldoc.NewPlain("1")).
		Put("cell", im.cell(header)).
		Put("flavor", yamldoc.NewText(flavor)).
		Put("webServers", yamldoc.NewList(im.webServer())).
		Put("virtualHosts", hosts).
		Put("session", im.sessions).
		Put("clusters", clusters).
		Put("applications", orNothing(applications))
	root.Comment = strings.Trim(header+"\n"+im.waiting(), "\n")
	return root
}

var headline = lazy.Regexp(`for the webserver (\S+)\.(\S+) generated`)

// cell returns the name of the cell, and of the node where there is one, that the generators' comment has before the
// web server's; nil for none.
func (im *importer) cell(header string) *yamldoc.Node {
	m := headline().FindStringSubmatch(header)
	if m == nil || m[2] != im.web.Name.V {
		return nil
	}
	return yamldoc.NewText(m[1])
}

// children walks the children of Config in file order, so that comments stay with what they speak of. Routes come
// last: they need to know every definition.
func (im *importer) children() (hosts, clusters, applications *yamldoc.Node) {
	hosts, clusters, applications = newMap(), newMap(), yamldoc.NewList()
	// the view knows its nodes; here they are looked up the other way round, once for all children
	hostOf, clusterOf, routeOf := map[*parser.Node]*parser.VirtualHostGroup{},
		map[*parser.Node]*parser.ServerCluster{}, map[*parser.Node]*parser.Route{}
	for _, h := range im.cfg.VirtualHostGroups {
		hostOf[h.Node] = h
	}
	for _, c := range im.cfg.Clusters {
		clusterOf[c.Node] = c
	}
	for _, r := range im.cfg.Routes {
		routeOf[r.Node] = r
	}
	routes := newRoutes(im)
	comments := map[*parser.Node][]string{}
	for _, n := range im.cfg.Node.Children {
		switch {
		case n.Kind == parser.Comment:
			im.takeComments(n)
		case hostOf[n] != nil:
			im.virtualHost(hosts, hostOf[n])
		case clusterOf[n] != nil:
			im.cluster(clusters, clusterOf[n])
		case routeOf[n] != nil:
			comments[n], im.pending = im.pending, nil
		case n.Kind == parser.Element && !regularChild(n, im.cfg):
			im.raw = append(im.raw, im.element(n))
		case (n.Kind == parser.Text || n.Kind == parser.CDATA) && strings.TrimSpace(n.Text) != "":
			im.lost(n, "text between the elements")
		}
	}
	// what stands behind the last child must not go to the first Route: Routes have the comments of their own places
	rest := im.pending
	im.pending = nil
	for _, r := range im.cfg.Routes {
		im.pending = comments[r.Node]
		routes.add(applications, r)
	}
	im.pending = rest
	routes.unused()
	return hosts, clusters, applications
}

// regularChild reports whether a child of Config has words of its own in a topology.
// Others are written as elements, behind all that has words. Of Property it is all or none, so that their order stays.
func regularChild(n *parser.Node, cfg *parser.Config) bool {
	switch n.Name {
	case "UriGroup":
		return true
	case "Log":
		return cfg.Log != nil && cfg.Log.Node == n && len(n.Elements("")) == 0
	case "Property":
		return !odd(cfg.Properties)
	case "TrustedProxyGroup":
		return n == cfg.Node.Elements("TrustedProxyGroup")[0] && plainProxies(n)
	}
	return n.Name == "ConfigHash" // Liberty's change marker, no part of the configuration
}

// plainProxies reports whether a list of names says all of a TrustedProxyGroup.
func plainProxies(n *parser.Node) bool {
	for _, p := range n.Elements("") {
		if p.Name != "TrustedProxy" || len(p.Attrs) != 1 || p.Attr("Name") == nil || len(p.Elements("")) > 0 {
			return false
		}
	}
	return len(n.Attrs) == 0
}

// plainProperty reports whether a name and a value say all of a Property.
func plainProperty(n *parser.Node) bool {
	for _, a := range n.Attrs {
		if a.Name != "Name" && a.Name != "Value" {
			return false
		}
	}
	return n.Attr("Name") != nil && len(n.Elements("")) == 0
}

// takeComments keeps comments for the next entry; a line of their own keeps them legible.
func (im *importer) takeComments(nodes ...*parser.Node) {
	for _, n := range nodes {
		if n.Kind != parser.Comment || strings.TrimSpace(n.Text) == "" {
			continue
		}
		im.pending = append(im.pending, strings.TrimSpace(n.Text))
	}
}

// waiting returns the comments that wait, which do so no longer.
func (im *importer) waiting() string {
	text := strings.Join(im.pending, "\n")
	im.pending = nil
	return text
}

// within returns the comments that wait and those inside a node.
func (im *importer) within(n *parser.Node) string {
	var walk func(n *parser.Node)
	walk = func(n *parser.Node) {
		for _, c := range n.Children {
			im.takeComments(c)
			walk(c)
		}
	}
	walk(n)
	return im.waiting()
}

// element writes an element as it is.
func (im *importer) element(n *parser.Node) *yamldoc.Node {
	attributes, elements := newMap(), yamldoc.NewList()
	for i := range n.Attrs {
		// of an attribute that is written twice the first counts
		if n.Attr(n.Attrs[i].Name) == &n.Attrs[i] {
			attributes.Put(n.Attrs[i].Name, yamldoc.NewText(n.Attrs[i].Value))
		}
	}
	text := ""
	for _, c := range n.Children {
		switch c.Kind {
		case parser.Element:
			elements.Items = append(elements.Items, im.element(c))
		case parser.Text, parser.CDATA:
			text += c.Text
		}
	}
	e := newMap().Put("element", yamldoc.NewText(n.Name)).Put("attributes", orNothing(attributes))
	if text = strings.TrimSpace(text); text != "" {
		e.Put("text", yamldoc.NewText(text))
	}
	return e.Put("elements", orNothing(elements))
}

// strays writes the child elements that a topology has no words for, and names the text that it cannot keep.
func (im *importer) strays(n *parser.Node, known ...string) *yamldoc.Node {
	list := yamldoc.NewList()
	for _, c := range n.Children {
		switch {
		case c.Kind == parser.Element && !contains(known, c.Name):
			list.Items = append(list.Items, im.element(c))
		case (c.Kind == parser.Text || c.Kind == parser.CDATA) && strings.TrimSpace(c.Text) != "":
			im.lost(c, "text inside <%s>", n.Name)
		}
	}
	return orNothing(list)
}

// key makes a Name the key of a map, another one when it is taken or missing; then the entry needs the Name itself.
// Names may be missing or stand twice, keys of YAML may not: shop, shop (2).
func key(m *yamldoc.Node, n *parser.Node, fallback string) (key string, name *yamldoc.Node) {
	attr := n.Attr("Name")
	key = fallback
	if attr != nil {
		key = attr.Value
	}
	base := key
	for i := 2; m.Field(key) != nil; i++ {
		key = fmt.Sprintf("%s (%d)", base, i)
	}
	if attr == nil || attr.Value != key {
		name = optional(n, "Name")
	}
	return key, name
}
