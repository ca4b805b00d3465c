package story_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// TestCause: what the lines say is said, and what they hide is called hidden.
func TestCause(t *testing.T) {
	events := func(k pluginlog.Kind) map[pluginlog.Kind]int64 { return map[pluginlog.Kind]int64{k: 1} }
	for _, test := range []struct {
		incident story.Incident
		want     string // the beginning
	}{
		{story.Incident{Kind: story.MemberDown, OSError: 111}, "connection refused (errno 111): "},
		{story.Incident{Kind: story.MemberDown, OSError: 9999},
			"connects failed with errno 9999, which is not in the catalogue"},
		{story.Incident{Kind: story.MemberDown, Events: events(pluginlog.ConnectFailed)},
			"connects failed; the lines show no error number"},
		{story.Incident{Kind: story.MemberDown}, "attempts failed; the log does not say why"},
		{story.Incident{Kind: story.HangsConnect}, "ConnectTimeout expired"},
		{story.Incident{Kind: story.HangsAnswer, Events: events(pluginlog.IOTimedOut)}, "ServerIOTimeout expired"},
		{story.Incident{Kind: story.HangsAnswer, Events: events(pluginlog.TimeoutFired)},
			"a timeout of the plug-in expired"},
		{story.Incident{Kind: story.TLS, GSK: pluginlog.GSK{Name: "GSK_ERROR_BAD_CERT", Code: 414}},
			"GSK_ERROR_BAD_CERT (414): "},
		{story.Incident{Kind: story.TLS}, "the handshake failed; the log shows no GSK code"},
		{story.Incident{Kind: story.StaleStreams, Level: pluginlog.LevelStats},
			"writing to the member failed; whether on a stream from the queue is not known"},
		{story.Incident{Kind: story.StaleStreams, Level: pluginlog.LevelTrace},
			"the member, or a device between, had closed streams of the queue"},
		{story.Incident{Kind: story.AllDown, Members: []string{"m1", "m2"}},
			"each member was marked down, full or had failed this request; tried: m1, m2"},
		{story.Incident{Kind: story.GaveUp}, "the log does not say why"},
		{story.Incident{Kind: story.Slow}, "the log does not show where the time went"},
		{story.Incident{Kind: story.Slow, Phases: story.Phases{All: 10 * time.Second, Member: 6 * time.Second,
			Connect: 2 * time.Second}},
			"of the time 60 % the member, 20 % connects, 20 % the plug-in, or not shown"},
	} {
		if got := test.incident.Cause(); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", test.incident.Kind, got, test.want)
		}
	}
}

// TestRecovery: it is told when members were back, or which LogLevel would have shown it.
func TestRecovery(t *testing.T) {
	mark := func(back ...pluginlog.Time) (all []story.Process) {
		for n, at := range back {
			all = append(all, story.Process{PID: uint64(n), Marked: noon, Back: at})
		}
		return all
	}
	early, late := after(10*time.Second), after(70*time.Second)
	for _, test := range []struct {
		incident story.Incident
		want     string
	}{
		{story.Incident{Kind: story.MemberDown}, ""},
		{story.Incident{Kind: story.MemberDown, Served: early}, "a member answered again at 12:00:10"},
		{story.Incident{Kind: story.MemberDown, Processes: mark(early)}, "back at 12:00:10"},
		{story.Incident{Kind: story.MemberDown, Processes: mark(late, early)},
			"2 processes have it back, the first at 12:00:10, the last at 12:01:10"},
		{story.Incident{Kind: story.MemberDown, Processes: mark(0), Level: pluginlog.LevelError},
			"not known at LogLevel Error (needs Stats): each process tries it again once RetryInterval is over"},
		{story.Incident{Kind: story.MemberDown, Processes: mark(0, 0), Level: pluginlog.LevelStats},
			"not seen to be back in any of 2 that marked it"},
		{story.Incident{Kind: story.MemberDown, Processes: mark(0, late), Level: pluginlog.LevelStats},
			"back in 1 of 2 processes that marked it, the last at 12:01:10"},
		{story.Incident{Kind: story.Flapping, Processes: mark(early)}, ""},
		{story.Incident{Kind: story.Slow}, ""},
	} {
		if got := test.incident.Recovery(); got != test.want {
			t.Errorf("%s: %q, want %q", test.incident.Kind, got, test.want)
		}
	}
}

// TestCost: numbers are in the singular where they are one, and what the log hides is told as hidden.
func TestCost(t *testing.T) {
	for _, test := range []struct {
		kind    story.Kind
		level   pluginlog.Level
		clients story.Clients
		want    string
	}{
		{story.MemberDown, pluginlog.LevelError, story.Clients{FailedOver: 3},
			"at least 3 requests went on to other members, no errors"},
		{story.MemberDown, pluginlog.LevelStats, story.Clients{FailedOver: 1, Errors: 1},
			"1 request went on to another member, 1 request got an error"},
		{story.HangsAnswer, pluginlog.LevelTrace, story.Clients{Errors: 2, Again: 1, Waits: 2, Waited: time.Minute},
			"2 requests got an error, 1 time the same member was asked again, 2 attempts waited 1m0s all together"},
		{story.HangsConnect, pluginlog.LevelError, story.Clients{Errors: 1, Waits: 1, WaitUnknown: 1},
			"1 request got an error, 1 attempt waited, how long is not known at LogLevel Error (needs Detail or " +
				"Trace)"},
		{story.HangsConnect, pluginlog.LevelTrace, story.Clients{Errors: 1, Waits: 3, WaitUnknown: 1,
			Waited: 4 * time.Second},
			"1 request got an error, 3 attempts waited 4s and more: of 1, how long the log does not show"},
		{story.ClientLeft, pluginlog.LevelError, story.Clients{Left: 1}, "1 client left"},
		{story.Restart, pluginlog.LevelError, story.Clients{}, ""},
	} {
		i := story.Incident{Kind: test.kind, Level: test.level, Clients: test.clients}
		if got := i.Cost(); got != test.want {
			t.Errorf("%s: %q, want %q", test.kind, got, test.want)
		}
	}
}

// TestWho: a host that died is told with all members that were on it, each once.
func TestWho(t *testing.T) {
	i := story.Incident{Kind: story.MemberDown, Member: "m1", Host: "h1:9080", Parts: []*story.Incident{
		{Kind: story.MemberDown, Member: "m2", Host: "h1:9081"},
		{Kind: story.MemberDown, Member: "m1", Host: "h1:9080"},
		{Kind: story.HangsAnswer, Member: "m3"},
	}}
	if got, want := i.Title(), "m1 (h1:9080), m2 (h1:9081) down"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := (&story.Incident{Kind: story.Busy, Host: "h1"}).Who(), "h1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
