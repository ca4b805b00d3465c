package lint

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// typed lists the attributes of some types as Subjects.
func typed(types ...parser.Type) []string {
	return subjects(func(a *parser.Attribute) bool { return slices.Contains(types, a.Type) && !a.Ignored })
}

// required lists the attributes as Subjects without which an element cannot work.
func required() []string { return subjects((*parser.Attribute).Required) }

func subjects(want func(*parser.Attribute) bool) (all []string) {
	for _, a := range parser.Attributes() {
		if want(a) {
			all = append(all, a.Element+"/"+a.Name)
		}
	}
	return all
}

// About lists the rules that judge a subject: ELEMENT/ATTRIBUTE, or ELEMENT for the rules of the element itself.
func About(rules []*Rule, subject string) []*Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r *Rule) bool { return !slices.Contains(r.Subjects, subject) })
}

// Citing lists the rules that rest on a rule of the decision or an open choice: their Source names it.
func Citing(rules []*Rule, name string) []*Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r *Rule) bool {
		words := strings.FieldsFunc(r.Doc.Source, func(c rune) bool { return strings.ContainsRune(" ,;:.()\n", c) })
		return !slices.Contains(words, name)
	})
}
