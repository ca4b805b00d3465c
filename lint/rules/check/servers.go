package check

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// HasClones reports whether a server of a cluster has a clone ID, without which there is no affinity.
func HasClones(c *parser.ServerCluster) bool {
	return slices.ContainsFunc(c.Servers, func(s *parser.Server) bool { return s.CloneID.V != "" })
}

// Clusters returns the clusters that are written. A fragment may hold servers without the element around them: of its
// attributes and lists nothing can be said.
func (p *Pass) Clusters() []*parser.ServerCluster {
	if !p.Fragment {
		return p.Config.Clusters
	}
	return slices.DeleteFunc(slices.Clone(p.Config.Clusters),
		func(c *parser.ServerCluster) bool { return c.Node.Span.IsZero() })
}

// EachServer visits the servers of every cluster.
func (p *Pass) EachServer(visit func(c *parser.ServerCluster, s *parser.Server)) {
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			visit(c, s)
		}
	}
}

// Unreachable reports whether a server has no Transport, which WP108 tells: nobody waits for it. In a fragment it may
// have been cut.
func (p *Pass) Unreachable(s *parser.Server) bool { return len(s.Transports) == 0 && !p.Fragment }

// ServersByName indexes the servers of a cluster.
func ServersByName(c *parser.ServerCluster) map[string]*parser.Server {
	m := make(map[string]*parser.Server, len(c.Servers))
	for _, s := range resolve.Servers(c) {
		m[s.Name.V] = s
	}
	return m
}

// Entries indexes the entries of a list by name.
func Entries(l *parser.ServerList) map[string]*parser.ServerRef {
	m := map[string]*parser.ServerRef{}
	for _, ref := range Refs(l) {
		m[ref.Name.V] = ref
	}
	return m
}

// lists are the servers that failover can choose from.
type lists struct{ primary, backup []*parser.Server }

// Lists returns the primary and the backup servers of a cluster (R37, R38), which the decision core is asked for once.
func (p *Pass) Lists(c *parser.ServerCluster) (primary, backup []*parser.Server) {
	l := p.lists()[c]
	return l.primary, l.backup
}

func listsOf(config *parser.Config) map[*parser.ServerCluster]lists {
	all := make(map[*parser.ServerCluster]lists, len(config.Clusters))
	for _, c := range config.Clusters {
		primary, backup := match.PrimaryAndBackup(c)
		all[c] = lists{primary, backup}
	}
	return all
}

// Decided returns a cluster as the decision core has it, nil for a second one of its name, which does not count.
func (p *Pass) Decided(c *parser.ServerCluster) *match.Cluster {
	id, ok := p.Table.ClusterByName(c.Name.V)
	if !ok || p.Table.Clusters[id].At != At(c.Name, c.Node) {
		return nil
	}
	return &p.Table.Clusters[id]
}

// Address is where a Transport listens, for comparison: hosts without letter case.
func Address(t *parser.Transport) string {
	return strings.ToLower(t.Hostname.V) + ":" + t.Port.Raw()
}

// IsHTTPS reports whether a Transport is over TLS; the letter case of Protocol does not count.
func IsHTTPS(t *parser.Transport) bool { return strings.EqualFold(t.Protocol.V, "https") }

// AddressesOf returns the addresses of a server as one text that two servers of equal addresses share; http and https
// in file order.
func AddressesOf(s *parser.Server) string {
	if len(s.Transports) == 1 {
		return Address(s.Transports[0])
	}
	var b strings.Builder
	for _, t := range s.Transports {
		b.WriteString(Address(t))
		b.WriteByte(' ')
	}
	return b.String()
}

// ShareAddress reports whether two servers have an address in common.
func ShareAddress(a, b *parser.Server) bool {
	for _, t := range a.Transports {
		for _, u := range b.Transports {
			if Address(t) == Address(u) {
				return true
			}
		}
	}
	return false
}

// Names returns the names of the servers of a cluster.
func Names(servers []*parser.Server) []string {
	out := make([]string, len(servers))
	for i, s := range servers {
		out[i] = s.Name.V
	}
	return out
}

// Empty reports whether a list is there and names nobody.
func Empty(l *parser.ServerList) bool { return l != nil && len(l.Servers) == 0 }

// Refs returns the entries of a list, none for an absent one.
func Refs(l *parser.ServerList) []*parser.ServerRef {
	if l == nil {
		return nil
	}
	return l.Servers
}

// IsLocal reports whether a host is the web server's own machine.
func IsLocal(host string) bool {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || host == "loopback"
}

// EachTransport visits the Transports of servers and cluster addresses.
func (p *Pass) EachTransport(visit func(s *parser.Server, t *parser.Transport)) {
	for _, c := range p.Config.Clusters {
		servers := c.Servers
		if c.ClusterAddress != nil {
			servers = append(slices.Clone(servers), c.ClusterAddress)
		}
		for _, s := range servers {
			for _, t := range s.Transports {
				visit(s, t)
			}
		}
	}
}

// EachHTTPS visits the https Transports of servers and cluster addresses.
func (p *Pass) EachHTTPS(visit func(s *parser.Server, t *parser.Transport)) {
	p.EachTransport(func(s *parser.Server, t *parser.Transport) {
		if IsHTTPS(t) {
			visit(s, t)
		}
	})
}
