package cell

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Topology makes the topology of the cell whose folder is given; name is that of the folder, for messages and for
// cell: of the topology. Files that are read are added to files. Nil: there is nothing to make one of, and an error
// says why. Warnings name what is guessed or not taken over.
// Servers are read before clusters, and both before applications: those refer back, and add a cluster for a server
// that is in none.
func Topology(folder fs.FS, name string, files *diag.Files) (*yamldoc.Node, []diag.Diagnostic) {
	c := &cell{folder: folder, name: name, files: files, servers: map[serverKey]*server{}}
	c.readNodes()
	c.readClusters()
	apps := c.readApplications()
	if len(c.clusters) == 0 {
		c.fail("no cluster and no server with a web application: want a folder config/cells/CELL with clusters, " +
			"nodes and applications in it")
		return nil, c.reports
	}
	top := mapping().
		Put("version", yamldoc.NewPlain("1")).
		Put("cell", yamldoc.NewText(path.Base(name))).
		Put("flavor", yamldoc.NewPlain("was")).
		Put("webServers", c.webServers(apps)).
		Put("virtualHosts", filled(c.virtualHosts()))
	clusters := mapping()
	for _, k := range c.clusters {
		clusters.Put(k.name, c.cluster(k))
	}
	top.Put("clusters", clusters).Put("applications", applications(apps))
	diag.Sort(c.reports)
	return top, c.reports
}

// cell is a folder on its way to a topology.
type cell struct {
	folder   fs.FS
	name     string
	files    *diag.Files
	servers  map[serverKey]*server
	web      []*server // web servers, in the order of their nodes
	clusters []*cluster
	size     int64 // of the files that were read
	reports  []diag.Diagnostic
}

// serverKey is what tells servers of a cell apart.
type serverKey struct{ node, name string }

// server is an entry of a serverindex.xml.
type server struct {
	serverKey
	span  diag.Span // of its name
	host  string
	ports map[string]*parser.Attr // by endPointName
}

// cluster is a cluster.xml, or a server without one.
type cluster struct {
	name    string
	members []member
	alone   bool // a server that is in no cluster
}

// member is one of a cluster's.
type member struct {
	serverKey
	span     diag.Span
	weight   string // "" where none is written
	uniqueID *parser.Attr
}

// webServers are those of type WEB_SERVER; nil for none, where a topology has one of its own.
func (c *cell) webServers(apps []*application) *yamldoc.Node {
	if len(c.web) == 0 {
		return nil
	}
	list := yamldoc.NewList()
	for _, s := range c.web {
		n := mapping().Put("name", yamldoc.NewText(s.name))
		if at := s.ports["WEBSERVER_ADDRESS"]; at != nil {
			n.Put("ports", mapping().Put("http", yamldoc.NewPlain(at.Value)))
		}
		list.Items = append(list.Items, n.Put("serves", serves(s, apps)))
	}
	return list
}

// serves are the applications that are mapped to a web server; nil where that is all or none: a cell that maps none
// serves from its cell-wide file.
func serves(s *server, apps []*application) *yamldoc.Node {
	list := yamldoc.NewList()
	all := true
	for _, a := range apps {
		if slices.Contains(a.targets, s.serverKey) {
			list.Items = append(list.Items, yamldoc.NewText(a.name))
		} else {
			all = false
		}
	}
	if all || len(list.Items) == 0 {
		return nil
	}
	return list
}

// virtualHosts are the aliases of virtualhosts.xml. That of the administrative console is what a topology has by
// itself.
func (c *cell) virtualHosts() *yamldoc.Node {
	hosts := mapping()
	doc := c.open("virtualhosts.xml")
	if doc.root == nil {
		c.warn(diag.Span{File: doc.file}, "of %s nothing is known: a topology without virtual hosts has "+
			"default_host with the ports of the web server", doc.name)
	}
	for _, n := range named(doc.root, "VirtualHost") {
		aliases := yamldoc.NewList()
		for _, a := range n.Elements("aliases") {
			aliases.Items = append(aliases.Items, yamldoc.NewText(value(a, "hostname")+":"+value(a, "port")))
		}
		if name := value(n, "name"); name != "" && len(aliases.Items) > 0 {
			hosts.Put(name, mapping().Put("aliases", aliases))
		}
	}
	return hosts
}

func applications(apps []*application) *yamldoc.Node {
	list := yamldoc.NewList()
	for _, a := range apps {
		n := mapping().
			Put("name", yamldoc.NewText(a.name)).
			Put("cluster", yamldoc.NewText(a.cluster)).
			Put("contextRoot", yamldoc.NewText("/"+strings.TrimPrefix(a.contextRoot, "/")))
		if a.virtualHost != "default_host" {
			n.Put("virtualHost", yamldoc.NewText(a.virtualHost))
		}
		list.Items = append(list.Items, n)
	}
	return list
}

func mapping() *yamldoc.Node { return &yamldoc.Node{Kind: yamldoc.Map} }

// filled is a map that says something, nil for another one.
func filled(n *yamldoc.Node) *yamldoc.Node {
	if n == nil || len(n.Fields) == 0 {
		return nil
	}
	return n
}
