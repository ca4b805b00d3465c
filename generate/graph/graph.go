// Package graph draws a configuration: virtual host -> URI -> cluster -> member.
package graph

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
)

// Formats are the names that Write takes.
var Formats = []string{"text", "mermaid", "dot"}

// Write draws the Routes of a configuration in file order: as a tree of lines, or for Mermaid or Graphviz.
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
	default:
		return fmt.Errorf("no format %q; there are %s", format, strings.Join(Formats, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// graph is the routing as a forest: hosts with Routes, each with its URIs and its cluster.
type graph struct {
	hosts    []*host
	clusters []*cluster // in the order of the Routes, then those that no Route uses
}

type host struct {
	name, aliases string
	routes        []route
}

type route struct {
	uris    []string
	cluster *cluster
}

type cluster struct {
	name    string
	known   bool // it is defined
	used    bool // a Route leads to it
	members []member
}

type member struct{ name, role, clone, addresses string }

func build(cfg *parser.Config) *graph {
	g := &graph{}
	hosts, groups, clusters := map[string]*host{}, map[string]*parser.UriGroup{}, map[string]*cluster{}
	for _, u := range cfg.UriGroups {
		if groups[u.Name.V] == nil {
			groups[u.Name.V] = u
		}
	}
	table, _ := routecheck.New(cfg)
	defined := func(name string) *routecheck.Cluster {
		if id, ok := table.ClusterByName(name); ok {
			return &table.Clusters[id]
		}
		return nil
	}
	for _, r := range cfg.Routes {
		h := hosts[hostKey(r)]
		if h == nil {
			h = newHost(cfg, r)
			hosts[hostKey(r)] = h
			g.hosts = append(g.hosts, h)
		}
		c := clusters[r.ServerCluster.V]
		if c == nil {
			c = newCluster(r.ServerCluster.V, defined(r.ServerCluster.V))
			c.used = true
			clusters[r.ServerCluster.V] = c
			g.clusters = append(g.clusters, c)
		}
		h.routes = append(h.routes, route{uris(r, groups), c})
	}
	for _, c := range cfg.Clusters {
		if clusters[c.Name.V] == nil {
			clusters[c.Name.V] = newCluster(c.Name.V, defined(c.Name.V))
			g.clusters = append(g.clusters, clusters[c.Name.V])
		}
	}
	return g
}

func hostKey(r *parser.Route) string {
	if !r.VirtualHostGroup.Set() {
		return "\x00"
	}
	return r.VirtualHostGroup.V
}

func newHost(cfg *parser.Config, r *parser.Route) *host {
	if !r.VirtualHostGroup.Set() {
		return &host{name: "every host"}
	}
	for _, h := range cfg.VirtualHostGroups {
		if h.Name.V == r.VirtualHostGroup.V {
			var aliases []string
			for _, a := range h.Aliases {
				aliases = append(aliases, a.Name.V)
			}
			return &host{name: h.Name.V, aliases: strings.Join(aliases, " ")}
		}
	}
	return &host{name: r.VirtualHostGroup.V, aliases: "not defined"}
}

func uris(r *parser.Route, groups map[string]*parser.UriGroup) []string {
	if !r.UriGroup.Set() {
		return []string{"every URI"}
	}
	g := groups[r.UriGroup.V]
	if g == nil {
		return []string{fmt.Sprintf("uri group %s (not defined)", r.UriGroup.V)}
	}
	var all []string
	for _, u := range g.Uris {
		all = append(all, u.Name.V)
	}
	if all == nil {
		return []string{fmt.Sprintf("uri group %s (empty)", r.UriGroup.V)}
	}
	return all
}

// newCluster describes a cluster as routecheck reads it; nil is one that is not defined.
func newCluster(name string, c *routecheck.Cluster) *cluster {
	k := &cluster{name: name, known: c != nil}
	if c == nil {
		return k
	}
	for i, m := range c.Members {
		k.members = append(k.members, newMember(m.Source, c.RoleInWords(routecheck.MemberID(i))))
	}
	return k
}

func newMember(s *parser.Server, role string) member {
	var addresses []string
	for _, t := range s.Transports {
		addresses = append(addresses, fmt.Sprintf("%s://%s:%s", t.Protocol.V, t.Hostname.V, t.Port.Raw()))
	}
	return member{s.Name.V, role, s.CloneID.V, strings.Join(addresses, " ")}
}

// notes are what a member's line says beside its name.
func (m member) notes() string {
	parts := []string{m.role}
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
