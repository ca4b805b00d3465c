package timeindex

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/pluginlog"
)

var start = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// second is the time of a line that was written so many seconds after the start.
func second(n int) pluginlog.Time { return pluginlog.TimeOf(start.Add(time.Duration(n) * time.Second)) }

// written is a log with a line at each of the seconds, and behind it one without a time, all of one length.
func written(seconds ...int) string {
	var text strings.Builder
	for _, n := range seconds {
		at := start.Add(time.Duration(n) * time.Second).Format("02/Jan/2006:15:04:05.00000")
		fmt.Fprintf(&text, "[%s] 00000001 00000001 - TRACE: ws_common: websphereEndRequest: Ending the request\n%s\n",
			at, strings.Repeat("x", 300))
	}
	return text.String()
}

// upTo counts from 0.
func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// looks counts how often a file is read.
type looks struct {
	io.ReaderAt
	n int
}

func (l *looks) ReadAt(b []byte, offset int64) (int, error) {
	l.n++
	return l.ReaderAt.ReadAt(b, offset)
}

// TestPlaces: between Before and After stand all lines of a time, and little else, and few places were looked at.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const lines = 8000
	text := written(upTo(lines)...)
	src := &looks{ReaderAt: strings.NewReader(text)}
	in := New(src, int64(len(text)))
	if in == nil || in.First() != second(0) || in.Last() != second(lines-1) {
		t.Fatalf("%+v", in)
	}
	lineAt := func(n int) int64 { return int64(n * len(text) / lines) }
	for _, c := range []struct{ since, until int }{
		{0, 0}, {10, 20}, {4000, 4001}, {7990, 7999}, {-50, -40}, {9000, 9100},
	} {
		src.n = 0
		from, to := in.Before(second(c.since)), in.After(second(c.until))
		since, until := min(max(c.since, 0), lines), min(max(c.until+1, 0), lines)
		if from > lineAt(since) || to < lineAt(until) {
			t.Errorf("%v: %d to %d leaves out lines of %d to %d", c, from, to, lineAt(since), lineAt(until))
		}
		if to-from > lineAt(until)-lineAt(since)+3*ProbeSize {
			t.Errorf("%v: %d bytes are to be read", c, to-from)
		}
		if src.n > 20 || in.Failed() {
			t.Errorf("%v: %d looks, failed %v", c, src.n, in.Failed())
		}
		for _, place := range []int64{from, to} {
			if place != 0 && text[place-1] != '\n' {
				t.Errorf("%v: no line begins at %d", c, place)
			}
		}
	}
}

// TestNone: there is no index of a file whose lines cannot be found by their times.
func TestNone(t *testing.T) {
	t.Parallel()
	ascending := upTo(2000)
	long := written(ascending[:1000]...) + strings.Repeat("y", 3*ProbeSize) + "\n" + written(ascending[1000:]...)
	for name, text := range map[string]string{
		"empty": "", "timeless": strings.Repeat("no time\n", 100),
		"set back by a day": written(append(ascending, -86400)...), "a line that no look gets over": long,
	} {
		if New(strings.NewReader(text), int64(len(text))) != nil {
			t.Errorf("%s: there is an index", name)
		}
	}
	outOfOrder := written(0, 2, 1, 3)
	if in := New(strings.NewReader(outOfOrder), int64(len(outOfOrder))); in == nil || in.Last() != second(3) {
		t.Errorf("lines of two processes: %+v", in)
	}
}

// breaking is a file that cannot be read any more after a while.
type breaking struct {
	*bytes.Reader
	broken bool
}

func (f *breaking) ReadAt(b []byte, offset int64) (int, error) {
	if f.broken {
		return 0, io.ErrUnexpectedEOF
	}
	return f.Reader.ReadAt(b, offset)
}

// TestFails: a place that cannot be read makes an answer that says so.
func TestFails(t *testing.T) {
	t.Parallel()
	text := []byte(written(upTo(2000)...))
	src := &breaking{Reader: bytes.NewReader(text)}
	in := New(src, int64(len(text)))
	if in == nil || in.Failed() {
		t.Fatal("no index")
	}
	src.broken = true
	if in.Before(second(1000)); !in.Failed() {
		t.Error("nobody hears that a place could not be read")
	}
}
