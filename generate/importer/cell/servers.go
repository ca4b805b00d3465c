package cell

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// readNodes reads where the servers of each node listen.
func (c *cell) readNodes() {
	for _, file := range c.glob("nodes/*/serverindex.xml") {
		node := path.Base(path.Dir(file))
		root := c.read(file)
		for _, index := range named(root, "ServerIndex") {
			for _, entry := range index.Elements("serverEntries") {
				c.addServer(node, value(index, "hostName"), entry)
			}
		}
	}
}

// addServer notes an entry of a serverindex.xml: the host of its node, and the ports by the names of their end points.
func (c *cell) addServer(node, host string, entry *parser.Node) {
	s := &server{serverKey: serverKey{node, value(entry, "serverName")}, span: entry.NameSpan, host: host,
		ports: map[string]*parser.Attr{}}
	for _, named := range entry.Elements("specialEndpoints") {
		for _, at := range named.Elements("endPoint") {
			if port := at.Attr("port"); port != nil {
				s.ports[value(named, "endPointName")] = port
			}
			// A host of its own is where a member listens; * stands for that of the node.
			if own := value(at, "host"); value(named, "endPointName") == "WC_defaulthost" && own != "" && own != "*" {
				s.host = own
			}
		}
	}
	c.servers[s.serverKey] = s
	if value(entry, "serverType") == "WEB_SERVER" {
		c.web = append(c.web, s)
	}
}

func (c *cell) readClusters() {
	for _, file := range c.glob("clusters/*/cluster.xml") {
		for _, n := range named(c.read(file), "ServerCluster") {
			c.addCluster(n)
		}
	}
}

// addCluster notes a cluster in the order of the folder's files. One without members would be no cluster of a
// topology.
func (c *cell) addCluster(n *parser.Node) {
	k := &cluster{name: value(n, "name")}
	for _, m := range n.Elements("members") {
		k.members = append(k.members, member{serverKey: serverKey{value(m, "nodeName"), value(m, "memberName")},
			span: m.NameSpan, weight: value(m, "weight"), uniqueID: m.Attr("uniqueId")})
	}
	if slices.ContainsFunc(c.clusters, func(other *cluster) bool { return other.name == k.name }) {
		c.warn(n.NameSpan, "there is another cluster %q: this one is not taken over", k.name)
		return
	}
	if len(k.members) == 0 {
		c.warn(n.NameSpan, "cluster %q has no members: it is not taken over", k.name)
		return
	}
	c.clusters = append(c.clusters, k)
}

// serverCluster is the cluster that WebSphere's generator makes of a server that is in none; it is added where it is
// asked for first, by an application.
func (c *cell) serverCluster(key serverKey) *cluster {
	name := key.name + "_" + key.node + "_Cluster"
	for _, k := range c.clusters {
		if k.name == name {
			return k
		}
	}
	k := &cluster{name: name, alone: true, members: []member{{serverKey: key, span: c.servers[key].span}}}
	c.clusters = append(c.clusters, k)
	return k
}

// cluster writes the members. Session settings are those of the first: members are made of one template, so they
// agree, as a rule.
func (c *cell) cluster(k *cluster) *yamldoc.Node {
	n := mapping()
	members := yamldoc.NewList()
	for i, m := range k.members {
		own := c.serverXML(m)
		if i == 0 {
			n.Put("session", filled(c.settings(m, own)))
		}
		n := c.member(m).Put("cloneId", c.cloneID(k, m, own)).Put("weight", weight(m))
		members.Items = append(members.Items, n)
	}
	return n.Put("members", members)
}

// member is a member as the plug-in reaches it.
func (c *cell) member(m member) *yamldoc.Node {
	n := mapping().Put("name", yamldoc.NewText(m.name)).Put("node", yamldoc.NewText(m.node))
	s := c.servers[m.serverKey]
	if s == nil {
		c.warn(m.span, "no serverindex.xml of node %q has server %q: localhost:9080 stands for where it listens",
			m.node, m.name)
		return n.Put("host", yamldoc.NewText("localhost")).Put("http", yamldoc.NewPlain("9080"))
	}
	n.Put("host", yamldoc.NewText(s.host))
	for _, p := range [...]struct{ key, name string }{{"http", "WC_defaulthost"}, {"https", "WC_defaulthost_secure"}} {
		if at := s.ports[p.name]; at != nil {
			n.Put(p.key, yamldoc.NewPlain(at.Value))
		}
	}
	return n
}

func weight(m member) *yamldoc.Node {
	if m.weight == "" {
		return nil
	}
	return yamldoc.NewPlain(m.weight)
}

// cloneID is what a member writes at the end of session identifiers: the custom property HttpSessionCloneId where
// somebody wrote one (documented), else the unique ID of the member in base 32. That is nowhere documented: clone IDs
// of generated files are such numbers, and read so they are times in milliseconds of the years in which those files
// were made (v544d031 and v544d0o0 lie within a second on 5 December 2003, 10ig7jdvd and 10ig7jfqi within two on 21
// June 2005).
func (c *cell) cloneID(k *cluster, m member, own document) *yamldoc.Node {
	if written := property(own.root, "HttpSessionCloneId"); written != "" {
		return yamldoc.NewText(written)
	}
	if m.uniqueID == nil {
		if !k.alone {
			c.warn(m.span, "member %q has no uniqueId and no HttpSessionCloneId: its clone ID is not known; take "+
				"it from the plugin-cfg.xml in use", m.name)
		}
		return nil
	}
	id, err := strconv.ParseInt(m.uniqueID.Value, 10, 64)
	if err != nil || id < 0 {
		c.warn(m.uniqueID.Span, "uniqueId %s is no number: the clone ID of member %q is not known",
			diag.Quote(m.uniqueID.Value), m.name)
		return nil
	}
	c.warn(m.uniqueID.Span, "clone ID %s of member %q is this uniqueId in base 32, as generated files suggest and no "+
		"document says: compare it with the CloneID of the plugin-cfg.xml in use", strconv.FormatInt(id, 32), m.name)
	return yamldoc.NewText(strconv.FormatInt(id, 32))
}

func (c *cell) serverXML(m member) document {
	return c.open("nodes/" + m.node + "/servers/" + m.name + "/server.xml")
}

// property is the value of a custom property, however deep it stands; "" without one.
func property(n *parser.Node, name string) string {
	if n == nil {
		return ""
	}
	for _, child := range n.Elements("") {
		if child.Name == "properties" && value(child, "name") == name {
			return strings.TrimSpace(value(child, "value"))
		}
		if found := property(child, name); found != "" {
			return found
		}
	}
	return ""
}

// settings is what a server does with sessions: by which names the plug-in finds them, and what becomes of them.
func (c *cell) settings(m member, own document) *yamldoc.Node {
	if own.root == nil {
		c.warn(m.span, "%s is missing or cannot be read: what the members do with sessions is not known", own.name)
		return nil
	}
	read, reports := liberty.Read(own.file, own.src)
	c.reports = append(c.reports, asWarnings(reports)...)
	if read == nil {
		return nil
	}
	return &yamldoc.Node{Kind: yamldoc.Map, Fields: append(read.Names.Fields, read.Settings.Fields...)}
}

func value(n *parser.Node, name string) string {
	if a := n.Attr(name); a != nil {
		return a.Value
	}
	return ""
}

// localName is a name without its prefix.
func localName(name string) string { return name[strings.IndexByte(name, ':')+1:] }
