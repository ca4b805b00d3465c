package lookups

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/match"
)

// classBuilder resolves for each text of a class which entry comes first for the paths that it leads to. Entries are
// indexes into the ordered list: the least comes first.
type classBuilder struct {
	*builder
	exact    map[string]int
	prefixes leading             // those of prefix patterns
	suffixes map[string]*leading // by their tails
	nodes    map[string]int      // whole paths and their entries
}

// leading are texts that paths begin with, and the entries that they belong to.
type leading struct {
	entries map[string]int
	lengths []int // of the texts
}

func (l *leading) add(text string, entry int) {
	if l.entries == nil {
		l.entries = map[string]int{}
	}
	l.entries[text] = entry
	if i, known := slices.BinarySearch(l.lengths, len(text)); !known {
		l.lengths = slices.Insert(l.lengths, i, len(text))
	}
}

// none stands behind all entries.
const none = int(^uint(0) >> 1)

// first is the entry that comes first of those whose text a path begins with.
func (l *leading) first(path string) int {
	best := none
	for _, n := range l.lengths {
		if n > len(path) {
			break
		}
		if e, ok := l.entries[path[:n]]; ok {
			best = min(best, e)
		}
	}
	return best
}

// class makes the look-ups of the entries of a list, of which no two have one pattern.
func (b *builder) class(list []int) Class {
	c := classBuilder{builder: b, exact: map[string]int{}, suffixes: map[string]*leading{}, nodes: map[string]int{}}
	for _, i := range list {
		switch e := &b.entries[i]; e.Kind {
		case match.Exact:
			c.exact[e.Pattern] = i
		case match.Prefix:
			c.prefixes.add(e.Head(), i)
		default:
			if c.suffixes[e.Tail()] == nil {
				c.suffixes[e.Tail()] = &leading{}
			}
			c.suffixes[e.Tail()].add(e.Head(), i)
		}
	}
	return c.build()
}

// build makes the tries of tails before that of any path, which stands last: Find takes the first that knows an
// answer. Whole paths come in last of all, as overlaps adds some.
func (c *classBuilder) build() (out Class) {
	for path := range c.exact {
		c.nodes[path] = c.resolve(path)
	}
	for i, tail := range c.tables.Tails {
		if nodes := c.trie(tail); len(nodes) > 0 {
			out.Tries = append(out.Tries, Trie{i, c.sorted(nodes)})
			c.overlaps(tail)
		}
	}
	plain := make(map[string]int, len(c.prefixes.entries))
	for text := range c.prefixes.entries {
		plain[text] = c.prefixes.first(text)
	}
	out.Tries = append(out.Tries, Trie{-1, c.sorted(plain)})
	out.Exact = c.sorted(c.nodes)
	return out
}

// resolve is the entry that comes first for one path: the decision itself, made once for each path that is looked up
// as a whole.
func (c *classBuilder) resolve(path string) int {
	best := c.prefixes.first(path)
	if e, ok := c.exact[path]; ok {
		best = min(best, e)
	}
	for tail, heads := range c.suffixes {
		if text, ok := strings.CutSuffix(path, tail); ok {
			best = min(best, heads.first(text))
		}
	}
	return best
}

// trie are the leading texts of paths that end with a tail: those before it or before a tail that it ends with, and
// those for all paths that begin with one of these. Where none is there, the trie of any path knows the answer.
func (c *classBuilder) trie(tail string) map[string]int {
	nodes := map[string]int{}
	for t, heads := range c.suffixes {
		if !strings.HasSuffix(tail, t) {
			continue
		}
		for text := range heads.entries {
			nodes[text] = min(c.before(text, tail), c.prefixes.first(text))
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	for text := range c.prefixes.entries {
		if e := c.before(text, tail); e != none {
			nodes[text] = min(e, c.prefixes.first(text))
		}
	}
	return nodes
}

// before is the entry that comes first of those with a tail, for paths that begin with a text and end with the tail.
func (c *classBuilder) before(text, tail string) int {
	best := none
	for t, heads := range c.suffixes {
		if strings.HasSuffix(tail, t) {
			best = min(best, heads.first(text))
		}
	}
	return best
}

// overlaps adds the paths on which a leading text reaches into the tail: there is one for each way. "/a.j*" and
// "*.jsp" share the "." and "j" of "/a.jsp", which without its tail is "/a" and does not begin with "/a.j": no trie of
// the tail would find the first.
func (c *classBuilder) overlaps(tail string) {
	add := func(text string, most int) {
		for k := 1; k <= min(most, len(text)); k++ {
			if start, ok := strings.CutSuffix(text, tail[:k]); ok {
				c.nodes[start+tail] = c.resolve(start + tail)
			}
		}
	}
	for text := range c.prefixes.entries {
		add(text, len(tail))
	}
	for t, heads := range c.suffixes {
		if t == tail || !strings.HasSuffix(tail, t) {
			continue
		}
		for text := range heads.entries {
			add(text, len(tail)-len(t))
		}
	}
}

func (c *classBuilder) sorted(entries map[string]int) []Node {
	nodes := make([]Node, 0, len(entries))
	for text, i := range entries {
		nodes = append(nodes, Node{text, &c.entries[i]})
	}
	slices.SortFunc(nodes, func(a, b Node) int { return strings.Compare(a.Text, b.Text) })
	c.texts += len(nodes)
	return nodes
}
