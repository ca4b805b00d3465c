package liberty

import (
	"cmp"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// pluginConfiguration are the attributes of com.ibm.ws.generatePluginConfig, by what they belong to in a topology: the
// web server, the member, or the cluster.
var pluginConfiguration = map[string]row{
	"pluginInstallRoot":      {key: "pluginRoot", take: asText},
	"webserverName":          {key: "webserver", take: asText},
	"webserverPort":          {key: "http", take: asNumber(-1, 65535)},
	"webserverSecurePort":    {key: "https", take: asNumber(-1, 65535)},
	"sslKeyringLocation":     {key: "keyring", take: asText},
	"sslStashfileLocation":   {key: "stashfile", take: asText},
	"sslCertlabel":           {key: "certLabel", take: asText},
	"logFileName":            {key: "file", take: asText},
	"trustedProxyGroup":      {key: "trustedProxies", take: asList},
	"connectTimeout":         {key: "connectTimeout", take: asWait},
	"serverIOTimeout":        {key: "serverIOTimeout", take: asWait},
	"wsServerIOTimeout":      {key: "wsServerIOTimeout", take: asWait},
	"wsServerIdleTimeout":    {key: "wsServerIdleTimeout", take: asWait},
	"loadBalanceWeight":      {key: "weight", take: asNumber(0, math.MaxInt32)},
	"serverRole":             {key: "role", take: asWord(map[string]string{"PRIMARY": "primary", "BACKUP": "backup"})},
	"extendedHandshake":      {key: "extendedHandshake", take: asBool},
	"waitForContinue":        {key: "waitForContinue", take: asBool},
	"serverIOTimeoutRetry":   {key: "serverIOTimeoutRetry", take: asNumber(-1, 65535)},
	"ESIEnable":              {key: "ESIEnable", take: asText},
	"ESIMaxCacheSize":        {key: "ESIMaxCacheSize", take: asText},
	"ESIInvalidationMonitor": {key: "ESIInvalidationMonitor", take: asText},
	"ESIEnableToPassCookies": {key: "ESIEnableToPassCookies", take: asText},
	"trustedProxyEnable":     {key: "TrustedProxyEnable", take: asText},
	"httpEndpointRef":        {key: "endpoint", take: asText},
	"logDirLocation":         unsaid, "id": silent, "ipv6Preferred": silent, "persistTimeoutReduction": silent,
}

// httpEndpoint are the attributes of an endpoint that say where a web server reaches it.
var httpEndpoint = map[string]row{
	"host": {key: "host", take: asText}, "httpPort": {key: "http", take: asNumber(-1, 65535)},
	"httpsPort": {key: "https", take: asNumber(-1, 65535)}, "enabled": silent,
	"id": silent, "onError": silent, "protocolVersion": silent, "httpOptionsRef": silent, "tcpOptionsRef": silent,
	"sslOptionsRef": silent, "accessLoggingRef": silent, "headersRef": silent, "remoteIpRef": silent,
	"compressionRef": silent, "samesiteRef": silent,
}

var (
	// which of the values belong where in a topology
	serverKeys = []string{"pluginRoot"}
	portKeys   = []string{"http", "https"}
	tlsKeys    = []string{"keyring", "stashfile", "certLabel"}
	esiKeys    = []string{"ESIEnable", "ESIMaxCacheSize", "ESIInvalidationMonitor", "ESIEnableToPassCookies"}
	memberKeys = []string{"connectTimeout", "serverIOTimeout", "wsServerIOTimeout", "wsServerIdleTimeout", "weight",
		"role", "extendedHandshake", "waitForContinue"}
)

// IsServer reports whether a file is a server.xml of Liberty, or means to be one.
func IsServer(src []byte) bool {
	doc, _ := parser.ParseXML(1, src)
	root := rootOf(doc)
	return root != nil && root.Name == "server"
}

// Topology makes the topology of one server, which is one member, of its server.xml; name is that of the server, by
// its folder. Nil: it cannot be read, and an error says why. Warnings name what is guessed or not taken over.
func Topology(f diag.FileID, src []byte, name string) (*yamldoc.Node, []diag.Diagnostic) {
	doc, reports := parser.ParseXML(f, src)
	root := rootOf(doc)
	if diag.Worst(reports) == diag.Error || root == nil {
		return nil, reports
	}
	t := &server{root: root, name: name, sessions: newReader(reports), plugin: newReader(nil)}
	t.sessions.liberty(root)
	t.plugin.variables = t.sessions.variables
	for _, n := range root.Elements("pluginConfiguration") {
		t.plugin.attributes(n, pluginConfiguration)
	}
	node := t.topology()
	reports = append(t.sessions.reports, t.plugin.reports...)
	diag.Sort(reports)
	return node, reports
}

func newReader(reports []diag.Diagnostic) *reader {
	return &reader{reports: reports, values: map[string]*yamldoc.Node{}, open: map[string]bool{}}
}

// server is a server.xml on its way to a topology.
type server struct {
	root     *parser.Node
	name     string
	sessions *reader // what httpSession and its stores say
	plugin   *reader // what pluginConfiguration says; apart, as both have keys of one name
}

// topology: one server is one cluster of one member, as its own plugin-cfg.xml has it.
func (t *server) topology() *yamldoc.Node {
	top := mapping()
	top.Put("version", yamldoc.NewPlain("1"))
	top.Put("flavor", yamldoc.NewPlain("liberty"))
	top.Put("webServers", yamldoc.NewList(t.webServer()))
	top.Put("virtualHosts", filled(t.virtualHosts()))
	session := t.sessions.ordered(append(nameKeys[:len(nameKeys):len(nameKeys)], settingKeys...))
	top.Put("session", filled(session))
	cluster := mapping()
	cluster.Put("serverIOTimeoutRetry", t.plugin.values["serverIOTimeoutRetry"])
	cluster.Put("members", yamldoc.NewList(t.member()))
	clusters := mapping()
	clusters.Put(t.name, cluster)
	top.Put("clusters", clusters)
	top.Put("applications", yamldoc.NewList(t.applications()...))
	return top
}

func mapping() *yamldoc.Node { return &yamldoc.Node{Kind: yamldoc.Map} }

// filled is a map that says something, nil for another one.
func filled(n *yamldoc.Node) *yamldoc.Node {
	if len(n.Fields) == 0 {
		return nil
	}
	return n
}

// webServer is what pluginConfiguration says of the web server.
func (t *server) webServer() *yamldoc.Node {
	w := mapping()
	w.Put("name", orElse(t.plugin.values["webserver"], "webserver1"))
	for _, f := range t.plugin.ordered(serverKeys).Fields {
		w.Put(f.Name, f.Value)
	}
	w.Put("ports", filled(t.plugin.ordered(portKeys)))
	if file := t.plugin.values["file"]; file != nil {
		w.Put("log", mapping().Put("file", file))
	}
	w.Put("tls", filled(t.plugin.ordered(tlsKeys)))
	w.Put("config", filled(t.config()))
	w.Put("properties", filled(t.plugin.ordered(esiKeys)))
	w.Put("trustedProxies", t.plugin.values["trustedProxies"])
	return w
}

// config are attributes of Config: Liberty copies extraConfigProperties there as they are.
func (t *server) config() *yamldoc.Node {
	config := t.plugin.ordered([]string{"TrustedProxyEnable"})
	for _, p := range t.root.Elements("pluginConfiguration") {
		for _, extra := range p.Elements("extraConfigProperties") {
			for i := range extra.Attrs {
				if text, ok := t.plugin.expand(&extra.Attrs[i]); ok {
					config.Put(extra.Attrs[i].Name, yamldoc.NewText(text))
				}
			}
		}
	}
	return config
}

// virtualHosts are those with aliases. default_host without any takes every host in Liberty, and in a topology it gets
// the ports of the web server, as Liberty's generator writes it.
func (t *server) virtualHosts() *yamldoc.Node {
	hosts := mapping()
	for _, n := range t.root.Elements("virtualHost") {
		var aliases []*yamldoc.Node
		for _, a := range n.Elements("hostAlias") {
			for _, c := range a.Children {
				written := &parser.Attr{Name: "hostAlias", Value: c.Text, Span: c.Span}
				if text, ok := t.plugin.expand(written); ok && text != "" {
					aliases = append(aliases, yamldoc.NewText(text))
				}
			}
		}
		if from := n.Attr("allowFromEndpointRef"); from != nil {
			t.plugin.warn(from.NameSpan, "a topology cannot say allowFromEndpointRef of <virtualHost>")
		}
		if id := n.Attr("id"); id != nil && len(aliases) > 0 {
			hosts.Put(id.Value, mapping().Put("aliases", yamldoc.NewList(aliases...)))
		}
	}
	return hosts
}

// member is the server as the plug-in reaches it.
// A port below 0 is switched off. 9080 is Liberty's default; the one of https counts only where a feature brings TLS.
func (t *server) member() *yamldoc.Node {
	at, endpoint := t.endpoint()
	m := mapping()
	m.Put("name", yamldoc.NewText(t.name))
	host := endpoint.values["host"]
	if host == nil || host.Text == "*" || host.Text == "localhost" {
		t.plugin.warn(at.NameSpan, "no host says where a web server reaches this server: localhost stands for it, "+
			"which is right on the same machine alone")
		host = yamldoc.NewText("localhost")
	}
	m.Put("host", host)
	endpoint.otherwise("http", "9080")
	if hasFeature(t.root, "transportSecurity") || hasFeature(t.root, "ssl") {
		endpoint.otherwise("https", "9443")
	}
	for _, key := range portKeys {
		if port := endpoint.values[key]; port != nil && !strings.HasPrefix(port.Text, "-") {
			m.Put(key, port)
		}
	}
	m.Put("cloneId", t.cloneID())
	for _, f := range t.plugin.ordered(memberKeys).Fields {
		m.Put(f.Name, f.Value)
	}
	return m
}

// endpoint reads the httpEndpoint that pluginConfiguration names, defaultHttpEndpoint without such; the element is the
// root where there is none.
// It is read by a reader of its own: http and https are keys of the web server's ports, too.
func (t *server) endpoint() (at *parser.Node, endpoint *reader) {
	want := orElse(t.plugin.values["endpoint"], "defaultHttpEndpoint").Text
	at, endpoint = t.root, newReader(nil)
	endpoint.variables = t.plugin.variables
	for _, n := range t.root.Elements("httpEndpoint") {
		if id := n.Attr("id"); id == nil || id.Value != want {
			continue
		}
		at = n
		endpoint.attributes(n, httpEndpoint)
	}
	t.plugin.reports = append(t.plugin.reports, endpoint.reports...)
	return at, endpoint
}

// cloneID is what somebody wrote. Without that the server makes one when it first starts, and server.xml has none.
func (t *server) cloneID() *yamldoc.Node {
	for _, n := range t.root.Elements("httpSession") {
		if a := n.Attr("cloneId"); a != nil {
			if text, ok := t.plugin.expand(a); ok {
				return yamldoc.NewText(text)
			}
		}
	}
	t.plugin.warn(t.root.NameSpan, "no httpSession has a cloneId: the server makes one when it first starts, and "+
		"this file does not know it; take it from the CloneID in the server's own plugin-cfg.xml")
	return nil
}

// applications are those whose context root is written, or follows from a name.
func (t *server) applications() (all []*yamldoc.Node) {
	for _, kind := range []string{"webApplication", "application", "enterpriseApplication"} {
		for _, n := range t.root.Elements(kind) {
			if app := t.application(n); app != nil {
				all = append(all, app)
			}
		}
	}
	if len(all) == 0 {
		t.plugin.warn(t.root.NameSpan, "no application with a context root: what lies in the folder dropins, or is "+
			"named in an include, is not known here")
	}
	return all
}

// A WAR without contextRoot goes by its name; an EAR has its context roots inside.
func (t *server) application(n *parser.Node) *yamldoc.Node {
	value := func(name string) string {
		if a := n.Attr(name); a != nil {
			text, _ := t.plugin.expand(a)
			return text
		}
		return ""
	}
	file := path.Base(value("location"))
	name, root := value("name"), cmp.Or(value("contextRoot"), value("context-root")) // both are in use
	isWAR := n.Name == "webApplication" || value("type") == "war" || strings.HasSuffix(file, ".war")
	if name == "" {
		name = strings.TrimSuffix(file, path.Ext(file))
	}
	if root == "" && isWAR {
		root = name
		t.plugin.warn(n.NameSpan, "application %q has no contextRoot: /%s is taken, by its name; "+
			"WEB-INF/ibm-web-ext.xml may say something else", name, root)
	}
	if root == "" || name == "" || name == "." {
		t.plugin.warn(n.NameSpan, "the context roots of <%s> %q stand in its file, which is not read: it is not "+
			"taken over",
			n.Name, name)
		return nil
	}
	app := mapping()
	app.Put("name", yamldoc.NewText(name))
	app.Put("cluster", yamldoc.NewText(t.name))
	app.Put("contextRoot", yamldoc.NewText("/"+strings.TrimPrefix(root, "/")))
	return app
}

func orElse(n *yamldoc.Node, text string) *yamldoc.Node {
	if n == nil {
		return yamldoc.NewText(text)
	}
	return n
}

// asList takes words with commas between.
func asList(_ *reader, _ string, _ *parser.Attr, text string) *yamldoc.Node {
	list := yamldoc.NewList()
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			list.Items = append(list.Items, yamldoc.NewText(word))
		}
	}
	return list
}

// asWait takes a time in whole seconds, 0 and negative ones too.
func asWait(r *reader, _ string, a *parser.Attr, text string) *yamldoc.Node {
	n, ok := seconds(text)
	if !ok {
		r.warn(a.Span, "%s is %q: want a time such as 5s or 1m; it is not taken over", a.Name, text)
		return nil
	}
	return yamldoc.NewPlain(strconv.FormatInt(n, 10))
}
