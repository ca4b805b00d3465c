package choices

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestProcedurePage holds docs/spec/procedure.md against the tables that the program explains itself by.
func TestProcedurePage(t *testing.T) {
	golden.Check(t, "../../docs/spec/procedure.md", []byte(procedurePage()))
}

// TestSchema holds the list of choices in the schema of settled choices against the table.
func TestSchema(t *testing.T) {
	const path, from, to = "../../schemas/semantics.schema.json", "      \"properties\": {\n",
		"      }\n    }\n  }\n}\n"
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(src), from)
	if !found || !strings.HasSuffix(string(src), to) {
		t.Fatal("the schema has no list of choices")
	}
	var rows []string
	row := func(name string, values []string, rule, meaning string) {
		rows = append(rows,
			fmt.Sprintf("        %q: { \"type\": \"string\", \"enum\": [\"%s\"], \"description\": %q }",
				name, strings.Join(values, `", "`), rule+": "+meaning))
	}
	for _, c := range All() {
		row(c.Name, c.Values, c.Rule, c.Meaning)
	}
	for _, c := range session.Choices() {
		row(c.Name, c.Values, c.Rule, c.Meaning)
	}
	golden.Check(t, path, []byte(head+from+strings.Join(rows, ",\n")+"\n"+to))
}

// parts are the sections of the page: up to which rule each goes.
var parts = []struct{ title, until string }{
	{"Which cluster: route matching", "R18"},
	{"Which member: affinity first, then balancing", "R42"},
	{"On the wire: failover", "R70"},
}

func procedurePage() string {
	var b strings.Builder
	b.WriteString("# The procedure, rule by rule\n\n" +
		"Made from the tables in package routecheck, as `wasplug explain R22` and `wasplug " +
		"explain --list` show them. " +
		"[README.md](README.md) says\nwhat the marks mean and how the rules are read in detail.\n")
	rest := Rules()
	for _, p := range parts {
		end := 1 + slices.IndexFunc(rest, func(r RuleInfo) bool { return r.ID == p.until })
		fmt.Fprintf(&b, "\n## %s\n\n| rule | says | mark | source |\n|---|---|---|---|\n", p.title)
		for _, r := range rest[:end] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, cell(r.Says), r.Mark, cell(r.Source))
		}
		rest = rest[end:]
	}
	b.WriteString("\n## Open choices\n\nWhere the plug-in's behaviour is not documented. " +
		"The first value is the default; `--assume NAME=VALUE` sets another.\n\n" +
		"| choice | values | rule | decides | evidence |\n|---|---|---|---|---|\n")
	for _, c := range All() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n",
			c.Name, strings.Join(c.Values, ", "), c.Rule, cell(c.Meaning), cell(c.Evidence))
	}
	b.WriteString("\n## What levels of the plug-in change\n\n`--plugin-level` takes what the " +
		"nearest level not above " +
		"it has; what is not listed is the same at " +
		"all levels.\n\n| choice or default | from level | source |\n|---|---|---|\n")
	for _, f := range LevelFacts() {
		name := f.Name
		if f.Platform != "" {
			name += " (platform " + f.Platform + ")"
		}
		var since []string
		for _, s := range f.Since {
			since = append(since, s.Level+": "+s.Value)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(name), strings.Join(since, ", "), cell(f.Source))
	}
	b.WriteString("\n## Platforms\n\nThe web server that the plug-in sits in sets path-normalisation (R16).\n\n" +
		"| platform | path-normalisation |\n|---|---|\n")
	for _, p := range platforms {
		fmt.Fprintf(&b, "| %s | %s |\n", p.name, p.normalisation)
	}
	return b.String()
}

// cell keeps what Markdown would take for a mark.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`, "_", `\_`).Replace(text)
}

// TestFactsAreNoChoices: a fact is shown with the choices, but nobody can assume it, and the callers that try every
// choice do not meet it.
func TestFactsAreNoChoices(t *testing.T) {
	var sem Assumptions
	for _, f := range OpenFacts() {
		_, err := sem.Assume(f.Name + "=yes")
		if err == nil ||
			!strings.HasPrefix(err.Error(), f.Name+" is a fact, no open choice of the plug-in: it cannot be assumed") {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Rule == "" || f.Where == "" || MarkOf(f.Rule) == "" {
			t.Errorf("%+v", f)
		}
	}
	rec := Consulted{points: 1<<NumPoints - 1}
	if got := rec.Asked(); got != 1<<len(All())-1 {
		t.Errorf("%b", got)
	}
}
