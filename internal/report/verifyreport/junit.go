package verifyreport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
)

var _ = Verify.Add(forms.AsJUnit(3, verifyJUnit))

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

// suiteJUnit has a case for each test of --suite; one that was not asked passes, and its output says why.
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
