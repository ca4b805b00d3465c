package rules

import (
	"slices"

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
