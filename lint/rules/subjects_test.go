package rules_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// general are rules that may report any attribute or element: the shape of the file, and comments.
var general = []string{"WP101", "WP103", "WP104", "WP105", "WP109", "WP111", "WP115", "WP824", "WP901", "WP902",
	"WP903"}

// TestSubjectsExist: a rule judges what there is, and only the general ones judge nothing of their own.
func TestSubjectsExist(t *testing.T) {
	for _, r := range rules.All() {
		if (len(r.Subjects) == 0) != slices.Contains(general, r.Code) {
			t.Errorf("%s has the subjects %q", r.Code, r.Subjects)
		}
		for _, s := range r.Subjects {
			element, name, isAttribute := strings.Cut(s, "/")
			known := slices.ContainsFunc(parser.ElementTypes(),
				func(e *parser.ElementType) bool { return e.Name == element })
			if isAttribute {
				known = slices.ContainsFunc(parser.Attributes(),
					func(a *parser.Attribute) bool { return a.Element == element && a.Name == name })
			}
			if !known {
				t.Errorf("%s: there is no %s", r.Code, s)
			}
		}
	}
}

var place = regexp.MustCompile(`/(\w+)(?:\[[^\]]*\])?/@(\w+)$`)

// TestSubjectsHoldTheExamples: what a rule reports in its own example stands at an attribute that it judges.
func TestSubjectsHoldTheExamples(t *testing.T) {
	checked := 0
	for _, r := range rules.All() {
		if r.Doc.Bad == "" || slices.Contains(general, r.Code) {
			continue
		}
		files := diag.NewFiles()
		inputs := lint.Read(files, files.Add("plugin-cfg.xml", []byte(complete(r.Doc.Bad))))
		for _, p := range lint.Place(inputs, lint.Run(rules.All(), files, inputs, only(r))) {
			m := place.FindStringSubmatch(p.Path)
			if m == nil || p.Rule.Code != r.Code {
				continue
			}
			element, name := m[1], m[2]
			if element == "Property" {
				continue // the name of the Property is its value
			}
			checked++
			ofList := element == "Server" && strings.Contains(p.Path, "Servers/")
			if !ofList && name != "Name" && len(lint.About([]*lint.Rule{r}, element+"/"+name)) == 0 {
				t.Errorf("%s reports %s, and its subjects are %q", r.Code, p.Path, r.Subjects)
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d findings stand at attributes", checked)
	}
}

// TestOtherSeveritiesAreTold: a rule whose findings differ in severity says so, and says nothing that is not so of its
// usual one.
func TestOtherSeveritiesAreTold(t *testing.T) {
	severity := regexp.MustCompile(`(?m)^plugin-cfg\.xml:\d+:\d+: (\w+): .*$`)
	for code, g := range allSeeded() {
		r := lint.Lookup(rules.All(), code)
		if g.seeded == nil || r == nil {
			continue
		}
		for _, c := range g.cases {
			for _, m := range severity.FindAllStringSubmatch(c.finding, -1) {
				if !strings.Contains(r.Severities(), m[1]) {
					t.Errorf("%s: its severities are %q, and it reports %s", code, r.Severities(), m[0])
				}
			}
		}
	}
	for _, r := range rules.All() {
		if strings.HasPrefix(r.Otherwise, r.Severity.String()) {
			t.Errorf("%s: %q", r.Code, r.Severities())
		}
	}
}
