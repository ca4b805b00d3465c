package match

import (
	"math/rand/v2"

	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// patternTable finds the patterns of a uriIndex by the text before their *, or their whole text. It is a hash table of
// its own because the hash of each leading part of a path comes out of one pass over the path, and because a look-up
// among 20,000 patterns is a matter of how many cache lines it touches: find compares hashes only, the text of the
// winner alone is held against the path by Lookup.
//
// It is made once and then only read. What leads from one slice to another is an index plus 1, so that the zero value
// says "none"; pointers would be twice as long, and each of them more work for the garbage collector.
type patternTable struct {
	seed    uint64 // secret and new in each table: paths come from outside
	mask    uint64 // len(buckets)-1, a power of two less 1
	buckets []bucket
	nodes   []node  // in the order in which they were made; buckets lead here
	tails   []tail  // lists of them hang on nodes
	entries []entry // one for each pattern of each uriIndex, and each Route without UriGroup
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
	internal slot  // the exact Uri that R3 adds, apart as a choice says whether it counts
	prefix   slot  // also that of a tail that stands as a node, see tail
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

// slot keeps the first and the last entry of equal patterns (R13), as indexes into entries plus 1; 0 is none. Those
// between can never win: of equal scores the first does, or under score-tie=last the last.
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

// newPatternTable makes room for n patterns; more are fine. At least a quarter of the buckets stays empty, at which
// find ends.
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

// find returns the node of a text by its hash and length, nil when there is none. It never looks at the text: whoever
// asks compares it where it matters.
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

// entry keeps an entry, and returns its index plus 1.
func (p *patternTable) entry(e entry) int32 {
	p.entries = append(p.entries, e)
	return int32(len(p.entries))
}

// add files a pattern of an index under what stands before its *, or its whole text.
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

// tail returns the slot of a node's tail, which is made when it is not there. The first fewTails stand in the node's
// list with their texts. Of each further length one stands there without text, behind which the text is looked up as a
// node whose hash begins with that of the head: thousands of endings of one head would else be gone through for each
// request.
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

// insert adds a node that is not there.
func (p *patternTable) insert(n node) *node {
	if 4*(len(p.nodes)+1) > 3*len(p.buckets) {
		p.grow()
	}
	p.nodes = append(p.nodes, n)
	p.put(len(p.nodes))
	return &p.nodes[len(p.nodes)-1]
}

// put gives a node, by its index plus 1, the first free bucket from its own on.
func (p *patternTable) put(number int) {
	hash := p.nodes[number-1].hash
	i := hash & p.mask
	for p.buckets[i].node != 0 {
		i = (i + 1) & p.mask
	}
	p.buckets[i] = bucket{uint32(hash >> 32), int32(number)}
}

// grow doubles the buckets; nodes keep their places, so what leads to them stays as it is.
func (p *patternTable) grow() {
	p.buckets = make([]bucket, 2*len(p.buckets))
	p.mask = uint64(len(p.buckets) - 1)
	for i := range p.nodes {
		p.put(i + 1)
	}
}
