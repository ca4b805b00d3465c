package match

import "math/bits"

// HashOf hashes a text eight bytes at a time, such that the hash of each leading part comes out of one pass over the
// whole: absorb takes in each word but the last, seal adds that one. Where texts may be written to collide, as paths
// are, the seed is secret.
func HashOf(seed uint64, text string) uint64 {
	state, w := seed, uint64(0)
	for i := 0; i < len(text); i += 8 {
		if i > 0 {
			state = absorb(state, w)
		}
		w = wordAt(text, i)
	}
	return seal(state, w, len(text))
}

func absorb(state, word uint64) uint64 { return mix(state^word, 0x9e3779b97f4a7c15) }

// seal is the hash of a text of that length whose last word, of one to eight bytes, is the one given.
func seal(state, last uint64, length int) uint64 {
	return mix(state^last, 0xc2b2ae3d27d4eb4f^uint64(length))
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// firstBytes keeps the first n bytes of a word, 0 to 8.
func firstBytes(word uint64, n int) uint64 { return word & (^uint64(0) >> (64 - 8*n)) }

// equal marks the bytes of a word that are c, by their highest bit.
func equal(word uint64, c byte) uint64 {
	const ones, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	x := word ^ ones*uint64(c)
	return ^((x&low + low) | x | low)
}

// first counts the bytes before the first marked one.
func first(marks uint64) int { return bits.TrailingZeros64(marks) / 8 }

// wordAt reads the eight bytes from i on, little endian, zero behind the end of the text. Loops over requests ask for
// full words themselves: a call for each would be half of their time.
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
