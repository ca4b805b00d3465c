package written

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	requests "github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/routecheck/simulate"
	"github.com/wasplug/wasplug/routecheck/space"
	"github.com/wasplug/wasplug/routecheck/suite"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Written is a scenario with what somebody expects of it.
type Written struct {
	*simulate.Scenario
	Settings *session.Settings // nil: what the topology says of sessions, if anything
	Expects  []Expectation
}

// Scenario gives a draft its configurations: the first, and one for each of Reloads. It is nil where a diagnostic is
// an error.
func (d *Draft) Scenario(t *match.Table, reloads []*match.Table, sem *choices.Assumptions) (*Written,
	[]diag.Diagnostic) {
	out := &Written{Scenario: &simulate.Scenario{Table: t, Sem: sem, Processes: 1, Seed: 1,
		Sessions: simulate.Sessions{Length: 10, Live: 1000}}}
	// All mistakes are told in one run: each reader reports, and goes on with what stands there by default.
	sc, root := out.Scenario, d.root
	value(d, root.Get("processes"), &sc.Processes, number(1, 1000000))
	value(d, root.Get("routing"), &sc.Routing, simulate.ParseRouting)
	value(d, root.Get("seed"), &sc.Seed, func(s string) (uint64, error) {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			err = diag.Errorf("%q: want a whole number from 0 on", s)
		}
		return n, err
	})
	value(d, root.Get("for"), &sc.Duration, duration)
	value(d, root.Get("requests"), &sc.Requests, func(s string) (int64, error) {
		n, err := number(1, simulate.MostRequests)(s)
		return int64(n), err
	})
	d.arrivals(sc)
	d.sessions(sc)
	if n := root.Get("session"); n != nil {
		settings, err := suite.ReadSettings(n)
		if err != nil {
			d.report(n.Span, "%v", err)
		}
		out.Settings = &settings
	}
	tables := append([]*match.Table{t}, reloads...)
	d.reloads(sc, reloads)
	d.urls(sc)
	d.members(sc, tables)
	d.faults(sc, tables)
	out.Expects = d.expects(tables)
	// Check is about the whole, and would only repeat what was reported of a part.
	if diag.Worst(d.reports) < diag.Error {
		if err := sc.Check(); err != nil {
			d.report(d.root.Span, "%v", err)
		}
	}
	diag.Sort(d.reports)
	if diag.Worst(d.reports) >= diag.Error {
		return nil, d.reports
	}
	return out, d.reports
}

// arrivals reads how requests come: one of three ways, and none is a default.
func (d *Draft) arrivals(sc *simulate.Scenario) {
	n := d.root.Get("arrivals")
	if n == nil {
		d.report(d.root.Span, "it is not said how requests arrive: give a rate (arrivals: {poisson: 2000/s}, "+
			"or --rate 2000/s) or users (arrivals: {closed: {users: 500, think: exp 10s}}, "+
			"or --users 500 --think 'exp 10s')")
		return
	}
	// A schema could say so, but not of a file of which flags have replaced a part.
	if len(n.Fields) != 1 {
		at := n.Span
		if len(n.Fields) > 1 {
			at = n.Fields[1].NameSpan
		}
		d.report(at, "requests arrive at a rate (uniform or poisson), or users ask one after the other (closed): "+
			"say one of the three")
		return
	}
	if n.Fields[0].Name != "closed" {
		sc.Arrivals.Poisson = n.Fields[0].Name == "poisson"
		value(d, n.Fields[0].Value, &sc.Arrivals.Rate, rate)
		return
	}
	closed := n.Fields[0].Value
	if !value(d, closed.Get("users"), &sc.Arrivals.Users, number(1, 1000000)) && closed.Get("users") == nil {
		d.report(closed.Span, "it is not said how many users there are (users, --users)")
	}
	if !value(d, closed.Get("think"), &sc.Arrivals.Think, distribution) && closed.Get("think") == nil {
		d.report(closed.Span, "it is not said how long users think before they ask again (think, --think)")
	}
	if sc.Duration == 0 {
		d.report(n.Span, "with users it must be said how long they ask (for, --duration)")
	}
}

// sessions reads which requests belong to sessions. Where the word is there the share must be: without one it would
// say nothing.
func (d *Draft) sessions(sc *simulate.Scenario) {
	n := d.root.Get("sessions")
	if n == nil {
		return
	}
	value(d, n.Get("share"), &sc.Sessions.Share, share)
	value(d, n.Get("length"), &sc.Sessions.Length, func(s string) (float64, error) {
		number := strings.TrimSpace(strings.TrimPrefix(s, "geometric"))
		mean, err := strconv.ParseFloat(number, 64)
		if err != nil || !(mean >= 1 && mean <= 1e9) {
			return 0, diag.Errorf("%q: want how many requests a session has on the average, as in geometric 20", s)
		}
		return mean, nil
	})
	value(d, n.Get("live"), &sc.Sessions.Live, number(1, 1000000))
	if n.Get("share") == nil {
		d.report(n.Span, "it is not said which share of the requests belongs to sessions (share, --affinity)")
	}
}

// reloads gives each its table, in the order in which the draft lists them.
func (d *Draft) reloads(sc *simulate.Scenario, tables []*match.Table) {
	for i, n := range d.root.Get("reloads").AllItems() {
		r := simulate.Reload{Name: n.Get("config").Str().V}
		// Where a file of reloads could not be loaded there are fewer.
		if i < len(tables) {
			r.Table = tables[i]
		}
		value(d, n.Get("at"), &r.At, duration)
		if len(sc.Reloads) > 0 && r.At <= sc.Reloads[len(sc.Reloads)-1].At {
			d.report(n.Get("at").Span, "this reload is not after the one before")
		}
		sc.Reloads = append(sc.Reloads, r)
	}
}

// urls reads what clients ask for: without a word, the samples of each Route, equally weighted.
func (d *Draft) urls(sc *simulate.Scenario) {
	n := d.root.Get("urls")
	if n == nil {
		for _, r := range space.Samples(sc.Table, sc.Sem) {
			// One of each Route: the first sample reaches it as it stands.
			for _, s := range r.Requests[:min(len(r.Requests), 1)] {
				if rq, err := requests.URL(s.URL); err == nil {
					sc.URLs = append(sc.URLs, simulate.URL{Request: rq, Text: s.URL, Weight: 1})
				}
			}
		}
		if len(sc.URLs) == 0 {
			d.report(d.root.Span, "no Route of the configuration can be reached, and no url is given")
		}
		return
	}
	for _, n := range n.AllItems() {
		u := simulate.URL{Text: n.Get("url").Str().V, Weight: 1}
		value(d, n.Get("url"), &u.Request, requests.URL)
		value(d, n.Get("weight"), &u.Weight, func(s string) (float64, error) {
			w, err := strconv.ParseFloat(s, 64)
			if err != nil || !(w > 0 && w <= 1e9) {
				return 0, diag.Errorf("weight %q: want a number above 0", s)
			}
			return w, nil
		})
		value(d, n.Get("body"), &u.Request.Body, size)
		var service simulate.Distribution
		if value(d, n.Get("service"), &service, distribution) {
			u.Service = &service
		}
		sc.URLs = append(sc.URLs, u)
	}
}

// members reads how members work, "*" first: what is said of one counts before what is said of all.
func (d *Draft) members(sc *simulate.Scenario, tables []*match.Table) {
	var all simulate.MemberSettings
	entries := slices.Clone(d.root.Get("members").AllFields())
	slices.SortStableFunc(entries, func(a, b yamldoc.Field) int { return strings.Compare(star(a.Name), star(b.Name)) })
	for _, f := range entries {
		s := all
		if s.Member = f.Name; f.Name != "*" {
			name, ok := d.member(f.Name, f.NameSpan, tables)
			if !ok {
				continue
			}
			s.Cluster, s.Member = name.Cluster, name.Member
		}
		value(d, f.Value.Get("service"), &s.Service, distribution)
		value(d, f.Value.Get("threads"), &s.Threads, number(1, 100000))
		// Threads without a word about a backlog: any number waits. Where "*" has threads its backlog holds.
		if s.Threads > 0 && all.Threads == 0 {
			s.Backlog = -1
		}
		value(d, f.Value.Get("backlog"), &s.Backlog, number(0, 1000000))
		if n := f.Value.Get("backlog"); n != nil && s.Threads == 0 {
			d.report(n.Span, "a backlog is of requests that wait for a thread: it needs threads")
		}
		if f.Name == "*" {
			all = s
		}
		sc.Members = append(sc.Members, s)
	}
}

func star(name string) string {
	if name == "*" {
		return ""
	}
	return name
}

// member resolves the name of a member of any of the configurations.
func (d *Draft) member(name string, at diag.Span, tables []*match.Table) (simulate.MemberName, bool) {
	var failed error
	for _, t := range tables {
		c, m, err := names.Member(t, name)
		if err == nil {
			return simulate.MemberName{Cluster: t.Clusters[c].Name, Member: t.Clusters[c].Members[m].Name}, true
		}
		if failed == nil {
			failed = err
		}
	}
	d.report(at, "%v", failed)
	return simulate.MemberName{}, false
}

// faults reads how members fail, in the order written: of several at a time the first counts.
func (d *Draft) faults(sc *simulate.Scenario, tables []*match.Table) {
	for _, n := range d.root.Get("faults").AllItems() {
		var f simulate.Fault
		if m := n.Get("member"); m != nil {
			// An unknown one was reported; the fault is read on for its other mistakes.
			name, _ := d.member(m.Str().V, m.Span, tables)
			f.Cluster, f.Member = name.Cluster, name.Member
		}
		value(d, n.Get("do"), &f, func(s string) (simulate.Fault, error) { return how(f, s) })
		value(d, n.Get("at"), &f.From, duration)
		if value(d, n.Get("until"), &f.To, duration) && f.To <= f.From {
			d.report(n.Get("until").Span, "until is not after at: the fault would never hold")
		}
		sc.Faults = append(sc.Faults, f)
	}
}

// how reads refused, timeout, hang, 503, reset, malformed or slow:FACTOR.
func how(f simulate.Fault, word string) (simulate.Fault, error) {
	if factor, ok := strings.CutPrefix(word, "slow:"); ok {
		n, err := strconv.ParseFloat(factor, 64)
		if err != nil || !(n > 0 && n <= 1e6) {
			return f, diag.Errorf("%q: want how many times as long members take, as in slow:5", word)
		}
		f.Slow = n
		return f, nil
	}
	if word == "hang" {
		f.Do = explain.NoAnswer
		return f, nil
	}
	var err error
	if f.Do, err = explain.ParseFailureMode(word); err != nil || f.Do == explain.NoAnswer {
		words := []string{"refused", "timeout", "hang", "503", "reset", "malformed", "slow:5"}
		return f, diag.Errorf("members cannot fail as %q%s: want one of %s", word, diag.DidYouMean(word, words),
			strings.Join(words, ", "))
	}
	return f, nil
}
