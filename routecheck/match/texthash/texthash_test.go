package texthash

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// awkward texts have what the word-wise loops look for at every place of a word.
var awkward = rapid.StringOfN(rapid.SampledFrom([]rune("/.;%?:ab@AZ[_{é\x00")), 0, 40, -1)

// awkwardByte is one of them, NUL and the halves of a letter beyond ASCII included.
var awkwardByte = rapid.SampledFrom([]byte("/.;%?:ab@AZ[_{é\x00"))

// TestHashOfLeadingParts: one pass over a text gives for each part that ends with a slash what hashing that part alone
// gives.
func TestHashOfLeadingParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, seed := awkward.Draw(t, "text"), rapid.Uint64().Draw(t, "seed")
		state, w := seed, uint64(0)
		var got, want []int
		for i := 0; i < len(text); i += 8 {
			if i > 0 {
				state = Absorb(state, w)
			}
			w = WordAt(text, i)
			for marks := Equal(w, '/'); marks != 0; marks &= marks - 1 {
				n := First(marks) + 1
				got = append(got, i+n)
				if Seal(state, FirstBytes(w, n), i+n) != Of(seed, text[:i+n]) {
					t.Fatalf("%q before %d hashes differently by itself", text, i+n)
				}
			}
		}
		for i := range len(text) {
			if text[i] == '/' {
				want = append(want, i+1)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: slashes end at %v, want %v", text, got, want)
		}
	})
}

// TestHashTells: texts that differ in one byte, or by zero bytes at the end, hash differently.
func TestHashTells(t *testing.T) {
	seen := map[uint64]string{}
	for _, text := range []string{"", "\x00", "\x00\x00", "/", "/\x00", "/1234567", "/1234567\x00", "/12345678",
		"/123456789", "/1234567/1234567", "/1234567/1234568"} {
		h := Of(42, text)
		if other, clash := seen[h]; clash {
			t.Errorf("%q and %q have one hash", text, other)
		}
		seen[h] = text
	}
}

// TestWords holds what reads eight bytes at a time against what reads one.
func TestWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, c := awkward.Draw(t, "text"), awkwardByte.Draw(t, "byte")
		for i := 0; i < len(text); i += 8 {
			chunk := text[i:min(i+8, len(text))]
			w := WordAt(text, i)
			if len(chunk) == 8 && w != Word(chunk) {
				t.Fatalf("WordAt(%q, %d) is not the word of %q", text, i, chunk)
			}
			marks := uint64(0)
			for n := range 8 {
				have := byte(0) // behind the end
				if n < len(chunk) {
					have = chunk[n]
				}
				if got := byte(w >> (8 * n)); got != have {
					t.Fatalf("WordAt(%q, %d) has %q at %d", text, i, got, n)
				}
				if have == c {
					marks |= 0x80 << (8 * n)
				}
			}
			if got := Equal(w, c); got != marks {
				t.Fatalf("Equal of %q and %q marks %016x, want %016x", chunk, c, got, marks)
			}
			if at := strings.IndexByte(chunk, c); at >= 0 && First(marks) != at {
				t.Fatalf("%q stands first at %d of %q, not at %d", c, at, chunk, First(marks))
			}
			for n := range len(chunk) + 1 {
				if FirstBytes(w, n) != WordAt(chunk[:n], 0) {
					t.Fatalf("the first %d bytes of %q are not a word of them alone", n, chunk)
				}
			}
		}
	})
}

// TestSeeds: one text has another hash under each seed that is made of one secret.
func TestSeeds(t *testing.T) {
	seen := map[uint64]bool{}
	for number := range uint64(1000) {
		seen[Of(Seed(42, number), "/shop/")] = true
	}
	if len(seen) != 1000 {
		t.Errorf("1000 seeds give %d hashes", len(seen))
	}
}
