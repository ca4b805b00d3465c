package routecheck

import "math/rand/v2"

// patternTable finds the patterns of a uriIndex by the text before their *, or their whole text. It compares hashes only, to touch little
// memory; whoever wins is held against the path by lookUp.
type patternTable struct {
	seed    uint64
	mask    uint64
	buckets []bucket
	nodes   []node
	entries []entry
}

// bucket is small so that many share a cache line; the tag keeps nearly every probe that misses away from the nodes.
type bucket struct {
	tag  uint32 // upper half of the node's key
	node uint32 // index into nodes plus 1, 0 empty
}

// node is what the patterns of one uriIndex have for one text.
type node struct {
	key      uint64
	exact    slot
	internal slot // the exact Uri that R3 adds
	prefix   slot
	ends     uint64     // the last bytes of the tails, see ending
	tails    []tailSlot // suffix patterns, by the text behind the *
} // a whole cache line

type tailSlot struct {
	text string
	slot slot
}

// slot keeps the first and the last entry of equal patterns (R13), as indexes into entries plus 1; 0 is none.
type slot struct{ first, last int32 }

func (s slot) with(entry int32) slot {
	if s.first == 0 {
		s.first = entry
	}
	s.last = entry
	return s
}

// entry is a pattern of a Route. Within a uriIndex they stand in the order of the file.
type entry struct {
	route   *route
	pattern *pattern
	order   int32 // place of the pattern in its group
}

// newPatternTable makes room for n patterns; more are fine.
func newPatternTable(n int) patternTable {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return patternTable{
		seed: rand.Uint64(), mask: uint64(size - 1), buckets: make([]bucket, size),
		nodes: make([]node, 0, n), entries: make([]entry, 0, n),
	}
}

// find returns the node of a text by its hash, nil when there is none.
func (p *patternTable) find(salt, hash uint64) *node {
	k := salt ^ hash
	for i := k & p.mask; p.buckets[i].node != 0; i = (i + 1) & p.mask {
		if p.buckets[i].tag != uint32(k>>32) {
			continue
		}
		if n := &p.nodes[p.buckets[i].node-1]; n.key == k {
			return n
		}
	}
	return nil
}

func (p *patternTable) entry(e entry) int32 {
	p.entries = append(p.entries, e)
	return int32(len(p.entries))
}

func (p *patternTable) add(salt uint64, e entry) {
	hash := p.hash(e.pattern.head())
	n := p.find(salt, hash)
	if n == nil {
		n = p.insert(salt ^ hash)
	}
	switch i := p.entry(e); {
	case e.pattern.internal:
		n.internal = n.internal.with(i)
	case e.pattern.kind == exactPattern:
		n.exact = n.exact.with(i)
	case e.pattern.kind == prefixPattern:
		n.prefix = n.prefix.with(i)
	default:
		n.addTail(e.pattern.tail(), i)
	}
}

func (n *node) addTail(text string, entry int32) {
	n.ends |= ending(text)
	for i := range n.tails {
		if n.tails[i].text == text {
			n.tails[i].slot = n.tails[i].slot.with(entry)
			return
		}
	}
	n.tails = append(n.tails, tailSlot{text, slot{}.with(entry)})
}

// ending is a set of the last byte of a text: a tail whose bit a path lacks does not end it.
func ending(text string) uint64 {
	if text == "" {
		return 0
	}
	return 1 << (text[len(text)-1] & 63)
}

// insert makes the node of a key that is not there.
func (p *patternTable) insert(k uint64) *node {
	if 2*(len(p.nodes)+1) > len(p.buckets) {
		p.grow()
	}
	p.nodes = append(p.nodes, node{key: k})
	p.put(len(p.nodes) - 1)
	return &p.nodes[len(p.nodes)-1]
}

func (p *patternTable) put(number int) {
	k := p.nodes[number].key
	i := k & p.mask
	for p.buckets[i].node != 0 {
		i = (i + 1) & p.mask
	}
	p.buckets[i] = bucket{uint32(k >> 32), uint32(number + 1)}
}

func (p *patternTable) grow() {
	p.buckets = make([]bucket, 2*len(p.buckets))
	p.mask = uint64(len(p.buckets) - 1)
	for i := range p.nodes {
		p.put(i)
	}
}
