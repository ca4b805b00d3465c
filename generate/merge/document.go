package merge

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// document writes the parts: first what the base says of everything else, then groups, clusters and Routes in the generators' order.
func (m *merger) document(parts []*part) *parser.Document {
	base := m.inputs[m.options.Base].Config
	root := shallow(base.Node)
	var behind []*parser.Node
	for _, n := range base.Node.Children {
		switch {
		case n.Kind != parser.Element:
		case n.Name == "Log" || n.Name == "Property":
			add(root, clone(n))
		case !slices.Contains([]string{"VirtualHostGroup", "ServerCluster", "ServerGroup", "UriGroup", "Route", "ConfigHash"}, n.Name):
			behind = append(behind, clone(n))
		}
	}
	root.Attrs = slices.DeleteFunc(root.Attrs, func(a parser.Attr) bool { return a.Name == "ConfigHash" })
	m.otherConfigs()
	w := &writer{m: m, root: root, hosts: newNamer(), groups: newNamer(), clusters: newNamer()}
	w.write(parts)
	for _, n := range behind {
		add(root, n)
	}
	return &parser.Document{Nodes: []*parser.Node{
		{Kind: parser.Declaration, Text: `xml version="1.0" encoding="UTF-8"`, Closed: true},
		{Kind: parser.Comment, Text: m.headline(), Closed: true},
		root,
	}}
}

func (m *merger) headline() string {
	var files []string
	for _, in := range m.inputs {
		files = append(files, filepath.Base(in.Name))
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

type writer struct {
	m                       *merger
	root                    *parser.Node
	hosts, groups, clusters *namer
	groupNodes, routes      []*parser.Node
}

func (w *writer) write(parts []*part) {
	var clusters []*parser.Node
	for _, p := range parts {
		route := element("Route")
		claim := w.m.claims[p.first]
		route.Span = claim.route.Node.Span
		name, fresh := w.clusters.name(fmt.Sprintf("%p", p.cluster), p.cluster.wanted())
		if fresh {
			clusters = append(clusters, p.cluster.node(name))
		}
		setAttr(route, "ServerCluster", name)
		if claim.group != nil {
			setAttr(route, "UriGroup", w.group(p, claim))
		}
		if claim.host != nil {
			setAttr(route, "VirtualHostGroup", w.host(p, claim))
		}
		w.routes = append(w.routes, route)
	}
	for _, list := range [][]*parser.Node{clusters, w.groupNodes, w.routes} {
		for _, n := range list {
			add(w.root, n)
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
			add(group, clone(a.Node))
		}
	}
	add(w.root, group)
	return name
}

// group writes the UriGroup of a part, once for each cluster, set of URIs and cookies, and returns its name.
func (w *writer) group(p *part, c claim) string {
	content := fmt.Sprintf("%p%s", p.cluster, idKey(p.uriIDs))
	for _, u := range p.uris {
		content += "\x00" + cookies(u)
	}
	name, fresh := w.groups.name(content, c.group.Name.V)
	if !fresh {
		return name
	}
	group := shallow(c.group.Node)
	setAttr(group, "Name", name)
	for _, u := range p.uris {
		add(group, clone(u.Node))
	}
	w.groupNodes = append(w.groupNodes, group)
	return name
}
