package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestNobodyToCopy: replicas are lost when all other members are down, and only then.
func TestNobodyToCopy(t *testing.T) {
	replicated := session.Settings{Persistence: "memory-to-memory"}
	for _, tt := range []struct {
		down []string
		want diagnose.Verdict
	}{{[]string{"m1"}, diagnose.Possible}, {[]string{"m1", "m2"}, diagnose.Found}} {
		k := logged(func(p *planter) {
			p.fresh(30)
			for _, m := range tt.down {
				p.down(m)
			}
			p.request(rq{clones: []string{"1abcdef01"}, named: "m1",
				tries: []try{{member: "m3", how: "ok", down: []string{"m1"}, reused: true}}})
		}).as(replicated).build(t)
		if j := verdictOf(t, k, diagnose.Lookup("SL4")); j.Verdict != tt.want {
			t.Errorf("%v down: %v: %s", tt.down, j.Verdict, j.Why)
		}
	}
}

// TestOrderOfVerdicts: what is found comes first, by its share; then what may be, what is not, and what nobody knows.
func TestOrderOfVerdicts(t *testing.T) {
	rank := map[diagnose.Verdict]int{diagnose.Found: 0, diagnose.Possible: 1, diagnose.Excluded: 2, diagnose.Open: 3}
	for _, p := range plants {
		r := judge(t, p.found.build(t), diagnose.Lookup(p.cause).Symptom)
		if !slices.IsSortedFunc(r.Causes, func(a, b *diagnose.Judged) int { return rank[a.Verdict] - rank[b.Verdict] }) {
			t.Errorf("%s: the verdicts come in another order", p.cause)
		}
		if !slices.IsSortedFunc(r.Found(), func(a, b *diagnose.Judged) int { return int(100 * (b.Share - a.Share)) }) {
			t.Errorf("%s: what is found comes not by its share", p.cause)
		}
		for _, j := range r.Causes {
			switch {
			case j.Share < 0 || j.Share > 1:
				t.Errorf("%s: %s has a share of %g", p.cause, j.ID, j.Share)
			case j.Verdict == diagnose.Excluded && len(j.Evidence) > 0:
				t.Errorf("%s: %s is excluded, with evidence", p.cause, j.ID)
			case j.Why == "":
				t.Errorf("%s: %s is %v, and nothing says why", p.cause, j.ID, j.Verdict)
			}
		}
	}
}

// TestShareIsAPart: a request has a line for each member that it finds full, so there may be more lines than requests.
func TestShareIsAPart(t *testing.T) {
	k := configured(`MaxConnections="-1"`, `MaxConnections="50"`).with(func(p *planter) {
		for range 9 {
			p.request(rq{tries: []try{{member: "m3", how: "ok", full: []string{"m1", "m2"}, reused: true}}})
		}
	}).build(t)
	if j := verdictOf(t, k, diagnose.Lookup("NB9")); j.Count != 18 || j.Share != 1 {
		t.Errorf("%d lines of 9 requests are a share of %g", j.Count, j.Share)
	}
}

// TestCollect: what is asked for is what is missing, each thing once: of several levels of the log the most talkative.
func TestCollect(t *testing.T) {
	few := func(p *planter) { p.fresh(9); p.down("m1") } // a healthy log of errors is empty
	for name, tt := range map[string]struct {
		s         scene
		want, not string // words of the steps, "|" between them
	}{
		"nothing is there": {scene{}, "plugin-cfg.xml that the plug-in names|at LogLevel Trace|--access-log|--topology", ""},
		"a file":           {scene{file: healthy}, "at LogLevel Trace|--access-log|--topology", "plugin-cfg.xml that"},
		"a log of errors": {scene{file: healthy, log: few, level: pluginlog.LevelError}, "at LogLevel Trace",
			"plugin-cfg.xml that"},
		"a trace":   {logged(few), "--access-log", "at LogLevel"},
		"all of it": {scene{file: healthy, log: few, access: visited.access}.as(database()), "", "LogLevel|-topology"},
	} {
		steps := strings.Join(judge(t, tt.s.build(t), "session-lost").Collect, "\n")
		for _, w := range strings.Split(tt.want, "|") {
			if strings.Count(steps, w) != 1 && w != "" {
				t.Errorf("%s: %q is asked for %d times:\n%s", name, w, strings.Count(steps, w), steps)
			}
		}
		for _, w := range strings.Split(tt.not, "|") {
			if w != "" && strings.Contains(steps, w) {
				t.Errorf("%s: %q is there, and asked for:\n%s", name, w, steps)
			}
		}
	}
}

// TestNeeds: each cause says by what it can be judged, or that no log shows it.
func TestNeeds(t *testing.T) {
	for id, want := range map[string]string{
		"NB7": "LogLevel Stats, the configuration",
		"IE4": "the configuration",
		"SL7": "no log of the web server shows it: SystemOut.log",
		"AL6": "an access log with member and cookie, the configuration",
		"SO7": "the error log of the web server with mod_mpmstats",
		"sl1": "a topology that says",
	} {
		if got := diagnose.Lookup(id).Needs(); !strings.Contains(got, want) {
			t.Errorf("%s needs %q, want %q", id, got, want)
		}
	}
	for _, c := range diagnose.Causes() {
		if c.Needs() == "" {
			t.Errorf("%s needs nothing", c.ID)
		}
		if !slices.ContainsFunc(diagnose.Symptoms(), func(s diagnose.Symptom) bool { return c.Answers(s.Name) }) {
			t.Errorf("%s answers for no symptom", c.ID)
		}
	}
	if diagnose.Lookup("XX1") != nil {
		t.Error("there is no cause XX1")
	}
	if _, err := diagnose.Judge(&diagnose.Case{}, "not-balanced"); err == nil ||
		!strings.Contains(err.Error(), `did you mean "not-balancing"?`) {
		t.Errorf("an unknown symptom: %v", err)
	}
}
