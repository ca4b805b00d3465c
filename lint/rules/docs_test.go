package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/lint/rules"
)

// TestRuleTable holds docs/rules.md against the registry.
func TestRuleTable(t *testing.T) {
	const path = "../../docs/rules.md"
	golden.Check(t, path, []byte(ruleTable()))
}

// head has ' for the quotes of code.
const head = `# The rules of wasplug lint

All %d rules, as 'wasplug explain --list' lists them; 'wasplug explain WP301' shows the page of one: why it
matters in production, what is reported and what is not, its options and its source. [lint.md](lint.md) tells how
settings change severities.

Severity: 'error' means that the plug-in rejects, skips or misroutes something, 'warning' an outage or a security
risk in production, 'info' advice that only the pedantic profile shows. Fix: safe ones are applied by '--fix',
unsafe ones only by '--fix=all'.
`

func ruleTable() string {
	var b strings.Builder
	all := rules.All()
	fmt.Fprintf(&b, strings.ReplaceAll(head, "'", "`"), len(all))
	category := ""
	for _, r := range all {
		if r.Category != category {
			category = r.Category
			fmt.Fprintf(&b,
				"\n## %s%s\n\n| code | name | severity | fix | what is reported |\n|---|---|---|---|---|\n",
				strings.ToUpper(category[:1]), category[1:])
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Code, r.Name, r.Severities(), r.Fix,
			strings.ReplaceAll(markdown(r.Doc.Title), "|", "\\|"))
	}
	return b.String()
}

// markdown keeps what looks like HTML or emphasis as it is written.
func markdown(text string) string {
	return strings.NewReplacer("<", "\\<", "*", "\\*", "_", "\\_").Replace(text)
}
