package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck"
)

// TestFeed: events as they are read, the last one first, and not more of them than there is room for.
func TestFeed(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"ready":true,"http":"127.0.0.1:1","pid":7}`, "m1 serves, pid 7"},
		{`{"at":3723004,"event":"written","app":"/","session":"S","writeNo":2}`,
			"01:02:03.004 m1 written / S, write 2"},
		{`{"at":0,"event":"warning","text":"no room"}`, "00:00:00.000 m1 warning: no room"},
		{`{"at":0,"event":"crossover","app":"/shop","session":"S","text":"at once"}`,
			"00:00:00.000 m1 crossover /shop S: at once"},
		{"panic: no", "m1 panic: no"},
		{`{"at":"x"}`, `m1 {"at":"x"}`},
	} {
		var f Feed
		f.Add(lab.Event{Member: "m1", Line: []byte(tt.line)})
		if got := f.latest(); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: got %q, want %q", tt.line, got, tt.want)
		}
	}
	var f Feed
	for i := range kept + 5 {
		f.Add(lab.Event{Member: fmt.Sprint("m", i), Line: []byte("says")})
	}
	if got := f.latest(); len(got) != kept || got[0] != "m34 says" || got[kept-1] != "m5 says" {
		t.Errorf("%d events: %q", len(got), got)
	}
}

// TestTrail: the last request of a session, each with its own steps though two processes count alike, and a nil trail
// of nobody.
func TestTrail(t *testing.T) {
	var none *Trail
	if got := none.latest(""); got != nil {
		t.Errorf("%+v", got)
	}
	var trail Trail
	tell := func(process int, number uint64, cookie string) {
		trail.Add(process, nil, lab.Told{Number: number, Declined: true,
			Request: &routecheck.Request{Target: fmt.Sprint("/", process, "-", number), Cookies: []string{cookie}}})
	}
	tell(0, 1, "JSESSIONID=0001AAA:a")
	tell(1, 1, "JSESSIONID=0001BBB:b")
	tell(0, 2, "JSESSIONID=0001BBB:b")
	for session, want := range map[string]string{"AAA": "/0-1", "BBB": "/0-2", "": "/0-2", "CCC": ""} {
		got := trail.latest(session)
		if got == nil && want != "" || got != nil && got.Target != want {
			t.Errorf("%q: %+v, want %s", session, got, want)
		}
	}
	first := trail.latest("AAA")
	if len(first.Steps) != 2 || !strings.Contains(first.Steps[1].Text, "declined") || first.Steps[0].Rule != "R7" {
		t.Errorf("steps %+v", first.Steps)
	}
	for i := range uint64(trailLength) {
		tell(2, i, "none")
	}
	if got := trail.latest("AAA"); got != nil || len(trail.last) != trailLength {
		t.Errorf("%d requests are kept, %+v among them", len(trail.last), got)
	}
}

// TestMomentOf: a death between two requests, in the predictor's words.
func TestMomentOf(t *testing.T) {
	for _, tt := range []struct {
		frequency string
		unwritten bool
		want      string
	}{
		{"end of servlet service", true, "after-answer"}, {"end of servlet service", false, "after-answer"},
		{"time based", true, "before-look"}, {"time based", false, "after-look"},
		{"manual update", true, "not-synced"}, {"manual update", false, "synced"},
	} {
		if got := momentOf(tt.frequency, tt.unwritten); got != tt.want {
			t.Errorf("%s, unwritten %t: %s, want %s", tt.frequency, tt.unwritten, got, tt.want)
		}
	}
}
