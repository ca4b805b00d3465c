package proxy

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// A quarter of the time at most is worked.
func TestBreather(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		start := time.Now()
		b := newBreather(func() match.Nanos { return match.Nanos(time.Since(start)) })
		const pieces = 1000
		for range pieces {
			time.Sleep(workTime / 4) // the work
			b.pause()
		}
		if took := time.Since(start); took != pieces/4*(workTime+restTime) {
			t.Errorf("took %v", took)
		}
	})
}

// A reload pauses; at start nobody is served whom the work could hold up.
func TestReloadPauses(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	source := w.source()
	var paused []bool
	read := source.Read
	source.Read = func(pause parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
		paused = append(paused, pause != nil)
		return read(pause)
	}
	p, err := New(t.Context(), source, Options{Resolver: w.network})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Shutdown(t.Context())
	if err := p.Reload(t.Context()); err != nil || len(paused) != 2 || paused[0] || !paused[1] {
		t.Errorf("pauses at start and at the reload: %v, %v", paused, err)
	}
}

// A replaced configuration is not held by clients that were served on it and keep their connections.
func TestOldConfigurationIsFreed(t *testing.T) {
	w := start(t, false, site{members: 2}, Options{}, func(w *world) {
		w.p.lot.Empty() // parks nobody from now on: a parked client holds nothing in any case
	})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	if r := v.ask(get("/")); r.status != 200 {
		t.Fatalf("%+v", r)
	}
	w.atRest("m1")
	w.atRest("m2")
	freed := make(chan struct{})
	runtime.AddCleanup(w.p.gen.Load(), func(c chan struct{}) { close(c) }, freed)
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for {
		runtime.GC()
		select {
		case <-freed:
			if r := v.ask(get("/")); r.status != 200 {
				t.Errorf("%+v", r)
			}
			return
		default:
			runtime.Gosched()
		}
	}
}
