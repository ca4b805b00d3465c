package match

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// awkward texts have what the word-wise loops look for at every place of a word.
var awkward = rapid.StringOfN(rapid.SampledFrom([]rune("/.;%?:ab@AZ[_{é\x00")), 0, 40, -1)

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
