package pluginlog

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// mutated changes a text in some places: bytes are left out, doubled, replaced, and pieces of it repeated.
func mutated(rng *rand.Rand, s string) string {
	for range rng.IntN(4) {
		at := rng.IntN(len(s) + 1)
		end := min(len(s), at+rng.IntN(12))
		switch rng.IntN(4) {
		case 0:
			s = s[:at] + s[end:]
		case 1:
			s = s[:end] + s[at:]
		case 2:
			s = s[:at] + string(" ,-0179a"[rng.IntN(8)]) + s[min(len(s), at+1):]
		default:
			s = s[:at] + string(" ,-0179a"[rng.IntN(8)]) + s[at:]
		}
	}
	return s
}

// TestQuickCheck: the quick way of reading "Checking status of" agrees with that by words, whatever the line holds.
func TestQuickCheck(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	quick := 0
	for range 200_000 {
		s := mutated(rng, ", ignoreWeights 1, markedDown 0, retryNow 1, retryInSec 12, wlbAllows 1"+
			[]string{",", ""}[rng.IntN(2)]+" reachedMaxConnectionsLimit 0")
		var got, want Check
		if !usualCheck(s, &got) {
			continue
		}
		quick++
		if checkWords(s, &want); got != want {
			t.Fatalf("%q is %+v, by its words %+v", s, got, want)
		}
	}
	if quick < 10_000 {
		t.Errorf("only %d lines were read the quick way", quick)
	}
}

// TestQuickCounters: counters that are looked for where they are expected are those that are looked for everywhere.
func TestQuickCounters(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for i := range 200_000 {
		tail := mutated(rng, "pendingRequests 1 failedRequests 22 affinityRequests -3 totalRequests 4444.")
		if i == 0 {
			tail = "pendingRequests failedRequests 3"
		}
		text := "Server m : " + tail
		if !strings.HasPrefix(tail, "pendingRequests") {
			continue
		}
		var e Event
		parseFailoverStatus(text, &e)
		var want [4]int64
		for i, name := range counterNames {
			if _, after, ok := strings.Cut(tail, name); ok {
				want[i], tail = leading64(after), after
			}
		}
		if c := e.Counters; [4]int64{c.Pending, c.Failed, c.Affinity, c.Total} != want {
			t.Fatalf("%q has %+v, want %d", text, c, want)
		}
	}
}
