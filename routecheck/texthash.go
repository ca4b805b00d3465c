package routecheck

import "math/bits"

// textHash hashes a text eight bytes at a time such that the hash of each leading part comes out of one pass over the whole: the state covers
// the whole words before the last one, which prefix and whole add. The seed is secret, so that nobody can write paths that collide.
type textHash struct {
	state uint64
	word  uint64 // the bytes from on, little endian, zero behind the end of the text
	from  int    // where word begins
}

func startHash(seed uint64) textHash { return textHash{state: seed, from: -8} }

func hashOf(seed uint64, text string) uint64 {
	h := startHash(seed)
	for h.next(text) {
	}
	return h.whole(text)
}

// next goes on to the next word of the text; at its end the last one stays.
func (h *textHash) next(text string) bool {
	to := h.from + 8
	if to >= len(text) {
		return false
	}
	if to > 0 {
		h.state = mix(h.state^h.word, 0x9e3779b97f4a7c15)
	}
	h.from, h.word = to, wordAt(text, to)
	return true
}

// prefix is the hash of the text before the n-th byte of the word, 1 to 8.
func (h *textHash) prefix(n int) uint64 {
	return mix(h.state^h.word&(^uint64(0)>>(64-8*n)), 0xc2b2ae3d27d4eb4f^uint64(h.from+n))
}

// whole is the hash of the text that next went through.
func (h *textHash) whole(text string) uint64 {
	return mix(h.state^h.word, 0xc2b2ae3d27d4eb4f^uint64(len(text)))
}

// slashes marks the bytes of the word that are a slash.
func (h *textHash) slashes() uint64 { return equal(h.word, '/') }

// equal marks the bytes of a word that are c, by their highest bit.
func equal(word uint64, c byte) uint64 {
	const ones, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	x := word ^ ones*uint64(c)
	return ^((x&low + low) | x | low)
}

// first counts the bytes before the first marked one.
func first(marks uint64) int { return bits.TrailingZeros64(marks) / 8 }

// wordAt reads the eight bytes from i on, little endian, zero behind the end of the text.
func wordAt(text string, i int) uint64 {
	left := len(text) - i
	switch {
	case left >= 8:
		return word(text[i:])
	case len(text) >= 8:
		return word(text[len(text)-8:]) >> (64 - 8*left)
	}
	w := uint64(0)
	for i := len(text) - 1; i >= 0; i-- {
		w = w<<8 | uint64(text[i])
	}
	return w
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
