package pluginlog

import (
	"math/rand/v2"
	"regexp"
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

// TestQuickFraction: five digits are the fraction that any number of them would be, and nothing else is one.
func TestQuickFraction(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	quick := 0
	for range 100_000 {
		s := mutated(rng, "24773")
		got, ok := usualFraction(s)
		if !ok {
			continue
		}
		quick++
		if want := Time(number(s)) * 10_000; got != want || len(s) != 5 {
			t.Fatalf("%q is %d, want %d", s, got, want)
		}
	}
	if quick < 10_000 {
		t.Errorf("only %d fractions were read the quick way", quick)
	}
}

// TestQuickSplit: a line whose time and thread stand where they usually do is split as one in which they are looked
// for, and its function is found by the blanks as by the letters.
func TestQuickSplit(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	stamps := []string{"[Wed Dec 03 15:40:13 2014]", "[06/Oct/2017:19:06:43.24773]"}
	messages := []string{"TRACE: ws_common: websphereUriMatch: Comparing '/a/*' to '/a/b'", "TRACE:    Cookie: a: b",
		"ERROR: ESI: getResponse: failed: rc = 2", "DEBUG: lib_stream: openStream:  x", "PLUGIN: Webserver: IBM"}
	numbers := regexp.MustCompile(`^\] [0-9a-f]{8} [0-9a-f]{8} - `)
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	quick, functions := 0, 0
	for range 200_000 {
		raw := mutated(rng, stamps[rng.IntN(2)]+" 00000dbc 00000e78 - "+messages[rng.IntN(len(messages))])
		stamp := usualStamp(raw)
		if stamp == 0 || !numbers.MatchString(raw[stamp:]) { // of broken numbers the quick way passes over more
			continue
		}
		quick++
		var got, want Line
		got.splitAt(raw, stamp)
		got.readThread()
		want.splitAt(raw, 0)
		if got != want {
			t.Fatalf("%q is\n%+v, looked for\n%+v", raw, got, want)
		}
		var byBlanks, byLetters Line
		if byBlanks.cutUsualFunction(got.body) {
			if strings.Trim(byBlanks.Component+byBlanks.Function, letters) != "" {
				continue // the quick way takes any words, of a line with a broken byte say
			}
			functions++
			if byLetters.cutFunction(got.body); byBlanks != byLetters {
				t.Fatalf("%q: %+v, by its letters %+v", got.body, byBlanks, byLetters)
			}
		}
	}
	if quick < 20_000 || functions < 10_000 {
		t.Errorf("only %d lines were split the quick way, %d functions", quick, functions)
	}
}
