//go:build !js

package schemas

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xeipuuv/gojsonschema"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// compiledSchemas are the schemas made ready to validate.
var compiledSchemas store[*gojsonschema.Schema]

func compile(name string) (*gojsonschema.Schema, error) {
	src, err := Source(name)
	if err != nil {
		return nil, err
	}
	// Each schema is one file and refers to nothing outside of it, so nothing is fetched.
	return gojsonschema.NewSchema(gojsonschema.NewBytesLoader(src))
}

// Load reads a YAML file that stands in files and validates it against the schema of a name. It returns what
// [yamldoc.Load] returns; only when no diagnostic is an error does the tree fit the schema. A file that cannot be read
// as a whole is not validated.
func Load(files *diag.Files, id diag.FileID, name string) (*yamldoc.Node, []diag.Diagnostic) {
	root, reports := yamldoc.Load(files, id)
	if root != nil && diag.Worst(reports) < diag.Error {
		reports = append(reports, validate(root, name)...)
		diag.Sort(reports)
	}
	return root, reports
}

// validate asks gojsonschema and maps its findings, which come in random order and without positions, to the nodes
// they speak of.
func validate(root *yamldoc.Node, name string) []diag.Diagnostic {
	result, rules, err := ask(root, name)
	if err != nil {
		return []diag.Diagnostic{{Span: root.Span, Severity: diag.Error,
			Message: fmt.Sprintf("the schema cannot be used: %v", err)}}
	}
	var found []diag.Diagnostic
	for _, e := range result.Errors() {
		// These two say only that the "then" or the "else" of a condition is not met; what is wrong in it is a finding
		// of its own.
		if e.Type() != "condition_then" && e.Type() != "condition_else" && !toldWithin(e, result.Errors()) {
			found = append(found, describe(root, rules, e))
		}
	}
	return found
}

// toldWithin reports whether an error says that no form fits, and others say of the nearest one what is wrong with it.
func toldWithin(e gojsonschema.ResultError, all []gojsonschema.ResultError) bool {
	if e.Type() != "number_one_of" && e.Type() != "number_any_of" {
		return false
	}
	at := e.Context().String(separator)
	return slices.ContainsFunc(all, func(other gojsonschema.ResultError) bool {
		where := other.Context().String(separator)
		return other.Type() != e.Type() && (where == at || strings.HasPrefix(where, at+separator))
	})
}

// ask validates a tree. gojsonschema takes maps, whose order is lost: placeOf finds each place again in the tree, by
// its path.
func ask(root *yamldoc.Node, name string) (*gojsonschema.Result, map[string]any, error) {
	rules, err := rulesOf(name)
	if err != nil {
		return nil, nil, err
	}
	schema, err := compiledSchemas.get(name, compile)
	if err != nil {
		return nil, nil, err
	}
	result, err := schema.Validate(gojsonschema.NewRawLoader(root.Value()))
	return result, rules, err
}

const separator = "\x00/\x00" // between the steps of a context: no key of a readable file holds it

// describe puts a finding of gojsonschema into words of ours.
func describe(root *yamldoc.Node, rules map[string]any, e gojsonschema.ResultError) diag.Diagnostic {
	// The first step is "(root)".
	path := strings.Split(e.Context().String(separator), separator)[1:]
	at := placeOf(root, path)
	rule := subschema(rules, rules, path)
	d := diag.Diagnostic{Severity: diag.Error, Span: at.span}
	detail := e.Details()
	switch e.Type() {
	case "additional_property_not_allowed":
		key, _ := detail["property"].(string)
		if f := at.node.Field(key); f != nil {
			d.Span = f.NameSpan
		}
		known := properties(rule)
		d.Message = diag.Sprintf("unknown key %q in %s", key, at.name) + diag.DidYouMean(key, known)
	case "required": // what is missing has no place: that of the key around it is shown
		d.Span = at.label
		d.Message = diag.Sprintf("%s needs %s", at.name, missing(rule, fmt.Sprint(detail["property"])))
	case "enum":
		allowed := enum(rule)
		if at.node.Kind != yamldoc.Scalar {
			d.Message = wrongType(at, "string")
			break
		}
		d.Message = diag.Sprintf("%s is %q", at.name, at.node.Text) + diag.DidYouMean(at.node.Text, allowed)
		// Whoever misspelt a value is better helped by one word than by a list.
		if !strings.Contains(d.Message, "did you mean") {
			d.Message += "; it must be one of " + strings.Join(allowed, ", ")
		}
	case "invalid_type":
		expected := fmt.Sprint(detail["expected"])
		for _, form := range formsOf(rule) { // it is that of the nearest form, and the others would do, too
			expected += " " + fmt.Sprint(deref(rules, form)["type"])
		}
		d.Message = wrongType(at, expected)
	case "number_gte", "number_lte", "number_gt", "number_lt":
		d.Message = fmt.Sprintf("%s is %s, outside %v to %v", at.name, at.node.Text, bound(rule["minimum"]),
			bound(rule["maximum"]))
	case "pattern", "string_gte", "string_lte", "invalid_property_name", "invalid_property_pattern":
		d.Message = diag.Sprintf("%s is %q", at.name, at.node.Text)
		// Our schemas say there in words what a pattern lets pass.
		if title, ok := rule["title"].(string); ok {
			d.Message += "; it must be " + title
		}
	case "array_min_items", "array_min_properties":
		d.Message = fmt.Sprintf("%s is empty", at.name)
	default:
		d.Message = fmt.Sprintf("%s: %s", at.name, lower(e.Description()))
	}
	return d
}

// missing names a key that is not there. Where a map needs one of several keys gojsonschema names the first alone: all
// are told then, each with what is written there: names alone say nothing to somebody who does not know them.
func missing(rule map[string]any, key string) string {
	keys := eitherOf(rule)
	if !slices.Contains(keys, key) {
		return diag.Sprintf("%q", key)
	}
	for i, k := range keys {
		r := inner(rule, k)
		says := strings.TrimSuffix(lower(fmt.Sprint(r["description"])), ".")
		keys[i] = diag.Sprintf("%q (%s: %s)", k, wording(fmt.Sprint(r["type"])), says)
	}
	return strings.Join(keys, " or ")
}

// wrongType says that a value is of another type than the schema wants, and how the right one is written.
func wrongType(at place, expected string) string {
	found := map[yamldoc.Kind]string{yamldoc.Map: "a map", yamldoc.List: "a list",
		yamldoc.Scalar: diag.Sprintf("%q", at.node.Text)}[at.node.Kind]
	if at.node.Null() {
		found = "empty"
	}
	wanted, hint := wording(expected), ""
	switch {
	case at.node.Kind == yamldoc.Scalar && expected == "boolean":
		hint = "; write true or false, without quotes"
	case at.node.Kind == yamldoc.Scalar && (expected == "integer" || expected == "[integer,null]"):
		hint = "; write plain decimal digits, without quotes, exponent or leading zero"
	}
	return fmt.Sprintf("%s is %s, it must be %s%s", at.name, found, wanted, hint)
}

// wording says a type, or a list of types such as "[string,number]", as people do.
func wording(types string) string {
	words := map[string]string{"object": "a map", "array": "a list", "string": "text", "integer": "an integer",
		"boolean": "a boolean", "null": "empty"}
	var all []string
	for _, t := range regexp.MustCompile(`\w+`).FindAllString(types, -1) {
		asText := t == "boolean" && strings.Contains(types, "string") // it goes without saying where text may stand
		if w := words[t]; w != "" && !slices.Contains(all, w) && !asText {
			all = append(all, w)
		}
	}
	return strings.Join(all, " or ")
}

// bound is a limit of a number as a message shows it; nil stands for none.
func bound(v any) any {
	if v == nil {
		return "any"
	}
	return v
}

// lower lets a sentence of gojsonschema begin with a small letter, as ours do.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
