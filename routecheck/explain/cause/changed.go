package cause

import (
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// changeOfFile finds the smallest change of the file after which a cluster gets the request: another alias, or another
// Uri, in the groups of one of its Routes. Each changed file is asked. The form is "" where none is found.
func (q *inquiry) changeOfFile(cfg *parser.Config, cluster match.ClusterID) (form string, facts []string) {
	if cfg == nil {
		return "", nil
	}
	name := q.t.Clusters[cluster].Name
	host, port := q.t.HostPort(q.rq, &q.sem)
	path, _ := q.t.ComparedPath(q.rq, &q.sem, nil)
	tried := 0
	for _, rt := range cfg.Routes {
		if rt.ServerCluster.V != name || tried == mostTables {
			continue
		}
		tried++
		// An alias is tried before a Uri: it is the smaller change where both would do.
		if host != "" {
			alias := host + ":" + strconv.Itoa(port)
			changed, at := withAlias(cfg, rt.VirtualHostGroup.V, alias)
			if q.gets(changed, cluster) {
				return "by alias", []string{"change", alias, "group", rt.VirtualHostGroup.V, "at", q.where(at)}
			}
		}
		changed, at := withURI(cfg, rt.UriGroup.V, path)
		if q.gets(changed, cluster) {
			return "by uri", []string{"change", path, "group", rt.UriGroup.V, "at", q.where(at)}
		}
	}
	return "", nil
}

const mostTables = 3 // Routes whose groups are changed: each takes a table or two

// gets asks a changed file, nil for none.
func (q *inquiry) gets(cfg *parser.Config, cluster match.ClusterID) bool {
	if cfg == nil {
		return false
	}
	t, _ := match.New(cfg)
	m, ok := t.Match(q.rq, &q.sem)
	q.asked++
	return ok && m.Cluster == cluster
}

// withAlias is a configuration with one more alias in a group, nil where there is no such group.
func withAlias(cfg *parser.Config, group, alias string) (*parser.Config, diag.Span) {
	i := slices.IndexFunc(cfg.VirtualHostGroups, func(g *parser.VirtualHostGroup) bool { return g.Name.V == group })
	if i < 0 {
		return nil, diag.Span{}
	}
	// Only what changes is copied: the table of the user's file is in use.
	changed, g := *cfg, *cfg.VirtualHostGroups[i]
	g.Aliases = append(slices.Clone(g.Aliases), &parser.VirtualHost{Node: g.Node, Name: diag.Written(alias,
		g.Name.Span())})
	changed.VirtualHostGroups = slices.Clone(cfg.VirtualHostGroups)
	changed.VirtualHostGroups[i] = &g
	return &changed, g.Name.Span()
}

// withURI is a configuration with one more Uri in a group, nil where there is no such group.
func withURI(cfg *parser.Config, group, uri string) (*parser.Config, diag.Span) {
	i := slices.IndexFunc(cfg.UriGroups, func(g *parser.UriGroup) bool { return g.Name.V == group })
	if i < 0 {
		return nil, diag.Span{}
	}
	changed, g := *cfg, *cfg.UriGroups[i]
	g.Uris = append(slices.Clone(g.Uris), &parser.Uri{Node: g.Node, Name: diag.Written(uri, g.Name.Span())})
	changed.UriGroups = slices.Clone(cfg.UriGroups)
	changed.UriGroups[i] = &g
	return &changed, g.Name.Span()
}
