package graph

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// formats are the names that Write takes.
var formats = []string{"text", "mermaid", "dot", "svg", "html"}

// Write draws the Routes of a configuration in file order: as a tree of lines, for Mermaid or Graphviz,
// or as SVG, alone or in a page.
func Write(w io.Writer, cfg *parser.Config, format string) error {
	g := build(cfg)
	var b strings.Builder
	switch format {
	case "text":
		g.text(&b)
	case "mermaid":
		g.mermaid(&b)
	case "dot":
		g.dot(&b)
	case "svg":
		g.svg(&b)
	case "html":
		g.html(&b)
	default:
		return fmt.Errorf("no format %q; there are %s", format, strings.Join(formats, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// graph is the routing as a forest: hosts with Routes, each with its URIs and its cluster.
type graph struct {
	hosts    []*host    // in the order of the Routes, then those that no Route uses
	clusters []*cluster // in the order of the Routes, then those that no Route uses
	spare    []string   // groups of URIs that no Route uses
	idle     string     // why no request is served by it, "" when some are
}

// host is a VirtualHostGroup, or every host; of several groups of one name it is the one that Routes mean.
type host struct {
	name, aliases string
	routes        []route
}

type route struct {
	uris    []string // at least one: what stands for none is a text of its own
	cluster *cluster
}

type cluster struct {
	name    string
	known   bool // it is defined
	used    bool // a Route leads to it
	members []member
}

type member struct{ name, role, weight, clone, addresses string }

// Two Routes of one virtual host hang on one vertex, and so do two that lead to one cluster.
func build(cfg *parser.Config) *graph {
	table, missing := routecheck.New(cfg)
	names := resolve.New(cfg)
	g := &graph{}
	if len(missing) > 0 {
		g.idle = "nothing is served by this file: the plug-in rejects it, as a Route names what is not defined"
	} else {
		g.idle = idle(cfg, table)
	}
	hosts, clusters := map[string]*host{}, map[string]*cluster{}
	for _, r := range cfg.Routes {
		vhosts, uris, _ := names.RouteParts(r)
		h := hosts[hostKey(r)]
		if h == nil {
			h = newHost(r, vhosts)
			hosts[hostKey(r)] = h
			g.hosts = append(g.hosts, h)
		}
		c := clusters[r.ServerCluster.V]
		if c == nil {
			c = newCluster(table, r.ServerCluster.V)
			c.used = true
			clusters[r.ServerCluster.V] = c
			g.clusters = append(g.clusters, c)
		}
		h.routes = append(h.routes, route{urisOf(r, uris), c})
	}
	for _, c := range cfg.Clusters {
		if clusters[c.Name.V] == nil {
			clusters[c.Name.V] = newCluster(table, c.Name.V)
			g.clusters = append(g.clusters, clusters[c.Name.V])
		}
	}
	g.addSpare(cfg)
	return g
}

// addSpare adds the groups that no Route uses.
// They are told by their names: of two of one name both count as used, as Routes know no more.
func (g *graph) addSpare(cfg *parser.Config) {
	hosts, uris := map[string]bool{}, map[string]bool{}
	for _, r := range cfg.Routes {
		hosts[r.VirtualHostGroup.V], uris[r.UriGroup.V] = true, true
	}
	for _, v := range cfg.VirtualHostGroups {
		if !hosts[v.Name.V] {
			h := hostOf(v)
			h.name += " (no Route uses it)"
			g.hosts = append(g.hosts, h)
		}
	}
	for _, u := range cfg.UriGroups {
		if !uris[u.Name.V] {
			g.spare = append(g.spare, "uri group "+u.Name.V+" (no Route uses it)")
		}
	}
}

// idle says why no request is served by a file, "" when some are.
func idle(cfg *parser.Config, table *routecheck.Table) string {
	switch {
	case cfg.IntelligentManagement != nil && len(cfg.Routes) == 0:
		return "no Route: IntelligentManagement gives the routing at run time"
	case table.Serves():
		return ""
	case len(cfg.Routes) == 0:
		return "nothing is served: the file has no Route, so every request is declined"
	}
	return "nothing is served: no Route has an alias and a Uri that could match, so every request is declined"
}

// hostKey: a Route without VirtualHostGroup is another host than one of an empty name.
func hostKey(r *parser.Route) string {
	if !r.VirtualHostGroup.Set() {
		return "\x00"
	}
	return r.VirtualHostGroup.V
}

// newHost describes the group that a Route names; nil is one that is not defined.
func newHost(r *parser.Route, g *parser.VirtualHostGroup) *host {
	switch {
	case !r.VirtualHostGroup.Set():
		return &host{name: "every host"}
	case g == nil:
		return &host{name: r.VirtualHostGroup.V, aliases: "not defined"}
	}
	return hostOf(g)
}

func hostOf(g *parser.VirtualHostGroup) *host {
	var aliases []string
	for _, a := range g.Aliases {
		aliases = append(aliases, a.Name.V)
	}
	return &host{name: g.Name.V, aliases: strings.Join(aliases, " ")}
}

// urisOf lists the Uris of the group that a Route names; nil is one that is not defined.
func urisOf(r *parser.Route, g *parser.UriGroup) []string {
	switch {
	case !r.UriGroup.Set():
		return []string{"every URI"}
	case g == nil:
		return []string{fmt.Sprintf("uri group %s (not defined)", r.UriGroup.V)}
	case len(g.Uris) == 0:
		return []string{fmt.Sprintf("uri group %s (empty)", r.UriGroup.V)}
	}
	var all []string
	for _, u := range g.Uris {
		all = append(all, u.Name.V)
	}
	return all
}

// newCluster describes a cluster as routecheck reads it.
func newCluster(table *routecheck.Table, name string) *cluster {
	id, known := table.ClusterByName(name)
	k := &cluster{name: name, known: known}
	if !known {
		return k
	}
	c := &table.Clusters[id]
	for i, m := range c.Members {
		k.members = append(k.members, newMember(m.Source, words.Role(c, match.MemberID(i))))
	}
	return k
}

// newMember keeps values as they are written: a weight that is not there is no note, though a default counts.
func newMember(s *parser.Server, role string) member {
	var addresses []string
	for _, t := range s.Transports {
		addresses = append(addresses, t.Protocol.V+"://"+parser.Address(t.Hostname.V, t.Port.Raw()))
	}
	return member{s.Name.V, role, s.LoadBalanceWeight.Raw(), s.CloneID.V, strings.Join(addresses, " ")}
}

// notes are what a member's line says beside its name.
func (m member) notes() string {
	parts := []string{m.role}
	if m.weight != "" {
		parts = append(parts, "weight "+m.weight)
	}
	if m.clone != "" {
		parts = append(parts, "clone ID "+m.clone)
	}
	if m.addresses != "" {
		parts = append(parts, m.addresses)
	}
	return strings.Join(parts, ", ")
}

func (c *cluster) label() string {
	switch {
	case !c.known:
		return c.name + " (not defined)"
	case !c.used:
		return c.name + " (no Route uses it)"
	}
	return c.name
}
