package lookups

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Tables are the look-ups of a configuration.
type Tables struct {
	Places  []Place // in the order of their hosts and ports
	Classes []Class
	Tails   []string // how Uris with an ending end, the longest first
}

// Place leads from a host and a port to a class. Asked are host:port, host on any port, any host on the port and any
// host on any port, and the first that is there counts.
type Place struct {
	Host  string // "*" any
	Port  int    // 0 any
	Class int
}

// Class is what some places have in common.
type Class struct {
	Exact []Node // whole paths
	Tries []Trie // those of tails, then the one of any path
}

// Trie are leading texts, of which the longest that a path begins with counts. With a tail they are those of paths
// that end with it and with no longer one, and are compared with the path without it.
type Trie struct {
	Tail  int // index into Tails, -1 any path
	Nodes []Node
}

// Node is a text and what it leads to. The alias of the entry may be another one that leads to the same.
type Node struct {
	Text  string
	Entry *match.Entry
}

// Find is how the tables are used: for a host in lower case, a port and a path as they are compared. nil: no entry
// takes the request.
func (t *Tables) Find(host string, port int, path string) *match.Entry {
	c := t.class(host, port)
	if c == nil {
		return nil
	}
	if i, ok := find(c.Exact, path); ok {
		return c.Exact[i].Entry
	}
	// the longest tail counts, and what shorter ones lead to has been worked into its trie
	tail := slices.IndexFunc(t.Tails, func(tail string) bool { return strings.HasSuffix(path, tail) })
	for _, trie := range c.Tries {
		text := path
		if trie.Tail >= 0 {
			text = strings.TrimSuffix(path, t.Tails[trie.Tail])
		}
		if trie.Tail != tail && trie.Tail >= 0 {
			continue
		}
		for n := len(text); n >= 0; n-- {
			if i, ok := find(trie.Nodes, text[:n]); ok {
				return trie.Nodes[i].Entry
			}
		}
	}
	return nil
}

// class finds the place of a host and a port. One is enough: its class holds what the others would add.
func (t *Tables) class(host string, port int) *Class {
	for _, asked := range []Place{{Host: host, Port: port}, {Host: host}, {Host: "*", Port: port}, {Host: "*"}} {
		i, ok := slices.BinarySearchFunc(t.Places, asked, comparePlaces)
		if ok {
			return &t.Classes[t.Places[i].Class]
		}
	}
	return nil
}

func comparePlaces(a, b Place) int {
	if d := strings.Compare(a.Host, b.Host); d != 0 {
		return d
	}
	return a.Port - b.Port
}

func find(nodes []Node, text string) (int, bool) {
	return slices.BinarySearchFunc(nodes, text, func(n Node, text string) int { return strings.Compare(n.Text, text) })
}

// most is how many texts the tables may have. Only hosts by the thousand that each add to a large list for all hosts
// come near.
const most = 4_000_000

// New makes the tables of an ordered list, which they keep.
func New(entries []match.Entry) (*Tables, error) {
	b := builder{entries: entries, forms: map[form][]int{}, ports: map[string][]int{}, classes: map[string]int{}}
	b.sort()
	for _, host := range b.hosts {
		b.host(host)
	}
	if b.texts > most {
		return nil, fmt.Errorf(
			"the tables would have %d texts, more than %d: too many hosts add to a large list of all",
			b.texts, most)
	}
	slices.SortFunc(b.tables.Places, comparePlaces)
	return &b.tables, nil
}

// form is a host and a port as an alias has them.
type form struct {
	host string
	port int
}

// builder makes Tables of a list, place by place.
type builder struct {
	entries []match.Entry
	forms   map[form][]int   // the entries of an alias, by their places in the list
	ports   map[string][]int // of each host, as aliases have them
	hosts   []string         // as they come
	classes map[string]int   // by key: places with the same entries share a class
	texts   int              // so far, see most
	tables  Tables
}

// sort files the entries by their aliases.
func (b *builder) sort() {
	tails := map[string]bool{}
	for i := range b.entries {
		e := &b.entries[i]
		f := form{e.Host, e.Port}
		if b.forms[f] == nil {
			if b.ports[e.Host] == nil {
				b.hosts = append(b.hosts, e.Host)
			}
			b.ports[e.Host] = append(b.ports[e.Host], e.Port)
		}
		b.forms[f] = append(b.forms[f], i)
		if e.Kind == match.Suffix {
			tails[e.Tail()] = true
		}
	}
	for tail := range tails {
		b.tables.Tails = append(b.tables.Tails, tail)
	}
	slices.SortFunc(b.tables.Tails, func(x, y string) int {
		if d := len(y) - len(x); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
}

// host adds the places of a host: its own ports, and where it has an alias for any port those of any host too.
func (b *builder) host(host string) {
	spellings := b.spellings(host)
	ports := map[int]bool{}
	for _, h := range spellings {
		for _, p := range b.ports[h] {
			ports[p] = true
		}
	}
	if ports[0] && host != "*" {
		for _, p := range b.ports["*"] {
			ports[p] = true
		}
	}
	for port := range ports {
		b.place(host, port, spellings)
	}
}

// spellings are the hosts whose aliases take a host; an IPv6 address may be written in several ways.
func (b *builder) spellings(host string) []string {
	out := []string{host}
	if !strings.HasPrefix(host, "[") {
		return out // looked for in vain, hosts by the thousand would cost their square
	}
	for _, h := range b.hosts {
		if h != host && h != "*" {
			if e := &b.entries[b.forms[form{h, b.ports[h][0]}][0]]; e.TakesHost(host) {
				out = append(out, h)
			}
		}
	}
	return out
}

// place adds a host and a port with all entries that can take it, whichever of the four forms their aliases have.
func (b *builder) place(host string, port int, spellings []string) {
	taken := map[form]bool{{"*", port}: true, {"*", 0}: true}
	for _, h := range spellings {
		taken[form{h, port}], taken[form{h, 0}] = true, true
	}
	var list []int
	for f := range taken {
		list = append(list, b.forms[f]...)
	}
	slices.Sort(list)
	list = b.first(list)
	key := b.key(list)
	if _, known := b.classes[key]; !known {
		b.classes[key] = len(b.tables.Classes)
		b.tables.Classes = append(b.tables.Classes, b.class(list))
	}
	b.tables.Places = append(b.tables.Places, Place{host, port, b.classes[key]})
}

// key is the same for lists that lead to the same, by whichever aliases.
func (b *builder) key(list []int) string {
	var key []byte
	for _, i := range list {
		key = binary.AppendUvarint(key, uint64(b.entries[i].Route))
		key = append(append(key, b.entries[i].Pattern...), 0)
	}
	return string(key)
}

// first leaves of equal patterns the one that comes first.
func (b *builder) first(list []int) []int {
	type text struct {
		pattern string
		kind    match.PatternKind
	}
	seen := make(map[text]bool, len(list))
	return slices.DeleteFunc(list, func(i int) bool {
		t := text{b.entries[i].Pattern, b.entries[i].Kind}
		before := seen[t]
		seen[t] = true
		return before
	})
}
