package check

import (
	"slices"

	"github.com/wasplug/wasplug/parser"
)

// Typed lists the attributes of some types as Subjects.
func Typed(types ...parser.Type) []string {
	return subjects(func(a *parser.Attribute) bool { return slices.Contains(types, a.Type) && !a.Ignored })
}

// Required lists the attributes as Subjects without which an element cannot work.
func Required() []string { return subjects((*parser.Attribute).Required) }

func subjects(want func(*parser.Attribute) bool) (all []string) {
	for _, a := range parser.Attributes() {
		if want(a) {
			all = append(all, a.Element+"/"+a.Name)
		}
	}
	return all
}
