package match

import (
	"github.com/wasplug/wasplug/routecheck/choices"
)

// found is a Route that matches, by one alias and one pattern.
type found struct {
	route   *Route
	alias   *Alias   // nil: a Route without VirtualHostGroup
	pattern *Pattern // nil: a Route without UriGroup
	order   int      // place of the pattern in its group
}

func (f *found) score() score {
	s := f.alias.score()
	if f.pattern != nil {
		s.uri, s.suffix = int32(f.pattern.score()), f.pattern.Kind == Suffix
	}
	return s
}

// score is what R1 compares. It holds what each value of the choices needs, so that one score serves all of them.
type score struct {
	uri   int32 // characters of the pattern (R2)
	chars int32 // of the alias (R11)
	// of the alias: host:port, host:*, *:port, *:* are 4, 3, 2, 1 (R11); 0 is for a Route without VirtualHostGroup
	class  int8
	suffix bool // the pattern goes on behind its * (R15)
}

// compare is positive when a wins over b, 0 on a tie (R1, R11, R12, R15). How the scores of host and path are put
// together is not documented; it matters only where one is better in the one and the other in the other, and only
// there the choice is consulted.
func (a score) compare(b score, sem *choices.Assumptions, seen *choices.Consulted) int {
	host, uri := a.compareHosts(b, sem, seen), int(a.uri-b.uri)
	if a.suffix != b.suffix && sem.Consult(choices.SuffixPatterns, seen) == choices.PrefixFirst {
		uri = 1 << 20 // an exact or prefix pattern wins over any suffix pattern, whatever a sum has beside it
		if a.suffix {
			uri = -uri
		}
	}
	if host == 0 || uri == 0 || (host > 0) == (uri > 0) {
		return host + uri // every combination agrees
	}
	switch sem.Consult(choices.ScoreCombination, seen) {
	case choices.URIThenVhost:
		return uri
	case choices.VhostThenURI:
		return host
	}
	return host + uri
}

// compareHosts compares the aliases alone (R11). Equal differences answer the same whatever is counted: mostly 0,
// where both are one alias.
func (a score) compareHosts(b score, sem *choices.Assumptions, seen *choices.Consulted) int {
	chars, class := int(a.chars-b.chars), int(a.class-b.class)
	if chars != class && sem.Consult(choices.VhostScore, seen) == choices.ByClass {
		return class
	}
	return chars
}

// better reports whether a wins over b (R1, R13).
func better(a, b *found, sem *choices.Assumptions, seen *choices.Consulted) bool {
	if d := a.score().compare(b.score(), sem, seen); d != 0 {
		return d > 0
	}
	return winsTie(place{a.route.Index, a.order}, place{b.route.Index, b.order}, sem, seen)
}

// place is where a pattern stands: its Route in the file, then its place in the group.
type place struct{ route, order int }

// winsTie says which of two equal scores wins: the first in the file (R13), as far as anybody knows (choice
// score-tie). One place beside itself is no tie: then two aliases lead to the same, and neither wins.
func winsTie(a, b place, sem *choices.Assumptions, seen *choices.Consulted) bool {
	d := a.route - b.route
	if d == 0 {
		d = a.order - b.order
	}
	if d == 0 {
		return false
	}
	if sem.Consult(choices.ScoreTie, seen) == choices.LastWins {
		return d > 0
	}
	return d < 0
}

func (f *found) match() Match { return Match{f.route.Cluster, f.route, f.alias, f.pattern} }
