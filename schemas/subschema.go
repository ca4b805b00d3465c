package schemas

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// place is a node found by its path, with the words that name it.
type place struct {
	node  *yamldoc.Node
	name  string    // clusters.shop.members[0].weight
	span  diag.Span // the node's own
	label diag.Span // the key or the start of the list item: where to point when something is missing
}

// placeOf follows a path as far as the tree goes.
func placeOf(n *yamldoc.Node, path []string) place {
	p := place{node: n, name: "the file", span: n.Span,
		label: diag.Span{File: n.Span.File, Start: n.Span.Start, End: n.Span.Start}}
	var name strings.Builder
	for _, step := range path {
		if f := p.node.Field(step); f != nil {
			p.node, p.label = f.Value, f.NameSpan
			if name.Len() > 0 {
				name.WriteByte('.')
			}
			name.WriteString(step)
		} else if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(p.node.Items) {
			p.node = p.node.Items[i]
			p.label = diag.Span{File: p.node.Span.File, Start: p.node.Span.Start, End: p.node.Span.Start + 1}
			fmt.Fprintf(&name, "[%d]", i)
		} else { // a key that is missing: its map is the nearest place
			break
		}
		p.span, p.name = p.node.Span, name.String()
		// An empty value has no bytes to point to: its key has.
		if p.span.Start >= p.span.End {
			p.span = p.label
		}
	}
	return p
}

// subschema returns the part of a schema that speaks of a path. It knows the keywords our schemas use: properties,
// additionalProperties, items, oneOf and local $ref.
func subschema(root, rule map[string]any, path []string) map[string]any {
	rule = deref(root, rule)
	for _, step := range path {
		r := inner(rule, step)
		if r == nil {
			return nil
		}
		rule = deref(root, r)
	}
	return rule
}

// inner returns the rule of a key or an item, nil for none. Of several forms the first that has one counts.
func inner(rule map[string]any, step string) map[string]any {
	if props, ok := rule["properties"].(map[string]any); ok && props[step] != nil {
		r, _ := props[step].(map[string]any)
		return r
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if r, ok := rule[keyword].(map[string]any); ok {
			return r
		}
	}
	for _, form := range formsOf(rule) {
		if r := inner(form, step); r != nil {
			return r
		}
	}
	return nil
}

// formsOf are those of which one must hold.
func formsOf(rule map[string]any) (all []map[string]any) {
	forms, _ := rule["oneOf"].([]any)
	for _, form := range forms {
		if form, ok := form.(map[string]any); ok {
			all = append(all, form)
		}
	}
	return all
}

// eitherOf are the keys of which a map needs at least one, {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}: nil
// where such forms say anything else.
func eitherOf(rule map[string]any) (keys []string) {
	forms, _ := rule["anyOf"].([]any)
	for _, form := range forms {
		f, _ := form.(map[string]any)
		required, _ := f["required"].([]any)
		if len(f) != 1 || len(required) != 1 {
			return nil
		}
		keys = append(keys, fmt.Sprint(required[0]))
	}
	return keys
}

// deref follows a reference to a definition of the same schema.
func deref(root, rule map[string]any) map[string]any {
	// Our schemas take a step or two; a reference that leads to itself ends here.
	for range 10 {
		ref, ok := rule["$ref"].(string)
		if !ok {
			return rule
		}
		defs, _ := root["definitions"].(map[string]any)
		rule, _ = defs[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any)
	}
	return rule
}

// properties are the keys that a map may have, in any of its forms.
func properties(rule map[string]any) []string {
	props, _ := rule["properties"].(map[string]any)
	names := make([]string, 0, len(props))
	for name := range props {
		names = append(names, name)
	}
	for _, form := range formsOf(rule) {
		names = append(names, properties(form)...)
	}
	sort.Strings(names)
	return names
}

// enum lists the values that a rule allows, as texts. null is left out: nobody writes it.
func enum(rule map[string]any) []string {
	values, _ := rule["enum"].([]any)
	var texts []string
	for _, v := range values {
		if v != nil && !slices.Contains(texts, fmt.Sprint(v)) {
			texts = append(texts, fmt.Sprint(v))
		}
	}
	return texts
}
