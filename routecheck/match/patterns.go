package match

import (
	"math/rand/v2"

	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// patternTable finds the patterns of a uriIndex by the text before their *, or their whole text. It is a hash table of
// its own because the hash of each leading part of a path comes out of one pass over the path, and because a look-up
// among 20,000 patterns is a matter of how many cache lines it touches: find compares hashes only, the text of the
// winner alone is held against the path by Lookup.
type patternTable struct {
	seed    uint64
	mask    uint64
	buckets []bucket
	nodes   []node
	tails   []tail
	entries []entry
}

// bucket is small so that many share a cache line; the tag keeps nearly every probe that misses away from the nodes.
type bucket struct {
	tag  uint32 // upper half of the hash
	node int32  // index into nodes plus 1, 0 empty
}

// node is what the patterns of one uriIndex have for one text.
type node struct {
	hash     uint64
	text     string
	ends     uint64 // the last bytes of its tails, see ending
	exact    slot
	internal slot // the exact Uri that R3 adds
	prefix   slot
	tails    int32 // suffix patterns: index into tails plus 1, 0 none
} // 64 bytes, a whole cache line

// tail is the end of suffix patterns whose head is the text of a node. After the first few of a node only their
// lengths stand here: each text is the prefix of a node of its own then, hashed with the hash of the head.
type tail struct {
	text   string // what stands behind the *, "" for the many of that length
	length int32
	next   int32 // index into tails plus 1, 0 none
	slot   slot
}

const fewTails = 8 // looking through them is faster than hashing

// slot keeps the first and the last entry of equal patterns (R13), as indexes into entries plus 1; 0 is none.
type slot struct{ first, last int32 }

func (s *slot) add(entry int32) {
	if s.first == 0 {
		s.first = entry
	}
	s.last = entry
}

// entry is a pattern of a Route.
type entry struct {
	route   *Route
	pattern *Pattern // nil: the Route has no UriGroup
	order   int32    // place of the pattern in its group
	cluster ClusterID
}

// newPatternTable makes room for n patterns; more are fine.
func newPatternTable(n int) patternTable {
	size := 16
	for 3*size < 4*n {
		size *= 2
	}
	return patternTable{
		seed: rand.Uint64(), mask: uint64(size - 1), buckets: make([]bucket, size),
		nodes: make([]node, 0, n), entries: make([]entry, 0, n),
	}
}

// find returns the node of a text by its hash and length, nil when there is none.
func (p *patternTable) find(hash uint64, length int) *node {
	for i := hash & p.mask; p.buckets[i].node != 0; i = (i + 1) & p.mask {
		if p.buckets[i].tag == uint32(hash>>32) {
			if n := &p.nodes[p.buckets[i].node-1]; n.hash == hash && len(n.text) == length {
				return n
			}
		}
	}
	return nil
}

func (p *patternTable) entry(e entry) int32 {
	p.entries = append(p.entries, e)
	return int32(len(p.entries))
}

func (p *patternTable) add(x *uriIndex, e entry) {
	i := p.entry(e)
	head := e.pattern.Head()
	n := p.node(texthash.Of(x.seed, head), head)
	switch {
	case e.pattern.Internal:
		n.internal.add(i)
	case e.pattern.Kind == Exact:
		n.exact.add(i)
	case e.pattern.Kind == Prefix:
		n.prefix.add(i)
	default:
		end := e.pattern.Tail()
		n.ends |= ending(end)
		p.tail(n, end).add(i)
	}
}

// tail returns the slot of a node's tail, which is made when it is not there.
func (p *patternTable) tail(n *node, end string) *slot {
	count, listed := 0, false
	for i := n.tails; i != 0; i = p.tails[i-1].next {
		t := &p.tails[i-1]
		if t.text == end {
			return &t.slot
		}
		count++
		listed = listed || t.text == "" && int(t.length) == len(end)
	}
	t := tail{length: int32(len(end)), next: n.tails}
	if count < fewTails {
		t.text = end
	}
	if !listed {
		p.tails = append(p.tails, t)
		n.tails = int32(len(p.tails))
	}
	if count < fewTails {
		return &p.tails[n.tails-1].slot
	}
	return &p.node(texthash.Of(n.hash, end), end).prefix
}

// node returns the node of a text, which is made when it is not there. It is good until the next one is made.
func (p *patternTable) node(hash uint64, text string) *node {
	if n := p.find(hash, len(text)); n != nil {
		return n
	}
	return p.insert(node{hash: hash, text: text})
}

// ending is a set of the last byte of a text: a tail whose bit a path lacks does not end it.
func ending(text string) uint64 {
	if text == "" {
		return 0
	}
	return 1 << (text[len(text)-1] & 63)
}

func (p *patternTable) insert(n node) *node {
	if 4*(len(p.nodes)+1) > 3*len(p.buckets) {
		p.grow()
	}
	p.nodes = append(p.nodes, n)
	p.put(len(p.nodes))
	return &p.nodes[len(p.nodes)-1]
}

func (p *patternTable) put(number int) {
	hash := p.nodes[number-1].hash
	i := hash & p.mask
	for p.buckets[i].node != 0 {
		i = (i + 1) & p.mask
	}
	p.buckets[i] = bucket{uint32(hash >> 32), int32(number)}
}

func (p *patternTable) grow() {
	p.buckets = make([]bucket, 2*len(p.buckets))
	p.mask = uint64(len(p.buckets) - 1)
	for i := range p.nodes {
		p.put(i + 1)
	}
}
