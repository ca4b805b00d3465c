package verifyreport

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck"
)

// What "verify" prints for programs (schemas/verify.schema.json).
type (
	verifyJSON struct {
		Version        int               `json:"version"`
		Target         string            `json:"target"`
		Requests       int               `json:"requests"`
		Seconds        float64           `json:"seconds"`
		Processes      int               `json:"processes"`
		RoutingOnly    bool              `json:"routingOnly"`
		Earlier        int               `json:"earlier"`
		Strangers      int               `json:"strangers"`
		Contradictions []verifyEvidence  `json:"contradictions"`
		Choices        []verifyChoice    `json:"choices"`
		Suite          []verifySuiteTest `json:"suite"`
		Unfinished     []string          `json:"unfinished"`
		Untold         []string          `json:"untold"`
		Late           float64           `json:"late,omitempty"`
	}
	verifyChoice struct {
		Choice   string           `json:"choice"`
		Settled  *string          `json:"settled"`
		Agrees   []string         `json:"agrees"`
		RuledOut []verifyRuledOut `json:"ruledOut"`
		Reason   string           `json:"reason,omitempty"`
	}
	verifyRuledOut struct {
		Value string `json:"value"`
		verifyEvidence
	}
	verifyEvidence struct {
		Question string   `json:"question"`
		Request  int      `json:"request"`
		Sent     string   `json:"sent"`
		Expected []string `json:"expected"`
		Observed string   `json:"observed"`
		Unlikely bool     `json:"unlikely,omitempty"`
		Late     float64  `json:"late,omitempty"`
	}
	verifySuiteTest struct {
		Test     string   `json:"test"`
		Unmet    []string `json:"unmet"`
		NotAsked string   `json:"notAsked,omitempty"`
	}
	planJSON struct {
		Version   int            `json:"version"`
		Target    string         `json:"target"`
		Requests  int            `json:"requests"`
		Waits     float64        `json:"waits"`
		Pace      float64        `json:"pace"`
		Questions []planQuestion `json:"questions"`
		Silent    []planSilent   `json:"silent"`
	}
	planQuestion struct {
		Name    string        `json:"name"`
		Steps   []planRequest `json:"requests"`
		Settles []string      `json:"settles"`
	}
	planRequest struct {
		Before string `json:"before,omitempty"`
		Sent   string `json:"sent"`
	}
	planSilent struct {
		Choice string `json:"choice"`
		Reason string `json:"reason"`
	}
)

func verifyOf(a *evidence.VerifyAnswer) *verifyJSON {
	out := &verifyJSON{Version: 1, Target: a.Target, Requests: a.Ran.Requests, Seconds: a.Seconds,
		Processes: a.Ran.Processes, RoutingOnly: a.Ran.RoutingOnly, Earlier: a.Ran.Earlier, Strangers: a.Ran.Strangers,
		Contradictions: []verifyEvidence{}, Choices: []verifyChoice{},
		Suite: []verifySuiteTest{}, Unfinished: []string{}, Untold: []string{}, Late: time.Duration(a.Late).Seconds()}
	t := a.Plan.Table
	for i := range a.Contradictions {
		out.Contradictions = append(out.Contradictions, evidenceOf(t, &a.Contradictions[i].Evidence))
	}
	for i := range a.Choices {
		out.Choices = append(out.Choices, choiceOf(a, &a.Choices[i]))
	}
	for _, s := range a.Suite {
		out.Suite = append(out.Suite, verifySuiteTest{s.Test, append([]string{}, s.Unmet...), s.Why})
	}
	for _, q := range a.Unfinished {
		out.Unfinished = append(out.Unfinished, q.Name)
	}
	for _, q := range a.Untold {
		out.Untold = append(out.Untold, q.Name)
	}
	return out
}

func choiceOf(a *evidence.VerifyAnswer, f *question.Finding) verifyChoice {
	c := verifyChoice{Choice: f.Choice.String(), Agrees: []string{}, RuledOut: []verifyRuledOut{}, Reason: a.Reason(f)}
	for _, v := range f.Agrees {
		c.Agrees = append(c.Agrees, f.Choice.ValueName(v))
	}
	if v, ok := f.Settled(); ok {
		name := f.Choice.ValueName(v)
		c.Settled = &name
	}
	for i := range f.RuledOut {
		r := &f.RuledOut[i]
		c.RuledOut = append(c.RuledOut,
			verifyRuledOut{f.Choice.ValueName(r.Value), evidenceOf(a.Plan.Table, &r.Evidence)})
	}
	return c
}

func evidenceOf(t *routecheck.Table, e *question.Evidence) verifyEvidence {
	if e.Asked == nil {
		return verifyEvidence{Question: "all together", Expected: []string{}}
	}
	q := e.Asked.Question
	return verifyEvidence{q.Name, e.Asked.Step + 1, q.Steps[e.Asked.Step].Words(), append([]string{}, e.Expected...),
		question.Observed(t, &e.Asked.Seen), e.Unlikely, time.Duration(e.Late).Seconds()}
}

func planOf(p PlannedVerify) *planJSON {
	out := &planJSON{Version: 1, Target: p.Target, Requests: p.Requests(), Waits: time.Duration(p.Waits()).Seconds(),
		Pace: p.Pace.Seconds(), Questions: []planQuestion{}, Silent: []planSilent{}}
	questions := p.Questions
	if p.Processes != nil {
		questions = append([]*question.Question{p.Processes}, questions...)
	}
	for _, q := range questions {
		one := planQuestion{Name: q.Name, Settles: append([]string{}, question.Told(q.Settles)...)}
		for i := range q.Steps {
			one.Steps = append(one.Steps, planRequest{strings.TrimSpace(before(q, &q.Steps[i])), q.Steps[i].Words()})
		}
		out.Questions = append(out.Questions, one)
	}
	for _, s := range p.Silent {
		out.Silent = append(out.Silent, planSilent{s.Choice.String(), s.Reason})
	}
	return out
}

// verifyJUnit has a case for each contradiction, which fails, and one for each choice, which does not.
func verifyJUnit(w io.Writer, a *evidence.VerifyAnswer) error {
	known := forms.Suite{Name: "rules"}
	for i := range a.Contradictions {
		e := evidenceOf(a.Plan.Table, &a.Contradictions[i].Evidence)
		known.Cases = append(known.Cases, forms.Case{Name: fmt.Sprintf("%s, request %d", e.Question, e.Request),
			Class: "verify", Failure: &forms.Failure{Message: "contradicts every value",
				Text: fmt.Sprintf("%s\nexpected: %s\nseen: %s",
					e.Sent, strings.Join(e.Expected, "; or "), e.Observed)}})
	}
	if len(known.Cases) == 0 {
		known.Cases = []forms.Case{{Name: "nothing contradicts what is known", Class: "verify",
			Output: strings.Join(lateNotes(a.Findings), "\n")}}
	}
	open := forms.Suite{Name: "open choices"}
	for i := range a.Choices {
		f := &a.Choices[i]
		open.Cases = append(open.Cases, forms.Case{Name: f.Choice.String(), Class: "verify", Output: agreeing(f)})
	}
	suites := []forms.Suite{known, open}
	if len(a.Suite) > 0 {
		suites = append(suites, suiteJUnit(a.Suite))
	}
	return forms.JUnit(w, "", suites)
}

func suiteJUnit(list []evidence.SuiteAsked) forms.Suite {
	out := forms.Suite{Name: "suite"}
	for _, s := range list {
		c := forms.Case{Name: s.Test, Class: "verify", Output: s.Why}
		if len(s.Unmet) > 0 {
			c.Failure = &forms.Failure{Message: strings.Join(s.Unmet, "; ")}
		}
		out.Cases = append(out.Cases, c)
	}
	return out
}
