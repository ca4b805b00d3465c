package rules

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// index are look-ups that several rules need, made once for a file.
type index struct {
	routes   []routed
	byRoute  map[string][]*routed // Routes of a cluster, by its name
	aliases  []aliasOf            // every alias that can be read
	reach    *space.Reach         // when a rule first asks
	fresh    *space.UnusedNames   // likewise
	elements []element            // likewise
	clones   map[string][]cloneAt // of all files of the run, in the first one
}

// routed is a Route with what it names; a missing part is nil.
type routed struct {
	*parser.Route
	vhosts  *parser.VirtualHostGroup
	uris    *parser.UriGroup
	cluster *parser.ServerCluster
}

// aliasOf is a virtual host with its meaning.
type aliasOf struct {
	parser.Alias
	group *parser.VirtualHostGroup
	host  *parser.VirtualHost
}

// key names what an alias matches: two spellings of one meaning are equal.
func (a *aliasOf) key() hostPort { return hostPort{a.Host, a.Port} }

type hostPort struct {
	host string
	port int
}

func gather(c *parser.Config) index {
	f := index{byRoute: map[string][]*routed{}, routes: make([]routed, len(c.Routes))}
	names := match.Resolve(c)
	for i, r := range c.Routes {
		vhosts, uris, cluster := names.RouteParts(r)
		f.routes[i] = routed{r, vhosts, uris, cluster}
		f.byRoute[r.ServerCluster.V] = append(f.byRoute[r.ServerCluster.V], &f.routes[i])
	}
	for _, g := range c.VirtualHostGroups {
		for _, h := range g.Aliases {
			if a, err := parser.ParseAlias(h.Name.V); err == nil {
				f.aliases = append(f.aliases, aliasOf{a, g, h})
			}
		}
	}
	return f
}

// serversByName indexes the servers of a cluster.
func serversByName(c *parser.ServerCluster) map[string]*parser.Server {
	m := make(map[string]*parser.Server, len(c.Servers))
	for _, s := range match.Servers(c) {
		m[s.Name.V] = s
	}
	return m
}

// entries indexes the entries of a list by name.
func entries(l *parser.ServerList) map[string]*parser.ServerRef {
	m := map[string]*parser.ServerRef{}
	for _, ref := range refs(l) {
		m[ref.Name.V] = ref
	}
	return m
}

// decided returns a cluster as the decision core has it, nil for a second one of its name, which does not count.
func (p *pass) decided(c *parser.ServerCluster) *match.Cluster {
	id, ok := p.Table.ClusterByName(c.Name.V)
	if !ok || p.Table.Clusters[id].At != at(c.Name, c.Node) {
		return nil
	}
	return &p.Table.Clusters[id]
}

// fresh returns texts and places that the file does not name.
func (p *pass) fresh() space.UnusedNames {
	if p.index.fresh == nil {
		f := space.Unused(p.Table)
		p.index.fresh = &f
	}
	return *p.index.fresh
}

// address is where a Transport listens, for comparison: hosts without letter case.
func address(t *parser.Transport) string {
	return strings.ToLower(t.Hostname.V) + ":" + t.Port.Raw()
}

func isHTTPS(t *parser.Transport) bool { return strings.EqualFold(t.Protocol.V, "https") }

// addressesOf returns the addresses of a server as one text that two servers of equal addresses share; http and https
// in file order.
func addressesOf(s *parser.Server) string {
	if len(s.Transports) == 1 {
		return address(s.Transports[0])
	}
	var b strings.Builder
	for _, t := range s.Transports {
		b.WriteString(address(t))
		b.WriteByte(' ')
	}
	return b.String()
}

// shareAddress reports whether two servers have an address in common.
func shareAddress(a, b *parser.Server) bool {
	for _, t := range a.Transports {
		for _, u := range b.Transports {
			if address(t) == address(u) {
				return true
			}
		}
	}
	return false
}

// names returns the names of the servers of a cluster.
func names(servers []*parser.Server) []string {
	out := make([]string, len(servers))
	for i, s := range servers {
		out[i] = s.Name.V
	}
	return out
}

// empty reports whether a list is there and names nobody.
func empty(l *parser.ServerList) bool { return l != nil && len(l.Servers) == 0 }

// refs returns the entries of a list, none for an absent one.
func refs(l *parser.ServerList) []*parser.ServerRef {
	if l == nil {
		return nil
	}
	return l.Servers
}
