package watch_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/internal/watch"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	m.Run()
}

// follower follows a log that the test writes, at times that the test says.
type follower struct {
	t     *testing.T
	path  string
	w     *watch.Watch
	now   time.Time
	told  []string
	parts map[int][]string // that ended with what was told, by its place
	last  *story.Incident  // that was told
	state []byte
}

func follow(t *testing.T) *follower {
	f := &follower{t: t, parts: map[int][]string{}, path: filepath.Join(t.TempDir(), "http_plugin.log"),
		now: time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)}
	f.start()
	return f
}

func (f *follower) start() {
	f.t.Helper()
	w, err := watch.New(watch.Options{File: f.path, Zone: time.UTC,
		Tell: func(told watch.Told) error {
			f.told = append(f.told, fmt.Sprintf("%s %s %s", told.What, told.Incident.Kind, told.Incident.Member))
			f.last = told.Incident
			for _, p := range told.Incident.Parts {
				if told.What == watch.Ends {
					f.parts[len(f.told)] = append(f.parts[len(f.told)], p.Kind.String()+" "+p.Member)
				}
			}
			return nil
		},
		Write: func(to io.Writer, now watch.Now) error {
			_, err := fmt.Fprint(to, len(now.Incidents))
			return err
		},
		State: f.state,
		Save:  func(data []byte) error { f.state = data; return nil },
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.w = w
	f.t.Cleanup(func() { w.Close(f.now) })
}

// restart ends the run and begins another one.
func (f *follower) restart() {
	if err := f.w.Close(f.now); err != nil {
		f.t.Fatal(err)
	}
	f.start()
}

// write adds to the log, at the time that it is.
func (f *follower) write(text string) {
	f.t.Helper()
	file, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		f.t.Fatal(err)
	}
	if text == "" {
		return // no time passes for a file that nobody writes to
	}
	if err := os.Chtimes(f.path, f.now, f.now); err != nil {
		f.t.Fatal(err)
	}
}

func (f *follower) poll() {
	f.t.Helper()
	if err := f.w.Poll(context.Background(), f.now); err != nil {
		f.t.Fatal(err)
	}
}

// line is a line of the log, of a process and the time that it is.
func (f *follower) line(pid int, level, text string) string {
	return fmt.Sprintf("[%s] %08x 00000001 - %s: %s\n", f.now.Format("02/Jan/2006:15:04:05.00000"), pid, level, text)
}

// refuse is what a process writes at LogLevel Error when a member refuses it.
func (f *follower) refuse(pid int, member string) string {
	return f.line(pid, "ERROR", "ws_common: websphereGetStream: Failed to connect to app server on host '"+member+
		".example.com', OS err=111") +
		f.line(pid, "ERROR", "ws_common: websphereExecute: Failed to create the stream") +
		f.line(pid, "ERROR", "ws_server: serverSetFailoverStatus: Marking "+member+" down") +
		f.line(pid, "ERROR", "ws_common: websphereHandleRequest: Failed to execute the transaction to '"+member+
			"'on host '"+member+".example.com'; will try another one")
}

func (f *follower) wants(want ...string) {
	f.t.Helper()
	if !slices.Equal(f.told, want) {
		f.t.Errorf("told %q, want %q", f.told, want)
	}
	f.told = nil
}

// later moves the clock and polls on the way, as a program does.
func (f *follower) later(d time.Duration) {
	f.t.Helper()
	for end := f.now.Add(d); f.now.Before(end); {
		f.now = f.now.Add(10 * time.Second)
		f.poll()
	}
}

// TestTellsWithoutTimes: a line without a time, the half of one behind a rotation or one that a proxy has cut, does
// not keep anything open for ever: it counts as written when the one before it was.
func TestTellsWithoutTimes(t *testing.T) {
	f := follow(t)
	half := func(member string) (text string) {
		for line := range strings.Lines(f.refuse(1, member)) {
			_, rest, _ := strings.Cut(line, "] ")
			text += rest
		}
		return text
	}
	f.write(half("m1")) // the log begins with it
	f.later(time.Minute)
	f.write(f.line(1, "PLUGIN", "Bld version: 9.0.5.20"))
	f.later(time.Minute)
	f.told = nil
	f.write(half("m2"))
	f.later(time.Minute)
	f.wants("begins member-down m2")
	f.later(time.Hour)
	f.wants("ends member-down m2")
	f.write(f.line(1, "PLUGIN", "Bld version: 9.0.5.20"))
	f.restart()
	f.later(time.Minute)
	f.wants()
	f.write(half("m1"))
	f.later(time.Hour)
	f.wants("begins member-down m1", "ends member-down m1")
}

// TestTells: an incident is told when it begins, when it gets worse, and when it has been over for a while, though
// nothing is written then.
func TestTells(t *testing.T) {
	f := follow(t)
	f.poll() // there is no file yet
	f.write(f.line(1, "PLUGIN", "Plugins loaded."))
	f.poll()
	f.wants()
	f.write(f.refuse(1, "m1"))
	f.poll()
	f.wants("begins member-down m1")
	f.later(20 * time.Second)
	f.wants()
	f.later(time.Minute)
	f.write(f.refuse(2, "m1") + f.refuse(3, "m1"))
	f.poll()
	f.wants("changes member-down m1")
	f.later(4 * time.Minute)
	f.wants()
	f.later(2 * time.Minute)
	f.wants("ends member-down m1")
	if c := f.last.Clients; c.FailedOver != 3 { // which silence alone shows: no further line of the threads comes
		t.Errorf("%+v", c)
	}
	f.later(time.Hour)
	f.wants()
	f.write(f.line(1, "PLUGIN", "ws_common: websphereUpdateConfig: Config was successfully reloaded."))
	f.poll()
	f.later(time.Hour)
	f.wants("notice reload ")
	f.write(f.refuse(1, "m1"))
	f.poll()
	f.wants("begins member-down m1")
}

// TestTellsWhatGoesOn: of what stood in the log before, only what goes on is told.
func TestTellsWhatGoesOn(t *testing.T) {
	f := follow(t)
	f.write(f.refuse(1, "m1"))
	f.now = f.now.Add(time.Hour)
	f.write(f.refuse(1, "m2"))
	f.poll()
	f.wants("begins member-down m2")
	f.later(10 * time.Minute)
	f.wants("ends member-down m2")
}

// TestRestart: what one run has told the next one does not tell again, and tells how it ends, even where the log was
// replaced meanwhile.
func TestRestart(t *testing.T) {
	for _, replaced := range []bool{false, true} {
		f := follow(t)
		f.write(f.line(9, "ERROR", "ws_common: websphereExecute: nothing of interest"))
		f.poll()
		f.write(f.refuse(1, "m1"))
		f.poll()
		f.wants("begins member-down m1")
		f.restart()
		if replaced {
			if err := os.Rename(f.path, f.path+".1"); err != nil {
				t.Fatal(err)
			}
		}
		f.now = f.now.Add(time.Minute)
		f.write(f.refuse(1, "m1"))
		f.poll()
		f.wants()
		if got := f.metric("was_plugin_marked_down_total"); got != `was_plugin_marked_down_total{member="m1"} 2` {
			t.Error(got)
		}
		f.restart()
		f.later(10 * time.Minute)
		f.wants("ends member-down m1")
		f.restart()
		f.later(10 * time.Minute)
		f.wants()
	}
	if _, err := watch.New(watch.Options{File: "other.log", State: []byte("{")}); err == nil {
		t.Error("a broken state was taken")
	}
}

// TestReadAgain: while something goes on, what was long over is read again by each run, and told no more.
func TestReadAgain(t *testing.T) {
	f := follow(t)
	f.poll()
	f.write(f.line(9, "ERROR", "ws_common: websphereUpdateConfig: Failed parsing the plugin config file"))
	f.poll()
	f.write(f.refuse(1, "m1"))
	f.poll()
	f.wants("begins reload-failed ", "begins member-down m1")
	f.later(20 * time.Minute)
	f.wants("ends member-down m1")
	f.restart()
	f.poll()
	f.wants()
	f.later(10 * time.Minute)
	f.write(f.refuse(1, "m1"))
	f.poll()
	f.wants("begins member-down m1")
	f.restart()
	f.later(time.Minute)
	f.wants()
	f.later(20 * time.Minute)
	f.wants("ends member-down m1")
}

// plants are logs with faults at known times.
func plants(level pluginlog.Level) logtest.Plant {
	return logtest.Plant{Seed: 3, Level: level, Processes: 2, Threads: 4, Members: 3, Length: 100 * time.Minute,
		Every: 3 * time.Second, Faults: []logtest.Fault{
			{What: logtest.Refuses, Member: 0, From: 10 * time.Minute, To: 14 * time.Minute},
			{What: logtest.HangsConnect, Member: 1, From: 25 * time.Minute, To: 28 * time.Minute},
			{What: logtest.Reloads, Member: -1, From: 40 * time.Minute, To: 41 * time.Minute},
			{What: logtest.BreaksTLS, Member: 2, From: 50 * time.Minute, To: 53 * time.Minute},
			{What: logtest.Refuses, Member: -1, From: 65 * time.Minute, To: 67 * time.Minute},
			{What: logtest.RefusesFile, Member: -1, From: 80 * time.Minute, To: 81 * time.Minute},
			{What: logtest.Reloads, Member: -1, From: 90 * time.Minute, To: 91 * time.Minute}}}
}

// whole returns the incidents of a log that is read at once.
func whole(t *testing.T, log []byte) (all []string) {
	tale := story.New(story.Options{})
	a := requests.Assembler{Line: tale.Line, Done: tale.Done}
	if _, err := pluginlog.Read(bytes.NewReader(log), pluginlog.Options{Want: requests.SummaryKinds()},
		func(e *pluginlog.Event) error { a.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	a.Close()
	found, _ := tale.Incidents(0)
	for len(found) > 0 {
		i := found[0]
		all = append(all, i.Kind.String()+" "+i.Member)
		found = append(found[1:], i.Parts...)
	}
	return all
}

// grow writes a log as it grew, ten seconds at a time.
func (f *follower) grow(log []byte, between func()) {
	end := f.now.Add(10 * time.Second)
	var now strings.Builder
	flush := func() {
		f.now = end
		f.write(now.String())
		now.Reset()
		f.poll()
		between()
		end = end.Add(10 * time.Second)
	}
	err := pluginlog.ReadLines(bytes.NewReader(log), func(l *pluginlog.Line) error {
		for at, ok := pluginlog.ParseTime(l.Stamp); ok && at > pluginlog.TimeOf(end); {
			flush()
		}
		now.WriteString(l.Raw + "\n")
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	flush()
	f.later(20 * time.Minute)
}

// TestPlanted: of a log that grows all incidents are told that it has when it is read at once, and no others, each
// with its end; so it is with a run after the other.
func TestPlanted(t *testing.T) {
	for _, level := range []pluginlog.Level{pluginlog.LevelError, pluginlog.LevelStats, pluginlog.LevelTrace} {
		log, _ := plants(level).Log()
		want := whole(t, log)
		slices.Sort(want)
		want = slices.Compact(want)
		for _, restarts := range []bool{false, true} {
			f, n := follow(t), 0
			f.write("")
			f.poll()
			f.grow(log, func() {
				if n++; restarts && n%37 == 0 {
					f.restart()
				}
			})
			f.check(fmt.Sprint(level, restarts), want)
		}
	}
}

// check holds what was told against what there is. What is folded under another incident need not be told of by
// itself, and ends with it.
func (f *follower) check(name string, want []string) {
	f.t.Helper()
	open := map[string]bool{}
	for n, s := range f.told {
		what, who, _ := strings.Cut(s, " ")
		if !slices.Contains(want, who) {
			f.t.Errorf("%s: %s is told, but not there", name, s)
		}
		switch watch.What(what) {
		case watch.Changes:
			continue
		case watch.Begins, watch.Ends:
			if (watch.What(what) == watch.Begins) == open[who] {
				f.t.Errorf("%s: %q in %q", name, s, f.told)
			}
		}
		open[who] = watch.What(what) == watch.Begins
		for _, p := range f.parts[n+1] {
			open[p] = false
		}
	}
	for who, still := range open {
		if still {
			f.t.Errorf("%s: %s has no end in %q", name, who, f.told)
		}
	}
	for _, who := range []string{"member-down node01_m0", "member-hangs-connect node02_m1", "reload ", "tls node01_m2",
		"all-down ", "reload-failed "} {
		if !slices.ContainsFunc(f.told, func(s string) bool { return strings.HasSuffix(s, " "+who) }) {
			f.t.Errorf("%s: %s is not told: %q", name, who, f.told)
		}
	}
}
