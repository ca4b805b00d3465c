package written

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
)

// least is a scenario that can be played; tests put a line behind it.
const least = "arrivals: {uniform: 10/s}\nrequests: 10\n"

// TestMistakes: what is wrong with a scenario is told at its place, in the file or in the flag.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		options    []Option
		want       string
	}{
		{"no arrivals", "requests: 10\n", nil, "scenario.yaml:1:1: error: it is not said how requests arrive"},
		{"two ways to arrive", "arrivals: {uniform: 1/s, poisson: 1/s}\nrequests: 1\n", nil, "scenario.yaml:1:"},
		{"users without a number", "arrivals: {closed: {think: 1s}}\nfor: 10s\n", nil, "users"},
		{"users who never think", "arrivals: {closed: {users: 5}}\nfor: 10s\n", nil, "think"},
		{"users without an end", "arrivals: {closed: {users: 5, think: 1s}}\n", nil,
			"it must be said how long they ask"},
		{"no rate", "arrivals: {uniform: 10/d}\nrequests: 10\n", nil, `"10/d" is no rate`},
		{"no time", "arrivals: {uniform: 10/s}\nfor: soon\n", nil, "scenario.yaml:2:6: error: "},
		{"sessions without a share", least + "sessions: {length: 5}\n", nil, "share"},
		{"a share above 1", least + "sessions: {share: 1.5}\n", nil, `"1.5" is no share`},
		{"a length below 1", least + "sessions: {share: 1, length: geometric 0.5}\n", nil, "on the average"},
		{"a backlog without threads", least + "members: {m1: {backlog: 5}}\n", nil, "it needs threads"},
		{"no such member", least + "members: {m9: {threads: 5}}\n", nil, "m9"},
		{"a fault of nobody", least + "faults: [{member: m9, at: 1s, do: hang}]\n", nil, "m9"},
		{"a fault that never holds", least + "faults: [{member: m1, at: 5s, until: 5s, do: hang}]\n", nil,
			"until is not after at"},
		{"a way to fail", least + "faults: [{member: m1, at: 5s, do: io-timeout}]\n", nil, "io-timeout"},
		{"no factor", least + "faults: [{member: m1, at: 5s, do: 'slow:0'}]\n", nil, "as in slow:5"},
		{"reloads out of order", least + "reloads: [{at: 5s, config: a}, {at: 5s, config: b}]\n", nil,
			"this reload is not after the one before"},
		{"no weight", least + "urls: [{url: http://h/app/x, weight: 0}]\n", nil, "want a number above 0"},
		{"no URL", least + "urls: [{url: 'ftp://h/'}]\n", nil, "scenario.yaml:3:"},
		{"no service", least + "members: {m1: {service: exp}}\n", nil, `"exp" says no time`},
		{"a service without end", least + "members: {m1: {service: 101d}}\n", nil, `"101d" is no time`},
		{"a deviation", least + "members: {m1: {service: lognormal 5s 11}}\n", nil, "want 0 to 10"},
		{"the longer time first", least + "members: {m1: {service: uniform 5s 4s}}\n", nil, "the shorter time first"},
		{"nothing called so", least + "expect: {losses: 0}\n", nil, "losses"},
		{"no bound", least + "expect: {errors: '=> 5'}\n", nil, "want a value, a bound as in <= 15s"},
		{"bounds the wrong way round", least + "expect: {p95: 5s..1s}\n", nil, "the first bound is above the second"},
		{"no number of them", least + "expect: {errors: few}\n", nil, "want a number of them"},
		{"more than there is memory for", least + "processes: 1000000\n", []Option{{FaultOption, "m1:hang@1s"},
			{FaultOption, "m1:hang@2s"}, {FaultOption, "m1:hang@3s"}, {FaultOption, "m1:hang@4s"}}, "want at most"},
		{"a flag with its place", least, []Option{{"rate", "fast"}}, `--rate:1:1: error: "fast" is no rate`},
		{"a fault without how", least, []Option{{FaultOption, "m1@5s"}},
			"--fault:1:1: error: \"m1@5s\": want MEMBER:HOW@"},
		{"a reload without a time", least, []Option{{ReloadOption, "new.xml"}}, "want FILE@TIME"},
		{"a part of a flag", least, []Option{{FaultOption, "m1:hang@x..5s"}}, "--fault:1:9: error: "},
	} {
		w, reports := read(t, c.text, c.options...)
		if w != nil || len(reports) == 0 {
			t.Errorf("%s: it can be played", c.name)
			continue
		}
		files := diag.NewFiles() // the same texts at the same places
		files.Add("scenario.yaml", []byte(c.text))
		for _, o := range c.options {
			files.Add("--"+o.Flag, []byte(o.Value))
		}
		if got := files.Line(reports[0]); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %q", c.name, got, c.want)
		}
	}
}

// TestExpectations: which figures are within the bounds that a scenario has.
func TestExpectations(t *testing.T) {
	t.Parallel()
	r := &simulate.Result{Outcomes: simulate.Outcomes{Requests: 200, OK: 190,
		Errors: []simulate.StatusCount{{Status: 500, Count: 4}}},
		Waits:   simulate.Waits{P95: 2 * match.Second},
		Members: []simulate.Member{{MemberName: simulate.MemberName{Cluster: "C", Member: "m1"}, New: 95}}}
	for _, c := range []struct {
		expect, got string
		met         bool
	}{
		{"errors: 4", "4", true}, {"errors: 3", "4", false}, {"errors: '= 4'", "4", true}, {"errors: '<= 4'",
			"4", true},
		{"errors: '< 4'", "4", false}, {"errors: '> 4'", "4", false}, {"errors: '>= 4'", "4", true},
		{"errors: 3..5", "4", true}, {"errors: '< 3%'", "2%", true}, {"errors: 1..2%", "2%", true},
		{"p95: '< 2s'", "2s", false}, {"p95: 1s..2s", "2s", true},
		{"share: {m1: 0.5}", "0.5000", true}, {"share: {C/m1: 0.4..50%}", "0.5000", true},
		{"share: {m2: '> 0'}", "0.0000", false},
	} {
		w, reports := read(t, least+"expect: {"+c.expect+"}\n")
		if w == nil {
			t.Errorf("%s: %v", c.expect, reports)
			continue
		}
		if got, met := w.Expects[0].Met(r); got != c.got || met != c.met {
			t.Errorf("%s: %s %v, want %s %v", c.expect, got, met, c.got, c.met)
		}
	}
}

// TestFlagOverFile: a flag that may be repeated stands in place of the whole list of the file, and a URL may hold what
// looks like a weight.
func TestFlagOverFile(t *testing.T) {
	t.Parallel()
	w, reports := read(t, least+"faults: [{member: m1, at: 1s, do: hang}]\nurls: [{url: http://h/app/old}]\n",
		Option{FaultOption, "m2:refused@2s..3s"}, Option{FaultOption, "m1:slow:2@4s"},
		Option{URLOption, "http://h/app/a?x=1=2"}, Option{URLOption, "http://h/app/b?x=y"})
	if w == nil {
		t.Fatal(reports)
	}
	if f := w.Faults; len(f) != 2 || f[0].Member != "m2" || f[0].Do != explain.Refused || f[0].To != 3*match.Second ||
		f[1].Slow != 2 || f[1].To != 0 {
		t.Errorf("%+v", f)
	}
	if u := w.URLs; len(u) != 2 || u[0].Weight != 2 || u[0].Request.Target != "/app/a?x=1" || u[1].Weight != 1 ||
		u[1].Request.Target != "/app/b?x=y" {
		t.Errorf("%+v", u)
	}
}

// TestMembersBeforeAll: what is said of one member counts before what is said of all, wherever it stands.
func TestMembersBeforeAll(t *testing.T) {
	t.Parallel()
	w, reports := read(t, least+"members: {m1: {threads: 3}, '*': {threads: 5, backlog: 7}}\n")
	if w == nil {
		t.Fatal(reports)
	}
	all, one := w.Members[0], w.Members[1]
	if all.Member != "*" || all.Threads != 5 || all.Backlog != 7 || one.Threads != 3 || one.Backlog != 7 {
		t.Errorf("%+v", w.Members)
	}
	if w, _ = read(t, least+"members: {m1: {threads: 3}}\n"); w.Members[0].Backlog != -1 {
		t.Errorf("threads without a backlog: %+v", w.Members)
	}
}
