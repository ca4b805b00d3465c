package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/diagnose"
)

var _ = Diagnose.Add(forms.Form[Diagnosed]{Name: "html", Place: 4, Write: diagnoseHTML})

//go:embed diagnose.html
var diagnosePageText string

// diagnosePage is parsed when a page is asked for first: a template takes time that other commands need not spend.
var diagnosePage = sync.OnceValue(func() *template.Template { return forms.Page(diagnosePageText) })

// What the template is given. All of it is text, which html/template escapes: a log is written by clients.
type (
	pageDiagnosed struct {
		Symptoms         []pageSymptom
		Nothing, Secrets string
	}
	pageSymptom struct {
		Headline, Text, Size string
		Causes               []pageCause
		Others               []pageOther
		Collect              []string
	}
	pageCause struct {
		Found      bool
		Title, Why string
		Lines      []pageLine
		More       int64
		Do, Source string
		Typed      []string
	}
	pageLine  struct{ At, Text string }
	pageOther struct {
		Verdict diagnose.Verdict
		Text    string
	}
)

// diagnoseHTML writes one page to be passed on.
func diagnoseHTML(w io.Writer, a Diagnosed) error {
	var out pageDiagnosed
	shown, others := shownReports(a)
	for _, r := range shown {
		out.Symptoms = append(out.Symptoms, symptomPage(a, r))
	}
	var names []string
	for _, r := range others {
		names = append(names, r.Symptom.Name+" "+possibleWords(r))
	}
	out.Nothing = strings.Join(names, ", ")
	if a.Secrets {
		out.Secrets = secretsKept
	}
	return diagnosePage().Execute(w, out)
}

// symptomPage has of a symptom what the text has, in the same order.
func symptomPage(a Diagnosed, r *diagnose.Report) pageSymptom {
	out := pageSymptom{Headline: headline(r), Text: r.Symptom.Text, Size: r.Sentence, Collect: r.Collect}
	for _, v := range []diagnose.Verdict{diagnose.Found, diagnose.Possible} {
		for _, j := range r.Of(v) {
			out.Causes = append(out.Causes, causePage(a, j))
		}
	}
	for _, v := range []diagnose.Verdict{diagnose.Excluded, diagnose.Open} {
		if causes := r.Of(v); len(causes) > 0 {
			out.Others = append(out.Others, pageOther{v, strings.Join(byReason(causes), "; ")})
		}
	}
	return out
}

func causePage(a Diagnosed, j *diagnose.Judged) pageCause {
	out := pageCause{Found: j.Verdict == diagnose.Found, Why: j.Why, More: j.Count - int64(len(j.Evidence)),
		Do: j.Advice, Title: fmt.Sprintf("%s %s: %s%s", j.Verdict, j.ID, j.Text, shareWords(j)), Source: sources(j),
		Typed: j.Typed()}
	for _, e := range j.Evidence {
		out.Lines = append(out.Lines, pageLine{fmt.Sprintf("%s:%d", e.File, e.Line), a.text(&e)})
	}
	return out
}
