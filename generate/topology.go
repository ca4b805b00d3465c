package generate

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Values keep where they are written; not Set is a value that the YAML does not say, and its V may be a default all
// the same.
type (
	text    = diag.Val[string]
	number  = diag.Val[int]
	boolean = diag.Val[bool]
)

// Topology is the model of a topology file. Every slice is in file order.
type Topology struct {
	Node         *yamldoc.Node
	Cell         text   // for the comment at the top alone
	Flavor       text   // was (default), liberty or plain
	Allow        []text // codes of rules whose errors are warnings here
	WebServers   []*WebServer
	VirtualHosts []*VirtualHost
	Session      Session
	Clusters     []*Cluster
	Applications []*Application

	clusterByKey map[string]*Cluster
	hostByKey    map[string]*VirtualHost
	files        *diag.Files // of the YAML: lint reports on it
}

// WebServer is a web server with the plug-in; each gets a file of its own.
type WebServer struct {
	Node       *yamldoc.Node
	Name       text // default webserver1
	Windows    bool // paths have backslashes; nothing else differs
	Platform   text // the web server that the plug-in sits in, one of routecheck.Platforms; not Set: the default
	PluginRoot text
	HTTP       number    // port, default 80; -1 off
	HTTPS      number    // port, default 443; -1 off
	Serves     []text    // names of applications; nil means all
	at         diag.Span // where it begins: the place of what is written for it by default
}

// VirtualHost is a named set of aliases.
type VirtualHost struct {
	Key      text // by which applications name it; it is the Name, too, unless the node has one
	Node     *yamldoc.Node
	Aliases  []*yamldoc.Node // texts as they are written; what is wrong with one is for lint
	AddPorts bool            // the web server's ports are added as *:PORT; default true for default_host alone
	Admin    boolean         // for administration: left out of the files; default true for admin_host under flavor was
}

// Cluster is a server cluster and its members.
type Cluster struct {
	Key            text
	Node           *yamldoc.Node
	Session        Session       // as written; see [Topology.SessionPolicy]
	Defaults       *yamldoc.Node // keys of a member that hold for all; nil for none
	Members        []*Member
	ClusterAddress *Member // nil for none
}

// Member is a server of a cluster.
type Member struct {
	Node    *yamldoc.Node
	Server  text // Name of the Server: <node>_<name>, or <name> without a node
	CloneID text
	Role    text // primary (default), backup or none
}

// Application is a set of URIs that one cluster serves under one virtual host.
type Application struct {
	Node        *yamldoc.Node
	Name        text
	Cluster     text // key of a Cluster, not Set when the Route is to name none
	VirtualHost text // key of a VirtualHost, not Set when the Route is to name none
	UriGroup    text // not Set when the default name serves
	EveryURI    bool // the Route is to name no UriGroup
	Session     Session
}

// Session says how sessions are found again and what becomes of them when a member fails. Only the first four fields
// show in plugin-cfg.xml; the rest is for explanations.
type Session struct {
	Cookie         text // default JSESSIONID
	URLIdentifier  text // default jsessionid
	CloneSeparator text // ":" (default) or "+"
	Affinity       boolean

	Persistence    text   // none (default), database, memory-to-memory or grid
	Replicas       number // copies under memory-to-memory, -1 on every member
	WriteFrequency text   // end of servlet service, time based or manual update; default by flavor
	WriteInterval  number // seconds between the writes under time based
	WriteContents  text   // only updated attributes, all session attributes, or get and set attributes
	TuningLevel    text   // very high, high, medium, low or custom
	Schema         text   // of the database: single row or multi-row
	Mode           text   // in the replication domain: both, client or server
	Timeout        text   // 30m

	NoAffinitySwitchBack, IDReuse boolean
	ExpectedCloneIDs              []string

	noCookie, noIdentifier bool // written as empty: the attribute is left out
}

// Read reads a topology file. The topology is nil when the file has an error; the diagnostics hold every one of them.
func Read(files *diag.Files, id diag.FileID) (*Topology, []diag.Diagnostic) {
	n, ds := schemas.Load(files, id, "topology")
	if n == nil || diag.Worst(ds) == diag.Error {
		return nil, ds
	}
	t := &Topology{
		files:      files,
		Node:       n,
		Cell:       n.Get("cell").Str(),
		Flavor:     orText(n.Get("flavor").Str(), "was"),
		Allow:      texts(n.Get("allow")),
		Session:    readSession(n.Get("session")),
		WebServers: readWebServers(n),
	}
	t.hostByKey = map[string]*VirtualHost{}
	if hosts := n.Get("virtualHosts"); hosts != nil {
		for _, f := range hosts.Fields {
			t.addHost(readVirtualHost(f))
		}
	}
	t.clusterByKey = map[string]*Cluster{}
	for _, f := range n.Get("clusters").Fields {
		k := readCluster(f)
		t.Clusters = append(t.Clusters, k)
		t.clusterByKey[k.Key.V] = k
	}
	if apps := n.Get("applications"); apps != nil {
		for _, item := range apps.Items {
			t.Applications = append(t.Applications, readApplication(item))
		}
	}
	t.addDefaultHost()
	return t, ds
}

// addDefaultHost provides the virtual host that applications use when they name none, or when no virtual host is
// described at all.
// It stands last, and in the file only if somebody uses it. A file that describes virtual hosts but not this one, and
// names it all the same, gets none: that is a slip of the pen, which lint finds as WP201.
func (t *Topology) addDefaultHost() {
	if t.virtualHost("default_host") != nil {
		return
	}
	for _, a := range t.Applications {
		if a.VirtualHost.V == "default_host" && (a.Node.Field("virtualHost") == nil ||
			t.Node.Field("virtualHosts") == nil) {
			key := diag.Written("default_host", a.VirtualHost.Span())
			t.addHost(&VirtualHost{Key: key, AddPorts: true})
			return
		}
	}
}

func (t *Topology) addHost(h *VirtualHost) {
	t.VirtualHosts = append(t.VirtualHosts, h)
	t.hostByKey[h.Key.V] = h
}

// readWebServers gives one web server of defaults where the file describes none, at the place of the whole file.
func readWebServers(n *yamldoc.Node) []*WebServer {
	list := n.Get("webServers")
	if list == nil || len(list.Items) == 0 {
		return []*WebServer{readWebServer(&yamldoc.Node{Kind: yamldoc.Map, Span: n.Span})}
	}
	var all []*WebServer
	for _, item := range list.Items {
		all = append(all, readWebServer(item))
	}
	return all
}

// defaultRoot is that of Liberty's pluginConfiguration (pluginInstallRoot).
const defaultRoot = "/opt/IBM/WebSphere/Plugins"

func readWebServer(n *yamldoc.Node) *WebServer {
	ports := n.Get("ports")
	w := &WebServer{
		Node:       n,
		Name:       orText(n.Get("name").Str(), "webserver1"),
		Platform:   n.Get("platform").Str(),
		Windows:    n.Get("os").Str().V == "windows",
		PluginRoot: orText(n.Get("pluginRoot").Str(), defaultRoot),
		HTTP:       orNumber(ports.Get("http").Int(), 80),
		HTTPS:      orNumber(ports.Get("https").Int(), 443),
		at:         start(n.Span),
	}
	if n.Field("serves") != nil {
		// an empty list is written, too: it serves nothing, while nil serves all
		w.Serves = append([]text{}, texts(n.Get("serves"))...)
	}
	return w
}

func readVirtualHost(f yamldoc.Field) *VirtualHost {
	h := &VirtualHost{Key: diag.Written(f.Name, f.NameSpan), Node: f.Value, AddPorts: f.Name == "default_host"}
	h.Admin = f.Value.Get("admin").Bool()
	if aliases := f.Value.Get("aliases"); aliases != nil {
		h.Aliases = aliases.Items
	}
	if add := f.Value.Get("addWebServerPorts").Bool(); add.Set() {
		h.AddPorts = add.V
	}
	return h
}

func readCluster(f yamldoc.Field) *Cluster {
	c := &Cluster{
		Key:      diag.Written(f.Name, f.NameSpan),
		Node:     f.Value,
		Session:  readSession(f.Value.Get("session")),
		Defaults: f.Value.Get("defaults"),
	}
	if members := f.Value.Get("members"); members != nil {
		for _, item := range members.Items {
			c.Members = append(c.Members, readMember(item))
		}
	}
	if address := f.Value.Get("clusterAddress"); address != nil {
		c.ClusterAddress = readMember(address)
	}
	return c
}

// readMember names a member as the traditional generator does, NODE_NAME. name: null leaves the Name out.
func readMember(n *yamldoc.Node) *Member {
	m := &Member{Node: n, Server: n.Get("name").Str(), CloneID: n.Get("cloneId").Str(),
		Role: orText(n.Get("role").Str(), "primary")}
	switch node := n.Get("node").Str(); {
	case node.Set() && m.Server.Set():
		m.Server.V = node.V + "_" + m.Server.V
	case n.Field("name") == nil: // a member without a name goes by its host
		m.Server = n.Get("host").Str()
	}
	return m
}

// readApplication: a key that is null and one that is missing differ. virtualHost: null and uris: null are a Route
// without that reference (R17), no virtualHost is default_host; that cluster is missing is reported by checkNames.
func readApplication(n *yamldoc.Node) *Application {
	a := &Application{
		Node:        n,
		Name:        n.Get("name").Str(),
		Cluster:     n.Get("cluster").Str(),
		VirtualHost: n.Get("virtualHost").Str(),
		UriGroup:    n.Get("uriGroup").Str(),
		EveryURI:    n.Get("uris").Null(),
		Session:     readSession(n.Get("session")),
	}
	if n.Field("virtualHost") == nil {
		a.VirtualHost = diag.Written("default_host", start(n.Span))
	}
	return a
}

func readSession(n *yamldoc.Node) Session {
	return Session{
		Cookie:         n.Get("cookie").Str(),
		URLIdentifier:  n.Get("urlIdentifier").Str(),
		CloneSeparator: n.Get("cloneSeparator").Str(),
		Affinity:       n.Get("affinity").Bool(),
		Persistence:    n.Get("persistence").Str(),
		Replicas:       n.Get("replicas").Int(),
		WriteFrequency: n.Get("writeFrequency").Str(),
		WriteInterval:  n.Get("writeInterval").Int(),
		WriteContents:  n.Get("writeContents").Str(),
		TuningLevel:    n.Get("tuningLevel").Str(),
		Schema:         n.Get("schema").Str(),
		Mode:           n.Get("mode").Str(),
		Timeout:        n.Get("timeout").Str(),

		NoAffinitySwitchBack: n.Get("noAffinitySwitchBack").Bool(),
		IDReuse:              n.Get("idReuse").Bool(),
		ExpectedCloneIDs:     values(n.Get("expectedCloneIds")),

		noCookie:     n.Get("cookie").Null(),
		noIdentifier: n.Get("urlIdentifier").Null(),
	}
}

// values are the texts of a list, without their places.
func values(n *yamldoc.Node) (all []string) {
	for _, v := range texts(n) {
		all = append(all, v.V)
	}
	return all
}

func texts(n *yamldoc.Node) []text {
	if n == nil {
		return nil
	}
	var all []text
	for _, item := range n.Items {
		all = append(all, item.Str())
	}
	return all
}

func orText(v text, otherwise string) text {
	if !v.Set() {
		v.V = otherwise
	}
	return v
}

func orNumber(v number, otherwise int) number {
	if !v.Set() {
		v.V = otherwise
	}
	return v
}

// start is the empty span where a span begins.
func start(s diag.Span) diag.Span { return diag.Span{File: s.File, Start: s.Start, End: s.Start} }
