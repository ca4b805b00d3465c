package requests

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// TestSettle: what a low level shows of a request is over after a silence, what is awaited after a long one, and a
// request that was seen to begin not at all.
func TestSettle(t *testing.T) {
	at := func(d time.Duration) pluginlog.Time { return pluginlog.Time(time.Hour + d) }
	var done []string
	a := Assembler{Done: func(r *Request) { done = append(done, fmt.Sprint(r.TID, r.Complete)) }}
	add := func(tid uint64, kind pluginlog.Kind, member string) {
		a.Add(&pluginlog.Event{Kind: kind, Thread: pluginlog.Thread{PID: 1, TID: tid}, Time: at(0), Member: member})
	}
	add(1, pluginlog.MarkedDown, "m1")
	add(2, pluginlog.MarkedDown, "m1")
	add(2, pluginlog.TransactionFailed, "m1")
	add(2, pluginlog.StatusChecked, "m2")
	add(3, pluginlog.RequestStarted, "")
	for _, step := range []struct {
		after time.Duration
		want  []string
	}{{12 * time.Second, nil}, {13 * time.Second, []string{"1 false"}}, {time.Minute, nil},
		{11 * time.Minute, []string{"2 false"}}, {24 * time.Hour, nil}} {
		done = nil
		a.Settle(at(step.after))
		if !slices.Equal(done, step.want) {
			t.Errorf("after %s: %v, want %v", step.after, done, step.want)
		}
	}
	done = nil
	if a.Close(); len(done) != 1 {
		t.Errorf("left are %v", done)
	}
}
