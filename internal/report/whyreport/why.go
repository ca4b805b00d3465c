package whyreport

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Why are the formats of an explanation; json has one line for each request.
var Why = forms.List[*answers.WhyAnswer]{
	forms.AsText(whyText),
	{Name: "json", Place: 2, Usage: " (one line for each request)", Escape: diag.JSON,
		Write: func(w io.Writer, a *answers.WhyAnswer) error { return forms.JSONLines(w, a.Decisions) }},
}

// whyText is the explanation for people: the answer first, then the steps, the Routes that lost, and what the answer
// hangs on.
func whyText(w io.Writer, a *answers.WhyAnswer) error {
	if a.Show == answers.GoesTo {
		for i := range a.Decisions {
			fmt.Fprintln(w, a.Decisions[i].GoesTo)
		}
		return nil
	}
	if len(a.Decisions) == 1 {
		printLines(w, &a.Decisions[0])
		if a.Show != answers.Brief {
			printDecision(w, &a.Decisions[0])
		}
		return nil
	}
	for i := range a.Decisions {
		printRequestLine(w, &a.Decisions[i])
	}
	printSummary(w, a.Decisions)
	return nil
}

// printLines are the answer as package cause words it: all that --brief shows.
func printLines(w io.Writer, d *routecheck.Decision) {
	for _, line := range d.Lines {
		fmt.Fprintln(w, line)
	}
}

func printDecision(w io.Writer, d *routecheck.Decision) {
	fmt.Fprint(w, "\nsteps\n")
	for i, s := range d.Steps {
		fmt.Fprintf(w, "%3d. %s\n     %s\n", i+1, s.Text, s.Source())
	}
	printRoutes(w, d)
	printPossible(w, d)
	printSession(w, d)
	printCertainty(w, d)
}

// printSession says what becomes of the session, where the request has one and it is known what servers do with it.
// The last line is about what no persistence keeps, where the session changes its member.
func printSession(w io.Writer, d *routecheck.Decision) {
	if d.Session == nil || d.Session.Fate == session.FateNone {
		return
	}
	fmt.Fprintf(w, "\nsession\n  %s\n", d.Session.Text)
	for _, note := range d.Session.Notes {
		fmt.Fprintf(w, "  %s\n", note)
	}
	if d.Session.Fate != session.FateKept || len(d.Attempts) > 1 {
		fmt.Fprintf(w, "  %s\n", session.AlwaysLost)
	}
}

// mostRoutes is how many Routes text shows; the winner is shown wherever it stands. JSON has all.
const mostRoutes = 20

// printRoutes lists the Routes that compete, and counts the others by what does not match.
func printRoutes(w io.Writer, d *routecheck.Decision) {
	if len(d.Candidates) == 0 && len(d.NotMatched) == 0 {
		return
	}
	fmt.Fprint(w, "\nroutes\n")
	more := 0
	for i, r := range d.Candidates {
		if i >= mostRoutes && !r.Wins {
			more++
			continue
		}
		fmt.Fprintf(w, "  route %d to %s", r.Route, r.Cluster)
		if r.URI != "" || r.Alias != "" {
			fmt.Fprintf(w, " by %s %s", orAny(r.Alias), orAny(r.URI))
		}
		fmt.Fprintf(w, ": %s", r.Why)
		if r.At != nil {
			fmt.Fprintf(w, "\n     %s:%d:%d", r.At.File, r.At.Line, r.At.Column)
		}
		fmt.Fprintln(w)
	}
	if more > 0 {
		fmt.Fprintf(w, "  ... and %d more that compete\n", more)
	}
	for _, what := range slices.Sorted(maps.Keys(d.NotMatched)) {
		printOthers(w, d, what)
	}
}

// printOthers counts the Routes that do not match and are not listed above.
func printOthers(w io.Writer, d *routecheck.Decision, what string) {
	n, other := d.NotMatched[what], ""
	// Where no Route competes, Candidates are the near misses, which are listed and not counted again.
	for _, r := range d.Candidates[:min(mostRoutes, len(d.Candidates))] {
		other = "other "
		if r.Missing == what {
			n--
		}
	}
	what = strings.Replace(what, "URI", "path", 1)
	switch {
	case n == 1:
		fmt.Fprintf(w, "  1 %sRoute does not match (%s)\n", other, what)
	case n > 1:
		fmt.Fprintf(w, "  %d %sRoutes do not match (%s)\n", n, other, what)
	}
}

func orAny(s string) string {
	if s == "" {
		return "(any)"
	}
	return s
}

// printPossible shows the shares of members where chance decides: of this request, and of all requests of a full cycle
// of balancing, which is what a member gets in the long run.
func printPossible(w io.Writer, d *routecheck.Decision) {
	if len(d.Ends) < 2 {
		return
	}
	fmt.Fprint(w, "\npossible members           this request   over a full cycle\n")
	for _, p := range d.Possible {
		fmt.Fprintf(w, "  %-24s %10.1f %% %17.1f %%\n", p.Member, 100*p.First, 100*p.Share)
	}
}

// mostDependences is how many combinations of open choices text shows; JSON has all.
const mostDependences = 12

// printCertainty says what the answer hangs on. Without a dependence it is not certain where the budget ended before
// all combinations were tried.
func printCertainty(w io.Writer, d *routecheck.Decision) {
	fmt.Fprintln(w)
	switch {
	case d.Certain && len(d.Ends) > 1:
		fmt.Fprintln(w, "certain: no open choice changes this set of members")
		return
	case d.Certain:
		fmt.Fprintln(w, "certain: no open choice changes this answer")
		return
	case len(d.DependsOn) == 0:
		fmt.Fprintln(w, "not proven: too many combinations of open choices to try them all; "+
			"none of those tried changes the answer")
		return
	}
	printDependences(w, d)
	if !d.Proven {
		fmt.Fprintln(w, "  not proven: there are more combinations than could be tried")
	}
}

// printDependences tells what the answer hangs on: first the open choices, then the facts.
func printDependences(w io.Writer, d *routecheck.Decision) {
	undocumented := func(dep explain.Dependence) bool { return len(dep.Assume) > 0 }
	if slices.ContainsFunc(d.DependsOn, undocumented) {
		fmt.Fprintln(w, "not certain: the plug-in's behaviour is undocumented here, "+
			"and the answer would be another with")
	}
	shown := 0
	for _, dep := range d.DependsOn {
		if !undocumented(dep) {
			continue
		}
		if shown++; shown > mostDependences {
			continue
		}
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(dep.Assume)) {
			parts = append(parts, name+"="+dep.Assume[name])
		}
		if dep.Fact != "" {
			parts = append(parts, dep.Fact)
		}
		fmt.Fprintf(w, "  %s: %s\n", strings.Join(parts, " and "), dep.Gives)
	}
	if shown > mostDependences {
		fmt.Fprintf(w, "  ... and %d more combinations (--format json lists them)\n", shown-mostDependences)
	}
	for _, fact := range choices.OpenFacts() {
		for _, dep := range d.DependsOn {
			if dep.Fact == fact.Name && !undocumented(dep) {
				fmt.Fprintf(w, "not certain: the answer holds only where %s%s (%s)%s\n", fact.Where, otherwise(dep),
					fact.Name, after("; ", fact.Settle))
			}
		}
	}
}

// otherwise words the other answer of a fact, where it can be told.
func otherwise(dep explain.Dependence) string {
	if dep.Gives == explain.Unknown {
		return ""
	}
	return "; otherwise it is " + dep.Gives
}

// after returns a text behind what joins it to the text before, "" for none.
func after(join, text string) string {
	if text == "" {
		return ""
	}
	return join + text
}

// printRequestLine is one request of several.
func printRequestLine(w io.Writer, d *routecheck.Decision) {
	o := d.Result
	fmt.Fprintf(w, "%4d  %8.3f s  %s", d.Request, float64(o.Start)/1e9, d.Answers)
	if len(d.Attempts) > 1 {
		var parts []string
		for _, a := range d.Attempts {
			text := a.Member + " " + a.Outcome
			if a.Marked {
				text += " marked"
			}
			parts = append(parts, text)
		}
		fmt.Fprintf(w, "  [%s]", strings.Join(parts, ", "))
	}
	if !d.Certain {
		fmt.Fprint(w, "  (not certain)")
	}
	fmt.Fprintln(w)
}

// printSummary counts the answers of several requests.
func printSummary(w io.Writer, decisions []routecheck.Decision) {
	counts := map[string]int{}
	for i := range decisions {
		counts[decisions[i].Answers]++
	}
	fmt.Fprintln(w)
	for _, answer := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%4d x %s\n", counts[answer], answer)
	}
}
