package routecheck

import "github.com/wasplug/wasplug/parser/diag"

// Sample is a request that one Route wins by one of its aliases and one of its Uris.
type Sample struct {
	URL   string
	Match Match
}

// RouteSamples are requests that together win by everything of a Route that can win under the given choices.
type RouteSamples struct {
	Route    int
	At       diag.Span
	Cluster  ClusterID
	Requests []Sample
	// Unreached are the aliases and Uris of the Route by which no request was found to win.
	Unreached []diag.Span
}

// Samples finds requests for every Route: each alias with each pattern, as far as one adds something new. It asks Match who wins.
func (t *Table) Samples(sem *Semantics) []RouteSamples {
	r := &reacher{t: t, sem: *sem, groups: map[*vhostGroup][]*route{}}
	r.distinctGroups()
	r.fresh = r.t.Fresh()
	out := make([]RouteSamples, 0, len(t.routes))
	for i := range t.routes {
		out = append(out, r.samples(&t.routes[i]))
	}
	return out
}

func (r *reacher) samples(rt *route) RouteSamples {
	out := RouteSamples{Route: rt.index, At: rt.at, Cluster: rt.cluster}
	aliases, patterns := []*alias{nil}, []*pattern{nil}
	if rt.vhosts != nil {
		aliases = aliases[:0]
		for i := range rt.vhosts.aliases {
			aliases = append(aliases, &rt.vhosts.aliases[i])
		}
	}
	if rt.uris != nil {
		patterns = patterns[:0]
		for i := range rt.uris.patterns {
			if p := &rt.uris.patterns[i]; !p.internal {
				patterns = append(patterns, p)
			}
		}
	}
	won := map[diag.Span]bool{}
	for i, a := range aliases {
		for j, p := range patterns {
			if i > 0 && j > 0 && won[spanOf(a)] && won[p.at()] {
				continue
			}
			r.sample(rt, a, p, won, &out)
		}
	}
	for _, a := range aliases {
		if a != nil && !won[a.at] {
			out.Unreached = append(out.Unreached, a.at)
		}
	}
	for _, p := range patterns {
		if p != nil && !won[p.at()] {
			out.Unreached = append(out.Unreached, p.at())
		}
	}
	return out
}

func spanOf(a *alias) diag.Span {
	if a == nil {
		return diag.Span{}
	}
	return a.at
}

// sample asks who wins the request of an alias and a pattern, and keeps it when the Route wins it by something new.
func (r *reacher) sample(rt *route, a *alias, p *pattern, won map[diag.Span]bool, out *RouteSamples) {
	path := "/" + r.fresh.Text
	if p != nil {
		var ok bool
		if path, ok = r.fresh.Path(p); !ok {
			return
		}
	}
	spot := r.place(a, path)
	url := spot.urlUnder(&r.sem)
	rq, err := ParseURL(url)
	if err != nil {
		return
	}
	m, ok := r.t.Match(&rq, &r.sem)
	if !ok || m.Route() != rt.index {
		return
	}
	fresh := len(out.Requests) == 0 || !m.AliasAt().IsZero() && !won[m.AliasAt()] || !m.URIAt().IsZero() && !won[m.URIAt()]
	won[m.AliasAt()], won[m.URIAt()] = true, true
	if fresh {
		out.Requests = append(out.Requests, Sample{url, m})
	}
}

// ClusterHangsOn names the open choices of which another value, by itself, would give the request of a sample to another cluster, or to none.
func (t *Table) ClusterHangsOn(s *Sample, sem *Semantics) (names []string) {
	rq, err := ParseURL(s.URL)
	if err != nil {
		return nil
	}
	var seen Consulted
	t.MatchNoted(&rq, sem, &seen)
	for c := range numChoices {
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
