package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Schema returns the page of an embedded schema, an error that lists the names when there is none of that name.
func Schema(name string) ([]byte, error) {
	root, err := schemas.Tree(name)
	if err != nil {
		return nil, err
	}
	p := &page{root: root, titles: map[*yamldoc.Node]string{}}
	fmt.Fprintf(&p.b, "# %s\n\n", root.Get("title").Str().V)
	p.paragraph(root.Get("description").Str().V)
	p.paragraph(fmt.Sprintf("`wasplug schema %s` prints its JSON Schema, which this page is made of.", name))
	p.example(root)
	p.section(root, "The file")
	for i := 0; i < len(p.sections); i++ { // a section can name further ones
		p.write(p.sections[i], i > 0)
	}
	return p.b.Bytes(), nil
}

// page is a page that is being written. Its sections are the rules of maps that have keys of their own.
type page struct {
	root     *yamldoc.Node // the schema, whose definitions references name; nil for plugin-cfg.xml
	b        bytes.Buffer
	sections []*yamldoc.Node          // in the order in which they were asked for, written or not
	titles   map[*yamldoc.Node]string // by the rule of a section; a rule that is used twice has one section
}

// section asks for a section about a rule, and returns its title: the one that it has already, or else title.
func (p *page) section(rule *yamldoc.Node, title string) string {
	if p.titles[rule] == "" {
		p.titles[rule] = title
		p.sections = append(p.sections, rule)
	}
	return p.titles[rule]
}

// write writes the section of a rule; described says whether the rule's own text belongs there.
func (p *page) write(rule *yamldoc.Node, described bool) {
	title := p.titles[rule]
	fmt.Fprintf(&p.b, "## %s\n\n", title)
	if text := rule.Get("description").Str().V; described && text != "" {
		p.paragraph(plain(text))
	}
	if names := alternatives(rule); len(names) > 0 {
		p.paragraph("It has " + orList(names) + ".")
	}
	required := texts(rule.Get("required"))
	for _, key := range rule.Get("properties").AllFields() {
		p.key(key, title, slices.Contains(required, key.Name))
	}
	if further := rule.Get("additionalProperties"); further != nil && further.Kind == yamldoc.Map {
		p.item("any other key", p.takes(further, title), further.Get("description").Str().V)
	}
	p.b.WriteByte('\n')
}

// key writes what a rule says of one of its keys.
func (p *page) key(key yamldoc.Field, title string, required bool) {
	path := key.Name
	if p.titles[p.root] != title {
		path = title + "." + key.Name
	}
	takes := p.takes(key.Value, path)
	if required {
		takes += "; required"
	}
	text := plain(p.said(key.Value, "description").Str().V)
	if examples := p.said(key.Value, "examples").AllItems(); len(examples) > 0 {
		text += fmt.Sprintf(" Example: `%s`.", yamldoc.Flow(examples[0]))
	}
	p.item("**"+key.Name+"**", takes, text)
}

// said is what a rule, or else the definition that it refers to, has for a keyword.
func (p *page) said(rule *yamldoc.Node, keyword string) *yamldoc.Node {
	if own := rule.Get(keyword); own != nil {
		return own
	}
	return schemas.Definition(p.root, rule).Get(keyword)
}

// takes says in words what values a rule lets pass, with links to the sections of maps that have keys of their own.
// path is what such a section is called where the rule is none of the definitions.
func (p *page) takes(rule *yamldoc.Node, path string) string {
	if target := schemas.Definition(p.root, rule); target != rule {
		rule, path = target, strings.TrimPrefix(rule.Get("$ref").Str().V, "#/definitions/")
	}
	forms := slices.Concat(rule.Get("oneOf").AllItems(), rule.Get("anyOf").AllItems())
	// With keys of its own the forms say only which of them must be there: see alternatives.
	if rule.Get("properties") == nil && len(forms) > 0 {
		var words []string
		for _, form := range forms {
			words = append(words, p.takes(form, path))
		}
		return either(words)
	}
	if values := rule.Get("enum"); values != nil {
		return orList(texts(values))
	}
	if only := rule.Get("const"); only != nil {
		return "`" + yamldoc.Flow(only) + "`"
	}
	// Our schemas say in the title what a pattern lets pass; the pattern itself helps nobody.
	if rule.Get("pattern") != nil || rule.Get("title") != nil {
		return rule.Get("title").Str().V
	}
	var words []string
	for _, kind := range kinds(rule) {
		words = append(words, p.kind(rule, kind, path))
	}
	return either(words)
}

// kind says what values of one JSON type a rule lets pass.
func (p *page) kind(rule *yamldoc.Node, kind, path string) string {
	switch kind {
	case "object":
		each := rule.Get("additionalProperties")
		switch {
		case rule.Get("properties") != nil:
			return link(p.section(rule, path))
		case each != nil && each.Kind == yamldoc.Map:
			return "map by name, each " + p.each(each, path+".*")
		}
		return "map"
	case "array":
		if rule.Get("items") == nil {
			return "list"
		}
		return "list, each " + p.each(rule.Get("items"), path+"[]")
	case "integer":
		return "whole number" + bounds(rule)
	case "number":
		return "number" + bounds(rule)
	case "boolean":
		return "`true` or `false`"
	case "null":
		return nothing
	}
	return "text"
}

// each says what an entry of a map or a list may be; that it may be left empty goes without saying there.
func (p *page) each(rule *yamldoc.Node, path string) string {
	return strings.TrimSuffix(p.takes(rule, path), orNothing)
}

// kinds are the JSON types that a rule names. What may be text may be written like a number, too, in YAML.
func kinds(rule *yamldoc.Node) []string {
	of := rule.Get("type")
	names := texts(of)
	if of != nil && of.Kind == yamldoc.Scalar {
		names = []string{of.Text}
	}
	if of == nil && rule.Get("properties") != nil {
		names = []string{"object"}
	}
	if slices.Contains(names, "string") {
		names = slices.DeleteFunc(names, func(n string) bool {
			return n == "number" || n == "integer" || n == "boolean"
		})
	}
	return names
}

// alternatives are the keys of which a map must have one.
func alternatives(rule *yamldoc.Node) (names []string) {
	for _, form := range rule.Get("anyOf").AllItems() {
		names = append(names, texts(form.Get("required"))...)
	}
	return names
}

// bounds says in words between which numbers a rule lets pass.
func bounds(rule *yamldoc.Node) string {
	least, most, above := rule.Get("minimum"), rule.Get("maximum"), rule.Get("exclusiveMinimum")
	switch {
	case least != nil && most != nil:
		return fmt.Sprintf(", %s to %s", least.Text, most.Text)
	case least != nil:
		return fmt.Sprintf(", %s or more", least.Text)
	case most != nil:
		return fmt.Sprintf(", %s or less", most.Text)
	case above != nil:
		return fmt.Sprintf(", above %s", above.Text)
	}
	return ""
}

// texts are the scalars of a list, without the empty one.
func texts(list *yamldoc.Node) (all []string) {
	for _, item := range list.AllItems() {
		if text := item.Text; !item.Null() && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
