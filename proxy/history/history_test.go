package history

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/match"
)

var name = admin.Name{Cluster: "C", Member: "m"}

// at tells a recorder of a member.
func (r *Recorder) at(second int, c Count) {
	now := match.Nanos(second) * match.Second
	r.Begin(now)
	r.Note(name, c, now)
}

func recent(r *Recorder, second int) admin.Recent {
	return r.Recent(name, match.Nanos(second)*match.Second)
}

// What was done before the first look is not counted, totals that begin anew are, and columns go by tens of seconds.
func TestColumns(t *testing.T) {
	var r Recorder
	if got := recent(&r, 5); got != (admin.Recent{}) {
		t.Error(got)
	}
	r.at(100, Count{Requests: 1000, Failed: 10})
	r.at(101, Count{Requests: 1003, Failed: 10})
	r.at(109, Count{Requests: 1004, Failed: 11, Marked: true})
	r.at(110, Count{Requests: 1004, Failed: 11, Marked: true})
	r.at(135, Count{Requests: 6, Marked: false}) // a reload
	got := recent(&r, 135)
	last := got.Columns[admin.Columns-4:]
	want := []admin.Column{{Requests: 4, Failed: 1, Marked: true}, {Marked: true}, {Marked: true},
		{Requests: 6, Marked: true}}
	for i := range want {
		if last[i] != want[i] {
			t.Errorf("column %d: %+v, want %+v", i, last[i], want[i])
		}
	}
	if got.PerSecond != 10.0/55 || got.FailedPerSecond != 1.0/55 {
		t.Errorf("%v and %v a second", got.PerSecond, got.FailedPerSecond)
	}
	if got.Wait != nil || got.ErrorsPerSecond != 0 {
		t.Errorf("waits without an answer: %+v", got)
	}
	if got = recent(&r, 140); got.ChangedAgo == nil || *got.ChangedAgo != 5 {
		t.Error("when the mark changed", got.ChangedAgo)
	}
}

// The mean wait is that of the last minute, whatever was before; a total of waits that begins anew says nothing.
func TestWaits(t *testing.T) {
	var r Recorder
	r.at(0, Count{Answers: 100, Waited: 100 * match.Second})
	r.at(100, Count{Answers: 104, Errors: 3, Waited: 106 * match.Second})
	got := recent(&r, 100)
	if got.Wait == nil || *got.Wait != 1.5 || got.ErrorsPerSecond != 3.0/50 || got.PerSecond != 0 {
		t.Errorf("%+v", got)
	}
	if got := recent(&r, 149); got.Wait == nil {
		t.Errorf("%+v", got)
	}
	r.at(160, Count{Answers: 104, Errors: 3, Waited: 106 * match.Second})
	if got := recent(&r, 160); got.Wait != nil {
		t.Errorf("answers of two minutes ago: %+v", got)
	}
	r.at(161, Count{Answers: 2, Waited: match.Second})
	if got := recent(&r, 161); got.Wait == nil || *got.Wait != 0 {
		t.Errorf("%+v", got)
	}
}

// What is older than the picture is gone, and so are members of which nothing was told for as long.
func TestForgets(t *testing.T) {
	var r Recorder
	r.at(0, Count{})
	r.at(5, Count{Requests: 7})
	for _, c := range []struct {
		second int
		want   uint64
	}{{300, 8}, {599, 8}, {602, 3}, {905, 3}, {2000, 0}} {
		r.at(c.second, Count{Requests: 7 + uint64(c.second)/300 + uint64(c.second)/600})
		var sum uint64
		for _, column := range recent(&r, c.second).Columns {
			sum += uint64(column.Requests)
		}
		if sum != c.want {
			t.Errorf("at %d s: %d requests, want %d", c.second, sum, c.want)
		}
	}
	r.Begin(2600 * match.Second)
	if len(r.members) != 0 {
		t.Error("a member that is gone is kept")
	}
}

// TestNoGarbage: a proxy that stands still makes no garbage by remembering it.
func TestNoGarbage(t *testing.T) {
	var r Recorder
	second := 0
	r.at(0, Count{})
	if n := testing.AllocsPerRun(100, func() { second++; r.at(second, Count{Requests: uint64(second)}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
