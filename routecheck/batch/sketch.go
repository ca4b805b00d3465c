package batch

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// Distinct counts different texts: exactly up to some thousand, beyond that by the smallest of their hashes, which is
// right to a few per cent. Two of them are merged without loss, in any order.
type Distinct struct{ least map[uint64]bool }

const leastKept = 4096

// hash is FNV-1a with a final mix: the same in every run, as counts are printed.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}

func (d *Distinct) add(s string) {
	if d.least == nil {
		d.least = map[uint64]bool{}
	}
	d.least[hash(s)] = true
	// Cut when it has doubled: to sort at each text would be dear. What is cut away was greater than all that are
	// kept, so it never matters when.
	if len(d.least) >= 2*leastKept {
		d.cut()
	}
}

// cut lets go of all but the smallest hashes.
func (d *Distinct) cut() {
	if len(d.least) <= leastKept {
		return
	}
	for _, h := range slices.Sorted(maps.Keys(d.least))[leastKept:] {
		delete(d.least, h)
	}
}

func (d *Distinct) merge(o *Distinct) {
	if d.least == nil {
		d.least = map[uint64]bool{}
	}
	maps.Copy(d.least, o.least)
	d.cut()
}

// Count is how many there were; about: roughly.
func (d *Distinct) Count() (n int64, about bool) {
	d.cut()
	if len(d.least) < leastKept {
		return int64(len(d.least)), false
	}
	greatest := uint64(0)
	for h := range d.least {
		greatest = max(greatest, h)
	}
	// Hashes are spread evenly: where the k-th smallest lies at a share x of their range, there are about (k-1)/x.
	return int64(math.Round(float64(leastKept-1) / (float64(greatest) / math.Exp2(64)))), true
}

// Top counts texts and keeps the most frequent ones. Those that were dropped on the way are missing in the counts of
// texts that came late; a log has far fewer.
type Top struct {
	counts []Counted
	places map[string]int32 // of texts in counts
}

const (
	topKept = 2000 // texts of one Top
	allKept = 16_000
	few     = 50 // of the share of a Top among very many
)

// shareOf is how many texts each of some Tops keeps, so that all of them together stay small.
func shareOf(tops int) int { return min(topKept, max(few, allKept/max(1, tops))) }

func (t *Top) add(s string, n int64) {
	if place, known := t.places[s]; known {
		t.counts[place].N += n
		return
	}
	t.append(s, n)
}

// append adds a text that is not there.
func (t *Top) append(s string, n int64) {
	if t.places == nil {
		t.places = map[string]int32{}
	}
	t.places[s] = int32(len(t.counts))
	t.counts = append(t.counts, Counted{s, n})
}

// merge adds the counts of a part of the log and keeps some texts, up to twice as many on the way: copies of them, not
// the text of a whole block.
func (t *Top) merge(o *Top, kept int) {
	for _, c := range o.counts {
		if place, known := t.places[c.Text]; known {
			t.counts[place].N += c.N
		} else {
			t.append(strings.Clone(c.Text), c.N)
		}
	}
	if len(t.counts) > 2*kept {
		most := t.Most(kept)
		t.reset()
		for _, c := range most {
			t.append(c.Text, c.N)
		}
	}
}

// reset lets go of all texts; the memory is for others.
func (t *Top) reset() {
	clear(t.counts)
	clear(t.places)
	t.counts = t.counts[:0]
}

// Counted is a text and how often it came.
type Counted struct {
	Text string `json:"text"`
	N    int64  `json:"count"`
}

// Most returns the most frequent texts, of equally frequent ones in alphabetical order; an empty list, never nil.
func (t *Top) Most(n int) []Counted {
	all := append([]Counted{}, t.counts...)
	slices.SortFunc(all, func(a, b Counted) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Text, b.Text)) })
	return all[:min(n, len(all))]
}
