package editor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Kinds of what has a name.
const (
	aCluster     = "cluster"
	aMember      = "member"
	aHost        = "virtual host"
	anApp        = "application"
	aServer      = "web server"
	memberOrMore = "member or cluster" // of an expectation in one word
)

// mention is a place where something is named.
type mention struct {
	kind    string
	text    string
	within  string // of a member: its cluster, "" for any
	at      diag.Span
	defines bool
	about   string // of a definition: what it is, in a line
}

// means reports whether a mention may be one of a thing that is defined.
func (m *mention) means(defined *mention) bool {
	kind := m.kind == defined.kind ||
		m.kind == memberOrMore && (defined.kind == aMember || defined.kind == aCluster)
	within := m.within == defined.within || m.within == "" || defined.within == ""
	return kind && within && m.text == defined.text
}

// named says at which places a schema has names of what kind.
type named struct {
	path []string
	kind string
}

func namesAt(kind string, paths ...string) (all []named) {
	for _, path := range paths {
		all = append(all, named{strings.Split(path, "."), kind})
	}
	return all
}

// namesIn lists the places of names in a form of file. Members of clusters are told apart by cluster.
func namesIn(suite bool) []named {
	if suite {
		const expect = "tests.[].requests.[].expect"
		return slices.Concat(
			namesAt(aServer, "webServer"),
			namesAt(memberOrMore, expect),
			namesAt(aCluster, expect+".cluster"),
			namesAt(aMember, "tests.[].facts.[].member", "tests.[].partition.*", expect+".member", expect+".member.[]",
				expect+".attempts.[]", expect+".marked.[]", expect+".session.serves", expect+".session.serves.[]"))
	}
	return slices.Concat(
		namesAt(aCluster, "applications.[].cluster"),
		namesAt(aHost, "applications.[].virtualHost"),
		namesAt(anApp, "webServers.[].serves.[]"),
		namesAt(aMember, "clusters.*.primaryServers.[]", "clusters.*.backupServers.[]"))
}

// kindAt says what is named at a place, and in which cluster where it is a member of one; "" for nothing.
func (y *YAML) kindAt(path []string) (kind, within string) {
	for _, n := range namesIn(y.isSuite) {
		if !leads(path, n.path) {
			continue
		}
		if !y.isSuite && n.kind == aMember {
			within = path[1]
		}
		return n.kind, within
	}
	return "", ""
}

// list returns all mentions: first the uses in the document, in its order.
func (y *YAML) list(in app.Input) (all []mention) {
	walk(y.root, nil, func(path []string, n *yamldoc.Node) {
		kind, within := y.kindAt(path)
		if kind == "" || n.Kind != yamldoc.Scalar || n.Null() {
			return
		}
		m := mention{kind: kind, text: n.Text, within: within, at: n.Span}
		if cluster, member, ok := strings.Cut(n.Text, "/"); ok && y.isSuite && kind == aMember {
			m.within, m.text = cluster, member
		}
		all = append(all, m)
	})
	if y.isSuite {
		return append(all, y.configured(in)...)
	}
	return append(all, described(y.root)...)
}

// described lists what a topology defines.
func described(root *yamldoc.Node) (all []mention) {
	define := func(kind, text, within string, at diag.Span, format string, args ...any) {
		if text != "" {
			all = append(all, mention{kind, text, within, at, true, diag.Sprintf(format, args...)})
		}
	}
	for _, f := range root.Get("clusters").AllFields() {
		members := f.Value.Get("members").AllItems()
		var names []string
		for _, m := range members {
			name, at := serverOf(m)
			names = append(names, name)
			define(aMember, name, f.Name, at, "member %s of cluster %s%s", name, f.Name, address(m, f.Value.Get("defaults")))
		}
		define(aCluster, f.Name, "", f.NameSpan, "cluster %s, members: %s", f.Name, listing(names))
	}
	for _, f := range root.Get("virtualHosts").AllFields() {
		define(aHost, f.Name, "", f.NameSpan, "virtual host %s, aliases: %s", f.Name, listing(texts(f.Value.Get("aliases"))))
	}
	for _, n := range root.Get("applications").AllItems() {
		name := n.Get("name").Str()
		define(anApp, name.V, "", name.Span(), "application %s of cluster %s", name.V, n.Get("cluster").Str().V)
	}
	for _, n := range root.Get("webServers").AllItems() {
		name := n.Get("name").Str()
		define(aServer, name.V, "", name.Span(), "web server %s", name.V)
	}
	return all
}

// serverOf returns the name of the Server that a member becomes, and where it stands.
func serverOf(m *yamldoc.Node) (string, diag.Span) {
	name, node := m.Get("name").Str(), m.Get("node").Str()
	switch {
	case !name.Set():
		name = m.Get("host").Str()
	case node.Set():
		name.V = node.V + "_" + name.V
	}
	return name.V, name.Span()
}

// address tells where a member listens, and its clone ID.
func address(m, defaults *yamldoc.Node) string {
	text := ": host " + cmp.Or(m.Get("host").Str().V, defaults.Get("host").Str().V, "none")
	for _, key := range []string{"http", "https", "cloneId", "role"} {
		if v := cmp.Or(m.Get(key).Str().V, defaults.Get(key).Str().V); v != "" {
			text += ", " + key + " " + v
		}
	}
	return text
}

func texts(list *yamldoc.Node) (all []string) {
	for _, n := range list.AllItems() {
		all = append(all, n.Text)
	}
	return all
}

// mostListed are named in a line.
const mostListed = 8

func listing(names []string) string {
	switch n := len(names); {
	case n == 0:
		return "none"
	case n > mostListed:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), n-mostListed)
	}
	return strings.Join(names, ", ")
}

// configured lists what the configuration of a suite defines, as far as that can be read.
func (y *YAML) configured(in app.Input) (all []mention) {
	path := y.root.Get("config").Str().V
	if path == "" {
		return nil
	}
	path = app.Beside(y.files.Name(y.file), path)
	src, err := in.Read(path, nil)
	if err != nil {
		return nil
	}
	id := y.files.Add(path, src)
	if app.IsTopology(path, src) {
		all = described(readable(src))
		for i := range all {
			all[i].at.File = id
		}
		return all
	}
	config, _ := parser.Parse(id, src)
	return clustersOf(config)
}

// clustersOf lists clusters and members of a plugin-cfg.xml.
func clustersOf(config *parser.Config) (all []mention) {
	for _, c := range config.Clusters {
		var names []string
		for _, s := range c.Servers {
			names = append(names, s.Name.V)
			all = append(all, mention{aMember, s.Name.V, c.Name.V, s.Name.Span(), true,
				diag.Sprintf("member %s of cluster %s%s", s.Name.V, c.Name.V, listens(s))})
		}
		all = append(all, mention{aCluster, c.Name.V, "", c.Name.Span(), true,
			diag.Sprintf("cluster %s, members: %s", c.Name.V, listing(names))})
	}
	return all
}

func listens(s *parser.Server) string {
	text := ""
	for _, t := range s.Transports {
		text += fmt.Sprintf(", %s:%d", t.Hostname.V, t.Port.V)
	}
	if s.CloneID.Set() {
		text += ", clone ID " + s.CloneID.V
	}
	return text
}

// meant returns what the name at a place may stand for. A name that is defined there stands for that.
func (y *YAML) meant(place int32) (defined []mention) {
	all := y.mentions()
	for i := range all {
		here := &all[i]
		if here.at.File != y.file || !touches(here.at, place) {
			continue
		}
		for j := range all {
			if all[j].defines && here.means(&all[j]) {
				defined = append(defined, all[j])
			}
		}
	}
	return slices.Compact(defined)
}

// Definitions returns where the name at a place is defined: several where it may be any of them. That of a suite is in
// its configuration.
func (y *YAML) Definitions(place int32) (at []diag.Span) {
	for _, m := range y.meant(place) {
		at = append(at, m.at)
	}
	return at
}

// References returns where the document names what the name at a place stands for, on demand also where that is
// defined.
func (y *YAML) References(place int32, definitions bool) (at []diag.Span) {
	defined := y.meant(place)
	for _, m := range y.mentions() {
		if !m.defines && slices.ContainsFunc(defined, func(d mention) bool { return m.means(&d) }) {
			at = append(at, m.at)
		}
	}
	if definitions {
		at = append(at, y.Definitions(place)...)
	}
	slices.SortFunc(at, func(a, b diag.Span) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start, b.Start))
	})
	return slices.Compact(at)
}
