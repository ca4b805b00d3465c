package reference

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Listing is everything that has a page, by kinds, as schemas/explain.schema.json describes it.
type Listing struct {
	Version        int         `json:"version"`
	Rules          []Rule      `json:"rules"`
	Choices        []Choice    `json:"choices"`
	SessionChoices []Choice    `json:"sessionChoices"`
	Facts          []Fact      `json:"facts"`
	Decision       []Step      `json:"decision"` // rules of the plug-in's decision
	Sessions       []Step      `json:"sessions"` // rules of the session manager
	Causes         []Cause     `json:"causes"`   // that an answer of why can have, in their order
	Diagnoses      []Diagnosis `json:"diagnoses"`
	Attributes     []Attribute `json:"attributes"`
	Log            []LogText   `json:"log"`
	Topics         [][]string  `json:"topics"` // the names of each, its title first
	Recipes        []Recipe    `json:"recipes"`
}

// Rule is a rule of lint.
type Rule struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Severity  string `json:"severity"`
	Otherwise string `json:"otherwise,omitempty"` // which findings have another severity
	Category  string `json:"category"`
	Fix       string `json:"fix"`
	Title     string `json:"title"`
}

// Choice is an open choice: a point at which nobody knows what the plug-in, or a server, does.
type Choice struct {
	Name    string   `json:"name"`
	Rule    string   `json:"rule"`
	Values  []string `json:"values"` // the first is the default
	Meaning string   `json:"meaning"`
}

// Fact is what an answer can hang on, where nobody has given it.
type Fact struct {
	Name  string `json:"name"`
	Rule  string `json:"rule"`
	Where string `json:"where"` // the answer holds
}

// Step is a rule of a decision.
type Step struct {
	ID   string `json:"id"`
	Mark string `json:"mark"` // how well it is known
	Says string `json:"says"`
}

// Attribute is an attribute or Property, and the elements that have it.
type Attribute struct {
	Name     string   `json:"name"`
	Elements []string `json:"elements"`
}

// LogText is a code or text of http_plugin.log.
type LogText struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
}

// List lists everything that has a page.
func List() Listing {
	l := Listing{Version: 1, Attributes: attributes(), Recipes: recipes()}
	for _, r := range rules.All() {
		l.Rules = append(l.Rules, Rule{r.Code, r.Name, r.Severity.String(), r.Otherwise, r.Category,
			fix(r.Fix), r.Doc.Title})
	}
	for _, c := range choices.All() {
		l.Choices = append(l.Choices, Choice{c.Name, c.Rule, c.Values, c.Meaning})
	}
	for _, c := range session.Choices() {
		l.SessionChoices = append(l.SessionChoices, Choice{c.Name, c.Rule, c.Values, c.Meaning})
	}
	for _, f := range choices.OpenFacts() {
		l.Facts = append(l.Facts, Fact{f.Name, f.Rule, f.Where})
	}
	for _, r := range choices.Rules() {
		l.Decision = append(l.Decision, Step{r.ID, r.Mark, r.Says})
	}
	for _, r := range session.Rules() {
		l.Sessions = append(l.Sessions, Step{r.ID, r.Mark, r.Says})
	}
	for _, c := range words.Causes() {
		l.Causes = append(l.Causes, Cause{c.Code, c.Fact})
	}
	for _, c := range diagnose.Causes() {
		l.Diagnoses = append(l.Diagnoses, Diagnosis{c.ID, c.Symptom, c.Text})
	}
	for _, e := range catalogue.All() {
		l.Log = append(l.Log, LogText{e.Name, e.Meaning})
	}
	for _, t := range topics() {
		l.Topics = append(l.Topics, t.names)
	}
	return l
}

// fix names what a rule can repair in one word, for programs: the order is that of lint.FixClass.
func fix(c lint.FixClass) string {
	return [...]string{"none", "safe", "unsafe", "sometimes-safe", "sometimes-unsafe"}[c]
}

// attributes lists the names in order, each once.
func attributes() (list []Attribute) {
	elements := map[string][]string{}
	for _, a := range parser.Attributes() {
		if !slices.Contains(elements[a.Name], a.Element) {
			elements[a.Name] = append(elements[a.Name], a.Element)
		}
	}
	for name, in := range elements {
		list = append(list, Attribute{name, in})
	}
	slices.SortFunc(list, func(a, b Attribute) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
