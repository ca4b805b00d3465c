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

// uriIndex is the patterns of the Routes that one alias leads to. They stand in the patternTable under its number.
type uriIndex struct {
	number  uint64
	any     slot   // Routes without UriGroup (R17)
	depths  uint64 // numbers of slashes in the texts before a * that end with one; the last bit stands for 63 and more
	lengths []int  // distinct lengths of the other texts before a *
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
	x := &uriIndex{number: t.index.made}
	table := &t.index.patterns
	for _, r := range routes {
		if r.uris == nil {
			x.any = x.any.with(table.entry(entry{route: r}))
			continue
		}
		for i := range r.uris.patterns {
			if p := &r.uris.patterns[i]; p.kind != deadPattern {
				table.add(x.number, entry{route: r, pattern: p, order: int32(i), score: int32(p.score())})
				x.noteLength(p)
			}
		}
	}
	return x
}

func depth(slashes int) uint64 { return 1 << min(slashes, 63) }

func (x *uriIndex) noteLength(p *pattern) {
	switch {
	case p.kind == exactPattern:
	case strings.HasSuffix(p.head, "/"):
		x.depths |= depth(strings.Count(p.head, "/"))
	case !slices.Contains(x.lengths, len(p.head)):
		x.lengths = append(x.lengths, len(p.head))
	}
}

// search carries one look-up through the index.
type search struct {
	sem  *Semantics
	rec  *Recorder
	open bool // Routes without a group match (R17)
	path string

	entries []entry

	best    found
	winner  *variant // where best was found, nil for a Route without VirtualHostGroup
	variant *variant // where the search is
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

// searchURIs offers what the patterns of an index have for the path: at each slash, and at the lengths that do not end with one, the texts
// before a *; then the whole path.
func (x *hostIndex) searchURIs(s *search, u *uriIndex, v *variant) {
	s.variant = v
	table := &x.patterns
	hash, from := uint64(0), 0
	for slashes := 1; ; slashes++ {
		i := strings.IndexByte(s.path[from:], '/')
		if i < 0 {
			break
		}
		to := from + i + 1
		hash = table.extend(hash, s.path[from:to])
		if from = to; u.depths&depth(slashes) != 0 {
			s.leading(table.find(u.number, hash), to)
		}
	}
	for _, n := range u.lengths {
		if n <= len(s.path) {
			s.leading(table.find(u.number, table.hash(s.path[:n])), n)
		}
	}
	if n := table.find(u.number, table.extend(hash, s.path[from:])); n != nil {
		s.consider(n.exact)
		if n.internal != (slot{}) && s.sem.ask(SlashStarServesBare, s.rec) != bareNotServed {
			s.consider(n.internal)
		}
	}
	if s.open {
		s.consider(u.any)
	}
}

// leading offers the patterns whose text before the * is the first n bytes of the path. A longer text scores more, so better picks it.
func (s *search) leading(n *node, length int) {
	if n == nil {
		return
	}
	s.consider(n.prefix)
	for i := range n.tails {
		if t := &n.tails[i]; strings.HasSuffix(s.path[length:], t.text) {
			s.consider(t.slot)
		}
	}
}

func (s *search) consider(sl slot) {
	if sl.first == 0 {
		return
	}
	s.offer(sl.first)
	if sl.last != sl.first {
		s.offer(sl.last)
	}
}

func (s *search) offer(number int32) {
	e := &s.entries[number-1]
	f := found{route: e.route, pattern: e.pattern, order: int(e.order), score: int(e.score)}
	if s.variant != nil {
		f.alias = s.variant.places[0].alias // same host, port and characters in each place
	}
	if s.best.route == nil || better(&f, &s.best, s.sem, s.rec) || s.sameButEarlier(&f) {
		s.best, s.winner = f, s.variant
	}
}

// sameButEarlier reports whether f is the best again, by an alias that scores the same and stands before that of the best in its group: the
// first in the file is the one to name (R13).
func (s *search) sameButEarlier(f *found) bool {
	if f.route != s.best.route || f.order != s.best.order || s.winner == nil || s.variant == nil || compareHosts(f, &s.best, s.sem, s.rec) != 0 {
		return false
	}
	g := f.route.vhosts
	return s.variant.aliasOf(g).order < s.winner.aliasOf(g).order
}
