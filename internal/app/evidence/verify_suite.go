package evidence

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/suite"
)

// liveSuite is a suite whose requests are sent. A test that sets a state of members cannot be asked.
type liveSuite struct {
	tests  map[*question.Question]*suite.Test
	unable []string // names of tests that set a state
}

// SuiteAsked is a test that was asked.
type SuiteAsked struct {
	Test  string
	Unmet []string // what was expected, and what was seen
	Why   string   // it could not be asked; "" where it was
}

func (v *Verify) readSuite(in app.Input, p *VerifyPlan) (*liveSuite, error) {
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
	out := &liveSuite{tests: map[*question.Question]*suite.Test{}}
	for _, t := range s.Tests {
		q := &question.Question{Name: "test " + t.Name.V, Cluster: -1, Routing: true}
		reached := !t.SetsState()
		for _, rq := range t.Requests {
			step := question.Step{Request: rq.Timed.Request}
			reached = reached && v.reaches(&step.Request, p.Table) && (v.TLS || !step.Request.TLS)
			q.Steps = append(q.Steps, step)
		}
		if !reached {
			out.unable = append(out.unable, t.Name.V)
			continue
		}
		out.tests[q] = t
		p.Questions = append(p.Questions, q)
	}
	return out, nil
}

func (s *liveSuite) has(q *question.Question) bool { return s != nil && s.tests[q] != nil }

// judge holds what was seen against what tests expect.
func (s *liveSuite) judge(table *routecheck.Table, asked []question.Asked) (out []SuiteAsked) {
	if s == nil {
		return nil
	}
	for i := range asked {
		a := &asked[i]
		test := s.tests[a.Question]
		if a.Step == 0 {
			out = append(out, SuiteAsked{Test: test.Name.V})
		}
		last := &out[len(out)-1]
		last.Unmet = append(last.Unmet, unmetLive(table, &test.Requests[a.Step].Expect, &a.Seen)...)
	}
	for _, name := range s.unable {
		out = append(out,
			SuiteAsked{Test: name, Why: "it sets a state of members, or needs a port that is not reached"})
	}
	return out
}

// unmetLive compares what can be seen from outside: cluster, member, status, and whether a request was declined.
func unmetLive(t *routecheck.Table, e *suite.Expect, seen *question.Seen) (out []string) {
	cluster, member := "", ""
	if n := len(seen.Arrived); n > 0 {
		last := seen.Arrived[n-1]
		cluster, member = t.Clusters[last.Cluster].Name, t.MemberName(last.Cluster, last.Member)
	}
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
	unmet("member", e.Members != nil && !slices.Contains(e.Members, member), e.Members)
	unmet("status", e.Status.Set() && strconv.Itoa(e.Status.V) != status, e.Status.V)
	unmet("declined", e.Declined.Set() && e.Declined.V != declined, e.Declined.V)
	if e.Bare.Set() {
		fits := slices.Contains([]string{cluster, member, status}, e.Bare.V) ||
			e.Bare.V == failover.Declined && declined
		unmet("answer", !fits, e.Bare.V)
	}
	return out
}
