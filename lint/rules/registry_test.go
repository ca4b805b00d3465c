package rules_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

func lintText(text string, o lint.Options) ([]diag.Diagnostic, *diag.Files) {
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", []byte(text))
	return lint.Run(rules.All(), files, lint.Read(files, id), o), files
}

// only turns a run into one of the default profile in which the rule itself is shown, whatever its severity, and asked
// about what the settings of its golden say.
func only(r *lint.Rule) lint.Options {
	o := lint.Options{Rules: map[string]lint.RuleSetting{}}
	// Examples are short: they leave out timeouts, TLS and Routes where they do not speak of them.
	for _, code := range []string{"WP114", "WP502", "WP504", "WP701"} {
		o.Rules[code] = lint.RuleSetting{Off: code != r.Code}
	}
	if r.Severity == diag.Info {
		o.Rules[r.Code] = lint.RuleSetting{Severity: diag.Warning}
	}
	if g := allSeeded()[r.Code]; g.seeded != nil {
		o.Session, o.Target = g.options.Session, g.options.Target
		if set := g.options.Rules[r.Code]; set.Options != nil {
			o.Rules[r.Code] = lint.RuleSetting{Severity: o.Rules[r.Code].Severity, Options: set.Options}
		}
	}
	return o
}

func describe(ds []diag.Diagnostic, files *diag.Files) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString("  " + files.Line(d) + "\n")
	}
	return b.String()
}

func TestBaseIsClean(t *testing.T) {
	if ds, files := lintText(complete(""), lint.Options{}); len(ds) > 0 {
		t.Errorf("findings in the base file:\n%s", describe(ds, files))
	}
}

var (
	code = regexp.MustCompile(`^WP[1-9]\d\d$`)
	name = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// Rules about several files, about the machine, about other files, or about a topology have no example of one file.
var withoutExample = []string{"WP309", "WP315", "WP825", "WP903"}

func TestRegistry(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules.All() {
		t.Run(r.Code, func(t *testing.T) {
			if seen[r.Code] || seen[r.Name] || !code.MatchString(r.Code) || !name.MatchString(r.Name) {
				t.Errorf("code %q or name %q is not unique or not of the right form", r.Code, r.Name)
			}
			seen[r.Code], seen[r.Name] = true, true
			if r.Doc.Title == "" || r.Doc.Why == "" || r.Doc.Source == "" || r.Severity == 0 || r.Category == "" {
				t.Errorf("the page of the rule is not complete: %+v", r.Doc)
			}
			for _, o := range r.Options {
				if len(o.Default) == 0 || o.Doc == "" || !name.MatchString(o.Name) {
					t.Errorf("option %+v is not complete", o)
				}
			}
			if slices.Contains(withoutExample, r.Code) {
				return
			}
			checkExamples(t, r)
		})
	}
}

func checkExamples(t *testing.T, r *lint.Rule) {
	if r.Doc.Bad == "" || r.Doc.Good == "" || r.Doc.NearMiss == "" {
		t.Fatal("the page has no bad, good or near example")
	}
	bad, files := lintText(complete(r.Doc.Bad), only(r))
	if len(bad) == 0 || slices.ContainsFunc(bad, func(d diag.Diagnostic) bool { return d.Rule.Code != r.Code }) {
		t.Errorf("the bad example gives not exactly %s:\n%s%s", r.Code, describe(bad, files),
			indentAll(complete(r.Doc.Bad)))
	}
	for _, d := range bad {
		checkMessage(t, d, r)
	}
	for kind, example := range map[string]string{"good": r.Doc.Good, "near": r.Doc.NearMiss} {
		ds, files := lintText(complete(example), only(r))
		if slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return kind == "good" || d.Rule.Code == r.Code }) {
			t.Errorf("the %s example has findings:\n%s%s", kind, describe(ds, files), indentAll(complete(example)))
		}
	}
}

// checkMessage holds messages to their form: lower case unless a name begins them, no full stop, a place in the file.
func checkMessage(t *testing.T, d diag.Diagnostic, r *lint.Rule) {
	if strings.HasSuffix(d.Message, ".") && !strings.HasSuffix(d.Message, "...") || d.Message == "" ||
		strings.Contains(d.Message, "%!") || strings.Contains(d.Message, "\n") {
		t.Errorf("message %q", d.Message)
	}
	if d.Span.IsZero() || d.Span.End <= d.Span.Start {
		t.Errorf("%s stands nowhere: %v", d.Message, d.Span)
	}
	if d.Fix != nil && r.Fix == lint.NoFix {
		t.Errorf("%s has a fix, the rule says none", d.Message)
	}
}

func indentAll(text string) string {
	if testing.Verbose() {
		return text
	}
	return ""
}

// TestCodes holds the constants of package diag against the registry: one for each rule, of its name.
func TestCodes(t *testing.T) {
	src, err := os.ReadFile("../../parser/diag/codes.go")
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+) += "(\w+)"$`).FindAllStringSubmatch(string(src), -1) {
		constants[m[2]] = m[1]
	}
	for _, r := range rules.All() {
		if got, want := constants[r.Code], strings.ReplaceAll(r.Name, "-", ""); !strings.EqualFold(got, want) {
			t.Errorf("the constant of %s %s is %q", r.Code, r.Name, got)
		}
		delete(constants, r.Code)
	}
	if len(constants) > 0 {
		t.Errorf("constants without a rule: %v", constants)
	}
}
