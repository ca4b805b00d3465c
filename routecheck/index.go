package routecheck

import (
	"encoding/binary"
	"slices"
	"strings"
)

// hostIndex answers R1 without visiting the Routes. It knows no open choice: for one alias every way to combine scores grows with the URI
// score, so per alias form (host:port, host:*, *:port, *:*) the best exact, prefix and suffix pattern are enough, and better decides between
// them. Where two Routes could tie it keeps the first and the last of the file.
type hostIndex struct {
	hosts    map[string][]portEntry
	anyHost  []portEntry // host "*"
	open     *uriIndex   // Routes without VirtualHostGroup (R17), nil when there are none
	patterns patternTable
	made     uint64 // uriIndexes so far
}

type portEntry struct {
	port     int // 0 any
	variants []variant
}

// variant is one alias as written with one number of characters: "host" and "host:80" mean the same but score differently.
type variant struct {
	chars  int
	places []aliasPlace
	uris   *uriIndex
}

// aliasPlace is one of the groups that list the alias.
type aliasPlace struct {
	group *vhostGroup
	alias *alias
}

// entry is a pattern of a Route; order is its place in the group.
type entry struct {
	route   *route
	pattern *pattern
	order   int
}

// slot keeps the first and the last entry of equal patterns (R13).
type slot struct{ first, last entry }

func (s slot) with(e entry) slot {
	if s.first.route == nil {
		s.first = e
	}
	s.last = e
	return s
}

// uriIndex holds the patterns of the Routes that one alias leads to. The patterns themselves stand in the patternTable under its number.
type uriIndex struct {
	number   uint64
	any      slot   // Routes without UriGroup (R17)
	internal bool   // R3 added exact Uris
	slashes  bool   // there are prefix patterns that end with a slash, as nearly all do
	lengths  []int  // distinct lengths of the other prefix patterns
	tails    []tail // suffix patterns by the text behind the *
}

// tail is what a suffix pattern ends with; its heads are prefix patterns of a kind of their own.
type tail struct {
	text    string
	slashes bool
	lengths []int
}

func (t *Table) buildIndex() {
	groups := map[*vhostGroup][]*route{}
	var order []*vhostGroup
	for i := range t.routes {
		r := &t.routes[i]
		if _, seen := groups[r.vhosts]; !seen {
			order = append(order, r.vhosts)
		}
		groups[r.vhosts] = append(groups[r.vhosts], r)
	}
	t.index.hosts = map[string][]portEntry{}
	t.index.patterns = newPatternTable(t.countPatterns())
	for _, g := range order {
		if g == nil {
			t.index.open = t.newURIIndex(groups[nil])
			continue
		}
		for i := range g.aliases {
			t.index.addAlias(g, &g.aliases[i])
		}
	}
	t.link(order, groups)
	t.index.anyHost = t.index.hosts["*"]
	delete(t.index.hosts, "*")
}

func (t *Table) countPatterns() (n int) {
	for i := range t.routes {
		if g := t.routes[i].uris; g != nil {
			n += len(g.patterns)
		}
	}
	return n
}

func (x *hostIndex) addAlias(g *vhostGroup, a *alias) {
	ports := x.hosts[a.host]
	i := slices.IndexFunc(ports, func(p portEntry) bool { return p.port == a.port })
	if i < 0 {
		i, ports = len(ports), append(ports, portEntry{port: a.port})
	}
	p := &ports[i]
	v := slices.IndexFunc(p.variants, func(v variant) bool { return v.chars == a.chars })
	if v < 0 {
		v, p.variants = len(p.variants), append(p.variants, variant{chars: a.chars})
	}
	places := &p.variants[v].places
	if !slices.ContainsFunc(*places, func(q aliasPlace) bool { return q.group == g }) {
		*places = append(*places, aliasPlace{g, a})
	}
	x.hosts[a.host] = ports
}

// link gives each alias the index of its Routes; aliases that stand in the same groups share one.
func (t *Table) link(order []*vhostGroup, groups map[*vhostGroup][]*route) {
	number := make(map[*vhostGroup]int, len(order))
	for i, g := range order {
		number[g] = i
	}
	made := map[string]*uriIndex{}
	for _, ports := range t.index.hosts {
		for i := range ports {
			for v := range ports[i].variants {
				va := &ports[i].variants[v]
				var key []byte
				var routes []*route
				for _, p := range va.places {
					key = binary.AppendUvarint(key, uint64(number[p.group]))
					routes = append(routes, groups[p.group]...)
				}
				if made[string(key)] == nil {
					slices.SortFunc(routes, func(a, b *route) int { return a.index - b.index })
					made[string(key)] = t.newURIIndex(routes)
				}
				va.uris = made[string(key)]
			}
		}
	}
}

func (t *Table) newURIIndex(routes []*route) *uriIndex {
	t.index.made++
	x := &uriIndex{number: t.index.made << 32}
	for _, r := range routes {
		if r.uris == nil {
			x.any = x.any.with(entry{route: r})
			continue
		}
		for i := range r.uris.patterns {
			x.add(&t.index.patterns, entry{r, &r.uris.patterns[i], i})
		}
	}
	return x
}

// The kinds of key that a uriIndex has in the pattern table. Tails number on from kindTail, so that suffix patterns of two tails do not meet.
const (
	kindExact = iota
	kindInternal
	kindPrefix
	kindTail
)

func (x *uriIndex) add(table *patternTable, e entry) {
	p := e.pattern
	switch {
	case p.kind == deadPattern:
	case p.internal:
		x.internal = true
		table.add(x.number+kindInternal, p.head, e)
	case p.kind == exactPattern:
		table.add(x.number+kindExact, p.head, e)
	case p.kind == prefixPattern:
		table.add(x.number+kindPrefix, p.head, e)
		noteLength(p.head, &x.slashes, &x.lengths)
	default:
		i := slices.IndexFunc(x.tails, func(t tail) bool { return t.text == p.tail })
		if i < 0 {
			i, x.tails = len(x.tails), append(x.tails, tail{text: p.tail})
		}
		table.add(x.tailKind(i), p.head, e)
		noteLength(p.head, &x.tails[i].slashes, &x.tails[i].lengths)
	}
}

func (x *uriIndex) tailKind(i int) uint64 { return x.number + kindTail + uint64(i) }

func noteLength(head string, slashes *bool, lengths *[]int) {
	if strings.HasSuffix(head, "/") {
		*slashes = true
	} else if !slices.Contains(*lengths, len(head)) {
		*lengths = append(*lengths, len(head))
	}
}

// search carries one look-up through the index.
type search struct {
	sem  *Semantics
	rec  *Recorder
	open bool // Routes without a group match (R17)
	path string

	best    found
	winner  *variant // where best was found, nil for a Route without VirtualHostGroup
	variant *variant // where the search is
	scratch found
}

func (x *hostIndex) search(s *search, host string, port int) {
	x.searchPorts(s, x.hosts[host], port)
	x.searchPorts(s, x.anyHost, port)
	if x.open != nil && s.open {
		x.searchURIs(s, x.open, nil)
	}
	if s.winner != nil {
		s.best.alias = s.winner.aliasOf(s.best.route.vhosts)
	}
}

func (x *hostIndex) searchPorts(s *search, ports []portEntry, port int) {
	for i := range ports {
		if ports[i].port != port && ports[i].port != 0 {
			continue
		}
		for v := range ports[i].variants {
			va := &ports[i].variants[v]
			x.searchURIs(s, va.uris, va)
		}
	}
}

func (v *variant) aliasOf(g *vhostGroup) *alias {
	for i := range v.places {
		if v.places[i].group == g {
			return v.places[i].alias
		}
	}
	return nil
}

func (x *hostIndex) searchURIs(s *search, u *uriIndex, v *variant) {
	s.variant = v
	whole := x.patterns.walk(s, u.number+kindPrefix, len(s.path), u.slashes, u.lengths)
	s.consider(x.patterns.find(u.number+kindExact, whole, s.path))
	if u.internal {
		if inner := x.patterns.find(u.number+kindInternal, whole, s.path); inner != nil && s.sem.ask(SlashStarServesBare, s.rec) != bareNotServed {
			s.consider(inner)
		}
	}
	for i := range u.tails {
		if t := &u.tails[i]; strings.HasSuffix(s.path, t.text) {
			x.patterns.walk(s, u.tailKind(i), len(s.path)-len(t.text), t.slashes, t.lengths)
		}
	}
	if s.open && u.any.first.route != nil {
		s.consider(&u.any)
	}
}

func (s *search) consider(sl *slot) {
	if sl == nil {
		return
	}
	s.offer(&sl.first)
	if sl.last.order != sl.first.order || sl.last.route != sl.first.route {
		s.offer(&sl.last)
	}
}

func (s *search) offer(e *entry) {
	f := &s.scratch
	f.route, f.pattern, f.order, f.alias = e.route, e.pattern, e.order, nil
	if s.variant != nil {
		f.alias = s.variant.places[0].alias // same host, port and characters in each place
	}
	if s.best.route == nil || better(f, &s.best, s.sem, s.rec) {
		s.best, s.winner = *f, s.variant
	}
}
