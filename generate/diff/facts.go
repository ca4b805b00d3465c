package diff

import (
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// fact is one statement of a file: what it speaks of, its value in effect, and where it stands.
type fact struct {
	subject, value string
	at             diag.Span
	// the cluster and the server it belongs to: when one comes or goes, that is all there is to say
	within  []string
	route   bool   // it says where an alias and a URI lead
	weights string // with a weight: the start weights of the whole cluster, which are what counts (R31)
	cluster string // with route: where
	uri     *parser.Uri
	servers []string // with a list of servers: their names
}

// facts states a file. A subject occurs once: things of one name are numbered.
type facts struct {
	list   []fact
	seen   map[string]int    // how often each subject was stated
	claims map[string]string // the last claim on an alias and URI: the same again is no news
	within []string          // put into each fact that is added
	folded bool              // the aliases of a group are one subject: there are too many to state each with each URI
	named  renames           // of the new file; nil of the old one
	leads  bool              // the facts at hand say where an alias and a URI lead
}

// The number makes the second Log, or a Uri that two Routes claim for an alias, a subject of its own: its place in the
// order of its kind.
func (f *facts) add(subject, value string, at diag.Span) {
	f.seen[subject]++
	if n := f.seen[subject]; n > 1 {
		subject = fmt.Sprintf("%s (%d)", subject, n)
	}
	f.list = append(f.list, fact{subject: subject, value: value, at: at, within: f.within, route: f.leads})
}

// attributes states the attributes of a node: what is written, and what the plug-in takes where nothing is.
// An attribute that is written with its default, and one that is not written, are one statement: the values in effect
// are compared, not the text.
func (f *facts) attributes(subject string, n *parser.Node, skip ...string) {
	for i := range n.Attrs {
		a := &n.Attrs[i]
		if !slices.Contains(skip, a.Name) && n.Attr(a.Name) == a {
			f.add(subject+" "+a.Name, a.Value, a.Span)
		}
	}
	t := parser.TypeOf(n)
	if t == nil {
		return
	}
	for _, a := range t.Attributes {
		if a.Default != "" && n.Attr(a.Name) == nil && !slices.Contains(skip, a.Name) {
			f.add(subject+" "+a.Name, a.Default, n.NameSpan)
		}
	}
}

// properties states Property elements by their names, which compare without letter case.
func (f *facts) properties(subject string, n *parser.Node, ps []*parser.Property) {
	t := parser.TypeOf(n)
	seen := map[string]bool{}
	for _, p := range ps {
		name := p.Name.V
		if known := t.Property(name); known != nil {
			name = known.Name
		}
		seen[strings.ToLower(name)] = true
		f.add(subject+" Property "+name, p.Value.Raw(), p.Node.Span)
		f.attributes(subject+" Property "+name, p.Node, "Name", "Value")
		f.others(subject+" Property "+name, p.Node)
	}
	if t == nil {
		return
	}
	for _, a := range t.Properties {
		if a.Default != "" && !seen[strings.ToLower(a.Name)] {
			f.add(subject+" Property "+a.Name, a.Default, n.NameSpan)
		}
	}
}

// others states child elements, and text, that have no words of their own: as they are written.
func (f *facts) others(subject string, n *parser.Node, known ...string) {
	for _, c := range n.Children {
		switch {
		case c.Kind == parser.Element && !slices.Contains(known, c.Name):
			f.add(subject+" <"+c.Name+">", literal(c), c.Span)
		case (c.Kind == parser.Text || c.Kind == parser.CDATA) && strings.TrimSpace(c.Text) != "":
			f.add(subject+" text", strings.Join(strings.Fields(c.Text), " "), c.Span)
		}
	}
}

// literal writes an element out, attributes in alphabetical order.
// The white space of a text is folded, since it is layout.
func literal(n *parser.Node) string {
	if n.Kind != parser.Element {
		return strings.Join(strings.Fields(n.Text), " ")
	}
	var parts []string
	for _, a := range n.Attrs {
		parts = append(parts, diag.Sprintf(" %s=%q", a.Name, a.Value))
	}
	slices.Sort(parts)
	var b strings.Builder
	b.WriteString("<" + n.Name + strings.Join(parts, "") + ">")
	for _, c := range n.Children {
		if c.Kind == parser.Element || c.Kind == parser.Text || c.Kind == parser.CDATA {
			b.WriteString(literal(c))
		}
	}
	return b.String()
}

// maxPairs bounds how many pairs of alias and URI are stated one by one.
// Beyond it aliases are folded (fold): Routes multiply groups, and memory would not suffice.
const maxPairs = 2_000_000

// pairs counts the pairs of alias and URI of all Routes.
func pairs(cfg *parser.Config) int {
	n, names := 0, resolve.New(cfg)
	for _, r := range cfg.Routes {
		aliases, uris := 1, 1
		h, g, _ := names.RouteParts(r)
		if h != nil {
			aliases = max(len(h.Aliases), 1)
		}
		if g != nil {
			uris = max(len(g.Uris), 1)
		}
		n += aliases * uris
	}
	return n
}

// state states a whole file.
// Of Config its ConfigHash is left out: Liberty's change marker, which says nothing of routing.
func state(cfg *parser.Config, folded bool, named renames) []fact {
	f := &facts{seen: map[string]int{}, claims: map[string]string{}, folded: folded, named: named}
	if n := cfg.Node; n != nil {
		f.attributes("Config", n, "ConfigHash")
		f.properties("Config", n, cfg.Properties)
		f.others("Config", n, "Log", "Property", "VirtualHostGroup", "TrustedProxyGroup", "ServerCluster",
			"ServerGroup", "UriGroup", "Route", "ConfigHash")
		for i, log := range n.Elements("Log") {
			f.attributes("Log", log)
			if i == 0 {
				f.others("Log", log)
			}
		}
	}
	var proxies []string
	for _, p := range cfg.TrustedProxies {
		proxies = append(proxies, p.Name.V)
	}
	// a set: in which order proxies are trusted makes no difference
	slices.Sort(proxies)
	f.add("trusted proxies", strings.Join(proxies, ", "), diag.Span{})
	for _, c := range usedClusters(cfg) {
		f.cluster(c)
	}
	f.routes(cfg)
	return f.list
}

// usedClusters are the clusters that Routes name.
func usedClusters(cfg *parser.Config) (list []*parser.ServerCluster) {
	used := map[string]bool{}
	for _, r := range cfg.Routes {
		used[r.ServerCluster.V] = true
	}
	for _, c := range cfg.Clusters {
		if used[c.Name.V] {
			list = append(list, c)
		}
	}
	return list
}

// cluster states a cluster, its members by the names that they had in the old file: a new name is one fact, Name, and
// not a member that is gone and one that is new.
func (f *facts) cluster(c *parser.ServerCluster) {
	subject := diag.Sprintf("ServerCluster %q", c.Name.V)
	f.within = []string{subject}
	defer func() { f.within = nil }()
	f.attributes(subject, c.Node, "Name")
	f.others(subject, c.Node, "Server", "ClusterAddress", "PrimaryServers", "BackupServers")
	weights := f.weights(c)
	for _, s := range c.Servers {
		from := len(f.list)
		name := subjectOf(c.Name.V, f.named.before(c.Name.V, s.Name.V))
		f.server(name, s)
		f.add(name+" Name", s.Name.V, s.Node.NameSpan)
		// the name belongs to the server, too: who comes or goes is told without it
		f.list[len(f.list)-1].within = []string{subject, name}
		for i := range f.list[from:] {
			if fact := &f.list[from+i]; strings.HasSuffix(fact.subject, " LoadBalanceWeight") {
				fact.weights = weights
			}
		}
	}
	if c.ClusterAddress != nil {
		f.server(subject+" ClusterAddress", c.ClusterAddress)
		f.add(subject+" ClusterAddress Name", c.ClusterAddress.Name.V, c.ClusterAddress.Node.Span)
	}
	f.serverList(subject+" PrimaryServers", c.Name.V, c.Primary)
	f.serverList(subject+" BackupServers", c.Name.V, c.Backup)
}

// weights are the start weights of a cluster, by the names that the members had before.
func (f *facts) weights(c *parser.ServerCluster) string {
	starts := map[string]int32{}
	for name, start := range match.StartWeights(c) {
		starts[f.named.before(c.Name.V, name)] = start
	}
	return fmt.Sprint(starts)
}

// serverList states a list as one fact, since its order counts (R22, R38). No list is no fact.
func (f *facts) serverList(subject, cluster string, l *parser.ServerList) {
	if l == nil {
		return
	}
	var names []string
	for _, s := range l.Servers {
		name := f.named.before(cluster, s.Name.V)
		names = append(names, name)
		f.attributes(subject+" Server "+name, s.Node, "Name")
	}
	f.add(subject, strings.Join(names, ", "), l.Node.Span)
	f.list[len(f.list)-1].servers = names
	f.attributes(subject, l.Node)
	f.others(subject, l.Node, "Server")
}

// server states a Server and its Transports, which have no names: they go by their numbers.
func (f *facts) server(subject string, s *parser.Server) {
	outer := f.within
	f.within = []string{outer[0], subject}
	defer func() { f.within = outer }()
	f.attributes(subject, s.Node, "Name")
	f.others(subject, s.Node, "Transport")
	for i, t := range s.Transports {
		name := fmt.Sprintf("%s Transport %d", subject, i+1)
		f.attributes(name, t.Node)
		f.properties(name, t.Node, t.Properties)
		f.others(name, t.Node, "Property")
	}
}

// routes states for each alias and URI where it leads: the cluster and the cookie names, all of them in file order
// where several Routes claim it. A Route that names a missing definition is stated as it is: the plug-in rejects the
// file for it (R18).
func (f *facts) routes(cfg *parser.Config) {
	f.leads = true
	names := resolve.New(cfg)
	for _, r := range cfg.Routes {
		h, g, c := names.RouteParts(r)
		target := diag.Sprintf("ServerCluster %q", r.ServerCluster.V)
		f.attributes("Route to "+target, r.Node, "VirtualHostGroup", "UriGroup", "ServerCluster", "ServerGroup")
		dangling := c == nil
		if dangling {
			f.add("Route to a missing "+target, "", r.Node.Span)
		}
		if r.VirtualHostGroup.Set() && h == nil {
			dangling = true
			f.add(diag.Sprintf("Route from a missing VirtualHostGroup %q to %s", r.VirtualHostGroup.V, target),
				"", r.Node.Span)
		}
		if r.UriGroup.Set() && g == nil {
			dangling = true
			f.add(diag.Sprintf("Route from a missing UriGroup %q to %s", r.UriGroup.V, target), "", r.Node.Span)
		}
		if !dangling {
			f.route(r, h, g, target)
		}
	}
}

// fold names a set of aliases by its first and by a sum over all of them.
func fold(aliases []string) string {
	sorted := slices.Sorted(slices.Values(aliases))
	sum := fnv.New64a()
	for _, a := range sorted {
		io.WriteString(sum, a+"\n")
	}
	return fmt.Sprintf("%s and %d more aliases (%x)", sorted[0], len(sorted)-1, sum.Sum64())
}

// route states the pairs of alias and Uri of a Route. Names of groups do not occur: a group is no more than what it
// holds. The Name of a cluster does, as it is part of what people and logs see.
func (f *facts) route(r *parser.Route, h *parser.VirtualHostGroup, g *parser.UriGroup, target string) {
	aliases := []string{"every host"}
	if h != nil {
		aliases = nil
		for _, a := range h.Aliases {
			aliases = append(aliases, a.Name.V)
		}
	}
	if f.folded && len(aliases) > 1 {
		aliases = []string{fold(aliases)}
	}
	for _, alias := range aliases {
		if g == nil {
			f.add(alias+" every URI", target, r.Node.Span)
			continue
		}
		for _, u := range g.Uris {
			value := diag.Sprintf("%s, cookie %q, identifier %q", target, u.AffinityCookie.V,
				u.AffinityURLIdentifier.V)
			// A second Route that says the same of a pair changes nothing, and would be a numbered subject of its own.
			if subject := alias + " " + u.Name.V; f.claims[subject] != value {
				f.claims[subject] = value
				f.add(subject, value, u.Node.Span)
				last := &f.list[len(f.list)-1]
				last.cluster, last.uri = r.ServerCluster.V, u
			}
		}
	}
}
