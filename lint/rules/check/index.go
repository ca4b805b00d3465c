package check

import (
	"sync"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
	"github.com/wasplug/wasplug/routecheck/space"
)

// index are look-ups that several rules need, made once for a file. Rules ask at the same time, so what is not made at
// once is made behind a sync.OnceValue.
type index struct {
	Routes  []Routed
	ByRoute map[string][]*Routed // Routes of a cluster, by its name
	Aliases []AliasOf            // every alias that can be read
	// when a rule first asks
	reached func() *space.Reach
	unused  func() space.UnusedNames
	walked  func() []Element
	clones  func() map[string][]CloneAt // of all files of the run, in the first one
	lists   func() map[*parser.ServerCluster]lists
}

// Routed is a Route with what it names; a missing part is nil.
type Routed struct {
	*parser.Route
	Hosts   *parser.VirtualHostGroup
	Uris    *parser.UriGroup
	Cluster *parser.ServerCluster
}

// AliasOf is a virtual host with its meaning.
type AliasOf struct {
	parser.Alias
	Group       *parser.VirtualHostGroup
	VirtualHost *parser.VirtualHost
}

// Key names what an alias matches: two spellings of one meaning are equal.
func (a *AliasOf) Key() HostPort { return HostPort{a.Host, a.Port} }

// HostPort is what an alias matches, hosts without letter case.
type HostPort struct {
	host string
	port int
}

// gather makes what every file needs at once, and prepares the rest. It asks the same room for what a Route names as
// the decision core does (resolve), so both see one cluster.
func gather(p *lint.Pass) *index {
	c := p.Config
	f := &index{ByRoute: map[string][]*Routed{}, Routes: make([]Routed, len(c.Routes)),
		reached: sync.OnceValue(func() *space.Reach { return space.NewReach(p.Table) }),
		unused:  sync.OnceValue(func() space.UnusedNames { return space.Unused(p.Table) }),
		walked:  sync.OnceValue(func() []Element { return walk(c.Doc.Nodes) }),
		clones:  sync.OnceValue(func() map[string][]CloneAt { return clonesOf(p.Run) }),
		lists:   sync.OnceValue(func() map[*parser.ServerCluster]lists { return listsOf(c) })}
	names := resolve.New(c)
	for i, r := range c.Routes {
		vhosts, uris, cluster := names.RouteParts(r)
		f.Routes[i] = Routed{r, vhosts, uris, cluster}
		f.ByRoute[r.ServerCluster.V] = append(f.ByRoute[r.ServerCluster.V], &f.Routes[i])
	}
	for _, g := range c.VirtualHostGroups {
		for _, h := range g.Aliases {
			if a, err := parser.ParseAlias(h.Name.V); err == nil {
				f.Aliases = append(f.Aliases, AliasOf{a, g, h})
			}
		}
	}
	return f
}

// UnusedNames returns texts and places that the file does not name.
func (p *Pass) UnusedNames() space.UnusedNames { return p.unused() }
