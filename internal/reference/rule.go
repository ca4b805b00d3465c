package reference

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// rulePage puts beside a rule what hangs on it: its open choices and facts, what levels change, and who cites it.
func rulePage(r choices.RuleInfo) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of the plug-in's decision (%s)\n\n%s\n", r.ID, r.Mark, r.Says)
	for _, ch := range choices.All() {
		if ch.Rule == r.ID {
			fmt.Fprintf(&b, "\nOpen choice %s (%s): %s.\n", ch.Name, strings.Join(ch.Values, ", "), ch.Meaning)
		}
	}
	for _, f := range choices.OpenFacts() {
		if f.Rule == r.ID {
			fmt.Fprintf(&b, "\nFact %s: an answer that hangs on it holds only where %s.\n", f.Name, f.Where)
		}
	}
	for _, f := range choices.LevelFacts() {
		if f.Rule == r.ID {
			fmt.Fprintf(&b, "\nBy level, %s: %s.\n", f.Name, byLevel(f))
		}
	}
	related(&b, lint.Citing(rules.All(), r.ID))
	if r.Source != "" {
		fmt.Fprintf(&b, "\nSource: %s\n", r.Source)
	}
	return b.String()
}

// related names lint rules.
func related(b *strings.Builder, rules []*lint.Rule) {
	var names []string
	for _, r := range rules {
		names = append(names, r.Code+" "+r.Name)
	}
	if len(names) > 0 {
		fmt.Fprintf(b, "\nLint rules: %s\n", strings.Join(names, ", "))
	}
}
