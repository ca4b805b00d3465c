package xsd

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/wasplug/wasplug/parser"
)

// attribute declares an attribute of an element.
func attribute(t *parser.ElementType, a *parser.Attribute) *node {
	n := el("attribute", "name", a.Name)
	if a.Required() {
		n.attributes = append(n.attributes, "use", "required")
	}
	value := valueType(a)
	if names := known(t); a.Name == "Name" && len(names) > 0 {
		value = suggestions(names)
	}
	n.with(documented(attributeText(a)...))
	if value == nil {
		n.attributes = append(n.attributes, "type", "xs:string")
		return n
	}
	return n.with(el("simpleType").with(value))
}

// valueType is what a value may be, nil where it may be any text. What a number out of its range means may be
// undocumented; only one that cannot be right is refused.
func valueType(a *parser.Attribute) *node {
	switch a.Type {
	case parser.Boolean: // in any letter case, of which lint warns only
		return restriction("xs:string").with(el("pattern", "value", anyCase("true")+"|"+anyCase("false")))
	case parser.Int, parser.Port:
		return number(a)
	case parser.Enum:
		return enumeration(a)
	}
	return nil
}

// restriction is a part of a type, which the facets in it cut out.
func restriction(base string) *node { return el("restriction", "base", base) }

// number is one of 32 bits, as readers of the file take it. A restriction cannot express several ranges, -1 and 1 up
// say: lint reports what is outside of them.
func number(a *parser.Attribute) *node {
	r := restriction("xs:int")
	if a.Hard && len(a.Range) == 1 {
		r.with(el("minInclusive", "value", strconv.Itoa(a.Range[0].Min)))
		if a.Range[0].Max != math.MaxInt32 {
			r.with(el("maxInclusive", "value", strconv.Itoa(a.Range[0].Max)))
		}
	}
	return r
}

// enumeration lists values. Those that compare without letter case are a pattern, of which editors cannot offer any.
func enumeration(a *parser.Attribute) *node {
	r := restriction("xs:string")
	var forms []string
	for _, v := range a.Values {
		if a.Check(strings.ToUpper(v)) != parser.Good { // letter case counts
			r.with(el("enumeration", "value", v))
			continue
		}
		forms = append(forms, anyCase(v))
	}
	if len(forms) > 0 {
		r.with(el("pattern", "value", strings.Join(forms, "|")))
	}
	return r
}

// anyCase is a pattern of a word in any letter case. A grammar has no comparison without letter case:
// [Tt][Rr][Uu][Ee].
func anyCase(word string) string {
	var b strings.Builder
	for _, r := range word {
		b.WriteString("[" + string(unicode.ToUpper(r)) + string(unicode.ToLower(r)) + "]")
	}
	return b.String()
}

// known returns the Properties that go by names of their own, of the elements that a Property stands in.
func known(t *parser.ElementType) (all []*parser.Attribute) {
	for _, parent := range t.Parents {
		for _, p := range parser.ElementsNamed(parent) {
			if p.Child(t.Name) == t {
				all = append(all, p.Properties...)
			}
		}
	}
	return all
}

// suggestions takes any text, and lets an editor offer the known names with what they mean.
func suggestions(names []*parser.Attribute) *node {
	r := restriction("xs:string")
	for _, p := range names {
		r.with(el("enumeration", "value", p.Name).with(documented(attributeText(p)...)))
	}
	return el("union").with(el("simpleType").with(r), el("simpleType").with(restriction("xs:string")))
}
