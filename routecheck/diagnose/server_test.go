package diagnose_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose"
)

const (
	stampOfServer = "[Sat Nov 28 15:40:00.000000 2026] [mpmstats:notice] [pid 9:tid 1] "
	busyThreads   = stampOfServer + "mpmstats: rdy 4 bsy 146 rd 2 wr 144 ka 0 log 0 dns 0 cls 0\n"
	idleThreads   = stampOfServer + "mpmstats: rdy 130 bsy 20 rd 2 wr 18 ka 0 log 0 dns 0 cls 0\n"
	noThread      = "[Sat Nov 28 15:40:02.000000 2026] [mpm_event:error] [pid 9:tid 1] AH00484: server reached " +
		"MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting\n"
)

func inPlugin(phases string) string {
	return stampOfServer + "mpmstats: bsy: 7 in mod_was_ap24_http.c (" + phases + ")\n"
}

// TestServer: what the error log of the web server says for and against causes of slow answers. That requests wait
// somewhere is one look in a minute: that is possible, not found, unless the web server says that no thread was left.
func TestServer(t *testing.T) {
	for _, c := range []struct {
		server, cause string
		want          diagnose.Verdict
	}{
		{busyThreads + noThread, "SO7", diagnose.Found},
		{stampOfServer + "mpmstats: approaching MaxClients (150/150)\n", "SO7", diagnose.Found},
		{stampOfServer + "mpmstats: approaching MaxClients (140/150)\n", "SO7", diagnose.Possible},
		{busyThreads + idleThreads, "SO7", diagnose.Possible},
		{idleThreads + idleThreads, "SO7", diagnose.Excluded},
		{idleThreads, "SO7", diagnose.Possible},
		{idleThreads, "SO3", diagnose.Open},
		{busyThreads + inPlugin("AV 9000, CN 1, SR 0, SB 0, WR 5, RR 1, RB 0"), "SO3", diagnose.Possible},
		{busyThreads + inPlugin("AV 9000, CN 5, SR 0, SB 0, WR 2, RR 0, RB 0"), "SO1", diagnose.Possible},
		{busyThreads + inPlugin("AV 9000, CN 0, SR 0, SB 2, WR 0, RR 0, RB 5"), "SO4", diagnose.Possible},
		{busyThreads + inPlugin("AV 20, CN 0, SR 0, SB 0, WR 7, RR 0, RB 0"), "SO3", diagnose.Open},
	} {
		k := scene{server: c.server}.build(t)
		j := verdictOf(t, k, diagnose.Lookup(c.cause))
		if j.Verdict != c.want || j.Why == "" || c.want == diagnose.Found && j.Count == 0 {
			t.Errorf("%s by\n%s is %v: %s", c.cause, c.server, j.Verdict, j.Why)
		}
	}
}

// TestServerOfAnotherTime: what the web server says of another day than the plug-in's log finds and excludes nothing.
func TestServerOfAnotherTime(t *testing.T) {
	for _, c := range []struct {
		server      string
		same, other diagnose.Verdict
	}{
		{idleThreads + idleThreads, diagnose.Excluded, diagnose.Possible},
		{idleThreads + noThread, diagnose.Found, diagnose.Possible},
	} {
		fast := func(p *planter) { p.request(rq{tries: []try{ok("m1")}}) }
		for day, want := range map[string]diagnose.Verdict{"Nov 28": c.same, "Nov 27": c.other} {
			s := scene{server: strings.ReplaceAll(c.server, "Nov 28", day), log: fast, level: pluginlog.LevelStats}
			k := s.build(t)
			if j := verdictOf(t, k, diagnose.Lookup("SO7")); j.Verdict != want {
				t.Errorf("%s: %v: %s", day, j.Verdict, j.Why)
			}
		}
	}
}

// TestCodes: the advice about a handshake names the codes that the log has.
func TestCodes(t *testing.T) {
	k := logged(func(p *planter) { p.fresh(9); p.request(rq{tries: []try{fail("m1", "tls"), ok("m2")}}) }).build(t)
	j := verdictOf(t, k, diagnose.Lookup("IE5"))
	if got := j.Typed(); len(got) != 2 || got[0] != "wasplug explain GSK 414" {
		t.Errorf("%q", got)
	}
	k.Log.GSKCodes = nil
	if got := verdictOf(t, k, diagnose.Lookup("IE5")).Typed(); len(got) != 2 || got[0] != "wasplug explain GSK CODE" {
		t.Errorf("%q", got)
	}
}
