// Package settings reads what stands beside a configuration and says how it is checked: the settings file,
// .wasplug.yaml, and the baseline, a list of known findings. Both are validated by a schema; the engine and the rules
// know neither files nor schemas.
package settings

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Settings is a settings file, .wasplug.yaml. Empty fields are not written. Paths are as they are written: whoever
// opens files knows the folder of the settings file.
type Settings struct {
	Profile     string
	Target      string
	Session     string
	FailOn      string
	MinSeverity string
	Baseline    string              // from the folder of the settings file
	Groups      map[string][]string // paths from the folder of the settings file, by the name of a group
	Rules       map[string]lint.RuleSetting
}

// Read reads a settings file that stands in files. Everything that is wrong in it is an error: a misspelt rule must
// not go unnoticed. A file that is not as the schema says sets nothing.
func Read(files *diag.Files, id diag.FileID) (Settings, []diag.Diagnostic) {
	root, reports := schemas.Load(files, id, "settings")
	var s Settings
	if diag.Worst(reports) >= diag.Error {
		return s, reports
	}
	s.Profile, s.Session = root.Get("profile").Str().V, root.Get("session").Str().V
	s.FailOn, s.MinSeverity = root.Get("fail-on").Str().V, root.Get("min-severity").Str().V
	s.Baseline = root.Get("baseline").Str().V
	target := root.Get("target").Str()
	s.Target = target.V
	report := func(span diag.Span, format string, args ...any) {
		reports = append(reports, diag.Diagnostic{Span: span, Severity: diag.Error,
			Message: diag.Sprintf(format, args...)})
	}
	if err := lint.CheckTarget(s.Target); err != nil {
		report(target.Span(), "%s", err)
	}
	s.Groups = map[string][]string{}
	if n := root.Get("groups"); n != nil {
		for _, f := range n.Fields {
			for _, path := range f.Value.Items {
				s.Groups[f.Name] = append(s.Groups[f.Name], path.Str().V)
			}
		}
	}
	s.Rules = map[string]lint.RuleSetting{}
	rules := rules.All()
	if n := root.Get("rules"); n != nil {
		for i := range n.Fields {
			f := &n.Fields[i]
			r := lint.Lookup(rules, f.Name)
			if r == nil {
				report(f.NameSpan, "no rule is called %q%s", f.Name, diag.DidYouMean(f.Name, lint.Words(rules)))
				continue
			}
			if _, duplicate := s.Rules[r.Code]; duplicate {
				report(f.NameSpan, "rule %s is set twice, by its code and by its name", r.Code)
			}
			s.Rules[r.Code] = readRule(r, f.Value, report)
		}
	}
	diag.Sort(reports)
	return s, reports
}

// readRule reads "WP501: off", or "WP501: {severity: error, max-wait: 30}". The schema knows no options, since they
// are those of each rule: an unknown one is told here.
func readRule(r *lint.Rule, n *yamldoc.Node, report func(diag.Span, string, ...any)) lint.RuleSetting {
	var set lint.RuleSetting
	severity := n.Str()
	if n.Kind == yamldoc.Map {
		severity = n.Get("severity").Str()
		set.Options = map[string][]int{}
		for i := range n.Fields {
			f := &n.Fields[i]
			if f.Name == "severity" {
				continue
			}
			if !slices.Contains(optionNames(r), f.Name) {
				report(f.NameSpan, "rule %s has no option %q%s", r.Code, f.Name,
					diag.DidYouMean(f.Name, optionNames(r)))
				continue
			}
			set.Options[f.Name] = numbers(f.Value)
		}
	}
	if severity.Set() {
		set.Off = severity.V == "off"
		set.Severity, _ = ParseSeverity(severity.V)
	}
	return set
}

// numbers is one number or a list of them: rules take both as a list.
func numbers(n *yamldoc.Node) []int {
	if n.Kind == yamldoc.Scalar {
		return []int{n.Int().V}
	}
	out := make([]int, len(n.Items))
	for i, item := range n.Items {
		out[i] = item.Int().V
	}
	return out
}

// optionNames are the keys that may stand below a rule.
func optionNames(r *lint.Rule) []string {
	names := []string{"severity"}
	for _, o := range r.Options {
		names = append(names, o.Name)
	}
	return names
}

// ParseSeverity reads error, warning or info; off and anything else give 0 and false.
func ParseSeverity(text string) (diag.Severity, bool) {
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		if s.String() == text {
			return s, true
		}
	}
	return 0, false
}
