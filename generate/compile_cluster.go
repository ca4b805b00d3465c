package generate

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// cluster writes a ServerCluster: its members as they stand in the YAML, the ClusterAddress, the lists. Later ones
// override: what session says is behind the flavor's defaults and before the keys and overrides of the cluster.
func (c *compiler) cluster(w *WebServer, k *Cluster) element {
	e := newElement("ServerCluster", k.Key.Span())
	session := k.Session.over(c.t.Session)
	e.putDefaults(c.flavor.cluster...)
	e.set("Name", k.name())
	if session.CloneSeparator.V == "+" {
		// the attribute says what the cookies of the servers already have (R21); ":" is the default and needs none
		e.put("CloneSeparatorChange", "true", session.CloneSeparator.Span(), session.CloneSeparator.Span())
	}
	if session.Persistence.V == "memory-to-memory" {
		// A new web server process has no partition table unless it fetches one, and would balance (PK48101, R28).
		e.put("GetDWLMTable", "true", session.Persistence.Span(), session.Persistence.Span())
	}
	e.keys(k.Node, clusterKeys())
	e.override(k.Node.Get("overrides"))
	single := k.single()
	for _, m := range k.Members {
		e.add(c.server(w, k, m, "Server", single))
	}
	if k.ClusterAddress != nil {
		e.add(c.server(w, k, k.ClusterAddress, "ClusterAddress", true))
	}
	e.serverList("PrimaryServers", "primary", k, k.Node.Field("primaryServers"), single)
	e.serverList("BackupServers", "backup", k, k.Node.Field("backupServers"), single)
	e.raw(k.Node.Get("elements"))
	return e
}

// single reports whether a cluster takes the generators' form for a stand-alone server: one member without a clone
// ID, hence no weight and no lists.
func (k *Cluster) single() bool {
	return len(k.Members) == 1 && !k.Members[0].CloneID.Set() && k.Members[0].Role.V == "primary"
}

// server writes a Server or a ClusterAddress. plain: without the weight that the flavor would write. The cluster's
// defaults come first, so that what a member says counts.
func (c *compiler) server(w *WebServer, k *Cluster, m *Member, name string, plain bool) element {
	e := newElement(name, start(m.Node.Span))
	e.putDefaults(c.flavor.server...)
	if plain {
		e.drop("LoadBalanceWeight")
	}
	e.set("Name", m.Server)
	e.set("CloneID", m.CloneID)
	e.keys(k.Defaults, serverKeys())
	e.override(k.Defaults.Get("overrides"))
	e.keys(m.Node, serverKeys())
	e.override(m.Node.Get("overrides"))
	if list := m.Node.Get("transports"); list != nil {
		for _, item := range list.Items {
			if !c.administrative(m, item.Get("port").Str()) {
				e.add(c.transport(w, k, m, item))
			}
		}
	} else {
		c.transports(e, w, k, m)
	}
	e.raw(m.Node.Get("elements"))
	return e
}

// transports adds the http and the https Transport that a member's ports stand for.
// http stands first, as in the generators' files. A port of 0 or below leaves its Transport out.
func (c *compiler) transports(e element, w *WebServer, k *Cluster, m *Member) {
	host := m.host(k)
	for _, protocol := range []string{"http", "https"} {
		port := m.value(k, protocol)
		if !port.Set() || port.V == "-1" || port.V == "0" || c.administrative(m, port) {
			continue
		}
		t := newElement("Transport", port.Span())
		t.set("Hostname", host)
		t.set("Port", port)
		t.put("Protocol", protocol, port.Span(), port.Span())
		t.set("ConnectionTTL", m.value(k, "connectionTTL"))
		if protocol == "https" {
			t.add(w.tls(port.Span())...)
		}
		e.add(t)
	}
}

// transport writes out a Transport that the topology describes in full.
func (c *compiler) transport(w *WebServer, k *Cluster, m *Member, n *yamldoc.Node) element {
	t := newElement("Transport", start(n.Span))
	host := n.Get("host").Str()
	if n.Field("host") == nil {
		host = m.host(k)
	}
	t.set("Hostname", host)
	t.set("Port", n.Get("port").Str())
	t.set("Protocol", n.Get("protocol").Str())
	t.set("ConnectionTTL", n.Get("connectionTTL").Str())
	t.override(n.Get("overrides"))
	var defaults []element
	if n.Get("protocol").Str().V == "https" && n.Field("properties") == nil {
		defaults = w.tls(start(n.Span))
	}
	t.properties(n, defaults)
	t.raw(n.Get("elements"))
	return t
}

// value returns a member's value, or that of its cluster's defaults.
func (m *Member) value(k *Cluster, key string) text {
	if v := m.Node.Get(key).Str(); v.Set() {
		return v
	}
	return k.Defaults.Get(key).Str()
}

// host is what Hostname is to be.
func (m *Member) host(k *Cluster) text {
	host := m.value(k, "host")
	if strings.HasPrefix(host.V, "[") && strings.HasSuffix(host.V, "]") {
		host.V = host.V[1 : len(host.V)-1] // an IPv6 address: a Transport takes it without brackets
	}
	return host
}

// serverList adds a list: what the topology writes out, or the members of a role.
// null leaves a list out, and so does a role that nobody has: an empty list counts as none (R37).
func (e element) serverList(name, role string, k *Cluster, written *yamldoc.Field, single bool) {
	if written != nil {
		if !written.Value.Null() {
			list := newElement(name, written.NameSpan)
			list.names("Server", written.Value)
			e.add(list)
		}
		return
	}
	list := newElement(name, k.Key.Span())
	for _, m := range k.Members {
		if m.Role.V == role && !single {
			at := start(m.Node.Span)
			if m.Role.Set() {
				at = m.Role.Span()
			}
			ref := element{&parser.Node{Kind: parser.Element, Name: "Server", Span: at, NameSpan: at, Tag: at,
				Closed: true},
				at}
			ref.put("Name", m.Server.V, m.Server.Span(), m.Server.Span())
			list.add(ref)
		}
	}
	if len(list.Children) > 0 {
		e.add(list)
	}
}

// name returns what is written as the Name, "" and not Set when it is to be left out.
func (k *Cluster) name() text     { return nameOr(k.Node, k.Key) }
func (h *VirtualHost) name() text { return nameOr(h.Node, h.Key) }
func nameOr(n *yamldoc.Node, key text) text {
	if n.Field("name") != nil {
		return n.Get("name").Str()
	}
	return key
}
