package verifyreport

import (
	"io"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck"
)

var _ = Verify.Add(forms.AsJSON(func(w io.Writer, a *evidence.VerifyAnswer) error {
	return forms.JSON(w, verifyOf(a))
}))

// What "verify" prints for programs (schemas/verify.schema.json).
type (
	verifyJSON struct {
		Version        int               `json:"version"`
		Target         string            `json:"target"`
		Requests       int               `json:"requests"`
		Seconds        float64           `json:"seconds"`
		Processes      int               `json:"processes"`
		RoutingOnly    bool              `json:"routingOnly"`
		Earlier        int               `json:"earlier"`   // requests that members had seen before
		Strangers      int               `json:"strangers"` // requests of others that arrived meanwhile
		Contradictions []verifyEvidence  `json:"contradictions"`
		Choices        []verifyChoice    `json:"choices"`
		Suite          []verifySuiteTest `json:"suite"`
		Unfinished     []string          `json:"unfinished"`
		Untold         []string          `json:"untold"`
		Late           float64           `json:"late,omitempty"` // seconds; what hangs on less cannot be told
	}
	verifyChoice struct {
		Choice   string           `json:"choice"`
		Settled  *string          `json:"settled"` // null: it is open
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

// choiceOf says of a choice which values agree, and of each other one by which request it is ruled out.
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

// evidenceOf is one request that rules something out; without one it is all requests together.
func evidenceOf(t *routecheck.Table, e *question.Evidence) verifyEvidence {
	if e.Asked == nil {
		return verifyEvidence{Question: "all together", Expected: []string{}}
	}
	q := e.Asked.Question
	return verifyEvidence{q.Name, e.Asked.Step + 1, q.Steps[e.Asked.Step].Words(), append([]string{}, e.Expected...),
		question.Observed(t, &e.Asked.Seen), e.Unlikely, time.Duration(e.Late).Seconds()}
}

// planOf lists what would be sent, first the question how many processes answer, as the text has it.
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
