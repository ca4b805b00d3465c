package generation

import (
	"testing"
	"unsafe"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
)

// What becomes of an attempt is counted once: the head of an answer by its status and its wait, and what the core
// takes for a failure by its kind.
func TestWork(t *testing.T) {
	for name, c := range map[string]struct {
		ev     failover.Event
		failed bool
		answer int // class, 0 none
		mode   explain.FailureMode
	}{
		"good":         {failover.Event{Kind: failover.Head, Status: 204}, false, 2, 0},
		"websocket":    {failover.Event{Kind: failover.Head, Status: 101}, false, 1, 0},
		"error":        {failover.Event{Kind: failover.Head, Status: 500}, false, 5, 0},
		"odd":          {failover.Event{Kind: failover.Head, Status: 999}, false, 5, 0},
		"busy":         {failover.Event{Kind: failover.Head, Status: 503}, true, 5, explain.Busy},
		"whole":        {failover.Event{Kind: failover.Done}, false, 0, 0},
		"left":         {failover.Event{Kind: failover.ClientGone}, false, 0, 0},
		"stale":        {failover.Event{Kind: failover.StreamLost, ReusedStream: true}, false, 0, 0},
		"refused":      {failover.Event{Kind: failover.ConnectFailed}, true, 0, explain.Refused},
		"another name": {failover.Event{Kind: failover.NameDiffers}, true, 0, explain.Refused},
		"connects":     {failover.Event{Kind: failover.ConnectTimeout}, true, 0, explain.Timeout},
		"hangs":        {failover.Event{Kind: failover.IOTimeout}, true, 0, explain.NoAnswer},
		"closes":       {failover.Event{Kind: failover.StreamLost}, true, 0, explain.Reset},
		"nonsense":     {failover.Event{Kind: failover.Malformed}, true, 0, explain.Malformed},
	} {
		var w Work
		w.Note(c.ev, 20*second/1000, c.failed)
		got, want := w.snapshot(0), admin.Work{}
		if want.Waits = got.Waits; c.answer > 0 {
			want.Answers[c.answer]++
			if got.Waits.Counts[1] != 1 || got.Waits.Sum != 20*second/1000 {
				t.Errorf("%s: %+v", name, got.Waits)
			}
		}
		if c.failed {
			want.Failures[c.mode]++
		}
		if got.Answers != want.Answers || got.Failures != want.Failures {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// A Work fills lines of memory of its own, or requests of one member would slow those of another.
func TestWorkFillsLines(t *testing.T) {
	var w Work
	if size, first := unsafe.Sizeof(w), unsafe.Offsetof(w.answers); size%64 != 0 || first != 64 {
		t.Errorf("%d bytes, and what each answer changes goes to %d", size, first)
	}
}

func BenchmarkWork(b *testing.B) {
	w, ev := new(Work), failover.Event{Kind: failover.Head, Status: 200}
	for b.Loop() {
		w.Note(ev, second/500, false)
	}
}
