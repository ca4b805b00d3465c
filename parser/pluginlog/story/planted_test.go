package story_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

const minute = time.Minute

// faults are one of each kind, so far apart that no two join; minutes of a log of five hours.
var faults = []logtest.Fault{
	{What: logtest.Refuses, Member: 1, From: 10 * minute, To: 20 * minute},
	{What: logtest.HangsConnect, Member: 2, From: 32 * minute, To: 36 * minute},
	{What: logtest.HangsAnswer, Member: 0, From: 50 * minute, To: 55 * minute},
	{What: logtest.BreaksTLS, Member: 3, From: 70 * minute, To: 71 * minute},
	{What: logtest.Fails503, Member: 1, From: 80 * minute, To: 84 * minute},
	{What: logtest.IsFull, Member: 2, From: 95 * minute, To: 97 * minute},
	{What: logtest.LosesStreams, Member: 3, From: 110 * minute, To: 112 * minute},
	{What: logtest.AnswersSlowly, Member: -1, From: 120 * minute, To: 130 * minute},
	{What: logtest.Reloads, Member: -1, From: 145 * minute},
	{What: logtest.RefusesFile, Member: -1, From: 155 * minute},
	{What: logtest.Restarts, Member: -1, From: 165 * minute},
	{What: logtest.ClientsLeave, Member: -1, From: 180 * minute, To: 181 * minute},
	{What: logtest.Flaps, Member: 1, From: 190 * minute, To: 205 * minute},
	{What: logtest.Refuses, Member: 0, From: 220 * minute, To: 226 * minute},
	{What: logtest.Refuses, Member: 1, From: 220 * minute, To: 226 * minute},
	{What: logtest.Refuses, Member: 2, From: 220 * minute, To: 226 * minute},
	{What: logtest.Refuses, Member: 3, From: 220 * minute, To: 226 * minute},
	{What: logtest.Refuses, Member: 2, From: 240 * minute, To: 300 * minute}, // until the log ends
}

var kinds = map[logtest.What]story.Kind{
	logtest.Refuses: story.MemberDown, logtest.Flaps: story.MemberDown, logtest.HangsConnect: story.HangsConnect,
	logtest.HangsAnswer: story.HangsAnswer, logtest.BreaksTLS: story.TLS, logtest.Fails503: story.Busy,
	logtest.IsFull: story.Full, logtest.LosesStreams: story.StaleStreams, logtest.AnswersSlowly: story.Slow,
	logtest.Reloads: story.Reload, logtest.RefusesFile: story.ReloadFailed, logtest.Restarts: story.Restart,
	logtest.ClientsLeave: story.ClientLeft, logtest.NobodyLeft: story.AllDown,
}

// shownFrom is the LogLevel that shows a kind of incident, where that is not Error.
var shownFrom = map[story.Kind]pluginlog.Level{
	story.Busy: pluginlog.LevelDetail, story.Slow: pluginlog.LevelDetail, story.Full: pluginlog.LevelStats,
	story.Flapping: pluginlog.LevelStats,
}

// TestPlanted: the incidents that were planted are found, with what they cost, and no others.
func TestPlanted(t *testing.T) {
	sharedtest.Computes(t)
	for _, level := range []pluginlog.Level{pluginlog.LevelError, pluginlog.LevelStats, pluginlog.LevelDetail,
		pluginlog.LevelTrace} {
		for seed := range seeds() {
			t.Run(fmt.Sprint(level, seed), func(t *testing.T) {
				log, planted := logtest.Plant{Seed: seed, Level: level, Processes: 3, Threads: 12, Members: 4,
					Length: 300 * minute, Every: 2 * time.Second, Faults: faults}.Log()
				var want, got []string
				began := map[string]logtest.Planted{}
				for _, p := range planted {
					for _, one := range expected(&p, level) {
						want, began[one] = append(want, one), p
					}
				}
				for _, i := range flatten(read(t, story.Options{}, bytes.NewReader(log))) {
					one := figures(i)
					got = append(got, one)
					if p := began[one]; i.Kind != story.Slow && (i.First < p.Begin-slack || i.First > p.First+slack) {
						t.Errorf("%s: from %s, not %s to %s", one, i.First, p.Begin, p.First)
					}
				}
				slices.Sort(want)
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// slack is what the lines of one attempt take that are written without a wait.
const slack = pluginlog.Time(time.Millisecond)

// seeds is how many logs there are of each level.
func seeds() uint64 {
	if sharedtest.Long() {
		return 3
	}
	return 1
}

func flatten(all []*story.Incident) (flat []*story.Incident) {
	for _, i := range all {
		flat = append(append(flat, i), i.Parts...)
	}
	return flat
}

func figures(i *story.Incident) string {
	switch {
	case i.Kind == story.Slow:
		return "slow"
	case i.Kind == story.Flapping:
		i.Last = 0 // a status line, a check or counters show the end of a mark, whichever the log has first
	case i.Kind == story.StaleStreams && i.Level < pluginlog.LevelStats:
		i.Clients.FailedOver = 0 // nothing shows where one request ends and the next one of its thread begins
	}
	return fmt.Sprintf("%s %s to %s: %d pids, %d marks, %d failed over, %d errors, %s, open %t", i.Kind, i.Member,
		i.Last, len(i.Processes), i.Marks, i.Clients.FailedOver, i.Clients.Errors,
		i.Clients.Waited.Round(time.Second), i.Open)
}

// expected are the incidents of a fault at a LogLevel.
func expected(p *logtest.Planted, level pluginlog.Level) (all []string) {
	kind := kinds[p.What]
	if level < shownFrom[kind] {
		return nil
	}
	i := story.Incident{Kind: kind, Member: p.Member, First: p.First, Last: p.Last, Marks: p.Marks,
		Processes: make([]story.Process, len(p.PIDs)), Open: p.To == 300*minute, Level: level,
		Clients: story.Clients{FailedOver: p.FailedOver, Errors: p.Errors, Waited: p.Waited}}
	if p.What == logtest.HangsConnect && level < pluginlog.LevelDetail {
		i.Clients.Waited = 0
	}
	all = append(all, figures(&i))
	if p.What == logtest.Flaps && level >= shownFrom[story.Flapping] {
		all = append(all, flapping(p))
	}
	return all
}

// flapping is what a member is found to do that was marked and served again three times by some processes.
func flapping(p *logtest.Planted) string {
	i := story.Incident{Kind: story.Flapping, Member: p.Member, Level: pluginlog.LevelStats}
	for _, pairs := range p.Pairs {
		if pairs >= 3 {
			i.Marks += pairs
			i.Processes = append(i.Processes, story.Process{})
		}
	}
	return figures(&i)
}

// TestClean: a log without faults has no incidents.
func TestClean(t *testing.T) {
	sharedtest.Computes(t)
	for level := pluginlog.LevelError; level <= pluginlog.LevelTrace; level++ {
		log, _ := logtest.Plant{Level: level, Processes: 3, Threads: 8, Members: 4, Length: 60 * minute,
			Every: time.Second}.Log()
		for _, i := range read(t, story.Options{}, bytes.NewReader(log)) {
			t.Errorf("%s: %s", level, brief(i))
		}
	}
}

// FuzzStory: no log makes a Story panic, or tell of incidents without end.
func FuzzStory(f *testing.F) {
	for level := pluginlog.LevelError; level <= pluginlog.LevelTrace; level++ {
		log, _ := logtest.Plant{Level: level, Processes: 2, Threads: 2, Members: 2, Length: 20 * minute,
			Every: 10 * time.Second, Faults: []logtest.Fault{
				{What: logtest.Refuses, Member: 0, To: 5 * minute}, {What: logtest.IsFull, Member: 1, To: 5 * minute},
				{What: logtest.HangsAnswer, Member: 1, From: 6 * minute, To: 9 * minute},
				{What: logtest.LosesStreams, Member: 1, From: 9 * minute, To: 15 * minute},
			}}.Log()
		f.Add(log[:min(len(log), 1<<14)])
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		var out bytes.Buffer
		all := read(t, story.Options{RetryInterval: time.Second}, bytes.NewReader(log))
		for _, i := range all {
			show(&out, i, "")
			if i.End() < i.First {
				t.Errorf("%s: %s to %s", i.Kind, i.First, i.End())
			}
		}
		if lines := bytes.Count(log, []byte("\n")) + 1; len(all) > 4*lines+4*bytes.Count(log, []byte("[")) {
			t.Errorf("%d incidents of %d lines", len(all), lines)
		}
	})
}

// TestBounded: a log in which everything differs is told of within bounds.
func TestBounded(t *testing.T) {
	sharedtest.Computes(t)
	var log bytes.Buffer
	var line []byte
	e := pluginlog.Event{Time: pluginlog.TimeOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))}
	for n := range 40000 {
		e.PID, e.TID, e.Member = uint64(n), uint64(n), fmt.Sprint("m", n)
		e.Time += pluginlog.Time(10 * time.Millisecond)
		for _, kind := range []pluginlog.Kind{pluginlog.MarkedDown, pluginlog.TransactionFailed} {
			e.Kind, e.Host = kind, fmt.Sprint("h", n)
			line = e.Append(line[:0])
			log.Write(line)
		}
	}
	s := story.New(story.Options{})
	a := requests.Assembler{Line: s.Line, Done: s.Done}
	add := func(e *pluginlog.Event) error { a.Add(e); return nil }
	if _, err := pluginlog.Read(&log, pluginlog.Options{}, add); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if all, dropped := s.Incidents(0); len(all) > 6000 || int64(len(all))+dropped != 40000 {
		t.Errorf("%d incidents, %d dropped", len(all), dropped)
	}
}
