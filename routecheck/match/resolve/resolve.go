package resolve

import "github.com/wasplug/wasplug/parser"

// Names says which definition each name of a file means: of two of one name the first counts (assumed; IBM does not
// say). Nobody else decides that.
type Names struct {
	clusters map[string]*parser.ServerCluster
	vhosts   map[string]*parser.VirtualHostGroup
	uris     map[string]*parser.UriGroup
	distinct []*parser.ServerCluster // those of clusters, in file order
}

// New finds the definitions that count.
func New(cfg *parser.Config) *Names {
	n := &Names{
		clusters: make(map[string]*parser.ServerCluster, len(cfg.Clusters)),
		vhosts:   make(map[string]*parser.VirtualHostGroup, len(cfg.VirtualHostGroups)),
		uris:     make(map[string]*parser.UriGroup, len(cfg.UriGroups)),
	}
	for _, c := range cfg.Clusters {
		if addFirst(n.clusters, c.Name.V, c) {
			n.distinct = append(n.distinct, c)
		}
	}
	for _, g := range cfg.VirtualHostGroups {
		addFirst(n.vhosts, g.Name.V, g)
	}
	for _, g := range cfg.UriGroups {
		addFirst(n.uris, g.Name.V, g)
	}
	return n
}

// addFirst keeps the first value of a name and reports whether this is it.
func addFirst[V any](m map[string]V, name string, v V) bool {
	if _, twice := m[name]; twice {
		return false
	}
	m[name] = v
	return true
}

// Cluster returns the cluster that a name means, nil for none.
func (n *Names) Cluster(name string) *parser.ServerCluster { return n.clusters[name] }

// VirtualHostGroup returns the group that a name means, nil for none.
func (n *Names) VirtualHostGroup(name string) *parser.VirtualHostGroup { return n.vhosts[name] }

// Clusters lists the clusters that count, in file order.
func (n *Names) Clusters() []*parser.ServerCluster { return n.distinct }

// RouteParts returns what a Route names: nil for what it does not name, or names in vain (R17, R18).
func (n *Names) RouteParts(r *parser.Route) (*parser.VirtualHostGroup, *parser.UriGroup, *parser.ServerCluster) {
	var vhosts *parser.VirtualHostGroup
	var uris *parser.UriGroup
	var cluster *parser.ServerCluster
	if r.VirtualHostGroup.Set() {
		vhosts = n.vhosts[r.VirtualHostGroup.V]
	}
	if r.UriGroup.Set() {
		uris = n.uris[r.UriGroup.V]
	}
	if r.ServerCluster.Set() {
		cluster = n.clusters[r.ServerCluster.V]
	}
	return vhosts, uris, cluster
}

// Servers returns the servers of a cluster that count, in file order: of two of one name the first.
func Servers(sc *parser.ServerCluster) []*parser.Server {
	servers := make([]*parser.Server, 0, len(sc.Servers))
	seen := make(map[string]bool, len(sc.Servers))
	for _, s := range sc.Servers {
		if !seen[s.Name.V] {
			seen[s.Name.V] = true
			servers = append(servers, s)
		}
	}
	return servers
}
