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
	hosts map[string][]portEntry // "*" for any host
	open  *uriIndex              // Routes without VirtualHostGroup (R17), nil when there are none
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

// uriIndex holds the patterns of the Routes that one alias leads to.
type uriIndex struct {
	exact    map[string]slot
	internal map[string]slot // the exact Uris that R3 adds
	prefix   prefixIndex
	suffix   map[string]*prefixIndex // by the text behind the *
	tails    []int                   // distinct lengths of those texts
	any      slot                    // Routes without UriGroup (R17)
}

// prefixIndex finds the longest of its texts that a path begins with. Nearly all end with a slash, so a look-up at each slash of the path does.
type prefixIndex struct {
	slash, other map[string]slot
	lengths      []int // distinct lengths of other, longest first
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
	for _, g := range order {
		if g == nil {
			t.index.open = newURIIndex(groups[nil])
			continue
		}
		for i := range g.aliases {
			t.index.addAlias(g, &g.aliases[i])
		}
	}
	t.index.link(order, groups)
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
func (x *hostIndex) link(order []*vhostGroup, groups map[*vhostGroup][]*route) {
	number := make(map[*vhostGroup]int, len(order))
	for i, g := range order {
		number[g] = i
	}
	made := map[string]*uriIndex{}
	for _, ports := range x.hosts {
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
					made[string(key)] = newURIIndex(routes)
				}
				va.uris = made[string(key)]
			}
		}
	}
}

func newURIIndex(routes []*route) *uriIndex {
	n := 0
	for _, r := range routes {
		if r.uris != nil {
			n += len(r.uris.patterns)
		}
	}
	x := &uriIndex{exact: make(map[string]slot, n/2), internal: map[string]slot{}, suffix: map[string]*prefixIndex{}}
	for _, r := range routes {
		if r.uris == nil {
			x.any = x.any.with(entry{route: r})
			continue
		}
		for i := range r.uris.patterns {
			x.add(entry{r, &r.uris.patterns[i], i})
		}
	}
	return x
}

func (x *uriIndex) add(e entry) {
	p := e.pattern
	switch {
	case p.kind == deadPattern:
	case p.internal:
		x.internal[p.head] = x.internal[p.head].with(e)
	case p.kind == exactPattern:
		x.exact[p.head] = x.exact[p.head].with(e)
	case p.kind == prefixPattern:
		x.prefix.add(e)
	default:
		tail := x.suffix[p.tail]
		if tail == nil {
			tail = new(prefixIndex)
			x.suffix[p.tail] = tail
			if !slices.Contains(x.tails, len(p.tail)) {
				x.tails = append(x.tails, len(p.tail))
			}
		}
		tail.add(e)
	}
}

func (x *prefixIndex) add(e entry) {
	head := e.pattern.head
	if strings.HasSuffix(head, "/") {
		if x.slash == nil {
			x.slash = map[string]slot{}
		}
		x.slash[head] = x.slash[head].with(e)
		return
	}
	if x.other == nil {
		x.other = map[string]slot{}
	}
	x.other[head] = x.other[head].with(e)
	if i, found := slices.BinarySearchFunc(x.lengths, len(head), func(l, n int) int { return n - l }); !found {
		x.lengths = slices.Insert(x.lengths, i, len(head))
	}
}

// longest returns the longest text that path begins with.
func (x *prefixIndex) longest(path string) (best slot) {
	end := 0
	if len(x.slash) > 0 {
		for end = len(path); end > 0; end-- {
			if path[end-1] != '/' {
				continue
			}
			if s, ok := x.slash[path[:end]]; ok {
				best = s
				break
			}
		}
	}
	for _, n := range x.lengths {
		if n <= end && best.first.route != nil {
			break
		}
		if n > len(path) {
			continue
		}
		if s, ok := x.other[path[:n]]; ok {
			return s
		}
	}
	return best
}

// search carries one look-up through the index.
type search struct {
	sem  *Semantics
	rec  *Recorder
	open bool // Routes without a group match (R17)

	best    found
	variant *variant // where best was found, nil for an open route
	scratch found
}

func (x *hostIndex) search(s *search, host string, port int, path string) {
	x.searchHost(s, host, port, path)
	if host != "*" {
		x.searchHost(s, "*", port, path)
	}
	if x.open != nil && s.open {
		x.open.search(s, nil, path)
	}
	if s.variant != nil {
		s.best.alias = s.variant.aliasOf(s.best.route.vhosts)
	}
}

func (x *hostIndex) searchHost(s *search, host string, port int, path string) {
	ports := x.hosts[host]
	for i := range ports {
		if ports[i].port != port && ports[i].port != 0 {
			continue
		}
		for v := range ports[i].variants {
			va := &ports[i].variants[v]
			va.uris.search(s, va, path)
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

func (x *uriIndex) search(s *search, v *variant, path string) {
	s.consider(v, x.exact[path])
	if len(x.internal) > 0 {
		if inner, ok := x.internal[path]; ok && s.sem.ask(SlashStarServesBare, s.rec) != bareNotServed {
			s.consider(v, inner)
		}
	}
	s.consider(v, x.prefix.longest(path))
	for _, n := range x.tails {
		if n > len(path) {
			continue
		}
		if tail := x.suffix[path[len(path)-n:]]; tail != nil {
			s.consider(v, tail.longest(path[:len(path)-n]))
		}
	}
	if s.open {
		s.consider(v, x.any)
	}
}

func (s *search) consider(v *variant, sl slot) {
	if sl.first.route == nil {
		return
	}
	s.offer(v, &sl.first)
	if sl.last.order != sl.first.order || sl.last.route != sl.first.route {
		s.offer(v, &sl.last)
	}
}

func (s *search) offer(v *variant, e *entry) {
	f := &s.scratch
	*f = found{route: e.route, pattern: e.pattern, order: e.order}
	if v != nil {
		f.alias = v.places[0].alias // same host, port and characters in each place
	}
	if s.best.route == nil || better(f, &s.best, s.sem, s.rec) {
		s.best, s.variant = *f, v
	}
}
