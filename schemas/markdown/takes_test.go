package markdown

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// ruleOf reads a rule and the definitions beside it.
func ruleOf(t *testing.T, text string) (p *page, rule *yamldoc.Node) {
	t.Helper()
	files := diag.NewFiles()
	root, reports := yamldoc.Load(files, files.Add("schema", []byte(text)))
	if len(reports) > 0 {
		t.Fatal(files.Line(reports[0]))
	}
	return &page{root: root, titles: map[*yamldoc.Node]string{}}, root.Get("properties").Get("k")
}

// TestTakes: what a key takes, in the words of somebody who writes YAML.
func TestTakes(t *testing.T) {
	for rule, want := range map[string]string{
		`{type: string}`:                                        "text",
		`{type: [string, integer, boolean]}`:                    "text", // what is no text in JSON may be written so
		`{type: [integer, "null"]}`:                             "whole number, or nothing",
		`{type: boolean}`:                                       "`true` or `false`",
		`{type: integer, minimum: 1}`:                           "whole number, 1 or more",
		`{type: integer, maximum: 9}`:                           "whole number, 9 or less",
		`{type: number, minimum: 0, maximum: 1}`:                "number, 0 to 1",
		`{type: number, exclusiveMinimum: 0}`:                   "number, above 0",
		`{enum: [Round Robin, Random, null]}`:                   "`Round Robin` or `Random`",
		`{enum: [a, b, c]}`:                                     "`a`, `b` or `c`",
		`{const: 1}`:                                            "`1`",
		`{type: string, pattern: "^x", title: an x}`:            "an x",
		`{type: array}`:                                         "list",
		`{type: array, items: {type: string}}`:                  "list, each text",
		`{type: array, items: {type: [string, "null"]}}`:        "list, each text",
		`{type: object}`:                                        "map",
		`{type: object, additionalProperties: {type: integer}}`: "map by name, each whole number",
		`{type: object, properties: {a: {type: string}}}`:       "[k](#k)",
		`{$ref: "#/definitions/the map"}`:                       "[the map](#the-map)",
		`{type: array, items: {$ref: "#/definitions/the map"}}`: "list, each [the map](#the-map)",
		`{oneOf: [{type: string}, {type: array, items: {type: string}}, {type: string}]}`: "text, or list, each text",
		`{anyOf: [{required: [a]}], properties: {a: {}}, type: object}`:                   "[k](#k)",
	} {
		p, r := ruleOf(t, "properties: {k: "+rule+"}\ndefinitions: {the map: {properties: {x: {type: string}}}}\n")
		if got := p.takes(r, "k"); got != want {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
}

// TestSections: a map that two keys refer to has one section, and one that holds itself ends.
func TestSections(t *testing.T) {
	p, r := ruleOf(t, "properties: {k: {$ref: '#/definitions/node'}, l: {$ref: '#/definitions/node'}}\n"+
		"definitions: {node: {description: A node., required: [next], properties: {next: {$ref: "+
		"'#/definitions/node'}}}}\n")
	first, second := p.takes(r, "k"), p.takes(p.root.Get("properties").Get("l"), "l")
	if first != second || len(p.sections) != 1 {
		t.Errorf("%s and %s, %d sections", first, second, len(p.sections))
	}
	p.write(p.sections[0], true)
	if len(p.sections) != 1 {
		t.Errorf("%d sections", len(p.sections))
	}
	page := p.b.String()
	for _, want := range []string{"## node\n", "A node.\n", "- **next** ([node](#node); required)"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing:\n%s", want, page)
		}
	}
}

// TestPlain: a text that has marks of Markdown by chance is shown as it is.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{"/shop/*": `/shop/\*`, "a_b <c> [d]": `a\_b \<c> \[d]`, `C:\x`: `C:\\x`,
		"`x`": "\\`x\\`", "plain": "plain"} {
		if got := plain(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}
