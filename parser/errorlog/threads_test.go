package errorlog

import (
	"strings"
	"testing"
)

// TestPlugin: what a line says of requests in the plug-in, whichever Apache it was built for; other modules have no
// part in it.
func TestPlugin(t *testing.T) {
	for text, want := range map[string]struct {
		busy   int64
		phases Phases
		named  bool
	}{
		"bsy: 26 in mod_auth.c":                              {},
		"bsy: 5 in mod_was_ap22_http.c, 26 in mod_auth.c":    {busy: 5, named: true},
		"bsy: 2 in mod_was_ap22_http.c, 3 in mod_was_ap24.c": {busy: 5, named: true},
		"bsy: 7 in mod_was_ap24_http.c (AV 2462, CN 5, SR 1, SB 2, WR 3, RR 4, RB 6), 1 in mod_x.c": {busy: 7,
			named: true, phases: Phases{Average: 2462, Connecting: 5, SendingRequest: 1, SendingBody: 2, Waiting: 3,
				ReadingHead: 4, ReadingBody: 6}},
		"bsy: 7 in mod_was_ap24_http.c (XX 1, CN 5": {busy: 7, named: true},
		"bsy: ":                            {},
		"bsy: many in mod_was_ap24_http.c": {},
	} {
		var l Line
		if !Parse(now+"[mpmstats:notice] [pid 1] mpmstats: "+text, &l) || l.Kind != Busy {
			t.Errorf("%q is %s", text, l.Kind)
		}
		m, named := l.Plugin()
		if named != want.named || m.Busy != want.busy || m.Phases != want.phases ||
			m.Known() != (want.phases != Phases{}) {
			t.Errorf("%q: %+v, named %t", text, m, named)
		}
	}
}

// TestThreads: counts of names that came later are passed over, and a broken line is of no interest.
func TestThreads(t *testing.T) {
	for text, want := range map[string]Kind{
		"rdy 7 bsy 3 rd 1 wr 2 ka 0 log 0 dns 0 cls 0": Threads,
		"rdy 7 new 9 bsy 3":                            Threads,
		"rdy 7 bsy":                                    Threads,
		"rdy 7 bsy x":                                  Other,
		"idle 7":                                       Other,
	} {
		var l Line
		if !Parse(old+"[notice] mpmstats: "+text, &l) || l.Kind != want {
			t.Errorf("%q is %s", text, l.Kind)
		}
		if want == Threads && l.Threads.Ready != 7 {
			t.Errorf("%q: %+v", text, l.Threads)
		}
	}
}

// TestManyModules: a hostile line fills no memory.
func TestManyModules(t *testing.T) {
	var l Line
	Parse(old+"[notice] mpmstats: bsy: "+strings.Repeat("1 in mod_x.c, ", 1000), &l)
	if len(l.Modules) != mostModules {
		t.Errorf("%d modules", len(l.Modules))
	}
}

// TestTrouble: what is no trouble by itself is told without advice to do something about it.
func TestTrouble(t *testing.T) {
	for _, k := range []Kind{Other, Threads, Busy, Started, Restarting, Stopping, PluginLoaded, numKinds} {
		if k.Trouble() || k.Advice() != "" {
			t.Errorf("%s is trouble: %q", k, k.Advice())
		}
	}
	for _, k := range []Kind{LongRunning, SlowModule, NearLimit, AtLimit, Crashed, Killed, Exhausted} {
		if !k.Trouble() {
			t.Errorf("%s is none", k)
		}
	}
}
