package question

import (
	"strings"
	"testing"
)

// TestReached: who gets a request again and again, alone or in turn with one other, is named once.
func TestReached(t *testing.T) {
	for names, want := range map[string]string{
		"":            "no member got it",
		"a":           "a got it",
		"a a a b":     "a 3 times, then b got it",
		"a b a b a b": "(a, then b) 3 times got it",
		"a b a":       "a, then b, then a got it",
		"c a b a b c": "c, then (a, then b) 2 times, then c got it",
		"a b b a":     "a, then b 2 times, then a got it",
	} {
		if got := reached(strings.Fields(names)); got != want {
			t.Errorf("%q: %s, want %s", names, got, want)
		}
	}
}
