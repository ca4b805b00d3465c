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
	aGroup       = "group of URIs"
	aClone       = "clone ID"
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
	part    bool   // it is a part of a longer text

	// What stands there: of a member without its node, or with its cluster; "" of one that is called by its host.
	written string
}

// means reports whether a mention may be one of a thing that is defined.
func (m *mention) means(defined *mention) bool {
	kind := m.kind == defined.kind ||
		m.kind == memberOrMore && (defined.kind == aMember || defined.kind == aCluster)
	// A clone ID and a cluster have no "within": they are one for the whole file.
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
// The schemas do not say what is a name of something else in the file; this list does.
func namesIn(suite bool) []named {
	if suite {
		const expect = "tests.[].requests.[].expect"
		return slices.Concat(
			namesAt(aServer, "webServer"),
			namesAt(memberOrMore, expect),
			namesAt(aCluster, expect+".cluster"),
			namesAt(aMember, "tests.[].facts.[].member", "tests.[].partition.*", expect+".member", expect+".member.[]",
				expect+".attempts.[]", expect+".marked.[]", expect+".session.serves", expect+".session.serves.[]"),
			namesAt(aClone, "session.expectedCloneIds.[]"))
	}
	return slices.Concat(
		namesAt(aCluster, "applications.[].cluster"),
		namesAt(aHost, "applications.[].virtualHost"),
		namesAt(anApp, "webServers.[].serves.[]"),
		namesAt(aMember, "clusters.*.primaryServers.[]", "clusters.*.backupServers.[]"),
		namesAt(aClone, "session.expectedCloneIds.[]", "clusters.*.session.expectedCloneIds.[]",
			"applications.[].session.expectedCloneIds.[]"))
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
		if y.isSuite {
			all = append(all, y.inSession(path, n)...)
		}
		kind, within := y.kindAt(path)
		if kind == "" || n.Kind != yamldoc.Scalar || n.Null() {
			return
		}
		m := mention{kind: kind, text: n.Text, within: within, at: n.Span, written: n.Text}
		// In a topology a member is named within its cluster alone, so "/" there is a part of the name.
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
// It reads the tree and not a generate.Topology: that is there only for a topology without errors, which one that is
// being written is not.
func described(root *yamldoc.Node) []mention {
	var all definitions
	for _, f := range root.Get("clusters").AllFields() {
		all.cluster(&f)
	}
	for _, f := range root.Get("virtualHosts").AllFields() {
		all.add(aHost, keyOf(&f), f.Name, "", "virtual host %s, aliases: %s", f.Name,
			listing(texts(f.Value.Get("aliases"))))
	}
	for _, n := range root.Get("applications").AllItems() {
		name, cluster, group := n.Get("name").Str(), n.Get("cluster").Str().V, n.Get("uriGroup").Str()
		all.add(anApp, name, name.V, "", "application %s of cluster %s", name.V, cluster)
		all.add(aGroup, group, group.V, "", "group %s of URIs, of cluster %s", group.V, cluster)
	}
	for _, n := range root.Get("webServers").AllItems() {
		name := n.Get("name").Str()
		all.add(aServer, name, name.V, "", "web server %s", name.V)
	}
	return all
}

// definitions are those of a topology.
type definitions []mention

// add adds one, of which a text is written and another one meant.
func (all *definitions) add(kind string, written diag.Val[string], text, within, format string, args ...any) {
	if text != "" {
		*all = append(*all, mention{kind: kind, text: text, within: within, at: written.Span(), defines: true,
			about: diag.Sprintf(format, args...), written: written.V})
	}
}

// cluster adds a cluster, its members and their clone IDs.
func (all *definitions) cluster(f *yamldoc.Field) {
	var names []string
	for _, m := range f.Value.Get("members").AllItems() {
		name, written := serverOf(m)
		names = append(names, name)
		if m.Get("name").Null() || m.Get("name") == nil {
			written.V = ""
		}
		all.add(aMember, written, name, f.Name, "member %s of cluster %s%s", name, f.Name,
			address(m, f.Value.Get("defaults")))
		all.clone(m.Get("cloneId").Str(), name, f.Name)
	}
	address := f.Value.Get("clusterAddress")
	name, _ := serverOf(address)
	all.clone(address.Get("cloneId").Str(), name, f.Name)
	all.add(aCluster, keyOf(f), f.Name, "", "cluster %s, members: %s", f.Name, listing(names))
}

// clone adds the clone ID of a member.
func (all *definitions) clone(id diag.Val[string], member, cluster string) {
	all.add(aClone, id, id.V, "", "clone ID %s of member %s of cluster %s", id.V, member, cluster)
}

func keyOf(f *yamldoc.Field) diag.Val[string] { return diag.Written(f.Name, f.NameSpan) }

// serverOf returns the name of the Server that a member becomes, and what of it is written where. A node's name stands
// before that of its member, as it does where a cell has several nodes; a member without a name is called by its host.
func serverOf(m *yamldoc.Node) (name string, written diag.Val[string]) {
	written, node := m.Get("name").Str(), m.Get("node").Str()
	switch {
	case !written.Set():
		written = m.Get("host").Str()
	case node.Set():
		return node.V + "_" + written.V, written
	}
	return written.V, written
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

// configuration is that of a suite, as far as it can be read.
type configuration struct {
	file diag.FileID
	xml  *Document // nil for a topology
	yaml *YAML     // nil for a plugin-cfg.xml
}

// configured lists what the configuration of a suite defines, and keeps it.
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
	// A configuration that cannot be read defines nothing: the suite is still an editor's to write.
	y.config = &configuration{file: y.files.Add(path, src)}
	if app.IsTopology(path, src) {
		y.config.yaml = OpenYAML(path, src, "", in)
		all = described(y.config.yaml.root)
	} else {
		y.config.xml = Open(path, src, "")
		all = clustersOf(y.config.xml.config)
	}
	for i := range all {
		all[i].at.File = y.config.file
	}
	return all
}

// clustersOf lists clusters and members of a plugin-cfg.xml.
func clustersOf(config *parser.Config) (all definitions) {
	for _, c := range config.Clusters {
		var names []string
		for _, s := range c.Servers {
			names = append(names, s.Name.V)
			all.add(aMember, s.Name, s.Name.V, c.Name.V, "member %s of cluster %s%s", s.Name.V, c.Name.V, listens(s))
			all.clone(s.CloneID, s.Name.V, c.Name.V)
		}
		all.add(aCluster, c.Name, c.Name.V, "", "cluster %s, members: %s", c.Name.V, listing(names))
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
