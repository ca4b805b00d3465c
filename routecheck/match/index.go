package match

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// hostIndex answers R1 without visiting the Routes. It knows no open choice: for one alias every way to combine scores
// grows with the URI score, so per alias form (host:port, host:*, *:port, *:*) the best exact, prefix and suffix
// pattern are enough, and better decides between them. Where two Routes could tie it keeps the first and the last of
// the file. In which order it meets what could win decides nothing: ties are told apart by places in the file.
//
// A look-up is one access to a map for the host, and one pass over the path for each alias that takes host and port:
// at most four, unless aliases of one meaning are written differently, and one more where Routes lack a
// VirtualHostGroup (R17).
type hostIndex struct {
	hosts    map[string][]portEntry  // by host in lower case, those of "*" aside
	literals map[netip.Addr][]string // hosts that are IPv6 literals: one address can be written in several ways
	anyHost  []portEntry             // host "*"
	open     *uriIndex               // Routes without VirtualHostGroup (R17), nil when there are none
	patterns patternTable
	made     uint64 // uriIndexes so far
}

// portEntry is the aliases of one host with one port.
type portEntry struct {
	port     int       // 0 any
	variants []variant // one, nearly always
}

// variant is one alias as written with one number of characters: "host" and "host:80" mean the same but score
// differently.
type variant struct {
	score  score // that of the alias alone
	uris   *uriIndex
	places []aliasPlace
}

// aliasPlace is one of the groups that list the alias, and the alias in it: reports name the one of the winning Route.
type aliasPlace struct {
	group *VhostGroup
	alias *Alias
}

// uriIndex is the patterns of the Routes that one alias leads to. They stand in the patternTable, hashed with its
// seed: all indexes share that one table, so what belongs to which shows in the hash alone.
type uriIndex struct {
	number uint64 // among all indexes
	seed   uint64 // of the hashes of its texts: those of two indexes differ
	any    slot   // Routes without UriGroup (R17)
	// numbers of slashes in the texts before a * that end with one; the last bit stands for 63 and more: at a slash of
	// the path whose number is none of these no text need be looked up
	depths  uint64
	lengths []int // distinct lengths of the other texts before a *, ascending
}

// buildIndex makes the index in two passes: which groups list an alias shows only once all Routes are known, and
// aliases of the same groups share what is made of their patterns.
func (t *Table) buildIndex() {
	groups := map[*VhostGroup][]*Route{}
	var order []*VhostGroup
	for i := range t.Routes {
		r := &t.Routes[i]
		if _, known := groups[r.Vhosts]; !known {
			order = append(order, r.Vhosts)
		}
		groups[r.Vhosts] = append(groups[r.Vhosts], r)
	}
	t.index.hosts, t.index.literals = map[string][]portEntry{}, map[netip.Addr][]string{}
	t.index.patterns = newPatternTable(t.countPatterns())
	for _, g := range order {
		if g == nil {
			t.index.open = t.newURIIndex(groups[nil])
			continue
		}
		t.pause.Take()
		for i := range g.Aliases {
			t.index.addAlias(g, &g.Aliases[i])
		}
	}
	t.link(order, groups)
	// Every request asks for it, and no Host header may find it by its name.
	t.index.anyHost = t.index.hosts["*"]
	delete(t.index.hosts, "*")
}

// countPatterns estimates the entries of the table: those of a group that several indexes hold come to more.
func (t *Table) countPatterns() (n int) {
	for i := range t.Routes {
		if g := t.Routes[i].URIs; g != nil {
			n += len(g.Patterns)
		}
	}
	return n
}

// addAlias lists a group under one of its aliases. One that it lists twice stands there once, as the first.
func (x *hostIndex) addAlias(g *VhostGroup, a *Alias) {
	ports, known := x.hosts[a.Host]
	if addr := ipv6(a.Host); addr.IsValid() && !known {
		x.literals[addr] = append(x.literals[addr], a.Host)
	}
	i := slices.IndexFunc(ports, func(p portEntry) bool { return p.port == a.Port })
	if i < 0 {
		i, ports = len(ports), append(ports, portEntry{port: a.Port})
	}
	p := &ports[i]
	v := slices.IndexFunc(p.variants, func(v variant) bool { return v.score.chars == int32(a.chars) })
	if v < 0 {
		v, p.variants = len(p.variants), append(p.variants, variant{score: a.score()})
	}
	places := &p.variants[v].places
	if !slices.ContainsFunc(*places, func(q aliasPlace) bool { return q.group == g }) {
		*places = append(*places, aliasPlace{g, a})
	}
	x.hosts[a.Host] = ports
}

// link gives each alias the index of its Routes; aliases that stand in the same groups share one.
func (t *Table) link(order []*VhostGroup, groups map[*VhostGroup][]*Route) {
	number := make(map[*VhostGroup]int, len(order))
	for i, g := range order {
		number[g] = i
	}
	made := map[string]*uriIndex{}
	for _, ports := range t.index.hosts {
		for i := range ports {
			for v := range ports[i].variants {
				va := &ports[i].variants[v]
				var key []byte
				var routes []*Route
				for _, p := range va.places {
					key = binary.AppendUvarint(key, uint64(number[p.group]))
					routes = append(routes, groups[p.group]...)
				}
				if made[string(key)] == nil {
					// in the order of the file again, by which equal patterns are told apart (R13)
					slices.SortFunc(routes, func(a, b *Route) int { return a.Index - b.Index })
					made[string(key)] = t.newURIIndex(routes)
				}
				va.uris = made[string(key)]
			}
		}
	}
}

// newURIIndex files the patterns of some Routes, which come in the order of the file: a slot keeps the first and the
// last that it gets. Dead patterns match nothing (R15) and are left out.
func (t *Table) newURIIndex(routes []*Route) *uriIndex {
	t.index.made++
	table := &t.index.patterns
	x := &uriIndex{number: t.index.made, seed: texthash.Seed(table.seed, t.index.made)}
	for _, r := range routes {
		t.pause.Take()
		if r.URIs == nil {
			x.any.add(table.entry(entry{route: r, cluster: r.Cluster}))
			continue
		}
		for i := range r.URIs.Patterns {
			if p := &r.URIs.Patterns[i]; p.Kind != Dead {
				table.add(x, entry{r, p, int32(i), r.Cluster})
				x.noteLength(p)
			}
		}
	}
	return x
}

// depth is a number of slashes as a bit of uriIndex.depths.
func depth(slashes int) uint64 { return 1 << min(slashes, 63) }

// noteLength keeps where a search has to look for the text before a *: "/shop/*" at the second slash, "/shop*" at
// length 5. Nearly all Uris are of the first kind, which takes one bit; the lengths are gone through one by one.
func (x *uriIndex) noteLength(p *Pattern) {
	if p.Kind == Exact {
		return
	}
	head := p.Head()
	if strings.HasSuffix(head, "/") {
		x.depths |= depth(strings.Count(head, "/"))
	} else if i, known := slices.BinarySearch(x.lengths, len(head)); !known {
		x.lengths = slices.Insert(x.lengths, i, len(head))
	}
}

// search carries one look-up through the index.
type search struct {
	t    *Table
	sem  *choices.Assumptions
	seen *choices.Consulted // nil: nothing is noted
	open bool               // Routes without a group match (R17)
	path string             // as it is compared (R14, R16)

	best    hit      // so far; entry 0 while nothing has matched
	variant *variant // where the search is, nil in the Routes without VirtualHostGroup
}

// hit is an entry that matches. Who wins shows in the scores; entries are read on a tie and for the winner alone. It
// is small enough for registers.
type hit struct {
	entry   int32 // index into entries plus 1, 0 none
	score   score
	node    *node    // nil: the Route has no UriGroup
	variant *variant // nil: the Route has no VirtualHostGroup
}

// search offers all that could win for a host and a port: by its own aliases, by those of any host, by none (R17).
func (x *hostIndex) search(s *search, host string, port int) {
	if strings.HasPrefix(host, "[") {
		x.searchLiteral(s, host, port)
	} else {
		x.searchPorts(s, x.hosts[host], port)
	}
	x.searchPorts(s, x.anyHost, port)
	if x.open != nil && s.open {
		s.variant = nil
		x.searchURIs(s, x.open)
	}
}

// searchLiteral looks at the aliases of an IPv6 host: those written as it is, or all of its address (choice
// ipv6-hosts).
func (x *hostIndex) searchLiteral(s *search, host string, port int) {
	spellings := x.literals[ipv6(host)]
	others := slices.ContainsFunc(spellings, func(h string) bool { return h != host })
	if !others || s.sem.Consult(choices.IPv6Hosts, s.seen) != choices.HostsAsAddress {
		x.searchPorts(s, x.hosts[host], port)
		return
	}
	for _, h := range spellings {
		x.searchPorts(s, x.hosts[h], port)
	}
}

// searchPorts looks through the aliases of a host, a few ports and any.
func (x *hostIndex) searchPorts(s *search, ports []portEntry, port int) {
	for i := range ports {
		if ports[i].port != port && ports[i].port != 0 {
			continue
		}
		for v := range ports[i].variants {
			s.variant = &ports[i].variants[v]
			x.searchURIs(s, s.variant.uris)
		}
	}
}

// searchURIs offers what the patterns of an index have for the path: at each slash, and at the lengths that do not end
// with one, the texts before a *; then the whole path.
func (x *hostIndex) searchURIs(s *search, u *uriIndex) {
	// state is the hash of the words before the one at hand, w; at stands for the slashes so far, as depth does.
	table, path := &x.patterns, s.path
	state, w, at := u.seed, uint64(0), uint64(1)
	for from := 0; from < len(path); from += 8 {
		if from > 0 {
			state = texthash.Absorb(state, w)
		}
		if from+8 <= len(path) {
			w = texthash.Word(path[from:])
		} else {
			w = texthash.WordAt(path, from)
		}
		for slashes := texthash.Equal(w, '/'); slashes != 0; slashes &= slashes - 1 {
			if at = at << 1; at == 0 {
				at = 1 << 63 // and stays there: 63 slashes and more are one depth
			}
			if u.depths&at != 0 {
				n := texthash.First(slashes) + 1
				s.leading(table.find(texthash.Seal(state, texthash.FirstBytes(w, n), from+n), from+n))
			}
		}
	}
	if len(u.lengths) > 0 {
		x.searchLengths(s, u)
	}
	// The last word is never absorbed, a whole one neither, so the hash of the whole path is at hand.
	if n := table.find(texthash.Seal(state, w, len(path)), len(path)); n != nil {
		s.offer(n, n.exact, len(n.text), false)
		if n.internal != (slot{}) && s.sem.Consult(choices.SlashStarServesBare, s.seen) != choices.BareNotServed {
			s.offer(n, n.internal, len(n.text), false)
		}
	}
	if s.open {
		s.offer(nil, u.any, 0, false)
	}
}

// searchLengths offers the texts before a * that do not end with a slash.
func (x *hostIndex) searchLengths(s *search, u *uriIndex) {
	lengths, state, w := u.lengths, u.seed, uint64(0)
	for from := 0; from < len(s.path) || from == 0; from += 8 { // once for an empty path, which "*" takes
		if from > 0 {
			state = texthash.Absorb(state, w)
		}
		w = texthash.WordAt(s.path, from)
		for ; len(lengths) > 0 && lengths[0] <= min(from+8, len(s.path)); lengths = lengths[1:] {
			n := lengths[0]
			s.leading(x.patterns.find(texthash.Seal(state, texthash.FirstBytes(w, n-from), n), n))
		}
	}
}

// leading offers the patterns whose text before the * is that of the node; nil is that of no pattern. A tail must fit
// behind that text: beginning and end of a path may not overlap (R15).
func (s *search) leading(n *node) {
	if n == nil {
		return
	}
	s.offer(n, n.prefix, len(n.text), false)
	if n.ends&ending(s.path) == 0 {
		return // no tail ends as the path does, which spares nearly all look-ups
	}
	table, rest := &s.t.index.patterns, s.path[len(n.text):]
	for i := n.tails; i != 0; {
		t := &table.tails[i-1]
		if i = t.next; int(t.length) > len(rest) {
			continue
		}
		end := rest[len(rest)-int(t.length):]
		if t.text == end {
			s.offer(n, t.slot, len(n.text)+len(end), true)
		} else if t.text == "" {
			if m := table.find(texthash.Of(n.hash, end), len(end)); m != nil && m.text == end {
				s.offer(n, m.prefix, len(n.text)+len(end), true)
			}
		}
	}
}

// offer holds equal patterns against the best so far. A choice is consulted only where these two differ by it, so that
// what is noted is what the answer hangs on.
func (s *search) offer(n *node, sl slot, uri int, suffix bool) {
	if sl.first == 0 {
		return
	}
	h := hit{entry: sl.first, node: n, variant: s.variant}
	if h.variant != nil {
		h.score = h.variant.score
	}
	h.score.uri, h.score.suffix = int32(uri), suffix
	d := 1 // whatever comes first is better than nothing
	if s.best.entry != 0 {
		d = h.score.compare(s.best.score, s.sem, s.seen)
	}
	if d >= 0 && sl.last != sl.first && s.sem.Consult(choices.ScoreTie, s.seen) == choices.LastWins {
		h.entry = sl.last
	}
	if d > 0 || d == 0 && s.ahead(h) {
		s.best = h
	}
}

// ahead breaks a tie with the best (R13). Of two aliases that lead to the same, the first in the file is the one to
// name.
func (s *search) ahead(h hit) bool {
	a, b := s.t.index.place(h.entry), s.t.index.place(s.best.entry)
	if a != b {
		return winsTie(a, b, s.sem, s.seen)
	}
	if h.variant == nil || s.best.variant == nil || h.score.compareHosts(s.best.score, s.sem, s.seen) != 0 {
		return false
	}
	g := s.t.index.patterns.entries[h.entry-1].route.Vhosts
	return h.variant.aliasOf(g).order < s.best.variant.aliasOf(g).order
}

// place is where the pattern of an entry stands; number is an index plus 1, as in a slot.
func (x *hostIndex) place(number int32) place {
	e := &x.patterns.entries[number-1]
	return place{e.route.Index, int(e.order)}
}

// match is the winner.
func (s *search) match() Match {
	e := &s.t.index.patterns.entries[s.best.entry-1]
	m := Match{Cluster: e.cluster, route: e.route, pattern: e.pattern}
	switch v := s.best.variant; {
	case v == nil:
	case len(v.places) == 1:
		m.alias = v.places[0].alias // without a look at the Route
	default:
		m.alias = v.aliasOf(e.route.Vhosts)
	}
	return m
}

// aliasOf is the alias in one of the groups that list it, nil for another group.
func (v *variant) aliasOf(g *VhostGroup) *Alias {
	for i := range v.places {
		if v.places[i].group == g {
			return v.places[i].alias
		}
	}
	return nil
}
