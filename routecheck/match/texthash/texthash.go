package texthash

import "math/bits"

// Of hashes a whole text. [Absorb] takes in each word but the last, [Seal] adds that one: a loop that does the same
// can seal wherever a leading part ends.
func Of(seed uint64, text string) uint64 {
	state, w := seed, uint64(0)
	for i := 0; i < len(text); i += 8 {
		if i > 0 {
			state = Absorb(state, w)
		}
		w = WordAt(text, i)
	}
	return Seal(state, w, len(text))
}

// Seed makes a seed of its own for each number, so that one text has different hashes in different sets: they can
// share a table then.
func Seed(secret, number uint64) uint64 { return mix(secret^number, 0xff51afd7ed558ccd) }

// Absorb takes a whole word into the hash of those before it; at first that is the seed.
func Absorb(state, word uint64) uint64 { return mix(state^word, 0x9e3779b97f4a7c15) }

// Seal is the hash of a text of that length whose last word, of one to eight bytes, is the one given; an empty text
// has the word 0. The length tells a text from the same with zero bytes behind it.
func Seal(state, last uint64, length int) uint64 {
	return mix(state^last, 0xc2b2ae3d27d4eb4f^uint64(length))
}

// mix folds the 128 bits of a product into 64: one multiplication, and good enough for a table. As constants any
// numbers do whose bits are well mixed.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// FirstBytes keeps the first n bytes of a word, 0 to 8.
func FirstBytes(word uint64, n int) uint64 { return word & (^uint64(0) >> (64 - 8*n)) }

// Equal marks the bytes of a word that are c, by their highest bit. No other byte is marked, whereas the usual shorter
// form also marks some that stand behind a real one: callers walk over all marks.
func Equal(word uint64, c byte) uint64 {
	const ones, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	x := word ^ ones*uint64(c)        // zero where c was
	return ^((x&low + low) | x | low) // the sum carries into the highest bit of a byte unless its low bits are zero
}

// First counts the bytes before the first marked one.
func First(marks uint64) int { return bits.TrailingZeros64(marks) / 8 }

// WordAt reads the eight bytes from i on, a multiple of 8, zero behind the end of the text. It is too large to be
// inlined: loops that run for each request ask for full words by [Word] themselves, as a call for each would be half
// of their time.
func WordAt(text string, i int) uint64 {
	left := len(text) - i
	switch {
	case left >= 8:
		return Word(text[i:])
	case len(text) >= 8: // the last word of a longer text: some bytes before it are read, and shifted out
		return Word(text[len(text)-8:]) >> (64 - 8*left)
	}
	w := uint64(0)
	for i := len(text) - 1; i >= 0; i-- {
		w = w<<8 | uint64(text[i])
	}
	return w
}

// Word reads the first eight bytes of a text that has as many; the compiler makes one load of it.
func Word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
