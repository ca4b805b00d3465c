package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// FixClass says what a rule can repair by itself.
type FixClass uint8

const (
	NoFix             FixClass = iota
	SafeFix                    // no request is routed, refused or protected differently afterwards
	UnsafeFix                  // changes behaviour in a way that the owner of the file must choose
	ConditionallySafe          // safe where only one meaning is possible, none elsewhere
	SomeUnsafe                 // unsafe where a near word or name exists, none elsewhere
)

// String returns the class as documentation shows it.
func (c FixClass) String() string {
	// by the order of the constants
	return [...]string{"none", "safe", "unsafe", "safe where only one meaning is possible",
		"unsafe where one can be computed"}[c]
}

// Categories of rules, in the order of their codes.
const (
	Structure   = "structure"
	References  = "references"
	Affinity    = "affinity"
	Balancing   = "balancing"
	Failover    = "failover"
	Routing     = "routing"
	Security    = "security"
	Performance = "performance"
	Portability = "portability"
	Suppression = "suppression"
)

// Rule is a check with its documentation.
type Rule struct {
	Code, Name string
	Category   string        // one of the constants above; it says for which profiles the rule is asked
	Severity   diag.Severity // of most findings
	Otherwise  string        // which findings have another severity, "" for none: "warning for ..."
	Fix        FixClass
	Options    []Option
	Subjects   []string // what it judges: ELEMENT/ATTRIBUTE (a Property with the element around it), or ELEMENT
	Doc        Doc
	Check      func(*Pass) // runs beside others, so all that it changes is what it reports; nil: never asked

	Suppresses      []string // codes of rules whose findings about the same thing are pointless beside this one's
	NeedsWellFormed bool     // says nothing sensible where the text around it is not well-formed
	Topology        bool     // the generator tells its warnings too; it refuses what any rule calls an error
}

// Group has the rules of one room. Each adds itself where it stands, so that a rule is one file.
type Group []*Rule

// Add adds a rule and returns it, as the declaration of a variable wants.
func (g *Group) Add(r *Rule) *Rule {
	*g = append(*g, r)
	return r
}

// Option is a number, or a list of numbers, by which a settings file tunes a rule.
type Option struct {
	Name    string
	Default []int
	Doc     string // with its unit
}

// Doc is the page of a rule. Bad, Good and NearMiss are pieces of plugin-cfg.xml: the rule reports Bad, and neither
// Good, which is how to write it, nor NearMiss, which looks like Bad and is right.
type Doc struct {
	Title, Why          string
	Bad, Good, NearMiss string
	Source              string // where the behaviour is documented, or the rule (R22) and open choice it follows from
}

// Diag returns the rule as diagnostics name it.
func (r *Rule) Diag() diag.Rule { return diag.Rule{Code: r.Code, Name: r.Name} }

// Lookup finds a rule by its code or name, without letter case; nil when there is none.
func Lookup(rules []*Rule, word string) *Rule {
	for _, r := range rules {
		if strings.EqualFold(r.Code, word) || strings.EqualFold(r.Name, word) {
			return r
		}
	}
	return nil
}

// Words returns every code and name, for suggestions.
func Words(rules []*Rule) []string {
	words := make([]string, 0, 2*len(rules))
	for _, r := range rules {
		words = append(words, r.Code, r.Name)
	}
	return words
}

// Page returns the documentation of a rule as plain text. It is what wasplug explain shows, and the hover of an
// editor.
func (r *Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n%s.\n\nCategory: %s. Severity: %s. Fix: %s.\n\n%s\n", r.Code, r.Name, r.Doc.Title,
		r.Category, r.Severities(), r.Fix, wrap(r.Doc.Why))
	for _, e := range []struct{ title, text string }{{"Reported", r.Doc.Bad}, {"Right", r.Doc.Good},
		{"Not reported", r.Doc.NearMiss}} {
		if e.text != "" {
			fmt.Fprintf(&b, "\n%s:\n\n    %s\n", e.title, strings.ReplaceAll(strings.TrimRight(e.text, "\n"), "\n",
				"\n    "))
		}
	}
	if len(r.Options) > 0 {
		b.WriteString("\nOptions:\n")
		for _, o := range r.Options {
			fmt.Fprintf(&b, "    %s: %s (default %s)\n", o.Name, o.Doc,
				strings.Trim(strings.ReplaceAll(fmt.Sprint(o.Default), " ", ", "), "[]"))
		}
	}
	fmt.Fprintf(&b, "\nSource: %s\n", r.Doc.Source)
	return b.String()
}

// Severities says which severities the findings of a rule have.
func (r *Rule) Severities() string {
	if r.Otherwise == "" {
		return r.Severity.String()
	}
	return r.Severity.String() + "; " + r.Otherwise
}

const pageWidth = 110

// wrap breaks text into lines.
func wrap(text string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case width+1+len(word) > pageWidth:
			b.WriteByte('\n')
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}

// About lists the rules that judge a subject: ELEMENT/ATTRIBUTE, or ELEMENT for the rules of the element itself.
func About(rules []*Rule, subject string) []*Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r *Rule) bool { return !slices.Contains(r.Subjects, subject) })
}

// Citing lists the rules that rest on a rule of the decision or an open choice: their Source names it. Whole words of
// the Source count, so that R2 is not found in R22.
func Citing(rules []*Rule, name string) []*Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r *Rule) bool {
		words := strings.FieldsFunc(r.Doc.Source, func(c rune) bool { return strings.ContainsRune(" ,;:.()\n", c) })
		return !slices.Contains(words, name)
	})
}
