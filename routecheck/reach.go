package routecheck

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// routeChoices are the open choices that decide which Route wins for a host, a port and a path.
const routeChoices = 1<<ScoreCombination | 1<<VhostScore | 1<<ScoreTie | 1<<SlashStarServesBare | 1<<SuffixPatterns | 1<<OpenRoute

// scoreChoices are those about scores alone: neither about a path that only R3 serves nor about Routes that lack a group.
const scoreChoices = 1<<ScoreCombination | 1<<VhostScore | 1<<ScoreTie | 1<<SuffixPatterns

// Spot is a host, a port and a path as they are compared with aliases and patterns (R1).
type Spot struct {
	Host string
	Port int
	Path string
}

// URL returns a URL that leads to the place on a web server that decodes paths, as IBM HTTP Server does (R16).
func (p Spot) URL() string {
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
func (p Spot) urlUnder(sem *Semantics) string {
	return Spot{p.Host, p.Port, "/"}.URL() + strings.TrimPrefix(p.TargetIn(sem), "/")
}

// TargetIn returns the path that a client sends to reach the place: escaped where the web server decodes paths (R16), else as it is.
func (p Spot) TargetIn(sem *Semantics) string {
	if decodesPaths(sem) {
		return (&url.URL{Path: p.Path}).EscapedPath()
	}
	return p.Path
}

// Ruling is what a place comes to under one set of values of the open choices.
type Ruling struct {
	Match  Match
	OK     bool     // false: no Route matches
	Assume []string // the choices that led here, as flags write them; empty when none was asked
}

// Rulings returns every different ruling that the open choices can give for a place, the default first. One ruling means that none of
// them matters.
func (t *Table) Rulings(p Spot) []Ruling { return t.rulings(p, routeChoices) }

func (t *Table) rulings(p Spot, among uint64) []Ruling {
	type outcome struct {
		match Match
		ok    bool
	}
	var out []Ruling
	sem := Latest()
	walk := tree[outcome]{
		among: among,
		decide: func(sem *Semantics) (outcome, uint64, bool) {
			var seen Consulted
			m, ok := t.matchPlace(p, sem, &seen)
			return outcome{m, ok}, seen.Points(), true
		},
		leaf: func(sem *Semantics, fixed uint64, o outcome) { addOutcome(&out, o.match, o.ok, sem, fixed) },
	}
	walk.walk(&sem, 0)
	return out
}

func addOutcome(out *[]Ruling, m Match, ok bool, sem *Semantics, fixed uint64) {
	for _, o := range *out {
		if o.OK == ok && (!ok || o.Match.Route() == m.Route() && o.Match.URIAt() == m.URIAt() && o.Match.URI() == m.URI()) {
			return
		}
	}
	o := Ruling{Match: m, OK: ok}
	for c := range numChoices {
		if fixed&(1<<c) != 0 {
			o.Assume = append(o.Assume, c.String()+"="+sem.Value(c))
		}
	}
	*out = append(*out, o)
}

func (t *Table) matchPlace(p Spot, sem *Semantics, seen *Consulted) (Match, bool) {
	return t.lookUp(p.Host, p.Port, p.Path, sem, seen)
}

// MatchSpot finds the winning Route for a place.
func (t *Table) MatchSpot(p Spot, sem *Semantics) (Match, bool) { return t.matchPlace(p, sem, nil) }

// RouteSemantics lists every setting of the open choices that decide which Route wins for a place.
func RouteSemantics() []Semantics {
	all := []Semantics{Latest()}
	for c := range numChoices {
		if routeChoices&(1<<c) == 0 {
			continue
		}
		var next []Semantics
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
	Sample   Spot    // a place that it matches and others win
	Blockers []Match // who wins there, in the order of the file
}

// Undetermined is a place whose cluster depends on open choices.
type Undetermined struct {
	Sample   Spot
	Rulings  []Ruling // at least two of different clusters
	Patterns int      // how many Uris of the two Routes are undetermined between them
	// Same: the alias, the Uri and their scores are the same in both, so that only their order in the file can decide.
	Same bool
}
