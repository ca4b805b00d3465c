package match

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Entry is one (alias, Uri) pair of a Route: a rule of a list of which the first that takes a request decides.
type Entry struct {
	Alias   string // as written, "" for a Route without VirtualHostGroup (R17)
	Host    string // lower case, IPv6 in brackets, "*" any
	Port    int    // as compared (R7, R8), 0 any
	Pattern string // a Uri, the bare one that R3 makes of it, "*" for a Route without UriGroup (R17)
	Kind    PatternKind
	Cluster ClusterID
	Route   int // in file order, among all Routes

	Cookie, Identifier string    // the affinity names (R4)
	Span               diag.Span // the Uri, the Route where it has no UriGroup

	address netip.Addr // of a host that is compared as an address (choice ipv6-hosts)
	matched Match      // what Match answers where this entry decides
	at      place      // of the pattern, by which ties are broken (R13)
	alias   int        // place of the alias in its group
}

// URIScore is what R2 counts of the pattern: its characters without the *.
func (a *Entry) URIScore() int { return a.matched.URIScore() }

// Ordered lists the (alias, Uri) pairs of all Routes so that the first that takes a request is what Match finds
// (R1, R2, R11 to R13, R15). Each pair has a fixed score: the best come first, equal ones in the order of score-tie.
// Pairs behind an equal one, which never decide, are listed too.
func (t *Table) Ordered(sem *choices.Assumptions) []Entry {
	var routes []*Route
	most := 0
	for i := range t.Routes {
		r := &t.Routes[i]
		if r.Vhosts != nil && r.URIs != nil || sem.Is(choices.OpenRoute, choices.OpenMatchesAll) {
			aliases, patterns := r.sides()
			routes, most = append(routes, r), most+len(aliases)*len(patterns)
		}
	}
	out := make([]Entry, 0, most)
	for _, r := range routes {
		out = appendPairs(out, r, sem)
	}
	sorted := make([]Entry, 0, len(out))
	for _, run := range ranked(out, sem) {
		slices.SortFunc(run, func(a, b *Entry) int { return a.compareTie(b, sem) })
		for _, e := range run {
			sorted = append(sorted, *e)
		}
	}
	return sorted
}

// ranked are the entries of each rank, the best rank first: many pairs have few scores, so these are what is sorted.
// Several scores can be of one rank, such as 4+3 and 3+4 under a sum.
func ranked(all []Entry, sem *choices.Assumptions) (runs [][]*Entry) {
	by := map[score][]*Entry{}
	for i := range all {
		s := all[i].score()
		by[s] = append(by[s], &all[i])
	}
	scores := slices.SortedFunc(maps.Keys(by), func(a, b score) int { return b.compare(a, sem, nil) })
	for i, s := range scores {
		if i > 0 && s.compare(scores[i-1], sem, nil) == 0 {
			last := len(runs) - 1
			runs[last] = append(runs[last], by[s]...)
			continue
		}
		runs = append(runs, by[s])
	}
	return runs
}

// sides are the aliases and the patterns of a Route. What stands for a missing group scores 0, not the characters of
// its "*": newEntry leaves alias and pattern of the match nil there (R17).
func (r *Route) sides() ([]Alias, []Pattern) {
	aliases, patterns := []Alias{{Host: "*"}}, []Pattern{Compile("*")}
	if r.Vhosts != nil {
		aliases = r.Vhosts.Aliases
	}
	if r.URIs != nil {
		patterns = r.URIs.Patterns
	}
	return aliases, patterns
}

// appendPairs lists what a Route takes, alias by alias.
func appendPairs(out []Entry, r *Route, sem *choices.Assumptions) []Entry {
	aliases, patterns := r.sides()
	for i := range aliases {
		for j := range patterns {
			p := &patterns[j]
			if p.Kind == Dead || p.Internal && sem.Is(choices.SlashStarServesBare, choices.BareNotServed) {
				continue
			}
			e := newEntry(r, &aliases[i], p, j)
			if sem.Is(choices.IPv6Hosts, choices.HostsAsAddress) {
				e.address = ipv6(e.Host)
			}
			out = append(out, e)
		}
	}
	return out
}

// newEntry makes a pair of an alias and a pattern, both of which stand for a group that the Route may lack; order is
// the place of the pattern.
func newEntry(r *Route, a *Alias, p *Pattern, order int) Entry {
	e := Entry{
		Alias: a.text, Host: a.Host, Port: a.Port, Pattern: p.Text, Kind: p.Kind, Cluster: r.Cluster, Route: r.Index,
		Span: r.At, matched: Match{Cluster: r.Cluster, route: r}, at: place{r.Index, order}, alias: a.order,
	}
	if r.Vhosts != nil {
		e.matched.alias = a
	}
	if r.URIs != nil {
		e.matched.pattern, e.Span = p, p.At()
	}
	e.Cookie, e.Identifier = e.matched.Cookie(), e.matched.Identifier()
	return e
}

// compareTie is negative when a comes before an entry of its rank: by the place in the file (R13). Of two aliases that
// come to the same, the first is the one to name.
func (a *Entry) compareTie(b *Entry, sem *choices.Assumptions) int {
	switch {
	case a.at == b.at:
		return a.alias - b.alias
	case winsTie(a.at, b.at, sem, nil):
		return -1
	}
	return 1
}

func (a *Entry) score() score {
	f := found{alias: a.matched.alias, pattern: a.matched.pattern}
	return f.score()
}

// takes reports whether an entry takes a host in lower case, a port and a path, all as they are compared. Tests read
// the list by it.
func (a *Entry) takes(host string, port int, path string) bool {
	p := Compile(a.Pattern)
	return a.TakesHost(host) && (a.Port == 0 || a.Port == port) && p.Matches(path)
}

// TakesHost reports whether an entry takes a host in lower case on some port.
func (a *Entry) TakesHost(host string) bool {
	return a.Host == "*" || a.Host == host || a.address.IsValid() && a.address == ipv6(host)
}

// ByAddress reports whether other spellings of the host count too (choice ipv6-hosts).
func (a *Entry) ByAddress() bool { return a.address.IsValid() }

// Head is what stands before the * of the pattern, or the whole of it.
func (a *Entry) Head() string { p := Compile(a.Pattern); return p.Head() }

// Tail is what stands behind the * of the pattern.
func (a *Entry) Tail() string { p := Compile(a.Pattern); return p.Tail() }

// Covers reports whether an entry takes whatever another one takes.
func (a *Entry) Covers(b *Entry) bool {
	p, q := Compile(a.Pattern), Compile(b.Pattern)
	return a.TakesHost(b.Host) && (a.Port == 0 || a.Port == b.Port) && p.covers(&q)
}

// covers reports whether a pattern matches whatever another one matches.
func (p *Pattern) covers(q *Pattern) bool {
	switch {
	case q.Kind == Exact:
		return p.Matches(q.Text)
	case p.Kind == Exact || p.Kind == Dead || q.Kind == Dead:
		return false
	}
	return strings.HasPrefix(q.Head(), p.Head()) && strings.HasSuffix(q.Tail(), p.Tail())
}

// Meets reports whether some request is taken by two entries.
func (a *Entry) Meets(b *Entry) bool {
	p, q := Compile(a.Pattern), Compile(b.Pattern)
	return (a.TakesHost(b.Host) || b.TakesHost(a.Host)) &&
		(a.Port == 0 || b.Port == 0 || a.Port == b.Port) && p.meets(&q)
}

// meets reports whether some path is matched by two patterns. Of two with a * a path that is long enough has room for
// both beginnings and both ends, so it is enough that these agree.
func (p *Pattern) meets(q *Pattern) bool {
	switch {
	case p.Kind == Exact:
		return q.Matches(p.Text)
	case q.Kind == Exact:
		return p.Matches(q.Text)
	case p.Kind == Dead || q.Kind == Dead:
		return false
	}
	return (strings.HasPrefix(p.Head(), q.Head()) || strings.HasPrefix(q.Head(), p.Head())) &&
		(strings.HasSuffix(p.Tail(), q.Tail()) || strings.HasSuffix(q.Tail(), p.Tail()))
}
