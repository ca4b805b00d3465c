package parser

import (
	"slices"
	"sync"
)

// View returns the typed view on a document, parsed or built.
func View(doc *Document) *Config { return view(doc, nil) }

// view makes the view of clusters and that of everything else at the same time.
func view(doc *Document, pause Pause) *Config {
	// Two viewers, for the memory of one is not for two goroutines.
	v, clusters := &viewer{table: load(), pause: pause}, &viewer{table: load(), pause: pause}
	config, content := v.content(doc)
	c := &Config{Doc: doc, Node: config}
	if config == nil {
		// A fragment has none: its switches have the defaults of the table.
		config = &Node{Kind: Element, Name: "Config"}
	}
	var beside sync.WaitGroup // half the work of a usual file
	beside.Go(func() { c.Clusters = each(clusters, &clusters.clusters, content, clusters.cluster, "ServerCluster") })
	v.switches(c, config)
	if logs := each(v, &v.logs, content, v.log, "Log"); len(logs) > 0 {
		c.Log = logs[0]
	}
	c.Properties = each(v, &v.properties, content, v.property, "Property")
	c.VirtualHostGroups = each(v, &v.hostGroups, content, v.hostGroup, "VirtualHostGroup")
	c.UriGroups = each(v, &v.uriGroups, content, v.uriGroup, "UriGroup")
	c.Routes = each(v, &v.routes, content, v.route, "Route")
	for _, n := range content {
		switch {
		case n.Name == "TrustedProxyGroup":
			c.TrustedProxies = append(c.TrustedProxies, each(v, &v.proxies, n.Children, v.proxy, "TrustedProxy")...)
		case n.Name == "IntelligentManagement" && c.IntelligentManagement == nil:
			c.IntelligentManagement = n
		}
	}
	beside.Wait()
	return c
}

// viewer holds the memory of a view.
type viewer struct {
	table      *table
	pause      Pause
	seen       int // elements, for the pause
	logs       pool[Log]
	properties pool[Property]
	hostGroups pool[VirtualHostGroup]
	hosts      pool[VirtualHost]
	proxies    pool[TrustedProxy]
	clusters   pool[ServerCluster]
	servers    pool[Server]
	transports pool[Transport]
	lists      pool[ServerList]
	refs       pool[ServerRef]
	uriGroups  pool[UriGroup]
	uris       pool[Uri]
	routes     pool[Route]
}

// pool is memory for values of a view, and for the lists of them.
type pool[T any] struct {
	values slab[T]
	lists  slab[*T]
}

// each views the elements of a name among nodes, in file order. Counting first costs little, and gives the list the
// length that it needs.
func each[T any](v *viewer, p *pool[T], nodes []*Node, fill func(*T, *Node), name string) []*T {
	count := 0
	for _, n := range nodes {
		if n.is(name) {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	// All at once, and not one by one: values that are looked at together lie together in memory.
	values, list := p.values.take(count), p.lists.take(count)
	i := 0
	for _, n := range nodes {
		if n.is(name) {
			fill(&values[i], n)
			list[i] = &values[i]
			i++
			if v.seen++; v.seen%pauseEvery == 0 {
				v.pause.Take()
			}
		}
	}
	return list
}

// is reports whether n is an element of that name; a ServerGroup of V4 is a ServerCluster.
func (n *Node) is(name string) bool {
	return n.Name == name || n.Name == "ServerGroup" && name == "ServerCluster"
}

// first views the first element of a name, nil when there is none.
func first[T any](p *pool[T], nodes []*Node, fill func(*T, *Node), name string) *T {
	for _, n := range nodes {
		if n.is(name) {
			v := p.values.one()
			fill(v, n)
			return v
		}
	}
	return nil
}

// content returns the first Config, or what stands for it, and what a Config would hold: the children of every Config
// at the top level, and what stands there by itself.
func (v *viewer) content(doc *Document) (config *Node, content []*Node) {
	var lone []*Node
	for _, n := range doc.Nodes {
		switch {
		case n.Kind != Element:
		case n.Name != "Config" && !v.standsForConfig(n):
			lone = append(lone, n)
		case config == nil:
			config, content = n, n.Children
		default:
			content = append(content[:len(content):len(content)], n.Children...) // a copy: the slice is the tree's
		}
	}
	// Each round is a step towards Config: it puts a Server into a ServerCluster, say, which belongs there.
	for gathered := true; gathered; {
		lone, gathered = v.gather(lone)
	}
	if len(lone) == 0 {
		return config, content
	}
	return config, append(content[:len(content):len(content)], lone...)
}

// standsForConfig reports whether an element of an unknown name holds what a Config holds: its name is misspelt.
func (v *viewer) standsForConfig(n *Node) bool {
	return v.table.byName[n.Name] == nil && slices.ContainsFunc(n.Children, func(c *Node) bool {
		return c.Kind == Element && v.table.byName["Config"][0].Child(c.Name) != nil
	})
}

// gather puts elements that do not belong into a Config into elements that hold them: lone Servers into one cluster,
// say.
func (v *viewer) gather(nodes []*Node) (held []*Node, gathered bool) {
	holders := map[string]*Node{}
	for _, n := range nodes {
		parent := ""
		if types := v.table.byName[n.Name]; len(types) > 0 {
			parent = types[0].Parents[0]
		}
		if parent == "" || parent == "Config" {
			held = append(held, n)
			continue
		}
		h := holders[parent]
		if h == nil {
			h = &Node{Kind: Element, Name: parent}
			holders[parent] = h
			held = append(held, h)
		}
		h.Children = append(h.Children, n)
		gathered = true
	}
	return held, gathered
}

// read reads an attribute; the default of the table stands in for what is not written or not readable. What the
// plug-in does with a value that is not readable is not documented: lint says so, and the default is what decisions go
// on with.
func read[T any](v *viewer, n *Node, name string, parse func(string) (T, bool)) Val[T] {
	at := n.Attr(name)
	if at != nil {
		if x, ok := parse(at.Value); ok {
			return Val[T]{V: x, At: at, Valid: true}
		}
	}
	val := Val[T]{At: at}
	if row := v.row(n, name); row.Default != "" {
		val.V, _ = parse(row.Default)
	}
	return val
}

// row returns what the table says of an attribute that a view reads: nothing of a CloneID on a ClusterAddress, say.
func (v *viewer) row(n *Node, name string) *Attribute {
	if row := v.table.rows[rowKey{n.Name, name}]; row != nil {
		return row
	}
	return &Attribute{}
}

// text reads an attribute that can have any value.
func (v *viewer) text(n *Node, name string) Val[string] {
	if at := n.Attr(name); at != nil {
		return Val[string]{V: at.Value, At: at, Valid: true}
	}
	return Val[string]{V: v.row(n, name).Default}
}

func (v *viewer) flag(n *Node, name string) Val[bool] { return read(v, n, name, readBool) }
func (v *viewer) num(n *Node, name string) Val[int]   { return read(v, n, name, readInt) }
func (v *viewer) enum(n *Node, name string) Val[string] {
	return read(v, n, name, v.row(n, name).readEnum)
}

// switches reads the attributes of Config itself.
func (v *viewer) switches(c *Config, n *Node) {
	c.IgnoreDNSFailures = v.flag(n, "IgnoreDNSFailures")
	c.RefreshInterval = v.num(n, "RefreshInterval")
	c.VHostMatchingCompat = v.flag(n, "VHostMatchingCompat")
	c.AppServerPort = v.enum(n, "AppServerPortPreference")
	c.AcceptAllContent = v.flag(n, "AcceptAllContent")
	c.ASDisableNagle = v.flag(n, "ASDisableNagle")
	c.ResponseChunkSize = v.num(n, "ResponseChunkSize")
	c.HTTPMaxHeaders = v.num(n, "HTTPMaxHeaders")
	c.UseInsecure = v.flag(n, "UseInsecure")
	c.SSLMapMode = v.enum(n, "SSLMapMode")
	c.HostVerification = v.enum(n, "SecureHostVerification")
	c.MarkBusyDown = v.flag(n, "MarkBusyDown")
	c.FailoverToNext = v.flag(n, "FailoverToNext")
	c.TrustedProxyEnable = v.flag(n, "TrustedProxyEnable")
}

func (v *viewer) log(l *Log, n *Node) {
	l.Node = n
	l.Name = v.text(n, "Name")
	l.Level = v.enum(n, "LogLevel")
}

func (v *viewer) property(p *Property, n *Node) {
	p.Node = n
	p.Name = v.text(n, "Name")
	p.Value = v.text(n, "Value")
}

func (v *viewer) hostGroup(g *VirtualHostGroup, n *Node) {
	g.Node = n
	g.Name = v.text(n, "Name")
	g.Aliases = each(v, &v.hosts, n.Children, v.host, "VirtualHost")
}

func (v *viewer) host(h *VirtualHost, n *Node) {
	h.Node = n
	h.Name = v.text(n, "Name")
}

func (v *viewer) proxy(p *TrustedProxy, n *Node) {
	p.Node = n
	p.Name = v.text(n, "Name")
}

func (v *viewer) cluster(c *ServerCluster, n *Node) {
	c.Node = n
	c.Name = v.text(n, "Name")
	c.LoadBalance = v.enum(n, "LoadBalance")
	c.RetryInterval = v.num(n, "RetryInterval")
	c.IgnoreAffinityRequests = v.flag(n, "IgnoreAffinityRequests")
	c.RemoveSpecialHeaders = v.flag(n, "RemoveSpecialHeaders")
	c.CloneSeparatorChange = v.flag(n, "CloneSeparatorChange")
	c.PostSizeLimit = v.num(n, "PostSizeLimit")
	c.PostBufferSize = v.num(n, "PostBufferSize")
	c.GetDWLMTable = v.flag(n, "GetDWLMTable")
	c.ServerIOTimeoutRetry = v.num(n, "ServerIOTimeoutRetry")
	c.Servers = each(v, &v.servers, n.Children, v.server, "Server")
	c.ClusterAddress = first(&v.servers, n.Children, v.server, "ClusterAddress")
	c.Primary = first(&v.lists, n.Children, v.list, "PrimaryServers")
	c.Backup = first(&v.lists, n.Children, v.list, "BackupServers")
}

func (v *viewer) transport(t *Transport, n *Node) {
	t.Node = n
	t.Hostname = v.text(n, "Hostname")
	t.Port = v.num(n, "Port")
	t.Protocol = v.enum(n, "Protocol")
	t.ConnectionTTL = v.num(n, "ConnectionTTL")
	t.Properties = each(v, &v.properties, n.Children, v.property, "Property")
}

func (v *viewer) list(l *ServerList, n *Node) {
	l.Node = n
	l.Servers = each(v, &v.refs, n.Children, v.ref, "Server")
}

func (v *viewer) ref(r *ServerRef, n *Node) {
	r.Node = n
	r.Name = v.text(n, "Name")
}

func (v *viewer) uriGroup(g *UriGroup, n *Node) {
	g.Node = n
	g.Name = v.text(n, "Name")
	g.Uris = each(v, &v.uris, n.Children, v.uri, "Uri")
}

func (v *viewer) uri(u *Uri, n *Node) {
	u.Node = n
	u.Name = v.text(n, "Name")
	u.AffinityCookie = v.text(n, "AffinityCookie")
	u.AffinityURLIdentifier = v.text(n, "AffinityURLIdentifier")
}

// route reads a Route; in files of V4 it names a ServerGroup.
func (v *viewer) route(r *Route, n *Node) {
	r.Node = n
	r.VirtualHostGroup = v.text(n, "VirtualHostGroup")
	r.UriGroup = v.text(n, "UriGroup")
	r.ServerCluster = v.text(n, "ServerCluster")
	if !r.ServerCluster.Set() {
		r.ServerCluster = v.text(n, "ServerGroup")
	}
}
