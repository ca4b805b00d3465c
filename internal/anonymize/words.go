package anonymize

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"strings"
	"unicode"
	"unicode/utf8"
)

// GoodKey is how many bytes a key should have: shorter ones can be tried, all of them.
const GoodKey = 8

// most is how many words are remembered: a log has millions of session IDs.
const most = 1 << 16

// Mapping replaces words. It is for one goroutine.
type Mapping struct {
	key  []byte
	stay map[string]bool   // in small letters, beside those of the formats
	ips  bool              // addresses stay
	seen map[string]string // what words have become; only to save time, so it may be full
}

// New makes a mapping; one key gives one mapping, always.
func New(key []byte) *Mapping {
	return &Mapping{key: key, stay: map[string]bool{}, seen: map[string]string{}}
}

// word returns what stands for a word. A word that is not reserved never becomes one that is: no two become the same.
// once is one to one, and where it meets a reserved word it goes on from there, so the way through the words that are
// not reserved is one to one as well.
func (m *Mapping) word(w string) string {
	if m.reserved(w) {
		return w
	}
	mapped, known := m.seen[w]
	if known {
		return mapped
	}
	for mapped = m.once(w); m.reserved(mapped); {
		mapped = m.once(mapped)
	}
	if len(m.seen) < most {
		m.seen[strings.Clone(w)] = mapped
	}
	return mapped
}

// reserved reports whether a word stays: one of the formats, one that was asked for, or a number.
func (m *Mapping) reserved(w string) bool {
	w = strings.Map(small, w)
	return vocabulary()[w] || m.stay[w] || numeric().MatchString(w)
}

// once replaces each letter and digit by another one of its class; by which hangs on what stands before it in the
// word. So words that begin alike begin alike afterwards.
func (m *Mapping) once(w string) string {
	var b strings.Builder
	folded := strings.Map(small, w)
	before := m.mac("word", "")
	for i, r := range w {
		low, size := utf8.DecodeRuneInString(folded[i:])
		b.WriteRune(replaced(before.Sum(nil), r, low))
		before.Write([]byte(folded[i : i+size]))
	}
	return b.String()
}

// small makes letters of ASCII small: no comparison of the plug-in is known to do so with others.
func small(r rune) rune {
	if r <= unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	return r
}

// class returns the first of the letters or digits that one may become, and how many there are. Sixteen neighbours
// beyond ASCII have the same length in UTF-8.
func class(r rune) (first rune, size int) {
	for _, c := range []struct{ first, last rune }{{'0', '9'}, {'a', 'f'}, {'g', 'v'}, {'w', 'z'}} {
		if c.first <= r && r <= c.last {
			return c.first, int(c.last-c.first) + 1
		}
	}
	if r > unicode.MaxASCII && r != utf8.RuneError {
		return r &^ 15, 16
	}
	return r, 1
}

// replaced is what stands for a letter or digit, of which low is the small form.
func replaced(sum []byte, r, low rune) rune {
	first, size := class(low)
	if size < 2 {
		return r
	}
	mapped := first + rune(shuffled(sum, int(low-first), size))
	if low != r {
		mapped = unicode.ToUpper(mapped)
	}
	return mapped
}

// mac begins the sum that the key and what stands before make; more may be written to it.
func (m *Mapping) mac(what, before string) hash.Hash {
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte(what + "\x00" + before))
	return mac
}

// shuffled returns where a number of so many goes. It never stays, and no two go to the same place: it is a round trip
// through all places, laid out by a sum of the key and of what stands before (Sattolo's shuffle). There are at most
// 256.
func shuffled(sum []byte, n, size int) int {
	to := make([]int, size)
	for i := range to {
		to[i] = i
	}
	for i := size - 1; i > 0; i-- {
		j := (int(sum[i%len(sum)])<<8 | int(sum[(i+1)%len(sum)])) % i
		to[i], to[j] = to[j], to[i]
	}
	return to[n]
}
