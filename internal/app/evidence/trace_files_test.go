package evidence

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence/timeindex"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

// whole hides that files can be read at any place.
func whole(in app.Input) app.Input {
	open := in.Open
	in.Open = func(name string) (fs.File, error) {
		f, err := open(name)
		return struct{ fs.File }{f}, err
	}
	return in
}

// counting counts what is read at places of files.
func counting(in app.Input, looks *int, most *int64) app.Input {
	open := in.Open
	in.Open = func(name string) (fs.File, error) {
		f, err := open(name)
		if err != nil {
			return nil, err
		}
		return countedFile{f, looks, most}, nil
	}
	return in
}

type countedFile struct {
	fs.File
	looks *int
	most  *int64
}

func (f countedFile) ReadAt(b []byte, offset int64) (int, error) {
	if len(b) == timeindex.ProbeSize {
		*f.looks++
	}
	*f.most = max(*f.most, offset+int64(len(b)))
	return f.File.(interface {
		ReadAt([]byte, int64) (int, error)
	}).ReadAt(b, offset)
}

func generated(t *testing.T, size int64) []byte {
	t.Helper()
	var text bytes.Buffer
	if _, err := logtest.Write(&text, logtest.Options{Size: size, FailEvery: 40, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	return moved(text.String(), func(i int) time.Duration { return time.Duration(i) * 2 * time.Second })
}

// moved lets each line be later than it was, by so much.
func moved(text string, later func(i int) time.Duration) []byte {
	var out []byte
	for i, line := range strings.SplitAfter(text, "\n") {
		stamp, rest, ok := strings.Cut(strings.TrimPrefix(line, "["), "] ")
		at, isTime := pluginlog.ParseTime(stamp)
		if !ok || !isTime {
			out = append(out, line...)
			continue
		}
		then := time.Unix(0, int64(at)).Add(later(i)).UTC()
		out = append(then.AppendFormat(out, "[02/Jan/2006:15:04:05.00000] "), rest...)
	}
	return out
}

// shape is what is told of a part of a log: all but how many lines outside of it were looked at.
func shape(a *TraceAnswer) string {
	var out strings.Builder
	out.WriteString(cmp.Diff(nil, a.Members) + cmp.Diff(nil, a.Counters))
	out.WriteString(a.Stats.First.String() + a.Stats.Last.String())
	for _, i := range a.Incidents {
		out.WriteString(i.Title() + i.Cost() + i.Recovery() + cmp.Diff(nil, i.Lines))
		out.WriteString(i.First.String() + i.Last.String())
	}
	for _, r := range a.OddRequests {
		out.WriteString(r.URI + r.Start.String() + cmp.Diff(nil, []any{r.First, r.Last, r.Number}))
	}
	for _, e := range a.Errors {
		out.WriteString(e.Text + cmp.Diff(nil, []any{e.First, e.Last, e.Count}))
	}
	return out.String()
}

// TestEnter: a plain log that is entered where the chosen time begins tells the same as one that is read whole, with
// few looks.
func TestEnter(t *testing.T) {
	text := generated(t, 1<<20)
	in := apptest.Memory(t, map[string]string{"a.log": string(text)})
	full, err := (&Trace{Files: []string{"a.log"}, Slow: 5}).Run(in)
	if err != nil {
		t.Fatal(err)
	}
	from, length := full.Stats.First, int64(full.Stats.Last-full.Stats.First)
	random := rand.New(rand.NewPCG(1, 2))
	saved := 0
	for range 12 {
		since := from + pluginlog.Time(random.Int64N(length))
		until := since + pluginlog.Time(random.Int64N(int64(full.Stats.Last-since)+1))
		s := Selection{Since: since.String(), Until: until.String()}
		switch random.IntN(3) {
		case 0:
			s.Since = ""
		case 1:
			s.Until = ""
		}
		looks, most := 0, int64(0)
		got, want := sameAsWhole(t, counting(in, &looks, &most), s)
		if looks > 64 {
			t.Errorf("%+v: %d looks", s, looks)
		}
		if got.Stats.Events < want.Stats.Events {
			saved++
		}
	}
	if saved < 6 {
		t.Errorf("only %d of 12 were not read whole", saved)
	}
}

// TestEnterSetBack: no look sees that the clock was set back by an hour in a log of days, and no line is missed for
// it.
func TestEnterSetBack(t *testing.T) {
	text := string(generated(t, 1<<20))
	random := rand.New(rand.NewPCG(3, 4))
	entered := 0
	for range 6 {
		cut := 1000 + random.IntN(2000)
		later := func(i int) time.Duration {
			if i < cut {
				return time.Duration(i) * 20 * time.Second
			}
			return time.Duration(i)*20*time.Second - time.Hour
		}
		back := moved(text, later)
		in := apptest.Memory(t, map[string]string{"a.log": string(back)})
		if run := (&traceRun{input: in, files: []string{"a.log"}}); run.index(0) != nil {
			entered++
		}
		lines := strings.SplitAfterN(text, "\n", cut+2)
		at, _ := pluginlog.ParseTime(lines[cut][1:strings.IndexByte(lines[cut], ']')])
		since := at + pluginlog.Time(later(cut)) // the hour that is there twice
		sameAsWhole(t, in, Selection{Since: since.String(), Until: (since + pluginlog.Time(20*time.Minute)).String()})
	}
	if entered == 0 {
		t.Error("each time the step was seen, so nothing was tried")
	}
}

// sameAsWhole asks about a part of a.log, and about the same part of one that cannot be entered.
func sameAsWhole(t *testing.T, in app.Input, s Selection) (got, want *TraceAnswer) {
	t.Helper()
	got, err := (&Trace{Files: []string{"a.log"}, Slow: 5, Selection: s}).Run(in)
	if err != nil {
		t.Fatal(err)
	}
	want, err = (&Trace{Files: []string{"a.log"}, Slow: 5, Selection: s}).Run(whole(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shape(want), shape(got)); diff != "" {
		t.Fatalf("%+v:\n%s", s, diff)
	}
	return got, want
}

// TestEnterNot: what cannot be entered is read whole: packed files, a clock that goes back, lines without times.
func TestEnterNot(t *testing.T) {
	text := string(generated(t, 1<<19))
	half := strings.Index(text[len(text)/2:], "\n") + len(text)/2 + 1
	in := apptest.Memory(t, map[string]string{
		"packed": packed(t, text), "back": text[half:] + text[:half],
		"timeless": strings.ReplaceAll(text, "/2017:", "/"), "empty": "", "short": "x",
	})
	run := &traceRun{input: in, files: []string{"packed", "back", "timeless", "empty", "short", "-", "absent"}}
	for i, name := range run.files {
		if run.index(i) != nil {
			t.Errorf("%s is entered", name)
		}
	}
	run.Since = pluginlog.TimeOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for i, name := range run.files[:5] {
		part, err := run.enter(i)
		if err != nil || part.offset != 0 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		part.Close()
	}
}
