package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// Diagnosed is what was found out, and whether what belongs to users is shown.
type Diagnosed struct {
	*evidence.DiagnoseAnswer
	forms.Secrets
}

// text is what a line of evidence says, as far as it is passed on. It is shortened where secrets are not asked for: a
// report goes into a ticket, and a line of a trace may hold a whole request.
func (a Diagnosed) text(e *facts.Evidence) string {
	text := a.Line(e.Text)
	if !a.Secrets {
		text = diag.Clip(text, mostText)
	}
	return text
}

// mostText is how many bytes of a line of a log are shown.
const mostText = 160

// Diagnose are the formats of what causes a symptom.
var Diagnose forms.List[Diagnosed]

// secretsKept ends a report that shows them, as a warning to whoever passes it on.
const secretsKept = "session IDs and queries are shown: --show-secrets"

// shownReports are the symptoms to show: the one that was asked about, else those with a cause that was found.
func shownReports(a Diagnosed) (shown, others []*diagnose.Report) {
	for _, r := range a.Reports {
		if a.One || len(r.Found()) > 0 {
			shown = append(shown, r)
		} else {
			others = append(others, r)
		}
	}
	return shown, others
}

var _ = Diagnose.Add(forms.AsText(diagnoseText))

// diagnoseText says what was found, and of the symptoms without a cause that they were judged: silence would look like
// an answer.
func diagnoseText(w io.Writer, a Diagnosed) error {
	shown, others := shownReports(a)
	if len(shown) == 0 {
		fmt.Fprintln(w, "no cause was found for any symptom")
	}
	apart(w, shown, func(r *diagnose.Report) { diagnosedText(w, a, r) })
	// Only where all symptoms were asked about: the one that was is shown in full, whatever was found.
	if len(others) > 0 {
		var names []string
		for _, r := range others {
			names = append(names, r.Symptom.Name+" "+possibleWords(r))
		}
		fmt.Fprintf(w, "\nnothing found for: %s\n", strings.Join(names, ", "))
		fmt.Fprintln(w, "what is possible, excluded and open says --symptom NAME")
	}
	if a.Secrets {
		fmt.Fprintln(w, "\n"+secretsKept)
	}
	return nil
}

// apart writes reports with an empty line between them.
func apart(w io.Writer, reports []*diagnose.Report, write func(*diagnose.Report)) {
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(w)
		}
		write(r)
	}
}

func possibleWords(r *diagnose.Report) string {
	return fmt.Sprintf("(%d possible)", len(r.Of(diagnose.Possible)))
}

// headline answers in one line: the first cause, as package diagnose lists those first that explain most.
func headline(r *diagnose.Report) string {
	found := r.Found()
	if len(found) == 0 {
		return fmt.Sprintf("%s: no cause found, %d possible, %d open", r.Symptom.Name, len(r.Of(diagnose.Possible)),
			len(r.Of(diagnose.Open)))
	}
	more := ""
	if len(found) > 1 {
		more = fmt.Sprintf(", and %s", forms.Count(len(found)-1, "further cause"))
	}
	return fmt.Sprintf("%s: %s (%s)%s", r.Symptom.Name, found[0].Text, found[0].ID, more)
}

// diagnosedText tells of one symptom: causes that were found or are possible in full, the others by their IDs, then
// what to collect so that the next report says more.
func diagnosedText(w io.Writer, a Diagnosed, r *diagnose.Report) {
	fmt.Fprintln(w, headline(r))
	fmt.Fprintf(w, "  symptom   %s\n  size      %s\n", r.Symptom.Text, r.Sentence)
	for _, v := range []diagnose.Verdict{diagnose.Found, diagnose.Possible} {
		for _, j := range r.Of(v) {
			judgedText(w, a, j)
		}
	}
	briefly(w, r, diagnose.Excluded)
	briefly(w, r, diagnose.Open)
	for i, step := range r.Collect {
		name := ""
		if i == 0 {
			name = "collect"
		}
		fmt.Fprintf(w, "  %-9s %d. %s\n", name, i+1, step)
	}
}

// judgedText is one cause. Evidence holds the first lines, Count all of them.
func judgedText(w io.Writer, a Diagnosed, j *diagnose.Judged) {
	fmt.Fprintf(w, "\n%s %s: %s%s\n", j.Verdict, j.ID, j.Text, shareWords(j))
	row := func(name, text string) { fmt.Fprintf(w, "  %-9s %s\n", name, text) }
	row("because", j.Why)
	for i, e := range j.Evidence {
		name := ""
		if i == 0 {
			name = "lines"
		}
		row(name, fmt.Sprintf("%s:%d: %s", e.File, e.Line, a.text(&e)))
	}
	if more := j.Count - int64(len(j.Evidence)); more > 0 {
		row("", fmt.Sprintf("and %d more", more))
	}
	row("do", j.Advice)
	for _, c := range j.Typed() {
		row("", "  "+c)
	}
	row("source", sources(j))
}

// shareWords is how much of the symptom a cause explains; 0 where that cannot be counted.
func shareWords(j *diagnose.Judged) string {
	if j.Verdict != diagnose.Found || j.Share == 0 {
		return ""
	}
	if j.Share < 0.01 {
		return " (under 1 %)"
	}
	return fmt.Sprintf(" (%.0f %%)", 100*j.Share)
}

// briefly lists causes of a verdict in one line.
func briefly(w io.Writer, r *diagnose.Report, v diagnose.Verdict) {
	causes := r.Of(v)
	if len(causes) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%-9s   %s\n", v, strings.Join(byReason(causes), "; "))
}

// byReason puts the IDs of causes in front of what is said of them alike: "C3, C7 no log was given".
func byReason(causes []*diagnose.Judged) (parts []string) {
	var reasons []string
	ids := map[string][]string{}
	for _, j := range causes {
		if ids[j.Why] == nil {
			reasons = append(reasons, j.Why)
		}
		ids[j.Why] = append(ids[j.Why], j.ID)
	}
	for _, why := range reasons {
		parts = append(parts, strings.Join(ids[why], ", ")+" "+why)
	}
	return parts
}

// sources are the rules and the source of a cause, each once.
func sources(j *diagnose.Judged) string {
	all := append([]string{}, j.Rules...)
	if !slices.Contains(all, j.Source) {
		all = append(all, j.Source)
	}
	return strings.Join(all, ", ")
}

// What was found out as diagnose.schema.json describes it: all symptoms that were asked about, and all their causes,
// also those that text leaves out.
type (
	jsonDiagnosed struct {
		Version   int           `json:"version"`
		Secrets   bool          `json:"secretsShown"`
		Diagnoses []jsonSymptom `json:"diagnoses"`
	}
	jsonSymptom struct {
		Symptom  string           `json:"symptom"`
		Text     string           `json:"text"`
		Size     string           `json:"size"`
		Measured map[string]int64 `json:"measured"`
		Causes   []jsonCause      `json:"causes"`
		Collect  []string         `json:"collect"`
	}
	jsonCause struct {
		ID       string           `json:"id"`
		Verdict  diagnose.Verdict `json:"verdict"`
		Text     string           `json:"text"`
		Why      string           `json:"why"`
		Share    float64          `json:"share"`
		Count    int64            `json:"count"`
		Evidence []facts.Evidence `json:"evidence"`
		Advice   string           `json:"advice"`
		Commands []string         `json:"commands"`
		Rules    []string         `json:"rules"`
		Lint     []string         `json:"lint"`
		Source   string           `json:"source"`
	}
)

var _ = Diagnose.Add(forms.AsJSON(diagnoseJSON))

func diagnoseJSON(w io.Writer, a Diagnosed) error {
	out := jsonDiagnosed{Version: 1, Secrets: bool(a.Secrets), Diagnoses: []jsonSymptom{}}
	for _, r := range a.Reports {
		s := jsonSymptom{Symptom: r.Symptom.Name, Text: r.Symptom.Text, Size: r.Sentence, Measured: r.Measured,
			Causes: []jsonCause{}, Collect: orNone(r.Collect)}
		for _, j := range r.Causes {
			c := jsonCause{ID: j.ID, Verdict: j.Verdict, Text: j.Text, Why: j.Why, Share: j.Share, Count: j.Count,
				Evidence: []facts.Evidence{}, Advice: j.Advice, Commands: orNone(j.Typed()), Rules: orNone(j.Rules),
				Lint: orNone(j.Lint), Source: j.Source}
			for _, e := range j.Evidence {
				c.Evidence = append(c.Evidence, facts.Evidence{File: e.File, Line: e.Line, Text: a.text(&e)})
			}
			s.Causes = append(s.Causes, c)
		}
		out.Diagnoses = append(out.Diagnoses, s)
	}
	return forms.JSON(w, out)
}

// orNone is an empty list instead of none, which JSON would call null.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

var _ = Diagnose.Add(forms.Form[Diagnosed]{Name: "markdown", Place: 3, Write: diagnoseMarkdown})

func diagnoseMarkdown(w io.Writer, a Diagnosed) error {
	shown, _ := shownReports(a)
	if len(shown) == 0 {
		fmt.Fprintln(w, "No cause was found for any symptom.")
	}
	apart(w, shown, func(r *diagnose.Report) { diagnosedMarkdown(w, a, r) })
	if a.Secrets {
		fmt.Fprintln(w, "\n"+secretsKept)
	}
	return nil
}

// diagnosedMarkdown is for a ticket: the headline is a heading, evidence a table, commands stand as code. Everything
// that a file or a log may have in it goes through diff.Mark, or it would be markup.
func diagnosedMarkdown(w io.Writer, a Diagnosed, r *diagnose.Report) {
	fmt.Fprintf(w, "## %s\n\n%s: %s\n", diff.Mark(headline(r)), diff.Mark(r.Symptom.Text), diff.Mark(r.Sentence))
	for _, v := range []diagnose.Verdict{diagnose.Found, diagnose.Possible} {
		for _, j := range r.Of(v) {
			judgedMarkdown(w, a, j)
		}
	}
	for _, v := range []diagnose.Verdict{diagnose.Excluded, diagnose.Open} {
		if causes := r.Of(v); len(causes) > 0 {
			fmt.Fprintf(w, "\n**%s**\n\n", v)
			for _, j := range causes {
				fmt.Fprintf(w, "- %s: %s\n", j.ID, diff.Mark(j.Why))
			}
		}
	}
	if len(r.Collect) > 0 {
		fmt.Fprint(w, "\n**collect**\n\n")
		for i, step := range r.Collect {
			fmt.Fprintf(w, "%d. %s\n", i+1, diff.Mark(step))
		}
	}
}

// judgedMarkdown is one cause with its evidence; commands are indented by four blanks, which Markdown shows as they
// are.
func judgedMarkdown(w io.Writer, a Diagnosed, j *diagnose.Judged) {
	fmt.Fprintf(w, "\n### %s %s: %s%s\n\n%s.\n", j.Verdict, j.ID, diff.Mark(j.Text), shareWords(j), diff.Mark(j.Why))
	if len(j.Evidence) > 0 {
		fmt.Fprint(w, "\n| line | says |\n|---|---|\n")
		for _, e := range j.Evidence {
			fmt.Fprintf(w, "| %s:%d | %s |\n", diff.Mark(e.File), e.Line, diff.Mark(a.text(&e)))
		}
	}
	if more := j.Count - int64(len(j.Evidence)); more > 0 {
		fmt.Fprintf(w, "\nand %d more\n", more)
	}
	fmt.Fprintf(w, "\nDo: %s\n", diff.Mark(j.Advice))
	if typed := j.Typed(); len(typed) > 0 {
		fmt.Fprintf(w, "\n    %s\n", strings.Join(typed, "\n    "))
	}
}
