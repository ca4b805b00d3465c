package cell

import (
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

const (
	clusterXML = `<c:ServerCluster xmlns:c="c" name="shop"><members memberName="m1" nodeName="n1" ` +
		`uniqueId="1074786842023"/></c:ServerCluster>`
	indexXML = `<s:ServerIndex xmlns:s="s" hostName="n1.example.com"><serverEntries serverName="m1" ` +
		`serverType="APPLICATION_SERVER"><specialEndpoints endPointName="WC_defaulthost"><endPoint host="*" ` +
		`port="9080"/>` +
		`</specialEndpoints></serverEntries></s:ServerIndex>`
)

// TestTopology reads folders that differ from a whole one (which import_cell.txtar reads), and looks for what is made
// of them and what is told.
func TestTopology(t *testing.T) {
	tests := []struct {
		name      string
		files     map[string]string // in place of those of the small cell; "" takes one away
		want      []string          // in the topology
		told      string            // by a warning
		forbidden string            // in the topology
	}{
		{"a unique ID becomes a clone ID", nil, []string{"host: n1.example.com, http: 9080, cloneId: v8v4jdd7"},
			"in base 32", ""},
		{"a unique ID that is no number",
			map[string]string{"clusters/shop/cluster.xml": strings.Replace(clusterXML, "1074786842023", "abc", 1)},
			[]string{"m1"}, `uniqueId "abc" is no number`, "cloneId"},
		{"no unique ID",
			map[string]string{"clusters/shop/cluster.xml": strings.Replace(clusterXML, ` uniqueId="1074786842023"`,
				"", 1)},
			[]string{"m1"}, "its clone ID is not known", "cloneId"},
		{"no serverindex.xml", map[string]string{"nodes/n1/serverindex.xml": ""},
			[]string{"host: localhost, http: 9080"},
			`no serverindex.xml of node "n1" has server "m1"`, ""},
		{"a cluster without members",
			map[string]string{"clusters/empty/cluster.xml": `<ServerCluster name="empty"/>`}, []string{"shop:"},
			`cluster "empty" has no members`, "empty:"},
		{"virtual hosts as a single one is written",
			map[string]string{"virtualhosts.xml": `<h:VirtualHost xmlns:h="h" name="h"><aliases hostname="a" ` +
				`port="1"/>` +
				`</h:VirtualHost>`},
			[]string{`h: {aliases: ["a:1"]}`}, "", ""},
		{"a target that is not there", map[string]string{deploymentXML: deployed("a.war", "T") + deployedEnd,
			applicationXML: modules("a.war", "a")}, []string{"shop:"}, `there is no target "T"`, "contextRoot"},
		{"a module of two clusters", map[string]string{
			"clusters/b/cluster.xml": strings.Replace(clusterXML, `"shop"`, `"b"`, 1),
			deploymentXML: deployed("a.war", "T", "U") + clusterTarget + target("U", "Clustered",
				"b") + deployedEnd,
			applicationXML: modules("a.war", "a")},
			[]string{"{name: a, cluster: shop, contextRoot: /a}"}, `"a.war" runs on b as well as on shop`, ""},
		{"a cluster that is there twice", map[string]string{"clusters/z/cluster.xml": clusterXML}, []string{"shop:"},
			`there is another cluster "shop"`, ""},
		{"a clone ID that somebody wrote",
			map[string]string{"nodes/n1/servers/m1/server.xml": `<process:Server><services ` +
				`xmi:type="x:SessionManager">` +
				`<tuningParams/></services><components><properties name="HttpSessionCloneId" value=" mine "/>` +
				`</components></process:Server>`},
			[]string{"cloneId: mine", "session: {persistence: none}"}, "", "v8v4jdd7"},
		{"an end point with a host of its own",
			map[string]string{"nodes/n1/serverindex.xml": strings.Replace(indexXML, `host="*"`,
				`host="m1.example.com"`, 1)},
			[]string{"host: m1.example.com, http: 9080"}, "", "n1.example.com"},
		{"weights", map[string]string{"clusters/shop/cluster.xml": strings.Replace(clusterXML, ` nodeName`,
			` weight="3" nodeName`, 1)}, []string{"weight: 3"}, "", ""},
		{"a server in no cluster, and the web server before it", map[string]string{
			"nodes/n1/serverindex.xml": strings.Replace(indexXML, "</s:ServerIndex>",
				`<serverEntries serverName="alone" `+
					`serverType="APPLICATION_SERVER"/><serverEntries serverName="web1" serverType="WEB_SERVER">`+
					`<specialEndpoints `+
					`endPointName="WEBSERVER_ADDRESS"><endPoint host="*" port="8080"/></specialEndpoints>`+
					`</serverEntries></s:ServerIndex>`, 1),
			deploymentXML: deployed("a.war", "T", "W") + target("T", "Server", "alone") + target("W", "Server",
				"web1") +
				deployedEnd,
			applicationXML: modules("a.war", "/a")},
			[]string{"webServers:\n  - {name: web1, ports: {http: 8080}}", "  alone_n1_Cluster:\n",
				"{name: a, cluster: alone_n1_Cluster, contextRoot: /a}"}, "", "serves"},
		{"of two applications one is mapped to the web server", map[string]string{
			"nodes/n2/serverindex.xml": `<ServerIndex hostName="w"><serverEntries serverName="web1" ` +
				`serverType="WEB_SERVER"/>` +
				`</ServerIndex>`,
			deploymentXML: deployed("a.war", "T", "W") + clusterTarget + targetAt("W", "Server", "web1", "n2") +
				deployedEnd,
			applicationXML: modules("a.war", "a"),
			strings.ReplaceAll(deploymentXML, "/a/", "/b/"):  deployed("b.war", "T") + clusterTarget + deployedEnd,
			strings.ReplaceAll(applicationXML, "/a/", "/b/"): modules("b.war", "b")},
			[]string{"{name: web1, serves: [a]}", "{name: b, cluster: shop, contextRoot: /b}"}, "", ""},
		{"a module that only a web server runs", map[string]string{
			"nodes/n2/serverindex.xml": `<ServerIndex hostName="w"><serverEntries serverName="web1" ` +
				`serverType="WEB_SERVER"/>` +
				`</ServerIndex>`,
			deploymentXML:  deployed("a.war", "W") + targetAt("W", "Server", "web1", "n2") + deployedEnd,
			applicationXML: modules("a.war", "a")},
			[]string{"applications: []"}, `"a.war" runs on no cluster and no application server of this cell`, ""},
		{"a module without a context root", map[string]string{
			deploymentXML: deployed("a.war", "T") + clusterTarget + deployedEnd, applicationXML: modules("b.war",
				"b")},
			[]string{"applications: []"}, `names no context root of web module "a.war"`, ""},
		{"two modules, each with a virtual host in one of the forms", map[string]string{
			deploymentXML: deployed("a.war", "T") +
				`<deployedObject><modules xmi:type="x:WebModuleDeployment" uri="b.war">` +
				`<targetMappings target="T"/></modules></deployedObject>` + clusterTarget + deployedEnd,
			applicationXML: `<application>` + webModule("a.war", "a") + webModule("b.war", "b") + `</application>`,
			"applications/a/deployments/a/a.war/WEB-INF/ibm-web-bnd.xml": `<web-bnd><virtual-host name="h1"/>` +
				`</web-bnd>`,
			"applications/a/deployments/a/b.war/WEB-INF/ibm-web-bnd.xmi": `<w:WebAppBinding virtualHostName="h2"/>`},
			[]string{"{name: \"a#a.war\", cluster: shop, contextRoot: /a, virtualHost: h1}",
				"{name: \"a#b.war\", cluster: shop, contextRoot: /b, virtualHost: h2}"}, "", ""},
		{"a file that is no XML", map[string]string{"virtualhosts.xml": "<"}, []string{"shop:"},
			"nothing of it is taken over", "virtualHosts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			yaml, told := read(smallCell(tt.files))
			for _, want := range tt.want {
				if !strings.Contains(yaml, want) {
					t.Errorf("no %q in:\n%s", want, yaml)
				}
			}
			if tt.forbidden != "" && strings.Contains(yaml, tt.forbidden) {
				t.Errorf("%q in:\n%s", tt.forbidden, yaml)
			}
			if !strings.Contains(told, tt.told) {
				t.Errorf("told %q, want %q in it", told, tt.told)
			}
		})
	}
}

// Pieces of an application a with one web module or more.
const (
	deploymentXML  = "applications/a/deployments/a/deployment.xml"
	applicationXML = "applications/a/deployments/a/META-INF/application.xml"
	clusterTarget  = `<deploymentTargets xmi:type="x:ClusteredTarget" xmi:id="T" name="shop"/>`
	deployedEnd    = `</Deployment>`
)

// deployed begins a deployment.xml, whose module runs on these targets.
func deployed(uri string, targets ...string) string {
	mapped := ""
	for _, id := range targets {
		mapped += `<targetMappings target="` + id + `"/>`
	}
	return `<Deployment><deployedObject><modules xmi:type="x:WebModuleDeployment" uri="` + uri + `">` + mapped +
		`</modules></deployedObject>`
}

func target(id, kind, name string) string { return targetAt(id, kind, name, "n1") }

func targetAt(id, kind, name, node string) string {
	return `<deploymentTargets xmi:type="x:` + kind + `Target" xmi:id="` + id + `" name="` + name + `" nodeName="` +
		node +
		`"/>`
}

func modules(uri, root string) string {
	return `<application>` + webModule(uri, root) + `</application>`
}

func webModule(uri, root string) string {
	return `<module><web><web-uri>` + uri + `</web-uri><context-root>` + root + `</context-root></web></module>`
}

// TestNothing: a folder without anything to make a topology of is an error that says which folder is wanted.
func TestNothing(t *testing.T) {
	for name, folder := range map[string]fstest.MapFS{"empty": {}, "no cluster": {"nodes/n1/serverindex.xml": {
		Data: []byte(indexXML)}}} {
		yaml, told := read(folder)
		if yaml != "" || !strings.Contains(told,
			"cell: no cluster and no server with a web application: want a folder "+
				"config/cells/CELL") {
			t.Errorf("%s: %s\n%s", name, yaml, told)
		}
	}
}

// TestPasswordsAreNotShown: a warning shows the line that it is about, and server.xml has passwords.
func TestPasswordsAreNotShown(t *testing.T) {
	_, told := read(smallCell(map[string]string{"nodes/n1/servers/m1/server.xml": `<process:Server><services ` +
		`xmi:type="x:SessionManager" unheardOf="1" password="{xor}KzosKw=="/></process:Server>`}))
	if strings.Contains(told, "KzosKw") || !strings.Contains(told, "unheardOf") {
		t.Errorf("told: %s", told)
	}
}

// FuzzTopology tries each kind of file with any bytes.
func FuzzTopology(f *testing.F) {
	names := []string{"clusters/shop/cluster.xml", "nodes/n1/serverindex.xml", "virtualhosts.xml",
		"nodes/n1/servers/m1/server.xml", "applications/a/deployments/a/deployment.xml",
		"applications/a/deployments/a/META-INF/application.xml"}
	f.Add(byte(0), clusterXML)
	f.Add(byte(1), indexXML)
	f.Fuzz(func(t *testing.T, which byte, text string) {
		read(smallCell(map[string]string{names[int(which)%len(names)]: text}))
	})
}

func smallCell(files map[string]string) fstest.MapFS {
	folder := fstest.MapFS{"clusters/shop/cluster.xml": {Data: []byte(clusterXML)},
		"nodes/n1/serverindex.xml": {Data: []byte(indexXML)}}
	for name, text := range files {
		delete(folder, name)
		if text != "" {
			folder[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return folder
}

// read gives the topology as text, and all that is told with the lines that it is about.
func read(folder fstest.MapFS) (yaml, told string) {
	files := diag.NewFiles()
	node, reports := Topology(folder, "cell", files)
	var b strings.Builder
	for _, d := range reports {
		b.WriteString(files.Line(d) + "\n")
		files.Snippet(&b, d.Span)
	}
	if node == nil {
		return "", b.String()
	}
	return string(yamldoc.Print(node)), b.String()
}
