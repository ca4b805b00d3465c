package cell

import (
	"path"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// application is a web module, where it runs and where it is found.
type application struct {
	name        string
	cluster     string
	contextRoot string
	virtualHost string
	targets     []serverKey // servers it is mapped to, web servers among them
}

// readApplications reads which web modules run where.
func (c *cell) readApplications() (all []*application) {
	for _, file := range c.glob("applications/*/deployments/*/deployment.xml") {
		for _, d := range named(c.read(file), "Deployment") {
			deployment := deployment{cell: c, folder: path.Dir(file), targets: map[string]*parser.Node{}}
			all = append(all, deployment.read(d)...)
		}
	}
	return all
}

// deployment is a deployment.xml.
type deployment struct {
	*cell
	folder  string
	targets map[string]*parser.Node // by xmi:id
	roots   map[string]string       // context roots by the module's file
}

// read resolves targets by their xmi:id first, which modules refer to. Modules that are no web modules have no URI.
func (d *deployment) read(n *parser.Node) (all []*application) {
	for _, t := range n.Elements("deploymentTargets") {
		d.targets[value(t, "xmi:id")] = t
	}
	for _, object := range n.Elements("deployedObject") {
		for _, m := range object.Elements("modules") {
			if localName(value(m, "xmi:type")) == "WebModuleDeployment" {
				if app := d.module(m); app != nil {
					all = append(all, app)
				}
			}
		}
	}
	return all
}

// module is one web module; nil where it is not known where it is found, or nobody runs it. A topology has one cluster
// for an application: of several, the first counts.
func (d *deployment) module(m *parser.Node) *application {
	uri := value(m, "uri")
	root, ok := d.contextRoots()[uri]
	if !ok {
		d.warn(m.NameSpan, "%s names no context root of web module %s: it is not taken over",
			path.Join(d.name, d.folder, "META-INF/application.xml"), diag.Quote(uri))
		return nil
	}
	clusters, servers := d.runsOn(m)
	if len(clusters) == 0 {
		d.warn(m.NameSpan, "web module %s runs on no cluster and no application server of this cell: it is not "+
			"taken over",
			diag.Quote(uri))
		return nil
	}
	if len(clusters) > 1 {
		d.warn(m.NameSpan, "web module %s runs on %s as well as on %s, where requests go: an application of a "+
			"topology has one cluster", diag.Quote(uri), strings.Join(clusters[1:], ", "), clusters[0])
	}
	return &application{name: d.moduleName(uri), cluster: clusters[0], contextRoot: root,
		virtualHost: d.virtualHost(uri), targets: servers}
}

// moduleName is what the application is called, with its module where there are several of them.
func (d *deployment) moduleName(uri string) string {
	name := path.Base(d.folder)
	if len(d.roots) > 1 {
		name += "#" + uri
	}
	return name
}

// runsOn resolves the targets of a module: names of clusters, and all single servers.
func (d *deployment) runsOn(m *parser.Node) (clusters []string, servers []serverKey) {
	for _, mapped := range m.Elements("targetMappings") {
		t := d.targets[value(mapped, "target")]
		if t == nil {
			d.warn(mapped.NameSpan, "there is no target %s in this file: it is left out",
				diag.Quote(value(mapped, "target")))
			continue
		}
		key := serverKey{value(t, "nodeName"), value(t, "name")}
		name := key.name
		if localName(value(t, "xmi:type")) == "ServerTarget" {
			servers = append(servers, key)
			if name = d.ofServer(key); name == "" {
				continue
			}
		} else if !slices.ContainsFunc(d.clusters, func(k *cluster) bool { return k.name == name }) {
			d.warn(t.NameSpan, "there is no cluster %s in this cell: it is left out", diag.Quote(name))
			continue
		}
		if !slices.Contains(clusters, name) {
			clusters = append(clusters, name)
		}
	}
	return clusters, servers
}

// ofServer is the cluster that stands for a server; "" for a web server, or one that is not there.
func (d *deployment) ofServer(key serverKey) string {
	s := d.servers[key]
	if s == nil || slices.Contains(d.web, s) {
		return ""
	}
	return d.serverCluster(key).name
}

// contextRoots are those of META-INF/application.xml.
// It is read once for all modules.
func (d *deployment) contextRoots() map[string]string {
	if d.roots != nil {
		return d.roots
	}
	d.roots = map[string]string{}
	for _, app := range named(d.cell.read(d.folder+"/META-INF/application.xml"), "application") {
		for _, m := range app.Elements("module") {
			for _, web := range m.Elements("web") {
				d.roots[text(web, "web-uri")] = text(web, "context-root")
			}
		}
	}
	return d.roots
}

// virtualHost is that of a module's bindings, in either form; default_host without.
// .xml is the form since Java EE 5, .xmi the one before.
func (d *deployment) virtualHost(uri string) string {
	folder := d.folder + "/" + uri + "/WEB-INF/"
	if root := d.cell.read(folder + "ibm-web-bnd.xml"); root != nil {
		if hosts := root.Elements("virtual-host"); len(hosts) > 0 {
			return value(hosts[0], "name")
		}
	}
	if root := d.cell.read(folder + "ibm-web-bnd.xmi"); root != nil {
		if name := value(root, "virtualHostName"); name != "" {
			return name
		}
	}
	return "default_host"
}

// text is what stands in the first element of a name.
func text(n *parser.Node, name string) string {
	elements := n.Elements(name)
	if len(elements) == 0 {
		return ""
	}
	var b strings.Builder
	for _, c := range elements[0].Children {
		b.WriteString(c.Text)
	}
	return strings.TrimSpace(b.String())
}
