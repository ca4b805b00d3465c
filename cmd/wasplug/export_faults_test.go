package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// other are what daemons do otherwise than the plug-in when members fail: see docs/export.md.
var other = map[string]map[string]string{
	"haproxy": {
		passedOn: "attempts: want [busy1 busy1]; busy/busy1, then busy/busy2 got it; status 200; " +
			"status: want 503; busy/busy1, then busy/busy2 got it; status 200",
		early:   "member: want [early2]; early/early1 got it; status 200",
		notKept: "status: want 500; passed/passed1 got it; status 502",
		late:    lateNext,
		strict:  "attempts: want [strict1 strict2]; strict/strict1 got it; status 504",
		allDown: "status: want 500; no member got it; status 503",
	},
	"nginx": { // the member of a session is tried once more, by the pool
		passedOn: "attempts: want [busy1 busy1]; busy/busy1 got it; status 503",
		early:    "attempts: want [early1 early2]; early/early1 2 times, then early/early2 got it; status 200",
		again:    "attempts: want [kept1 kept2]; kept/kept1 2 times, then kept/kept2 got it; status 200",
		notKept: "attempts: want [passed1]; passed/passed1 2 times got it; status 502; " +
			"status: want 500; passed/passed1 2 times got it; status 502",
		late:    strings.ReplaceAll(lateNext, "late/late1,", "late/late1 2 times,"),
		strict:  "attempts: want [strict1 strict2]; strict/strict1 2 times, then strict/strict2 got it; status 200",
		allDown: "status: want 500; no member got it; status 502",
		full:    "ignored",
	},
	// not run where nginx is older
	"nginx sticky": {
		passedOn: "attempts: want [busy1 busy1]; busy/busy1 got it; status 503",
		notKept:  "status: want 500; passed/passed1 got it; status 502",
		late:     lateNext,
		allDown:  "status: want 500; no member got it; status 502",
	},
	"apache2": {
		passedOn: "attempts: want [busy1 busy1]; busy/busy1 got it; status 503",
		early: "attempts: want [early1 early2]; early/early1 got it; status 502; " +
			"member: want [early2]; early/early1 got it; status 200",
		again:   "attempts: want [kept1 kept2]; kept/kept1 got it; status 502",
		notKept: "status: want 500; passed/passed1 got it; status 502",
		late: "attempts: want [late1 late1]; late/late1 got it; status 502; " +
			"status: want 500; late/late1 got it; status 502",
		strict:  "attempts: want [strict1 strict2]; strict/strict1 got it; status 502",
		allDown: "status: want 500; no member got it; status 503",
		full:    "ignored",
	},
}

// TestVerifyExportFaults has verify ask the real daemons what they do when members fail. Their own check of who is
// back is waited for, so of all tests this one waits longest: it is of the long form. It stands in an early file, for
// Go lets parallel tests go on in the order of their files, and others work meanwhile.
func TestVerifyExportFaults(t *testing.T) {
	if !sharedtest.Long() {
		t.Skip("waits for checks of the daemons' own; WASPLUG_LONG, which .ci/run sets, asks for it")
	}
	t.Parallel()
	for _, daemon := range exported {
		t.Run(daemon.title(), func(t *testing.T) {
			t.Parallel()
			r := newFaultRig(t)
			r.export(t, &daemon)
			want := maps.Clone(kept)
			maps.Copy(want, other[daemon.title()])
			if diff := cmp.Diff(want, r.faults(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
