package suite

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// Coverage is how much of what is reachable a run has reached. What no request can reach is not counted: lint reports
// it.
type Coverage struct {
	Kinds []KindCoverage // routes, aliases, URIs, members
}

// KindCoverage counts one kind of thing.
type KindCoverage struct {
	Kind           string // routes, aliases, uris or members
	Covered, Total int
	Uncovered      []Uncovered // in file order
}

// Uncovered is something that could be reached and was not.
type Uncovered struct {
	Name string
	At   diag.Span
}

// Percent returns the share of everything reachable that was reached, 100 when nothing is reachable.
func (c *Coverage) Percent() float64 {
	covered, total := 0, 0
	for _, k := range c.Kinds {
		covered, total = covered+k.Covered, total+k.Total
	}
	if total == 0 {
		return 100
	}
	return 100 * float64(covered) / float64(total)
}

// Cover compares the results of a run with what is reachable.
func (s *Suite) Cover(table *match.Table, results []Result) Coverage {
	c := counter{table: table, seen: map[diag.Span]bool{}}
	for i := range results {
		for j := range results[i].Requests {
			c.see(&results[i].Requests[j])
		}
	}
	c.reachable(&s.Assumptions)
	return Coverage{c.kinds[:]}
}

type counter struct {
	table *match.Table
	seen  map[diag.Span]bool // where things stand in the file: no two have one place
	kinds [4]KindCoverage
}

// see notes what a request reached: its Route, alias and Uri, and the members that can answer it.
func (c *counter) see(q *RequestResult) {
	if !q.Matched {
		return
	}
	m := &q.Match
	c.seen[m.RouteAt()], c.seen[m.AliasAt()], c.seen[m.URIAt()] = true, true, true
	// Each member that chance may choose counts as reached.
	for _, a := range q.Ends {
		if a.Member != match.NoMember {
			c.seen[c.table.Clusters[a.Cluster].Members[a.Member].At] = true
		}
	}
}

// reachable counts everything that a sample reaches.
func (c *counter) reachable(sem *choices.Assumptions) {
	for i, kind := range []string{"routes", "aliases", "uris", "members"} {
		c.kinds[i].Kind = kind
	}
	// The empty place is that of nothing: a Route without a group has no alias, or no Uri.
	counted := map[diag.Span]bool{{}: true}
	clusters := map[match.ClusterID]bool{}
	count := func(kind int, at diag.Span, name string) {
		if counted[at] {
			return
		}
		counted[at] = true
		k := &c.kinds[kind]
		k.Total++
		if c.seen[at] {
			k.Covered++
		} else {
			k.Uncovered = append(k.Uncovered, Uncovered{name, at})
		}
	}
	for _, r := range space.Samples(c.table, sem) {
		if len(r.Requests) == 0 {
			continue
		}
		for _, s := range r.Requests {
			count(0, r.At, "Route to "+c.table.Clusters[r.Cluster].Name)
			count(1, s.Match.AliasAt(), s.Match.Alias())
			count(2, s.Match.URIAt(), s.Match.Pattern())
		}
		if !clusters[r.Cluster] {
			clusters[r.Cluster] = true
			for _, m := range explain.MemberSamples(c.table, r.Requests[0], sem) {
				member := &c.table.Clusters[r.Cluster].Members[m.Member]
				count(3, member.At, c.table.Clusters[r.Cluster].Name+"/"+member.Name)
			}
		}
	}
	for i := range c.kinds {
		slices.SortStableFunc(c.kinds[i].Uncovered,
			func(a, b Uncovered) int { return cmp.Compare(a.At.Start, b.At.Start) })
	}
}
