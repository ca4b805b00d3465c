package space

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// scoreChoices are those of choices.OfRoutes that are about scores alone: neither about a path that only R3 serves nor
// about Routes that lack a group.
const scoreChoices = 1<<choices.ScoreCombination | 1<<choices.VhostScore | 1<<choices.ScoreTie |
	1<<choices.SuffixPatterns

// MatchKey is a host, a port and a path as they are compared with aliases and patterns (R1).
type MatchKey struct {
	Host string
	Port int
	Path string
}

// URL returns a URL that leads to the place on a web server that decodes paths, as IBM HTTP Server does (R16).
func (p MatchKey) URL() string {
	u := url.URL{Scheme: "http", Host: p.Host, Path: p.Path}
	switch p.Port {
	case 80:
	case 443:
		u.Scheme = "https"
	default:
		u.Host += ":" + strconv.Itoa(p.Port)
	}
	return u.String()
}

// urlUnder is URL under a choice about paths: where they are not decoded, the path stands as it is.
func (p MatchKey) urlUnder(sem *choices.Assumptions) string {
	return MatchKey{p.Host, p.Port, "/"}.URL() + strings.TrimPrefix(p.TargetIn(sem), "/")
}

// TargetIn returns the path that a client sends to reach the place: escaped where the web server decodes paths (R16),
// else as it is.
func (p MatchKey) TargetIn(sem *choices.Assumptions) string {
	if match.DecodesPaths(sem) {
		return (&url.URL{Path: p.Path}).EscapedPath()
	}
	return p.Path
}

// RouteOutcome is what a place comes to under one set of values of the open choices.
type RouteOutcome struct {
	Match  match.Match
	OK     bool     // false: no Route matches
	Assume []string // the choices that led here, as flags write them; empty when none was asked
}

// RouteOutcomes returns every different ruling that the open choices can give for a place, the default first. One
// ruling means that none of them matters.
func RouteOutcomes(t *match.Table, p MatchKey) []RouteOutcome {
	return routeOutcomes(t, p, choices.OfRoutes)
}

// routeOutcomes walks the tree of those choices that a look-up consults: most consult none, and are done after one.
func routeOutcomes(t *match.Table, p MatchKey, among uint64) []RouteOutcome {
	type outcome struct {
		match match.Match
		ok    bool
	}
	var out []RouteOutcome
	sem := choices.Latest()
	walk := choices.Tree[outcome]{
		Among: among,
		Decide: func(sem *choices.Assumptions) (outcome, uint64, bool) {
			var seen choices.Consulted
			m, ok := matchPlace(t, p, sem, &seen)
			return outcome{m, ok}, seen.Points(), true
		},
		Each: func(sem *choices.Assumptions, fixed uint64, o outcome) { addOutcome(&out, o.match, o.ok, sem, fixed) },
	}
	walk.Walk(&sem, 0)
	return out
}

// addOutcome keeps an outcome that is not there yet: two are the same where the same Uri of the same Route wins,
// whichever alias it won by. Its assumptions are those of the first branch that led to it; those of the first outcome
// are the values that the walk began with.
func addOutcome(out *[]RouteOutcome, m match.Match, ok bool, sem *choices.Assumptions, fixed uint64) {
	for _, o := range *out {
		if o.OK == ok &&
			(!ok || o.Match.Route() == m.Route() && o.Match.URIAt() == m.URIAt() && o.Match.URI() == m.URI()) {
			return
		}
	}
	o := RouteOutcome{Match: m, OK: ok}
	for c := range choices.NumChoices {
		if fixed&(1<<c) != 0 {
			o.Assume = append(o.Assume, c.String()+"="+sem.Value(c))
		}
	}
	*out = append(*out, o)
}

func matchPlace(t *match.Table, p MatchKey, sem *choices.Assumptions, seen *choices.Consulted) (match.Match, bool) {
	return t.Lookup(p.Host, p.Port, p.Path, sem, seen)
}

// MatchAt finds the winning Route for a place.
func MatchAt(t *match.Table, p MatchKey, sem *choices.Assumptions) (match.Match, bool) {
	return matchPlace(t, p, sem, nil)
}

// RouteAssumptions lists every setting of the open choices that decide which Route wins for a place.
func RouteAssumptions() []choices.Assumptions {
	all := []choices.Assumptions{choices.Latest()}
	for c := range choices.NumChoices {
		if choices.OfRoutes&(1<<c) == 0 {
			continue
		}
		var next []choices.Assumptions
		for v := range c.NumValues() {
			for _, sem := range all {
				next = append(next, sem.With(c, v))
			}
		}
		all = next
	}
	return all
}

// Reach is what can be said of the reachability of the Uris that Routes use.
type Reach struct {
	// Unreachable are the Uris that win no request under any value of the open scoring choices.
	Unreachable []Unreached
	// Undetermined are pairs of Routes to different clusters between which the open scoring choices decide.
	Undetermined []Undetermined
}

// Unreached is a Uri that never wins.
type Unreached struct {
	At       diag.Span // the Uri
	URI      string
	Sample   MatchKey      // a place that it matches and others win
	Blockers []match.Match // who wins there, in the order of the file
}

// Undetermined is a place whose cluster depends on open choices.
type Undetermined struct {
	Sample   MatchKey
	Outcomes []RouteOutcome // at least two of different clusters, the default first
	Patterns int            // how many Uris of the two Routes are undetermined between them
	// Same: the alias, the Uri and their scores are the same in both, so that only their order in the file can decide.
	Same bool
}
