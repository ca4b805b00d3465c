package routecheck

import (
	"hash/maphash"
	"strings"
)

// patternTable maps (number, text) to a slot. It is a hash table of its own because the hash of each leading part of a path that ends with
// a slash comes out of one pass over the path: a path of four segments costs four cheap probes.
type patternTable struct {
	seed    maphash.Seed
	mask    uint64
	buckets []bucket
	slots   []patternSlot
}

type bucket struct {
	hash uint64
	slot uint32 // index into slots plus 1, 0 empty
}

type patternSlot struct {
	slot
	number uint64
	text   string
}

// newPatternTable makes room for n patterns; more are fine.
func newPatternTable(n int) patternTable {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return patternTable{seed: maphash.MakeSeed(), mask: uint64(size - 1), buckets: make([]bucket, size), slots: make([]patternSlot, 0, n)}
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

func (p *patternTable) key(number uint64, hash uint64) uint64 {
	return hash ^ number*0xff51afd7ed558ccd
}

// find returns the slot of a text whose hash is known, nil when there is none.
func (p *patternTable) find(number uint64, hash uint64, text string) *slot {
	if s := p.place(p.key(number, hash), number, text); s != nil {
		return &s.slot
	}
	return nil
}

func (p *patternTable) place(key uint64, number uint64, text string) *patternSlot {
	for i := key & p.mask; p.buckets[i].slot != 0; i = (i + 1) & p.mask {
		if p.buckets[i].hash != key {
			continue
		}
		if s := &p.slots[p.buckets[i].slot-1]; s.number == number && s.text == text {
			return s
		}
	}
	return nil
}

func (p *patternTable) add(number uint64, text string, e entry) {
	key := p.key(number, p.hash(text))
	if s := p.place(key, number, text); s != nil {
		s.slot = s.slot.with(e)
		return
	}
	if 2*(len(p.slots)+1) > len(p.buckets) {
		p.grow()
	}
	p.slots = append(p.slots, patternSlot{slot: slot{}.with(e), number: number, text: text})
	p.insert(bucket{key, uint32(len(p.slots))})
}

func (p *patternTable) insert(b bucket) {
	i := b.hash & p.mask
	for p.buckets[i].slot != 0 {
		i = (i + 1) & p.mask
	}
	p.buckets[i] = b
}

func (p *patternTable) grow() {
	old := p.buckets
	p.buckets = make([]bucket, 2*len(old))
	p.mask = uint64(len(p.buckets) - 1)
	for _, b := range old {
		if b.slot != 0 {
			p.insert(b)
		}
	}
}

// walk offers the longest prefix pattern of a number that s.path[:end] begins with, and returns the hash of that part.
func (p *patternTable) walk(s *search, number uint64, end int, slashes bool, lengths []int) (hash uint64) {
	var best *slot
	length, from := 0, 0
	for {
		i := strings.IndexByte(s.path[from:end], '/')
		if i < 0 {
			break
		}
		to := from + i + 1
		hash = p.extend(hash, s.path[from:to])
		if slashes {
			if sl := p.find(number, hash, s.path[:to]); sl != nil {
				best, length = sl, to
			}
		}
		from = to
	}
	for _, n := range lengths {
		if n <= length && best != nil || n > end {
			continue
		}
		if sl := p.find(number, p.hash(s.path[:n]), s.path[:n]); sl != nil {
			best, length = sl, n
		}
	}
	s.consider(best)
	return p.extend(hash, s.path[from:end])
}
