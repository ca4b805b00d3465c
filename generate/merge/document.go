package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// document writes the parts: first what the base says of everything else, then groups, clusters and Routes in the
// generators' order.
// Elements that stand behind Routes or between groups in the base, such as TrustedProxyGroup, come behind all that is
// merged. ConfigHash is left out: it is a sum over a file that this is not.
func (m *merger) document(parts []*part) *parser.Document {
	base := m.inputs[m.options.Base].Config
	root := shallow(base.Node)
	var behind []*parser.Node
	for _, n := range base.Node.Children {
		switch {
		case n.Kind != parser.Element:
		case n.Name == "Log" || n.Name == "Property":
			m.comments.copy(root, n)
		case !slices.Contains([]string{"VirtualHostGroup", "ServerCluster", "ServerGroup", "UriGroup", "Route",
			"ConfigHash"}, n.Name):
			behind = append(behind, n)
		}
	}
	root.Attrs = slices.DeleteFunc(root.Attrs, func(a parser.Attr) bool { return a.Name == "ConfigHash" })
	m.otherConfigs()
	w := &writer{m: m, root: root, hosts: newNamer(), groups: newNamer(), clusters: newNamer()}
	w.write(parts)
	for _, n := range behind {
		m.comments.copy(root, n)
	}
	m.comments.put(root, m.comments.last[base.Node])
	top := &parser.Node{Children: []*parser.Node{
		{Kind: parser.Declaration, Text: `xml version="1.0" encoding="UTF-8"`, Closed: true},
		{Kind: parser.Comment, Text: m.headline(), Closed: true},
	}}
	// add makes top the parent of what stands outside of Config; in a document it has none
	m.comments.add(top, root, base.Node)
	for _, n := range top.Children {
		n.Parent = nil
	}
	return &parser.Document{Nodes: top.Children}
}

// headline: no comment may hold "--", or end in "-".
func (m *merger) headline() string {
	var files []string
	for _, in := range m.inputs {
		files = append(files, in.Name)
	}
	line := "HTTP server plugin config file merged by wasplug from " + strings.Join(files, ", ")
	return strings.TrimSuffix(strings.ReplaceAll(line, "--", "- -"), "-")
}

// namer keeps names where they are free and gives others a number.
type namer struct {
	taken map[string]bool
	known map[string]string // what a thing was called, by its content
}

func newNamer() *namer { return &namer{map[string]bool{}, map[string]string{}} }

// name returns the name of the thing with that content; fresh tells whether it is new.
func (n *namer) name(content, wanted string) (name string, fresh bool) {
	if name, known := n.known[content]; known {
		return name, false
	}
	name = wanted
	for i := 2; n.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", wanted, i)
	}
	n.taken[name] = true
	n.known[content] = name
	return name, true
}

// writer writes the parts. VirtualHostGroups go to the root at once, the others wait, so that each kind stands
// together in the generators' order although a part makes all of them.
type writer struct {
	m                       *merger
	root                    *parser.Node
	hosts, groups, clusters *namer
	ready                   [3][]written // clusters, UriGroups and Routes, which stand in this order
}

// written is an element of the output and those of the inputs that it stands for.
type written struct {
	node *parser.Node
	of   []*parser.Node
}

func (w *writer) write(parts []*part) {
	for _, p := range parts {
		route := element("Route")
		claim := w.m.claims[p.first]
		// findings of lint about the output stand at the Route that came first
		route.Span = claim.route.Node.Span
		// a cluster is told by its identity: two of the same content are two, where takes has kept them apart
		name, fresh := w.clusters.name(fmt.Sprintf("%p", p.cluster), p.cluster.wanted())
		if fresh {
			w.ready[0] = append(w.ready[0], written{p.cluster.node(name, w.m.comments), p.cluster.nodes()})
		}
		setAttr(route, "ServerCluster", name)
		if claim.group != nil {
			setAttr(route, "UriGroup", w.group(p, claim))
		}
		if claim.host != nil {
			setAttr(route, "VirtualHostGroup", w.host(p, claim))
		}
		w.ready[2] = append(w.ready[2], written{route, []*parser.Node{claim.route.Node}})
	}
	for _, list := range w.ready {
		for _, e := range list {
			w.m.comments.add(w.root, e.node, e.of...)
		}
	}
}

// wanted is the name a cluster should have: its own, or one that says that it is shared.
func (c *cluster) wanted() string {
	for _, s := range c.sources {
		if s.cluster.Name.V != c.name {
			return "Shared_" + c.name
		}
	}
	return c.name
}

// host writes the VirtualHostGroup of a part, once for each set of aliases, and returns its name.
// The aliases stand in the order of the first claim's group, without those that the part does not have.
func (w *writer) host(p *part, c claim) string {
	name, fresh := w.hosts.name(idKey(p.aliases), c.host.Name.V)
	if !fresh {
		return name
	}
	group := shallow(c.host.Node)
	setAttr(group, "Name", name)
	wanted := map[int32]bool{}
	for _, id := range p.aliases {
		wanted[id] = true
	}
	for _, a := range c.host.Aliases {
		if id := w.m.aliases.id(a.Name.V); wanted[id] {
			delete(wanted, id)
			w.m.comments.copy(group, a.Node)
		}
	}
	w.m.comments.put(group, w.m.comments.last[c.host.Node])
	w.m.comments.add(w.root, group, c.host.Node)
	return name
}

// group writes the UriGroup of a part, once for each cluster, set of URIs and cookies, and returns its name.
// Parts of one cluster share it, another cluster gets a group of its own.
func (w *writer) group(p *part, c claim) string {
	var content strings.Builder
	fmt.Fprintf(&content, "%p%s", p.cluster, idKey(p.uriIDs))
	for _, u := range p.uris {
		content.WriteString("\x00" + cookies(u))
	}
	name, fresh := w.groups.name(content.String(), c.group.Name.V)
	if !fresh {
		return name
	}
	group := shallow(c.group.Node)
	setAttr(group, "Name", name)
	for _, u := range p.uris {
		w.m.comments.copy(group, u.Node)
	}
	w.m.comments.put(group, w.m.comments.last[c.group.Node])
	w.ready[1] = append(w.ready[1], written{group, []*parser.Node{c.group.Node}})
	return name
}
