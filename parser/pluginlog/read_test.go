package pluginlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func readAll(t interface {
	Helper()
	Fatal(...any)
}, text string) ([]Event, Stats) {
	t.Helper()
	var events []Event
	stats, err := Read(strings.NewReader(text), Options{}, func(e *Event) error {
		events = append(events, *e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events, stats
}

// brief writes events as "line pid kind".
func brief(events []Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, fmt.Sprintf("%d %x %s", e.Line, e.PID, e.Kind))
	}
	return all
}

// TestBlocks reads a log of many blocks in parallel and compares with one line at a time: numbers, offsets and events.
func TestBlocks(t *testing.T) {
	var log bytes.Buffer
	for i := 0; log.Len() < 3*blockSize; i++ {
		e := Event{Kind: MarkedDown, Time: 1507316803247730000, Thread: Thread{1, uint64(i)},
			Member: fmt.Sprint("m", i)}
		log.Write(e.Append(nil))
		if i%7 == 0 {
			log.WriteString("\r\n")
		}
		fmt.Fprintf(&log, "TRACE: noise %d %s\n", i, strings.Repeat("x", i%300))
	}
	var want []Event
	if err := ReadLines(bytes.NewReader(log.Bytes()), func(l *Line) error {
		if e, ok := l.Parse(); ok {
			want = append(want, e)
		}
		if !bytes.HasPrefix(log.Bytes()[l.Offset:], []byte(l.Raw)) {
			return fmt.Errorf("line %d is not at offset %d", l.Number, l.Offset)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []io.Reader{&log, iotest.HalfReader(bytes.NewReader(log.Bytes()))} {
		data, _ := io.ReadAll(r)
		got, stats := readAll(t, string(data))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if stats.Bytes != int64(len(data)) || stats.Lines != int64(bytes.Count(data, []byte("\n"))) {
			t.Errorf("got %+v", stats)
		}
	}
}

// TestLongLine cuts a line that is longer than a block and finds the next.
func TestLongLine(t *testing.T) {
	for _, n := range []int{blockSize - 20, blockSize, blockSize + 1, 12*blockSize + 17} {
		events, stats := readAll(t, "ERROR: Marking m down\nERROR: x "+strings.Repeat("a", n)+
			"\nERROR: Marking z down\n")
		if len(events) != 3 || events[2].Member != "z" || events[2].Line != 3 || stats.Lines != 3 {
			t.Errorf("%d bytes: %d events, %+v", n, len(events), stats)
		}
	}
}

// TestHostile: no input costs more than its length. A quadratic reader would not come back from these.
func TestHostile(t *testing.T) {
	const size = 1 << 18
	for _, part := range []string{
		"TRACE: ws_a:", "ERROR: ws_a: b: ", ":", "[", "[06/Oct/2017:19:06:43.00000] 1 1 ", "'", "’", " to ",
		"Comparing '", "\u00a0", "\xe2", "\r", "\x00",
		"TRACE: ws_common: websphereUriMatch: Comparing '/a' to '", "x fired ",
	} {
		for _, start := range []string{"", "ERROR: ws_common: websphereUriMatch: Comparing '",
			"[06/Oct/2017:19:06:43.00000] 00000001 00000001 - ERROR: "} {
			for _, end := range []string{"", "\n"} {
				text := strings.Repeat(start+part+end, 1+size/(len(start)+len(part)))
				if _, stats := readAll(t, text[:size]); stats.Bytes != size {
					t.Errorf("%q: %+v", part, stats)
				}
			}
		}
	}
}

func TestReadStops(t *testing.T) {
	defer goleak.VerifyNone(t)
	stop := errors.New("enough")
	log := strings.Repeat("ERROR: Marking m down\n", 200000)
	n := 0
	if _, err := Read(strings.NewReader(log), Options{}, func(*Event) error { n++; return stop }); err != stop ||
		n != 1 {
		t.Errorf("got %v after %d events", err, n)
	}
	broken := io.MultiReader(strings.NewReader(log), iotest.ErrReader(io.ErrUnexpectedEOF))
	n = 0
	if _, err := Read(broken, Options{}, func(*Event) error { n++; return nil }); !errors.Is(err,
		io.ErrUnexpectedEOF) ||
		n != 200000 {
		t.Errorf("got %v after %d events", err, n)
	}
	if err := ReadLines(strings.NewReader(log), func(*Line) error { return stop }); err != stop {
		t.Errorf("got %v", err)
	}
}

// TestWant hands out only the kinds that are asked for, but counts all.
func TestWant(t *testing.T) {
	var got []Event
	stats, err := Read(strings.NewReader("ERROR: Marking m down\nERROR: x\nTRACE: y\nz\n"),
		Options{Want: KindsOf(ErrorLine)},
		func(e *Event) error { got = append(got, *e); return nil })
	if diff := cmp.Diff([]Event{{Line: 2, Offset: 22, Kind: ErrorLine, Level: LevelError, Text: "x"}},
		got); diff != "" ||
		err != nil {
		t.Error(diff, err)
	}
	if diff := cmp.Diff(Stats{Bytes: 42, Lines: 4, Events: 2, Other: 1, Unknown: 1, Noisiest: LevelTrace,
		Levels: [LevelTrace + 1]int64{LevelNone: 1, LevelError: 2, LevelTrace: 1}}, stats); diff != "" {
		t.Error(diff)
	}
}

// FuzzRead: no input makes the reader panic or hang, and every line is counted once.
func FuzzRead(f *testing.F) {
	f.Add([]byte("[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - ERROR: ws_common: websphereGetStream: Connect " +
		"timeout fired\n"))
	f.Add([]byte("[06/Oct/2017:19:06:43.24773] 1/Q/J 1 2 - STATS: x: serverGroupCheckServerStatus: Checking status " +
		"of m, ignoreWeights 1, markedDown 0[06/Oct"))
	f.Add([]byte("TRACE:    HTTP/1.1 200 OK\r\n\x00\xff'\x91\xe2\x80"))
	f.Fuzz(func(t *testing.T, data []byte) {
		stats, err := Read(bytes.NewReader(data), Options{Workers: 1}, func(*Event) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if lines := int64(bytes.Count(data, []byte("\n"))); stats.Lines < lines || stats.Lines > lines+1 ||
			stats.Bytes != int64(len(data)) {
			t.Errorf("%d line ends: %+v", lines, stats)
		}
		if stats.Events+stats.Other+stats.Unknown != stats.Lines-stats.Blank+stats.Glued {
			t.Errorf("lines do not add up: %+v", stats)
		}
	})
}

// FuzzLine: a line without news leaves the event as it was, because the reader uses it again.
func FuzzLine(f *testing.F) {
	f.Add("TRACE: ws_server_group: serverGroupCheckServerStatus: Server x is")
	f.Add("ERROR: cb_read_body: just_read = 5 of the expected 5")
	f.Fuzz(func(t *testing.T, raw string) {
		var l Line
		var e Event
		all := AllKinds()
		l.split(raw)
		if kind := l.parse(&e, &all); kind == None && e != (Event{}) {
			t.Errorf("%q: %+v", raw, e)
		}
	})
}
