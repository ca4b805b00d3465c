package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/reference"
	"github.com/wasplug/wasplug/internal/report/forms"
)

// Reference are the formats of the list of all that can be explained.
var Reference = forms.List[reference.Listing]{forms.AsText(referenceText),
	forms.AsJSON(func(w io.Writer, l reference.Listing) error { return forms.JSON(w, l) })}

// referenceText lists every word that explain takes, by what it is a word of; what most people look for stands first.
func referenceText(w io.Writer, l reference.Listing) error {
	fmt.Fprintln(w, "Recipes:")
	for _, r := range l.Recipes {
		fmt.Fprintf(w, "  %-16s  %s\n", r.Name, r.Title)
	}
	fmt.Fprintln(w, "\nTopics:")
	for _, names := range l.Topics {
		fmt.Fprintf(w, "  %s\n", strings.Join(names, ", "))
	}
	fmt.Fprintln(w, "\nLint rules:")
	for _, r := range l.Rules {
		fmt.Fprintf(w, "  %s  %-7s  %-34s  %s\n", r.Code, r.Severity, r.Name, r.Title)
	}
	listChoices(w, "Open choices", l.Choices)
	listChoices(w, "Session choices", l.SessionChoices)
	fmt.Fprintln(w, "\nFacts that an answer can hang on:")
	for _, f := range l.Facts {
		fmt.Fprintf(w, "  %-28s  it holds only where %s\n", f.Name, f.Where)
	}
	listSteps(w, "Rules of the decision", l.Decision)
	listSteps(w, "Rules of the session manager", l.Sessions)
	fmt.Fprintln(w, "\nCauses of 'why', in their order:")
	for _, c := range l.Causes {
		fmt.Fprintf(w, "  %-30s  %s\n", c.Code, c.Fact)
	}
	fmt.Fprintln(w, "\nCauses of 'diagnose':")
	for _, d := range l.Diagnoses {
		fmt.Fprintf(w, "  %-5s  %-14s  %s\n", d.ID, d.Symptom, d.Text)
	}
	fmt.Fprintln(w, "\nAttributes and Properties:")
	for _, a := range l.Attributes {
		fmt.Fprintf(w, "  %-32s  %s\n", a.Name, strings.Join(a.Elements, ", "))
	}
	fmt.Fprintln(w, "\nCodes and texts of http_plugin.log and the error log:")
	for _, e := range l.Log {
		fmt.Fprintf(w, "  %-52s  %s\n", e.Name, e.Meaning)
	}
	return nil
}

func listChoices(w io.Writer, title string, list []reference.Choice) {
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, c := range list {
		fmt.Fprintf(w, "  %-28s  %s\n", c.Name, strings.Join(c.Values, ", "))
	}
}

func listSteps(w io.Writer, title string, list []reference.Step) {
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, s := range list {
		fmt.Fprintf(w, "  %-4s  %s\n", s.ID, s.Says)
	}
}
