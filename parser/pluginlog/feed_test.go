package pluginlog

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFeed: a log that comes in pieces gives the events and counts of one that is read at once, also where lines are
// longer than a block and the last one has no end; and so it does from the middle on.
func TestFeed(t *testing.T) {
	var log bytes.Buffer
	for n := range 4000 {
		log.WriteString("[06/Oct/2017:19:06:43.24773] 00000001 00000001 - ERROR: ws_server: serverSetFailoverStatus: " +
			"Marking m" + strings.Repeat("x", n%50) + " down\r\n")
		if n%1000 == 500 {
			log.WriteString("ERROR: " + strings.Repeat("y", 2*blockSize+n) + "\n\n")
		}
	}
	log.WriteString("[06/Oct/2017:19:06:42.00000] 00000001 00000001 - ERROR: a line without an end")
	whole := log.Bytes()
	var want []Event
	wantStats, err := Read(bytes.NewReader(whole), Options{Workers: 1},
		func(e *Event) error { want = append(want, e.Copy()); return nil })
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		f := NewFeed(AllKinds(), 0, 0)
		var got []Event
		yield := func(e *Event) { got = append(got, e.Copy()) }
		for rest := whole; len(rest) > 0; {
			n := min(1+rng.IntN(3*blockSize), len(rest))
			if rng.IntN(2) == 0 {
				n = min(1+rng.IntN(500), len(rest))
			}
			r := bytes.NewReader(rest[:n])
			for r.Len() > 0 {
				if _, err := f.Take(r, yield); err != nil && err != io.EOF {
					t.Fatal(err)
				}
			}
			if rng.IntN(50) == 0 { // another run goes on here
				rest, f = whole[f.Offset():], goOn(f)
				continue
			}
			rest = rest[n:]
		}
		f.End(yield)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		stats := f.Stats()
		if stats.Lines != wantStats.Lines || f.Offset() != int64(len(whole)) {
			t.Errorf("%d lines of %d, %d bytes of %d", stats.Lines, wantStats.Lines, f.Offset(), len(whole))
		}
	}
}

// goOn is what a later run begins with.
func goOn(f *Feed) *Feed { return NewFeed(AllKinds(), f.Offset(), f.Stats().Lines) }
