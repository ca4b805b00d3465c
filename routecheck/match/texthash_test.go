package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// awkward texts have what the word-wise loops look for at every place of a word.
var awkward = rapid.StringOfN(rapid.SampledFrom([]rune("/.;%?:ab@AZ[_{é\x00")), 0, 40, -1)

// TestHashOfLeadingParts: one pass over a text gives for each part that ends with a slash what hashing that part alone
// gives.
func TestHashOfLeadingParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, seed := awkward.Draw(t, "text"), rapid.Uint64().Draw(t, "seed")
		state, w := seed, uint64(0)
		var got, want []int
		for i := 0; i < len(text); i += 8 {
			if i > 0 {
				state = absorb(state, w)
			}
			w = wordAt(text, i)
			for marks := equal(w, '/'); marks != 0; marks &= marks - 1 {
				n := first(marks) + 1
				got = append(got, i+n)
				if seal(state, firstBytes(w, n), i+n) != HashOf(seed, text[:i+n]) {
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
		h := HashOf(42, text)
		if other, clash := seen[h]; clash {
			t.Errorf("%q and %q have one hash", text, other)
		}
		seen[h] = text
	}
}

// TestWords holds what reads eight bytes at a time against what reads one.
func TestWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := awkward.Draw(t, "text")
		if got, want := lower(text), strings.ToLower(text); got != want {
			t.Fatalf("lower(%q) is %q", text, got)
		}
		path, _, _ := strings.Cut(text, "?")
		plain := !strings.ContainsAny(path, ";%") && !strings.Contains(path, "//") && !strings.Contains(path, "/.")
		if p, ok := PathOf(text); p != path || ok != plain {
			t.Fatalf("pathOf(%q) is %q, plain %t", text, p, ok)
		}
	})
}

func TestPathOf(t *testing.T) {
	for target, want := range map[string]string{"/a?;?": "/a", "/abcdefg?%": "/abcdefg", "?": "",
		"": "", "/a?b?c;": "/a"} {
		if p, plain := PathOf(target); p != want || !plain {
			t.Errorf("pathOf(%q) is %q, plain %t", target, p, plain)
		}
	}
}
