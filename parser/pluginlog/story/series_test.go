package story_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// seriesOf returns how a log went.
func seriesOf(t *testing.T, log []byte) *story.Series {
	t.Helper()
	s := story.New(story.Options{Series: true})
	a := requests.Assembler{Line: s.Line, Done: s.Done}
	if _, err := pluginlog.Read(bytes.NewReader(log), pluginlog.Options{Want: requests.SummaryKinds()},
		func(e *pluginlog.Event) error { a.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	a.Close()
	return s.Series()
}

// TestSeries: what was planted is in the stretches of its time, none of it twice, however long the log is.
func TestSeries(t *testing.T) {
	for _, level := range []pluginlog.Level{pluginlog.LevelError, pluginlog.LevelStats, pluginlog.LevelTrace} {
		for _, length := range []time.Duration{2 * time.Minute, time.Hour, 9 * time.Hour} {
			log, planted := logtest.Plant{Seed: 4, Level: level, Processes: 2, Threads: 4, Members: 3, Length: length,
				Every: length / 400, Faults: []logtest.Fault{
					{What: logtest.Refuses, Member: 1, From: length / 3, To: length / 2},
					{What: logtest.Reloads, Member: -1, From: 3 * length / 4, To: 3*length/4 + time.Second},
				}}.Log()
			s, name := seriesOf(t, log), fmt.Sprint(level, length)
			if n := len(s.Reloads); n < 10 || n > 60 || len(s.Members) == 0 {
				t.Fatalf("%s: %d stretches of %s, %d members", name, n, s.Step, len(s.Members))
			}
			var marks, reloads int64
			for _, m := range s.Members {
				marks += m.All.Marks
				for n, c := range m.Cells {
					begin := s.From + pluginlog.Time(n)*pluginlog.Time(s.Step)
					if c.Marks > 0 && (planted[0].Last < begin || planted[0].First > begin+pluginlog.Time(s.Step)) {
						t.Errorf("%s: %s is marked in the stretch from %s", name, m.Member, begin)
					}
				}
				if m.Member != planted[0].Member &&
					(m.All.Failed > 0 || level > pluginlog.LevelError && m.All.Served == 0) {
					t.Errorf("%s: %s: %+v", name, m.Member, m.All)
				}
				if timed := m.All.Timed() > 0; timed != (level == pluginlog.LevelTrace) ||
					timed && m.All.Percentile(99) < m.All.Percentile(50) {
					t.Errorf("%s: %s: %d timed", name, m.Member, m.All.Timed())
				}
				if m.All.Counted != (level > pluginlog.LevelError) ||
					m.All.Counted && m.All.New+m.All.Affinity < m.All.Served-int64(2) {
					t.Errorf("%s: %s: %d of %d by STATS lines", name, m.Member, m.All.New+m.All.Affinity, m.All.Served)
				}
			}
			for _, n := range s.Reloads {
				reloads += n
			}
			if marks != planted[0].Marks || reloads != 2 {
				t.Errorf("%s: %d marks of %d, %d reloads of 2", name, marks, planted[0].Marks, reloads)
			}
		}
	}
}

// TestSeriesHostile: times that jump and members without end fill nothing.
func TestSeriesHostile(t *testing.T) {
	var log strings.Builder
	for n := range 5000 {
		at := time.Date(1970+n%230, time.Month(1+n%12), 1+n%28, n%24, 0, n%60, 0, time.UTC)
		fmt.Fprintf(&log, "[%s.00000] 00000001 %08x - ERROR: ws_server: serverSetFailoverStatus: Marking m%d down\n",
			at.Format("02/Jan/2006:15:04:05"), n, n)
	}
	s := seriesOf(t, []byte(log.String()))
	if len(s.Reloads) > 60 || len(s.Members) > 201 || s.Dropped == 0 {
		t.Errorf("%d stretches, %d members, %d dropped", len(s.Reloads), len(s.Members), s.Dropped)
	}
	if seriesOf(t, []byte("ERROR: ws_server: serverSetFailoverStatus: Marking m down\n")) != nil {
		t.Error("a log without times has a time line")
	}
}
