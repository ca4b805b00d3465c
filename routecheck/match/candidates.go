package match

import (
	"net/netip"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// Candidate is what the naive walk of R1 finds out about one Route.
type Candidate struct {
	Route                   int // index in file order
	Cluster                 ClusterID
	HostMatches, URIMatches bool
	Match                   Match // the best alias and Uri, where both match
}

// Matches reports whether the Route competes for the request.
func (c *Candidate) Matches() bool { return c.HostMatches && c.URIMatches }

// Candidates visits every Route in file order (R1). It is the literal reading that explanation and tests hold against
// Match.
func (t *Table) Candidates(rq *Request, sem *choices.Assumptions) []Candidate {
	w := t.newWalk(rq, sem)
	out := make([]Candidate, len(t.Routes))
	for i := range t.Routes {
		out[i], _ = w.visit(&t.Routes[i])
	}
	return out
}

// matchLinear picks the Route of R1 from the naive walk: what Match must find through its index.
func (t *Table) matchLinear(rq *Request, sem *choices.Assumptions) (Match, bool) {
	return t.linear(t.newWalk(rq, sem), nil)
}

// linear is the best of all Routes, one after the other. Beside tests, Lookup ends here where hashes have deceived it.
func (t *Table) linear(w *walk, seen *choices.Consulted) (Match, bool) {
	var best found
	for i := range t.Routes {
		if c, f := w.visit(&t.Routes[i]); c.Matches() && (best.route == nil || better(&f, &best, w.sem, seen)) {
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

// URIComparisons lists what the naive walk compares, Route by Route (R1, R2, R3): the Uris of those Routes alone whose
// VirtualHostGroup takes host and port.
func (t *Table) URIComparisons(rq *Request, sem *choices.Assumptions) []URIComparison {
	w := t.newWalk(rq, sem)
	var out []URIComparison
	for i := range t.Routes {
		r := &t.Routes[i]
		if c, _ := w.visit(r); !c.HostMatches || r.URIs == nil {
			continue
		}
		for j := range r.URIs.Patterns {
			p := &r.URIs.Patterns[j]
			out = append(out, URIComparison{p.Text, w.path, r.URIs.name, p.score(), w.serves(p)})
		}
	}
	return out
}

// walk is one naive pass over the Routes. It is kept as near to the words of the rules as can be, and shares with the
// index only how a request is read and how scores compare: no comparison of the two finds a mistake there.
type walk struct {
	sem     *choices.Assumptions
	host    string
	address netip.Addr // of a host that is an IPv6 literal
	port    int
	path    string
	refused Refusal // the web server refuses the path: no Route is visited (R16)
}

// newWalk reads the request as Decide does, and notes no choice.
func (t *Table) newWalk(rq *Request, sem *choices.Assumptions) *walk {
	w := &walk{sem: sem}
	w.path, w.refused = t.ComparedPath(rq, sem, nil)
	w.host, w.port = t.hostPort(rq, sem, nil)
	w.address = ipv6(w.host)
	return w
}

// serves is R2, R15 and R3 of one pattern.
func (w *walk) serves(p *Pattern) bool {
	return p.Matches(w.path) && !(p.Internal && w.sem.Is(choices.SlashStarServesBare, choices.BareNotServed))
}

// visit scores one Route: of its matching aliases and patterns the best count. A Route that lacks a group is none
// under the values of open-route that do not let it match everything (R17).
func (w *walk) visit(r *Route) (Candidate, found) {
	c := Candidate{Route: r.Index, Cluster: r.Cluster}
	if w.refused != Accepted ||
		(r.Vhosts == nil || r.URIs == nil) && !w.sem.Is(choices.OpenRoute, choices.OpenMatchesAll) {
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
func (w *walk) best(r *Route, aliases []*Alias, patterns []int) (best found) {
	for _, a := range aliases {
		for _, order := range patterns {
			f := found{route: r, alias: a, order: order}
			if r.URIs != nil {
				f.pattern = &r.URIs.Patterns[order]
			}
			if best.route == nil || better(&f, &best, w.sem, nil) {
				best = f
			}
		}
	}
	return best
}

// aliases returns the aliases of a Route that match; a nil alias stands for every host (R17).
func (w *walk) aliases(r *Route) (out []*Alias) {
	if r.Vhosts == nil {
		return []*Alias{nil}
	}
	for i := range r.Vhosts.Aliases {
		if a := &r.Vhosts.Aliases[i]; w.accepts(a) {
			out = append(out, a)
		}
	}
	return out
}

// accepts is R5 and R6 read literally.
func (w *walk) accepts(a *Alias) bool {
	return a.matches(w.host, w.port) ||
		w.sem.Is(choices.IPv6Hosts, choices.HostsAsAddress) && w.address.IsValid() && w.address == ipv6(a.Host) &&
			(a.Port == 0 || a.Port == w.port)
}

// patterns returns the places of the patterns that match; a Route without UriGroup has one (R17).
func (w *walk) patterns(r *Route) (out []int) {
	if r.URIs == nil {
		return []int{0}
	}
	for i := range r.URIs.Patterns {
		if w.serves(&r.URIs.Patterns[i]) {
			out = append(out, i)
		}
	}
	return out
}
