package session

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
)

// TestRulesPage holds docs/spec/sessions.md against the tables that the program explains itself by.
func TestRulesPage(t *testing.T) {
	golden.Check(t, "../../docs/spec/sessions.md", []byte(rulesPage()))
}

func rulesPage() string {
	var b strings.Builder
	b.WriteString("# What becomes of a session, rule by rule\n\n" +
		"Made from the tables in package routecheck/session, as `wasplug explain S4` shows them. " +
		"These are rules of the servers'\nsession manager, not of the plug-in; " +
		"[sessions.md](../sessions.md) tells what follows from them.\n")
	titles := map[string]string{"S1": "Session identity", "D1": "Database", "M1": "Memory-to-memory", "G1": "Grid",
		"W1": "When what is written", "L1": "The replication of wasplug's lab"}
	for _, r := range Rules() {
		if title := titles[r.ID]; title != "" {
			fmt.Fprintf(&b, "\n## %s\n\n| rule | says | mark |\n|---|---|---|\n", title)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.ID, cell(r.Says), r.Mark)
	}
	b.WriteString("\n## Session choices\n\nWhere the servers' behaviour is not documented. " +
		"The first value is the default; " +
		"`--assume NAME=VALUE` sets another.\n\n| choice | values | rule | decides | evidence |\n" +
		"|---|---|---|---|---|\n")
	for _, c := range Choices() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", c.Name, strings.Join(c.Values, ", "), c.Rule, cell(c.Meaning),
			cell(c.Evidence))
	}
	return b.String()
}

// cell keeps what Markdown would take for a mark.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`, "_", `\_`).Replace(text)
}
