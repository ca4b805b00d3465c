package routecheck

import "net/netip"

// Candidate is what the naive walk of R1 finds out about one Route.
type Candidate struct {
	Route                   int // index in file order
	Cluster                 ClusterID
	HostMatches, URIMatches bool
	Match                   Match // the best alias and Uri, where both match
}

// Matches reports whether the Route competes for the request.
func (c *Candidate) Matches() bool { return c.HostMatches && c.URIMatches }

// Candidates visits every Route in file order (R1). It is the literal reading that explanation and tests hold against Match.
func (t *Table) Candidates(rq *Request, sem *Semantics) []Candidate {
	w := t.newWalk(rq, sem)
	out := make([]Candidate, len(t.routes))
	for i := range t.routes {
		out[i], _ = w.visit(&t.routes[i])
	}
	return out
}

// winner picks the Route of R1 from the naive walk: what Match must find through its index.
func (t *Table) winner(rq *Request, sem *Semantics) (Match, bool) {
	return t.naive(t.newWalk(rq, sem), nil)
}

func (t *Table) naive(w *walk, seen *Consulted) (Match, bool) {
	var best found
	for i := range t.routes {
		if c, f := w.visit(&t.routes[i]); c.Matches() && (best.route == nil || better(&f, &best, w.sem, seen)) {
			best = f
		}
	}
	if best.route == nil {
		return Match{}, false
	}
	return best.match(), true
}

// URIComparison is one line "websphereUriMatch: Comparing" of a log at level Trace.
type URIComparison struct {
	Pattern, Path, Group string
	Score                int
	Matches              bool
}

// URIComparisons lists what the naive walk compares, Route by Route (R1, R2, R3).
func (t *Table) URIComparisons(rq *Request, sem *Semantics) []URIComparison {
	w := t.newWalk(rq, sem)
	var out []URIComparison
	for i := range t.routes {
		r := &t.routes[i]
		if c, _ := w.visit(r); !c.HostMatches || r.uris == nil {
			continue
		}
		for j := range r.uris.patterns {
			p := &r.uris.patterns[j]
			out = append(out, URIComparison{p.text, w.path, r.uris.name, p.score(), w.serves(p)})
		}
	}
	return out
}

// walk is one naive pass over the Routes.
type walk struct {
	sem     *Semantics
	host    string
	address netip.Addr // of a host that is an IPv6 literal
	port    int
	path    string
	refused refusal // the web server refuses the path: no Route is visited (R16)
}

func (t *Table) newWalk(rq *Request, sem *Semantics) *walk {
	w := &walk{sem: sem}
	w.path, w.refused = t.matchPath(rq, sem, nil)
	w.host, w.port = t.hostPort(rq, sem, nil)
	w.address = ipv6(w.host)
	return w
}

func (w *walk) serves(p *pattern) bool {
	return p.matches(w.path) && !(p.internal && w.sem.Is(SlashStarServesBare, bareNotServed))
}

// visit scores one Route: of its matching aliases and patterns the best count.
func (w *walk) visit(r *route) (Candidate, found) {
	c := Candidate{Route: r.index, Cluster: r.cluster}
	if w.refused != accepted || (r.vhosts == nil || r.uris == nil) && !w.sem.Is(OpenRoute, openMatchesAll) {
		return c, found{}
	}
	aliases, patterns := w.aliases(r), w.patterns(r)
	c.HostMatches, c.URIMatches = len(aliases) > 0, len(patterns) > 0
	best := w.best(r, aliases, patterns)
	if best.route != nil {
		c.Match = best.match()
	}
	return c, best
}

// best returns the best pair of an alias and a pattern of a Route (R1).
func (w *walk) best(r *route, aliases []*alias, patterns []int) (best found) {
	for _, a := range aliases {
		for _, order := range patterns {
			f := found{route: r, alias: a, order: order}
			if r.uris != nil {
				f.pattern = &r.uris.patterns[order]
			}
			if best.route == nil || better(&f, &best, w.sem, nil) {
				best = f
			}
		}
	}
	return best
}

// aliases returns the aliases of a Route that match; a nil alias stands for every host (R17).
func (w *walk) aliases(r *route) (out []*alias) {
	if r.vhosts == nil {
		return []*alias{nil}
	}
	for i := range r.vhosts.aliases {
		if a := &r.vhosts.aliases[i]; w.accepts(a) {
			out = append(out, a)
		}
	}
	return out
}

// accepts is R5 and R6 read literally.
func (w *walk) accepts(a *alias) bool {
	return a.matches(w.host, w.port) ||
		w.sem.Is(IPv6Hosts, hostsAsAddress) && w.address.IsValid() && w.address == ipv6(a.host) && (a.port == 0 || a.port == w.port)
}

// patterns returns the places of the patterns that match; a Route without UriGroup has one (R17).
func (w *walk) patterns(r *route) (out []int) {
	if r.uris == nil {
		return []int{0}
	}
	for i := range r.uris.patterns {
		if w.serves(&r.uris.patterns[i]) {
			out = append(out, i)
		}
	}
	return out
}
