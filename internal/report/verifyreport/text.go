package verifyreport

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck"
)

// Verify are the formats of what a running plug-in has shown.
var Verify forms.List[*evidence.VerifyAnswer]

// VerifyPlan are the formats of what would be asked.
var VerifyPlan = forms.List[PlannedVerify]{
	forms.AsText(planText),
	forms.AsJSON(func(w io.Writer, p PlannedVerify) error { return forms.JSON(w, planOf(p)) }),
}

// PlannedVerify is a plan, where it would go, and at which pace.
type PlannedVerify struct {
	*evidence.VerifyPlan
	Target string
	Pace   time.Duration // from request to request, at least; 0 for none
}

// planText says what would be sent, in the order in which it would be, and what that cannot settle.
func planText(w io.Writer, p PlannedVerify) error {
	fmt.Fprintf(w, "%s\n", PlanSummary(p))
	if p.Processes != nil {
		questionText(w, p.Processes)
	}
	for _, q := range p.Questions {
		questionText(w, q)
	}
	if len(p.Silent) > 0 {
		fmt.Fprint(w, "\nnot settled by this\n")
		for _, s := range p.Silent {
			fmt.Fprintf(w, "  %s: %s\n", s.Choice, s.Reason)
		}
	}
	return nil
}

// PlanSummary says in a line how much is sent, where, and how long it waits.
func PlanSummary(p PlannedVerify) string {
	text := fmt.Sprintf("%s to %s", forms.Count(int64(p.Requests()), "request"), p.Target)
	if p.Pace > 0 {
		text += fmt.Sprintf(", at most %.3g a second", 1/p.Pace.Seconds())
	}
	if wait := time.Duration(p.Waits()); wait > 0 {
		text += fmt.Sprintf("; it waits %.1f s for intervals to be over", wait.Seconds())
	}
	return text
}

// questionText prints what is sent, and what it is for. Requests that are repeated stand there once.
func questionText(w io.Writer, q *question.Question) {
	fmt.Fprintf(w, "\n%s\n", q.Name)
	for i := 0; i < len(q.Steps); {
		// A run ends where something is made to happen before a request, or where it is answered late.
		s := &q.Steps[i]
		n := 1
		for i+n < len(q.Steps) && len(q.Steps[i+n].Set) == 0 && q.Steps[i+n].Wait == 0 && !s.Hold &&
			q.Steps[i+n].Words() == s.Words() {
			n++
		}
		fmt.Fprintf(w, "  %s%s%s\n", before(q, s), s.Words(), repeated(n))
		i += n
	}
	if len(q.Settles) > 0 {
		fmt.Fprintf(w, "  tells %s\n", strings.Join(question.Told(q.Settles), "; "))
	}
}

func repeated(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(", %d times", n)
}

// before says what is made to happen before a request.
func before(q *question.Question, s *question.Step) (text string) {
	if s.Wait > 0 {
		text += fmt.Sprintf("after %.1f s: ", time.Duration(s.Wait).Seconds())
	}
	var failures []string
	for _, f := range s.Set {
		failures = append(failures, fmt.Sprintf("%s %s", q.MemberName(f.Member), f.Failure))
	}
	if len(failures) > 0 {
		text += "[" + strings.Join(failures, ", ") + "] "
	}
	if s.Hold {
		text += "(answered late) "
	}
	return text
}

var _ = Verify.Add(forms.AsText(verifyText))

// verifyText says what contradicts the procedure first, as nothing below counts then; then what is settled, with what
// ruled the other values out, then what is open, and why.
func verifyText(w io.Writer, a *evidence.VerifyAnswer) error {
	t := a.Plan.Table
	fmt.Fprintf(w, "%s asked of %s in %.0f s\n", forms.Count(int64(a.Ran.Requests), "request"), a.Target, a.Seconds)
	for _, note := range verifyNotes(a) {
		fmt.Fprintln(w, note)
	}
	printContradictions(w, t, a.Contradictions)
	settled := 0
	var open []*question.Finding
	fmt.Fprint(w, "\nsettled\n")
	for i := range a.Choices {
		f := &a.Choices[i]
		v, ok := f.Settled()
		if !ok {
			open = append(open, f)
			continue
		}
		settled++
		fmt.Fprintf(w, "  %s\n", question.SettingWords(f.Choice, v))
		printRuledOut(w, t, f)
	}
	if settled == 0 {
		fmt.Fprint(w, "  none\n")
	}
	printOpen(w, a, open)
	printSuite(w, a.Suite)
	return nil
}

// verifyNotes are what must be known to read the rest.
func verifyNotes(a *evidence.VerifyAnswer) (notes []string) {
	switch n := a.Ran.Processes; {
	case a.Ran.RoutingOnly:
		notes = append(notes, fmt.Sprintf("at least %d web server processes answer, each with marks, weights and a "+
			"round robin of its own, so only routing was asked: let one process answer (httpd -X, or ServerLimit 1 "+
			"with enough ThreadsPerChild), and ask again", n))
	case n == 1:
		notes = append(notes, "one web server process answers")
	case a.Plan.Processes != nil: // it was asked, and the answer is not known
		notes = append(notes, "streams to members are not used again, so nobody can tell how many web server "+
			"processes answer: where they are several, what follows is worth nothing")
	}
	if a.Ran.Earlier > 0 {
		notes = append(notes, fmt.Sprintf("the members had seen %s before this run, and what the web server still "+
			"knows (marks, weights) nobody can tell: of %s only routing was asked; start the members and the web "+
			"server anew to ask for more", forms.Count(int64(a.Ran.Earlier), "request"),
			forms.Count(int64(len(a.Ran.Stale)), "cluster")))
	}
	if a.Ran.Strangers > 0 {
		notes = append(notes,
			forms.Count(int64(a.Ran.Strangers), "request")+" of others arrived meanwhile: they are taken "+
				"into account")
	}
	if len(a.Ran.Disturbed) > 0 {
		notes = append(notes, "requests of others came at the same time as ours, so the state of "+
			strings.Join(clusterNames(a), ", ")+" is not known, and less was learnt there")
	}
	for _, q := range a.Unfinished {
		notes = append(notes, "too much was possible to learn from: "+q.Name)
	}
	return append(notes, lateNotes(a.Findings)...)
}

// lateNotes say what cannot be told as answers came late.
func lateNotes(f *question.Findings) (notes []string) {
	if f.Late > 0 {
		notes = append(notes, fmt.Sprintf("answers came up to %.1f s later than due; what hangs on less than that "+
			"cannot be told", time.Duration(f.Late).Seconds()))
	}
	for _, q := range f.Untold {
		notes = append(notes, "answers came too late to tell whether this is as it should be, ask again: "+q.Name)
	}
	return notes
}

// clusterNames are those of the clusters that others have disturbed.
func clusterNames(a *evidence.VerifyAnswer) (names []string) {
	for _, id := range a.Ran.Disturbed {
		if name := a.Plan.Table.Clusters[id].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// printContradictions says what no value of any open choice explains: a mistake of ours, or a plug-in that differs.
func printContradictions(w io.Writer, t *routecheck.Table, list []question.Contradiction) {
	if len(list) == 0 {
		fmt.Fprint(w, "nothing contradicts what is known\n")
		return
	}
	fmt.Fprint(w, "\ncontradicts every value of every choice: what wasplug takes for a rule does not hold here\n")
	for i := range list {
		printEvidence(w, t, &list[i].Evidence, "  ")
		if late := list[i].Late; late > 0 {
			fmt.Fprintf(w, "    an answer took %.1f s longer than it should: where a machine was busy, ask again\n",
				time.Duration(late).Seconds())
		}
	}
}

func printRuledOut(w io.Writer, t *routecheck.Table, f *question.Finding) {
	for i := range f.RuledOut {
		r := &f.RuledOut[i]
		fmt.Fprintf(w, "    not %s:\n", f.Choice.ValueName(r.Value))
		printEvidence(w, t, &r.Evidence, "      ")
	}
}

// printEvidence shows one request whose answer rules something out. Asked is nil where no single one does.
func printEvidence(w io.Writer, t *routecheck.Table, e *question.Evidence, indent string) {
	if e.Asked == nil {
		fmt.Fprintf(w, "%sby all that was seen together\n", indent)
		return
	}
	q := e.Asked.Question
	fmt.Fprintf(w, "%s%s, request %d: %s\n", indent, q.Name, e.Asked.Step+1, q.Steps[e.Asked.Step].Words())
	if e.Unlikely {
		fmt.Fprintf(w, "%s  so many of these came elsewhere as chance allows once in a million runs\n", indent)
		return
	}
	fmt.Fprintf(w, "%s  expected: %s\n", indent, strings.Join(e.Expected, "; or "))
	fmt.Fprintf(w, "%s  seen:     %s\n", indent, question.Observed(t, &e.Asked.Seen))
}

// printOpen lists choices that are not settled, with what ruled values out. Where no value agrees, that would be
// nearly all that was asked, and is left out.
func printOpen(w io.Writer, a *evidence.VerifyAnswer, open []*question.Finding) {
	if len(open) == 0 {
		return
	}
	fmt.Fprint(w, "\nopen\n")
	for _, f := range open {
		fmt.Fprintf(w, "  %s: %s\n", f.Choice, agreeing(f))
		if reason := a.Reason(f); reason != "" {
			fmt.Fprintf(w, "    %s\n", reason)
		}
		if len(f.Agrees) > 0 {
			printRuledOut(w, a.Plan.Table, f)
		}
	}
}

// agreeing names the values that fit all that was seen.
func agreeing(f *question.Finding) string {
	var names []string
	for _, v := range f.Agrees {
		names = append(names, f.Choice.ValueName(v))
	}
	if len(names) == 0 {
		return "no value agrees with all that was seen"
	}
	return strings.Join(names, " or ")
}

// printSuite tells of tests of --suite, whose requests were sent, too. Those that cannot be asked of a running plug-in
// say why.
func printSuite(w io.Writer, suite []evidence.SuiteAsked) {
	if len(suite) == 0 {
		return
	}
	fmt.Fprint(w, "\nsuite\n")
	for _, s := range suite {
		switch {
		case s.Why != "":
			fmt.Fprintf(w, "  not asked: %s: %s\n", s.Test, s.Why)
		case len(s.Unmet) == 0:
			fmt.Fprintf(w, "  met:       %s\n", s.Test)
		default:
			fmt.Fprintf(w, "  not met:   %s: %s\n", s.Test, strings.Join(s.Unmet, "; "))
		}
	}
}
