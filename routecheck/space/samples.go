package space

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

// Sample is a request that one Route wins by one of its aliases and one of its Uris.
type Sample struct {
	URL   string
	Match match.Match
}

// RouteSamples are requests that together win by everything of a Route that can win under the given choices.
type RouteSamples struct {
	Route    int
	At       diag.Span
	Cluster  match.ClusterID
	Requests []Sample
	// Unreached are the aliases and Uris of the Route by which no request was found to win.
	Unreached []diag.Span
}

// Samples finds requests for every Route: each alias with each pattern, as far as one adds something new. It asks
// Match who wins.
func Samples(t *match.Table, sem *choices.Assumptions) []RouteSamples {
	r := &reacher{t: t, sem: *sem, groups: map[*match.VhostGroup][]*match.Route{}}
	r.distinctGroups()
	r.fresh = Unused(r.t)
	out := make([]RouteSamples, 0, len(t.Routes))
	for i := range t.Routes {
		out = append(out, r.samples(&t.Routes[i]))
	}
	return out
}

// SamplesOf is what Samples finds for one Route, with names that the file does not use.
func SamplesOf(t *match.Table, rt *match.Route, unused UnusedNames, sem *choices.Assumptions) []Sample {
	r := &reacher{t: t, sem: *sem, fresh: unused}
	return r.samples(rt).Requests
}

// samples tries each alias with the first Uri and each Uri with the first alias, and other pairs only as long as one
// of the two has won nothing: a Route of 50 aliases and 400 Uris is met by 449 requests, not by 20,000.
func (r *reacher) samples(rt *match.Route) RouteSamples {
	out := RouteSamples{Route: rt.Index, At: rt.At, Cluster: rt.Cluster}
	aliases, patterns := []*match.Alias{nil}, []*match.Pattern{nil}
	if rt.Vhosts != nil {
		aliases = aliases[:0]
		for i := range rt.Vhosts.Aliases {
			aliases = append(aliases, &rt.Vhosts.Aliases[i])
		}
	}
	if rt.URIs != nil {
		patterns = patterns[:0]
		for i := range rt.URIs.Patterns {
			if p := &rt.URIs.Patterns[i]; !p.Internal {
				patterns = append(patterns, p)
			}
		}
	}
	won := map[diag.Span]bool{}
	for i, a := range aliases {
		for j, p := range patterns {
			if i > 0 && j > 0 && won[spanOf(a)] && won[p.At()] {
				continue
			}
			r.sample(rt, a, p, won, &out)
		}
	}
	for _, a := range aliases {
		if a != nil && !won[a.At] {
			out.Unreached = append(out.Unreached, a.At)
		}
	}
	for _, p := range patterns {
		if p != nil && !won[p.At()] {
			out.Unreached = append(out.Unreached, p.At())
		}
	}
	return out
}

// spanOf is where an alias stands, the zero span for that of a Route without VirtualHostGroup.
func spanOf(a *match.Alias) diag.Span {
	if a == nil {
		return diag.Span{}
	}
	return a.At
}

// sample asks who wins the request of an alias and a pattern, and keeps it when the Route wins it by something new.
func (r *reacher) sample(
	rt *match.Route, a *match.Alias, p *match.Pattern, won map[diag.Span]bool, out *RouteSamples,
) {
	path := "/" + r.fresh.Text
	if p != nil {
		var ok bool
		if path, ok = r.fresh.Path(p); !ok {
			return
		}
	}
	key := r.place(a, path)
	url := key.urlUnder(&r.sem)
	rq, err := written.URL(url)
	if err != nil {
		return
	}
	m, ok := r.t.Match(&rq, &r.sem)
	if !ok || m.Route() != rt.Index {
		return
	}
	fresh := len(out.Requests) == 0 || !m.AliasAt().IsZero() && !won[m.AliasAt()] ||
		!m.URIAt().IsZero() && !won[m.URIAt()]
	won[m.AliasAt()], won[m.URIAt()] = true, true
	if fresh {
		out.Requests = append(out.Requests, Sample{url, m})
	}
}

// ClusterHangsOn names the open choices of which another value, by itself, would give the request of a sample to
// another cluster, or to none.
func ClusterHangsOn(t *match.Table, s *Sample, sem *choices.Assumptions) (names []string) {
	rq, err := written.URL(s.URL)
	if err != nil {
		return nil
	}
	var seen choices.Consulted
	t.MatchNoted(&rq, sem, &seen)
	for c := range choices.NumChoices {
		if seen.Asked()>>c&1 == 0 {
			continue
		}
		for v := range c.NumValues() {
			other := sem.With(c, v)
			if m, ok := t.Match(&rq, &other); !ok || m.Cluster != s.Match.Cluster {
				names = append(names, c.String())
				break
			}
		}
	}
	return names
}
