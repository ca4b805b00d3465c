package verifyreport_test

import (
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/internal/report/verifyreport"
	"github.com/wasplug/wasplug/internal/reporttest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// plan is what would be asked of the first case about one choice.
func plan(t *testing.T) *evidence.VerifyPlan {
	t.Helper()
	v := evidence.Verify{Config: app.Config{Path: "figure.xml"}, Port: 80, Seed: 1, Only: []string{"path-params"}}
	p, err := v.Plan(apptest.Memory(t, nil))
	if err != nil {
		t.Fatal(err, apptest.Noted(p.Notes))
	}
	return p
}

// TestPlan: a plan without a question, and one that waits and is slow, to a target with a hostile name.
func TestPlan(t *testing.T) {
	reporttest.Kind[verifyreport.PlannedVerify]{Name: "plan", Formats: verifyreport.VerifyPlan, Schema: "verify",
		Answers: map[string]verifyreport.PlannedVerify{
			"none":    {VerifyPlan: &evidence.VerifyPlan{Plan: &question.Plan{}}, Target: "127.0.0.1:8080"},
			"hostile": {VerifyPlan: plan(t), Target: reporttest.Hostile, Pace: 200 * time.Millisecond},
			"waits": {VerifyPlan: &evidence.VerifyPlan{Plan: &question.Plan{Questions: []*question.Question{{
				Name: reporttest.Hostile, Names: []string{"m1"}, Steps: []question.Step{
					{Request: match.Request{Target: "/a"}}, {Request: match.Request{Target: "/a"}},
					{Request: match.Request{Target: "/a"}, Wait: 90 * match.Second, Hold: true,
						Set: []question.Fault{{Member: 0, Failure: 1}}}}}}},
				Silent: []evidence.Silent{{Choice: choices.ScoreTie, Reason: "nobody can"}}}, Target: "h:80"},
		}}.Run(t)
}

// TestVerify: nothing was learnt, one of everything, and everything that can weaken an answer at once.
func TestVerify(t *testing.T) {
	p := plan(t)
	asked := &question.Asked{Question: &question.Question{Name: reporttest.Hostile,
		Steps: []question.Step{{Request: match.Request{Target: "/a?x=" + reporttest.Hostile}}}}}
	seen := question.Evidence{Asked: asked, Expected: []string{"m1", reporttest.Hostile}}
	late, unlikely := seen, seen
	late.Late, unlikely.Unlikely = match.Second, true
	reporttest.Kind[*evidence.VerifyAnswer]{Name: "verify", Formats: verifyreport.Verify, Schema: "verify",
		Answers: map[string]*evidence.VerifyAnswer{
			"none": {Plan: p, Findings: &question.Findings{}, Target: "http://h"},
			"one": {Plan: p, Target: "http://h", Ran: question.Run{Requests: 1, Processes: 1}, Seconds: 1,
				Findings: &question.Findings{Choices: []question.Finding{{Choice: choices.ScoreTie, Agrees: []uint8{1},
					RuledOut: []question.RuledOut{{Value: 0, Evidence: seen}}}}},
				Suite: []evidence.SuiteAsked{{Test: "met"}}},
			"hostile": {Plan: p, Target: reporttest.Hostile, Seconds: 61, Ran: question.Run{Requests: 20, Processes: 2,
				RoutingOnly: true, Earlier: 1, Strangers: 1, Stale: []match.ClusterID{0},
				Disturbed: []match.ClusterID{0, 0}},
				Findings: &question.Findings{
					Contradictions: []question.Contradiction{{Evidence: late}, {Evidence: unlikely}, {}},
					Unfinished:     []*question.Question{asked.Question}, Untold: []*question.Question{asked.Question},
					Choices: []question.Finding{{Choice: choices.ScoreTie, Agrees: []uint8{0, 1}},
						{Choice: choices.Probe, RuledOut: []question.RuledOut{{Evidence: seen}, {Value: 1}}}}},
				Suite: []evidence.SuiteAsked{
					{Test: reporttest.Hostile, Unmet: []string{"want m1, seen nobody", "and"}},
					{Test: "not asked", Why: "it needs " + reporttest.Hostile}}},
		}}.Run(t)
}
