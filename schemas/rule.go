package schemas

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Item is the step of a path that leads to the items of a list.
const Item = "[]"

// Rule is what a schema says of a place in a file. The zero Rule says nothing. Of a place that may hold several forms
// it has what any of them says.
type Rule struct {
	Says    string          // what stands there, "" for nothing
	Keys    []Key           // that a map may have there, in the order of the schema, by their names
	Needs   []string        // of these, those that must be there
	Values  []*yamldoc.Node // that may stand there, where they are few
	Example *yamldoc.Node   // nil for none
	Scalar  bool            // a text, a number or a truth value may stand there
}

// At returns what a schema says of the place to which a path leads: names of keys, and [Item] for those of a list.
func At(name string, path []string) Rule {
	root, err := Tree(name)
	if err != nil {
		return Rule{}
	}
	w := keyWalk{root: root}
	says, forms := w.forms(root)
	for _, step := range path {
		outer := forms
		says, forms = "", nil
		// A key may stand in several forms: the rule of each counts.
		for _, form := range outer {
			if rule := follow(form, step); rule != nil {
				said, more := w.forms(rule)
				says, forms = cmp.Or(says, said), append(forms, more...)
			}
		}
	}
	r := Rule{Says: says}
	for _, form := range forms {
		r.add(&w, form)
	}
	return r
}

// follow returns the rule of a key or of the items, nil for none.
func follow(rule *yamldoc.Node, step string) *yamldoc.Node {
	if step == Item {
		return rule.Get("items")
	}
	// The rule of this key, or else that of all keys of a map which people name as they like.
	if inner := rule.Get("properties").Get(step); inner != nil {
		return inner
	}
	if inner := rule.Get("additionalProperties"); inner != nil && inner.Kind == yamldoc.Map {
		return inner
	}
	return nil
}

// forms returns what is said of a rule, and the rules that it comes down to: the one that it refers to, and each that
// may hold in place of others.
func (w *keyWalk) forms(rule *yamldoc.Node) (says string, forms []*yamldoc.Node) {
	target := w.definition(rule)
	says = cmp.Or(rule.Get("description").Str().V, target.Get("description").Str().V)
	forms = []*yamldoc.Node{target}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		for _, form := range target.Get(keyword).AllItems() {
			said, more := w.forms(form)
			says, forms = cmp.Or(says, said), append(forms, more...)
		}
	}
	return says, forms
}

// add adds what a form says.
func (r *Rule) add(w *keyWalk, form *yamldoc.Node) {
	for _, f := range form.Get("properties").AllFields() {
		says, _ := w.forms(f.Value)
		r.Keys = append(r.Keys, Key{Path: f.Name, Says: says})
	}
	for _, n := range form.Get("required").AllItems() {
		r.Needs = append(r.Needs, n.Text)
	}
	for _, n := range form.Get("enum").AllItems() {
		if !n.Null() {
			r.Values = append(r.Values, n)
		}
	}
	types := typesOf(form)
	if slices.Contains(types, "boolean") && !slices.Contains(types, "string") {
		r.Values = append(r.Values, yamldoc.NewPlain("true"), yamldoc.NewPlain("false"))
	}
	if examples := form.Get("examples").AllItems(); len(examples) > 0 && r.Example == nil {
		r.Example = examples[0]
	}
	r.Scalar = r.Scalar || form.Get("enum") != nil || slices.ContainsFunc(types, func(t string) bool {
		return t != "object" && t != "array" && t != "null"
	})
}

// typesOf are those that a rule allows, by the words of JSON Schema.
func typesOf(rule *yamldoc.Node) (all []string) {
	n := rule.Get("type")
	if n == nil {
		return nil
	}
	if n.Kind == yamldoc.Scalar {
		return []string{n.Text}
	}
	for _, item := range n.Items {
		all = append(all, item.Text)
	}
	return all
}
