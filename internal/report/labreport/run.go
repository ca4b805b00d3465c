package labreport

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/parser/diag"
)

// Run is what came of scenarios.
type Run struct{ Files []File }

// File is a scenario file that ran.
type File struct {
	Name    string
	Results []*scenario.Result
}

// Failed is how many tests are not as expected, of how many.
func (l *Run) Failed() (failed, all int) {
	for _, f := range l.Files {
		for _, r := range f.Results {
			if all++; r.Failed() {
				failed++
			}
		}
	}
	return failed, all
}

// Runs are the formats of scenarios that ran.
var Runs forms.List[*Run]

var _ = Runs.Add(forms.AsText(labText))

// labText has a line for each test, below it what failovers it saw, predicted and found, and what is wrong.
func labText(w io.Writer, l *Run) error {
	for _, f := range l.Files {
		for _, r := range f.Results {
			word := "ok   "
			if r.Failed() {
				word = "FAIL "
			}
			fmt.Fprintf(w, "%s %s: %s (%s)\n", word, f.Name, r.Test.Name.V, milliseconds(r.Took))
			for i := range r.Failovers {
				labFailover(w, &r.Failovers[i])
			}
			labFailures(w, r)
		}
	}
	failed, all := l.Failed()
	_, err := fmt.Fprintf(w, "%d passed, %d failed\n", all-failed, failed)
	return err
}

func milliseconds(d time.Duration) string { return d.Round(time.Millisecond).String() }

// labFailover is the block of one failover: who died, who took over, what was written and found, and the steps of the
// prediction, with when the log of the web server shows them (-: it does not).
func labFailover(w io.Writer, f *scenario.Failover) {
	for _, d := range f.Died {
		fmt.Fprintf(w, "  %s: %s, %s before; the last change was %s old\n", d.Member, d.How, milliseconds(d.Ago),
			milliseconds(f.Age))
	}
	who := "nobody answered"
	if f.Took != "" {
		who = f.Took + " took over"
	}
	fmt.Fprintf(w, "  %s %s of client %s after %s\n", who, f.Path, diag.Quote(f.Client), milliseconds(f.Gap))
	fmt.Fprintf(w, "    cookie     %s -> %s\n", forms.OrDash(f.Before), forms.OrDash(f.After))
	fmt.Fprintf(w, "    changes    %d sent, %d acknowledged, %d acknowledged as written, %d found, %d lost\n", f.Sent,
		f.Acknowledged, f.Written, f.Found, f.Lost)
	fmt.Fprintf(w, "    predicted  session %s, cookie %s: %s [%s]\n",
		forms.OrDash(f.Session), forms.OrDash(f.Cookie), f.Predicted,
		strings.Join(f.Rules, " "))
	for i, s := range f.Steps {
		at := "        -" // as wide as a time
		if s.After >= 0 {
			at = fmt.Sprintf("%6.2f ms", float64(s.After.Microseconds())/1000)
		}
		fmt.Fprintf(w, "    %s %2d. %s [%s]\n", at, i+1, s.Text, s.Rule)
	}
}

// labFailures tells what was not as expected; of a test that passed, only what is worth knowing of late changes.
func labFailures(w io.Writer, r *scenario.Result) {
	for _, s := range r.Steps {
		if s.Late > 0 {
			fmt.Fprintf(w, "  %s: %d more than its client was told of: what a member ran that had hung, "+
				"on top of the retry, or "+
				"what nobody answered\n", s.At, s.Late)
		}
		if s.Verdict == scenario.AsExpected {
			continue
		}
		fmt.Fprintf(w, "  %s: %s\n    %s\n", s.At, s.What, s.Verdict)
		for _, f := range s.Failures {
			fmt.Fprintf(w, "      %s\n        - %s\n        + %s\n", f.Field, f.Want, f.Got)
		}
		if len(s.Rules) > 0 {
			fmt.Fprintf(w, "      rules %s\n", strings.Join(s.Rules, " "))
		}
	}
	if r.History != nil {
		for _, f := range r.History.Findings {
			fmt.Fprintf(w, "  %s: client %s: %s\n", f.Check, diag.Quote(f.Client), f.Text)
		}
	}
	if r.Err != nil {
		fmt.Fprintf(w, "  %v\n", r.Err)
	}
}
