package reference

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/internal/wrap"
	"github.com/wasplug/wasplug/routecheck/diagnose"
)

// Diagnosis is a cause that `diagnose` looks for.
type Diagnosis struct {
	ID      string `json:"id"`
	Symptom string `json:"symptom"`
	Text    string `json:"text"`
}

// diagnosisPages explain a cause of `diagnose`, or a symptom; none where the word is neither.
func diagnosisPages(word string) (pages []string) {
	if c := diagnose.Lookup(word); c != nil {
		pages = append(pages, diagnosisPage(c))
	}
	for _, s := range diagnose.Symptoms() {
		if strings.EqualFold(s.Name, word) {
			pages = append(pages, symptomPage(&s))
		}
	}
	return pages
}

// diagnosisPage says what speaks for a cause, and what to do where it is the one.
func diagnosisPage(c *diagnose.Cause) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, a cause that 'wasplug diagnose' looks for\n\n", c.ID)
	b.WriteString(wrap.Fill(c.Text+".", 0))
	symptoms := strings.Join(append([]string{c.Symptom}, c.Also...), ", ")
	fmt.Fprintf(&b, "\nSymptom: %s\n", symptoms)
	b.WriteString(wrap.Fill("Do: "+c.Advice+".", 0))
	for _, command := range c.Commands {
		fmt.Fprintf(&b, "   %s\n", command)
	}
	if needs := c.Needs(); needs != "" {
		b.WriteString(wrap.Fill("Judged by: "+needs+".", 0))
	}
	row := func(name string, list []string) {
		if len(list) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(list, ", "))
		}
	}
	row("Rules", c.Rules)
	row("Findings of lint", c.Lint)
	row("Source", []string{c.Source})
	return b.String()
}

func symptomPage(s *diagnose.Symptom) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, a symptom that 'wasplug diagnose' judges: %s\n\n", s.Name, s.Text)
	for _, c := range diagnose.Causes() {
		if c.Answers(s.Name) {
			fmt.Fprintf(&b, "%-5s %s\n", c.ID, c.Text)
		}
	}
	return b.String()
}

// diagnosisWords lists the causes and the symptoms.
func diagnosisWords() (all []string) {
	for _, c := range diagnose.Causes() {
		all = append(all, c.ID)
	}
	return append(all, diagnose.SymptomNames()...)
}
