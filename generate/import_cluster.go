package generate

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// virtualHost writes a group with its aliases as they stand. The ports of the web server are told by aliases here:
// addWebServerPorts: false keeps default_host from getting them again.
func (im *importer) virtualHost(hosts *yamldoc.Node, h *parser.VirtualHostGroup) {
	name, written := key(hosts, h.Node, "virtualHost")
	// of several definitions of a name only the one that counts is what Routes mean
	if im.names.VirtualHostGroup(h.Name.V) == h && h.Name.Set() {
		im.hosts[h.Name.V] = name
	}
	aliases := yamldoc.NewList()
	for _, a := range h.Aliases {
		aliases.Items = append(aliases.Items, optional(a.Node, "Name"))
		im.onlyName(a.Node)
	}
	im.onlyName(h.Node)
	if stray := im.strays(h.Node, "VirtualHost"); stray != nil {
		im.lost(h.Node, "the other elements inside virtual host group %q", h.Name.V)
	}
	n := newMap().Put("name", written).Put("aliases", aliases)
	if name == "default_host" {
		// what a topology gives it without a word
		if len(h.Aliases) == 2 && h.Aliases[0].Name.V == "*:80" && h.Aliases[1].Name.V == "*:443" {
			n = newMap().Put("name", written)
		} else {
			n.Put("addWebServerPorts", yamldoc.NewPlain("false"))
		}
	}
	if name == adminHost && im.flavor.noAdmin {
		n.Put("admin", yamldoc.NewPlain("false"))
	}
	n.Comment = im.within(h.Node)
	hosts.Put(name, n)
}

// onlyName names the attributes that an element has beside its Name.
func (im *importer) onlyName(n *parser.Node) {
	for _, a := range n.Attrs {
		if a.Name != "Name" {
			im.lost(n, "attribute %s of <%s>", a.Name, n.Name)
		}
	}
}

// clusterDefaults are what a cluster has without words: with replicated sessions the table of partition IDs, too.
// They must be those of compiler.cluster: what is not said here is put in there.
func (im *importer) clusterDefaults() []pair {
	if im.sessions.Get("persistence").Str().V != "memory-to-memory" {
		return im.flavor.cluster
	}
	rest := slices.DeleteFunc(slices.Clone(im.flavor.cluster), func(p pair) bool { return p.name == "GetDWLMTable" })
	return append(rest, pair{"GetDWLMTable", "true"})
}

// cluster writes what differs from what a topology says without words, and moves what all members say alike into
// defaults.
func (im *importer) cluster(clusters *yamldoc.Node, c *parser.ServerCluster) {
	name, written := key(clusters, c.Node, "cluster")
	if im.names.Cluster(c.Name.V) == c && c.Name.Set() {
		im.clusters[c.Name.V] = name
	}
	if c.Node.Name != "ServerCluster" {
		im.lost(c.Node, "the V4 form %s; it becomes a ServerCluster", c.Node.Name)
	}
	n := newMap().Put("name", written)
	fields, overrides := im.attributes(c.Node, im.clusterDefaults(), clusterKeys(), "Name")
	n.Fields = append(n.Fields, fields...)
	n.Put("overrides", orNothing(overrides))
	roles, primary, backup := lists(c)
	single := len(c.Servers) == 1 && c.Servers[0].CloneID.V == "" && roles[c.Servers[0]] == "primary"
	if single { // the generators' form for it has no list
		primary = orNull(nameList(c.Primary))
	}
	if len(c.Servers) > 1 && !slices.ContainsFunc(c.Servers,
		func(s *parser.Server) bool { return s.CloneID.V != "" }) {
		// without any clone ID sessions need not come back; else the topology would be refused (WP303)
		n.Put("session", newMap().Put("affinity", yamldoc.NewPlain("false")))
	}
	members := yamldoc.NewList()
	for _, s := range c.Servers {
		members.Items = append(members.Items, im.member(s, roles[s], single))
	}
	n.Put("defaults", common(members.Items)).Put("members", members)
	if a := c.ClusterAddress; a != nil {
		n.Put("clusterAddress", im.clusterAddress(a, n.Get("defaults")))
	}
	n.Put("primaryServers", primary).Put("backupServers", backup)
	n.Put("elements", im.strays(c.Node, "Server", "ClusterAddress", "PrimaryServers", "BackupServers"))
	n.Comment = im.within(c.Node)
	clusters.Put(name, n)
}

// lists returns the roles of the members, and the lists themselves where roles do not give them as they stand.
// A list that names servers in another order, or ones that are not there, cannot be made of roles.
func lists(c *parser.ServerCluster) (roles map[*parser.Server]string, primary, backup *yamldoc.Node) {
	roles = map[*parser.Server]string{}
	for _, s := range c.Servers {
		roles[s] = "none"
	}
	primaries, backups := match.PrimaryAndBackup(c)
	for _, s := range primaries {
		roles[s] = "primary"
	}
	for _, s := range backups {
		roles[s] = "backup"
	}
	named := func(role string) (names []string) {
		for _, s := range c.Servers {
			if roles[s] == role {
				names = append(names, s.Name.V)
			}
		}
		return names
	}
	if !sameNames(c.Primary, named("primary")) {
		primary = nameList(c.Primary)
	}
	if !sameNames(c.Backup, named("backup")) {
		backup = nameList(c.Backup)
	}
	return roles, primary, backup
}

// sameNames reports whether roles give a list as it stands. No list is no names: an empty one must be written out.
func sameNames(l *parser.ServerList, names []string) bool {
	if l == nil {
		return len(names) == 0
	}
	return len(names) > 0 && slices.EqualFunc(l.Servers, names, func(r *parser.ServerRef,
		name string) bool {
		return r.Name.Set() && r.Name.V == name
	})
}

// nameList is a list written out, null for none.
func nameList(l *parser.ServerList) *yamldoc.Node {
	if l == nil {
		return yamldoc.NewPlain("")
	}
	list := yamldoc.NewList()
	for _, r := range l.Servers {
		list.Items = append(list.Items, optional(r.Node, "Name"))
	}
	return list
}

// orNull returns nil for the value that leaves a key out.
func orNull(n *yamldoc.Node) *yamldoc.Node {
	if n.Null() {
		return nil
	}
	return n
}

// member writes a Server; role "" is that of a ClusterAddress, which has none. single: see Cluster.single.
func (im *importer) member(s *parser.Server, role string, single bool) *yamldoc.Node {
	defaults := im.flavor.server
	if single {
		defaults = slices.DeleteFunc(slices.Clone(defaults),
			func(p pair) bool { return p.name == "LoadBalanceWeight" })
	}
	m := newMap().Put("name", optional(s.Node, "Name"))
	im.transports(m, s)
	if s.CloneID.Set() && s.CloneID.V != "" {
		m.Put("cloneId", yamldoc.NewText(s.CloneID.V))
	}
	if role != "primary" && role != "" {
		m.Put("role", yamldoc.NewText(role))
	}
	skip := []string{"Name"}
	// CloneID="" has no key, so that stays an override
	if s.CloneID.V != "" {
		skip = append(skip, "CloneID")
	}
	fields, overrides := im.attributes(s.Node, defaults, serverKeys(), skip...)
	m.Fields = append(m.Fields, fields...)
	return m.Put("overrides", orNothing(overrides)).Put("elements", im.strays(s.Node, "Transport"))
}

func (im *importer) clusterAddress(a *parser.Server, defaults *yamldoc.Node) *yamldoc.Node {
	m := im.member(a, "", true)
	if defaults == nil {
		return m
	}
	// The members' defaults reach the address too: say again what they change.
	own := m.Get("overrides")
	if own == nil {
		own = newMap()
		m.Put("overrides", own)
	}
	for _, k := range serverKeys() {
		if defaults.Get(k.name) != nil && m.Get(k.name) == nil && own.Field(k.value) == nil {
			own.Put(k.value, optional(a.Node, k.value))
		}
	}
	if extra := defaults.Get("overrides"); extra != nil {
		for _, f := range extra.Fields {
			if own.Field(f.Name) == nil {
				own.Put(f.Name, optional(a.Node, f.Name))
			}
		}
	}
	return m
}

// transports writes the ports of a member, or its transports one by one where ports cannot say them.
func (im *importer) transports(m *yamldoc.Node, s *parser.Server) {
	if im.regular(s) {
		m.Put("host", yamldoc.NewText(s.Transports[0].Hostname.V))
		for _, t := range s.Transports {
			m.Put(t.Protocol.V, yamldoc.NewPlain(t.Port.Raw()))
		}
		if ttl := s.Transports[0].ConnectionTTL; ttl.Set() {
			m.Put("connectionTTL", yamldoc.NewPlain(ttl.Raw()))
		}
		return
	}
	list := yamldoc.NewList()
	for _, t := range s.Transports {
		n := newMap()
		if t.Protocol.Set() {
			n.Put("protocol", yamldoc.NewText(t.Protocol.Raw()))
		}
		n.Put("host", optional(t.Node, "Hostname"))
		if t.Port.Set() {
			n.Put("port", portNode(t.Port.Raw()))
		}
		fields, overrides := im.attributes(t.Node, nil, []pair{{"connectionTTL", "ConnectionTTL"}}, "Protocol",
			"Hostname", "Port")
		n.Fields = append(n.Fields, fields...)
		n.Put("overrides", orNothing(overrides))
		changes, all := im.properties(t.Properties, nil)
		// An https Transport without properties gets those of the web server, so that it has none is written as {}.
		if triple, ok := tlsOf(t); changes == nil && t.Protocol.Raw() == "https" && all == nil &&
			!(ok && triple == im.tls) {
			changes = newMap()
		} else if ok && triple == im.tls && t.Protocol.Raw() == "https" {
			changes = nil
		}
		n.Put("properties", changes).Put("propertyList", all)
		list.Items = append(list.Items, n.Put("elements", im.transportStrays(t)))
	}
	m.Put("transports", list)
}

// portNode is a port, as a number where it is one.
func portNode(port string) *yamldoc.Node {
	if n := keyValue("http", port); n != nil {
		return n
	}
	return yamldoc.NewText(port)
}

// transportStrays writes the elements inside a Transport that are no plain Property.
func (im *importer) transportStrays(t *parser.Transport) *yamldoc.Node {
	list := yamldoc.NewList()
	if strays := im.strays(t.Node, "Property"); strays != nil {
		list = strays
	}
	if odd(t.Properties) {
		for _, p := range t.Properties {
			list.Items = append(list.Items, im.element(p.Node))
		}
	}
	return orNothing(list)
}

// regular reports whether ports alone say the transports of a server: http before https, one host, and the web
// server's TLS settings.
// An IPv6 address in brackets is not: a topology takes the brackets away, and the bytes of Hostname would change.
func (im *importer) regular(s *parser.Server) bool {
	if len(s.Transports) == 0 || len(s.Transports) > 2 {
		return false
	}
	first := s.Transports[0]
	for i, t := range s.Transports {
		attrs := 3
		if t.ConnectionTTL.Set() {
			attrs++
		}
		if len(t.Node.Attrs) != attrs || !t.Hostname.Set() || !t.Port.Set() || !t.Protocol.Set() ||
			strings.HasPrefix(t.Hostname.V, "[") || t.Hostname.V != first.Hostname.V ||
			t.ConnectionTTL.Raw() != first.ConnectionTTL.Raw() ||
			keyValue("http", t.Port.Raw()) == nil || t.Port.V < 1 || t.ConnectionTTL.Set() &&
			keyValue("connectionTTL", t.ConnectionTTL.Raw()) == nil {
			return false
		}
		switch triple, ok := tlsOf(t); {
		case t.Protocol.Raw() == "http" && i == 0 && len(t.Node.Elements("")) == 0:
		case t.Protocol.Raw() == "https" && i == len(s.Transports)-1 &&
			(i == 0 || s.Transports[0].Protocol.Raw() == "http") && ok && triple == im.tls:
		default:
			return false
		}
	}
	return true
}

// common moves what all members say alike into defaults, and returns these.
// Of overrides those that all have: a null among them is one, too. Keys that the generators' defaults give are not
// there any more, since attributes has left them out.
func common(members []*yamldoc.Node) *yamldoc.Node {
	defaults := newMap()
	if len(members) < 2 {
		return nil // a member alone says it itself
	}
	for _, k := range append([]pair{{"connectionTTL", ""}}, serverKeys()...) {
		if v := shared(members, k.name); v != nil {
			defaults.Put(k.name, v)
			for _, m := range members {
				remove(m, k.name)
			}
		}
	}
	var overrides []*yamldoc.Node
	for _, m := range members {
		if o := m.Get("overrides"); o != nil {
			overrides = append(overrides, o)
		}
	}
	if len(overrides) == len(members) {
		moved := newMap()
		for _, f := range slices.Clone(overrides[0].Fields) {
			if v := shared(overrides, f.Name); v != nil {
				moved.Put(f.Name, v)
				for _, o := range overrides {
					remove(o, f.Name)
				}
			}
		}
		for _, m := range members {
			if len(m.Get("overrides").Fields) == 0 {
				remove(m, "overrides")
			}
		}
		defaults.Put("overrides", orNothing(moved))
	}
	return orNothing(defaults)
}

// shared returns the value that all nodes have under a key, nil when they differ.
func shared(nodes []*yamldoc.Node, name string) *yamldoc.Node {
	first := nodes[0].Get(name)
	for _, n := range nodes {
		if v := n.Get(name); first == nil || v == nil || v.Text != first.Text || v.Quoted != first.Quoted {
			return nil
		}
	}
	return first
}

func remove(n *yamldoc.Node, name string) {
	n.Fields = slices.DeleteFunc(n.Fields, func(f yamldoc.Field) bool { return f.Name == name })
}
