package routecheck

import (
	"hash/maphash"
	"strings"
)

// patternTable finds the patterns of a uriIndex by the text before their *, or their whole text. It is a hash table of its own because the
// hash of each leading part of a path that ends with a slash comes out of one pass over the path: a path of four segments costs five probes.
// It compares hashes only, to touch little memory; whoever wins is held against the path by lookUp.
type patternTable struct {
	seed    maphash.Seed
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
	tails    []tailSlot // suffix patterns, by the text behind the *
	_        [8]byte    // a whole cache line
}

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

// entry is a pattern of a Route.
type entry struct {
	route   *route
	pattern *pattern
	order   int32 // place of the pattern in its group
	score   int32
	_       [8]byte // half a cache line
}

// newPatternTable makes room for n patterns; more are fine.
func newPatternTable(n int) patternTable {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return patternTable{
		seed: maphash.MakeSeed(), mask: uint64(size - 1), buckets: make([]bucket, size),
		nodes: make([]node, 0, n), entries: make([]entry, 0, n),
	}
}

// extend carries a hash on over one more segment of a text.
func (p *patternTable) extend(hash uint64, segment string) uint64 {
	if segment == "" {
		return hash
	}
	hash = (hash ^ maphash.String(p.seed, segment)) * 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}

// hash is that of a text: segment by segment, each with its slash.
func (p *patternTable) hash(text string) (h uint64) {
	for {
		i := strings.IndexByte(text, '/')
		if i < 0 {
			return p.extend(h, text)
		}
		h, text = p.extend(h, text[:i+1]), text[i+1:]
	}
}

func key(number, hash uint64) uint64 { return hash ^ number*0xff51afd7ed558ccd }

// find returns the node of a text by its hash, nil when there is none.
func (p *patternTable) find(number, hash uint64) *node {
	k := key(number, hash)
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

func (p *patternTable) add(number uint64, e entry) {
	hash := p.hash(e.pattern.head)
	n := p.find(number, hash)
	if n == nil {
		n = p.insert(key(number, hash))
	}
	switch i := p.entry(e); {
	case e.pattern.internal:
		n.internal = n.internal.with(i)
	case e.pattern.kind == exactPattern:
		n.exact = n.exact.with(i)
	case e.pattern.kind == prefixPattern:
		n.prefix = n.prefix.with(i)
	default:
		n.addTail(e.pattern.tail, i)
	}
}

func (n *node) addTail(text string, entry int32) {
	for i := range n.tails {
		if n.tails[i].text == text {
			n.tails[i].slot = n.tails[i].slot.with(entry)
			return
		}
	}
	n.tails = append(n.tails, tailSlot{text, slot{}.with(entry)})
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
