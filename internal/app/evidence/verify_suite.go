package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/suite"
)

// liveSuite is a suite whose requests are sent.
type liveSuite []liveTest

// liveTest is a test of a suite, and the question that asks it.
type liveTest struct {
	*suite.Test
	question *question.Question
	why      string // it cannot be asked, "" where it can; then question may be nil
}

// SuiteAsked is a test that was asked.
type SuiteAsked struct {
	Test  string
	Unmet []string // what was expected, and what was seen
	Why   string   // it could not be asked; "" where it was
}

func (v *Verify) readSuite(in app.Input, p *VerifyPlan) (out liveSuite, err error) {
	src, err := in.Read(v.Suite, nil)
	if err != nil {
		return nil, err
	}
	files := diag.NewFiles()
	s, reports := suite.Read(files, files.Add(app.DisplayName(v.Suite), src))
	if diag.Worst(reports) >= diag.Error {
		p.Notes.Add(files, reports)
		return nil, fmt.Errorf("%s: the suite cannot be used", app.DisplayName(v.Suite))
	}
	// Questions before it have left members marked down: a test waits until no mark of theirs can matter to it.
	marks := question.MarksOf(p.Table, p.Assumptions(), p.Questions)
	for _, t := range s.Tests {
		asked := liveTest{Test: t}
		if asked.question, err = v.question(t, p); err != nil {
			asked.why = err.Error()
		} else {
			marks.Outlast(asked.question)
			p.Questions = append(p.Questions, asked.question)
		}
		out = append(out, asked)
	}
	return out, nil
}

// question asks what a test does. The error says why it cannot be asked.
func (v *Verify) question(t *suite.Test, p *VerifyPlan) (*question.Question, error) {
	failing, err := t.Conditions(p.Table)
	switch {
	case err != nil:
		return nil, err
	// Servers of somebody are not made to fail.
	case len(failing) > 0 && !v.Members:
		return nil, errors.New("members are to fail: they do with those of 'wasplug members', and --control")
	}
	q := &question.Question{Name: "test " + t.Name.V, Cluster: -1, Routing: len(failing) == 0}
	for _, rq := range t.Requests {
		step := question.Step{Request: rq.Timed.Request}
		if !v.reaches(&step.Request, p.Table) || step.Request.TLS && !v.TLS {
			return nil, errors.New("it needs a port that is not reached")
		}
		q.Steps = append(q.Steps, step)
	}
	return q, q.Fail(p.Table, failing, func(step int) match.Nanos { return t.Requests[step].Timed.At })
}

// judge holds what was seen against what tests expect.
func (s liveSuite) judge(table *routecheck.Table, asked []question.Asked) (out []SuiteAsked) {
	for _, t := range s {
		done := SuiteAsked{Test: t.Name.V, Why: t.why}
		// Who refuses is carried from step to step of one test.
		refusing, seen := map[string]bool{}, false
		for i := range asked {
			if a := &asked[i]; t.question != nil && a.Question == t.question {
				seen = true
				note(table, refusing, a)
				done.Unmet = append(done.Unmet, unmetLive(table, &t.Requests[a.Step].Expect, a, refusing)...)
			}
		}
		if !seen && t.why == "" {
			done.Why = "nobody can tell in which state its members are: start them and one web server process anew"
		}
		out = append(out, done)
	}
	return out
}

// note keeps who refuses while a step is asked, as CLUSTER/MEMBER: an attempt there leaves no trace.
func note(t *routecheck.Table, refusing map[string]bool, a *question.Asked) {
	for _, f := range a.Question.Steps[a.Step].Set {
		name := t.Clusters[a.Question.Cluster].Name + "/" + t.MemberName(a.Question.Cluster, f.Member)
		refusing[name] = f.Failure == explain.Refused
	}
}

// traces are the attempts in a cluster of which something is seen.
func traces(cluster string, attempts []string, refusing map[string]bool) []string {
	return slices.DeleteFunc(suite.InCluster(cluster, attempts),
		func(name string) bool { return refusing[cluster+"/"+name] })
}

// unmetLive compares what can be seen from outside: cluster, member, attempts, status, and whether a request was
// declined.
func unmetLive(t *routecheck.Table, e *suite.Expect, a *question.Asked, refusing map[string]bool) (out []string) {
	seen, cluster, member := &a.Seen, "", ""
	var tried []string
	for _, a := range seen.Arrived {
		cluster, member = t.Clusters[a.Cluster].Name, t.MemberName(a.Cluster, a.Member)
		tried = append(tried, member)
	}
	// Not even who answered is known (question.Seen), so nothing is met or unmet.
	if seen.Blind && member == "" {
		return nil // nobody can tell
	}
	unmet := func(field string, bad bool, want any) {
		if bad {
			out = append(out, fmt.Sprintf("%s: want %v; %s", field, want, question.Observed(t, seen)))
		}
	}
	declined := question.Declined(seen)
	status := strconv.Itoa(seen.Status)
	unmet("cluster", e.Cluster.Set() && e.Cluster.V != cluster, e.Cluster.V)
	unmet("member", e.Members != nil && !slices.Contains(suite.InCluster(cluster, e.Members), member), e.Members)
	if e.Attempts != nil && !seen.Blind {
		tryingIn := cluster
		if cluster == "" && a.Question.Cluster >= 0 { // nobody got it, as where all refuse: they are of that cluster
			tryingIn = t.Clusters[a.Question.Cluster].Name
		}
		want := traces(tryingIn, e.Attempts, refusing)
		unmet("attempts", !slices.Equal(want, tried), want)
	}
	unmet("status", e.Status.Set() && strconv.Itoa(e.Status.V) != status, e.Status.V)
	unmet("declined", e.Declined.Set() && e.Declined.V != declined, e.Declined.V)
	if e.Bare.Set() {
		fits := slices.Contains([]string{cluster, member, status, cluster + "/" + member}, e.Bare.V) ||
			e.Bare.V == explain.Declined && declined
		unmet("answer", !fits, e.Bare.V)
	}
	return out
}
