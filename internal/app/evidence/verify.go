package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Verify asks a plug-in that runs how it decides where that is open, and whether it does what is documented.
type Verify struct {
	Config  app.Config
	Plugin  app.Plugin
	Only    []string // choices that are asked, none: all
	Members bool     // the servers are those of "members"
	TLS     bool     // requests can be sent over TLS
	Port    int      // that requests arrive on, 0 where there is none
	TLSPort int      // over TLS
	Ports   []int    // further ones that can be reached
	Suite   string   // path of a suite that is asked, too
	Seed    uint64
}

// VerifyPlan is what is to be asked.
type VerifyPlan struct {
	*question.Plan
	Notes   app.Notes
	Config  string
	Table   *routecheck.Table
	Among   []choices.Choice // those that are asked about
	Silent  []Silent         // those of Among that no question settles
	suite   liveSuite        // its questions stand in the plan behind the planner's own
	planner *question.Planner
}

// Assumptions are what is taken for granted of the plug-in.
func (p *VerifyPlan) Assumptions() *choices.Assumptions { return &p.planner.Base }

// Silent is a choice that the plan does not settle, and why.
type Silent struct {
	Choice choices.Choice
	Reason string
}

// Plan reads the file and chooses the questions.
func (v *Verify) Plan(in app.Input) (*VerifyPlan, error) {
	p := &VerifyPlan{Config: app.DisplayName(v.Config.Path)}
	l, sem, settled, err := v.Plugin.Load(in, v.Config, diag.NewFiles(), &p.Notes)
	if err != nil {
		return p, err
	}
	if p.Among, err = v.among(settled); err != nil {
		return p, err
	}
	p.Table = l.Table
	// Alone: who names choices does not ask whether Routes lead where they should.
	p.planner = &question.Planner{Judge: question.Judge{Table: l.Table, Base: sem}, TLS: v.TLS,
		TLSOnly: v.TLS && v.Port == 0, Members: v.Members,
		Alone: len(v.Only) > 0, Seed: v.Seed, Reaches: v.reaches}
	for _, c := range p.Among {
		p.planner.Among |= 1 << c
	}
	p.Plan = p.planner.Plan()
	for _, c := range p.Among {
		if !p.Settles(c) {
			p.Silent = append(p.Silent, Silent{c, v.silence(c)})
		}
	}
	if v.Suite != "" {
		p.suite, err = v.readSuite(in, p)
	}
	return p, err
}

// reaches puts a request on a port where it can be sent to.
func (v *Verify) reaches(rq *match.Request, table *match.Table) bool {
	// Where virtual hosts are matched by the port of the Host header, a request is written for the port that is
	// reached; where by the port it arrives on, it can only be sent to that one.
	if table.PortArrived && slices.Contains(v.Ports, rq.Port) {
		return true
	}
	port := v.Port
	if rq.TLS {
		port = v.TLSPort
	}
	if !table.PortArrived {
		rq.Port = port
	}
	return rq.Port == port && port != 0
}

// among are the choices that are asked: those of Only, but not what is settled.
func (v *Verify) among(settled []choices.Choice) (list []choices.Choice, err error) {
	for _, name := range v.Only {
		if !slices.ContainsFunc(choices.All(), func(c choices.Info) bool { return c.Name == name }) {
			return nil, app.Wrong("only", " %q: no open choice of the plug-in is called so%s", name,
				diag.DidYouMean(name, choiceNames()))
		}
	}
	for c := range choices.NumChoices {
		if (len(v.Only) == 0 || slices.Contains(v.Only, c.String())) && !slices.Contains(settled, c) {
			list = append(list, c)
		}
	}
	return list, nil
}

func choiceNames() (names []string) {
	for _, c := range choices.All() {
		names = append(names, c.Name)
	}
	return names
}

// silence says why a choice is not settled.
func (v *Verify) silence(c choices.Choice) string {
	if text := question.Unseen(c); text != "" {
		return text
	}
	if question.NeedsTLS(c) && !v.TLS {
		return "it takes requests over TLS: say where they are taken with --tls-target"
	}
	if question.NeedsPlain(c) && v.Port == 0 {
		return "it takes requests without TLS: say where they are taken with --against http://HOST"
	}
	return "no request that may be sent tells its values apart; 'wasplug members --probe' stands in for the servers " +
		"and adds some that do"
}

// VerifyAnswer is what was learnt.
type VerifyAnswer struct {
	*question.Findings
	Plan    *VerifyPlan
	Target  string
	Ran     question.Run
	Suite   []SuiteAsked
	Seconds float64 // that asking took
}

// Judge learns from what was asked.
func (p *VerifyPlan) Judge(run question.Run) *VerifyAnswer {
	a := &VerifyAnswer{Plan: p, Ran: run}
	a.Findings = p.planner.Findings(&run)
	a.Suite = p.suite.judge(p.Table, run.Asked)
	return a
}

// Failed reports whether something contradicts every value, or what a suite expects.
func (a *VerifyAnswer) Failed() bool {
	return len(a.Contradictions) > 0 ||
		slices.ContainsFunc(a.Suite, func(s SuiteAsked) bool { return len(s.Unmet) > 0 })
}

// Reason says why a choice is not settled, "" where it is.
func (a *VerifyAnswer) Reason(f *question.Finding) string {
	// No value agrees: that is a contradiction, which is told by itself.
	if _, ok := f.Settled(); ok || len(f.Agrees) == 0 {
		return ""
	}
	i := slices.IndexFunc(a.Plan.Silent, func(s Silent) bool { return s.Choice == f.Choice })
	switch {
	case i >= 0:
		return a.Plan.Silent[i].Reason
	case a.Ran.RoutingOnly:
		return "several web server processes answer: ask one alone"
	// A member with a past may be marked, or at another place of its round, which explains an answer as well as a
	// choice.
	case len(a.Ran.Stale) > 0:
		return "members had seen requests before: start them and the web server anew"
	}
	return "what was seen fits these values alike, as another choice has a value that hides the difference"
}

// Settled writes the choices of which one value agrees; those that stay open stand in a comment.
func (a *VerifyAnswer) Settled() []byte {
	comment := fmt.Sprintf("what %s says about the open choices, asked by %s", a.Target, a.Plan.Config)
	if n := len(a.Contradictions); n > 0 {
		comment += fmt.Sprintf("\n%s no value explains: take this with care", counted(int64(n), "request"))
	}
	var settled, open []string
	for i := range a.Choices {
		f := &a.Choices[i]
		if v, ok := f.Settled(); ok {
			settled = append(settled, question.SettingWords(f.Choice, v))
			continue
		}
		var agree []string
		for _, v := range f.Agrees {
			agree = append(agree, f.Choice.ValueName(v))
		}
		open = append(open, f.Choice.String()+": "+strings.Join(agree, " or "))
	}
	return settledFile(comment, settled, open)
}
