package markdown

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// PluginConfig returns the page of plugin-cfg.xml: each element with its attributes and Properties, in the order of
// the attribute table.
func PluginConfig() []byte {
	p := &page{}
	p.b.WriteString("# plugin-cfg.xml\n\n")
	p.paragraph("The configuration of the web server plug-in: every element and attribute that is known. " +
		"`wasplug explain ELEMENT/ATTRIBUTE` says more of each: since when, what goes wrong with it, how well it is " +
		"known, and by which source. `wasplug schema plugin-cfg` prints an XML Schema for editors. A ~ stands before " +
		"what is recalled, and was read nowhere.")
	for _, t := range parser.ElementTypes() {
		p.element(t)
	}
	return p.b.Bytes()
}

func (p *page) element(t *parser.ElementType) {
	fmt.Fprintf(&p.b, "## %s\n\n", t.Name)
	p.paragraph(sentence(plain(t.Doc.Meaning)) + within(t.Parents))
	for _, a := range t.Attributes {
		p.attribute("**"+a.Name+"**", a)
	}
	for _, a := range t.Properties {
		p.attribute("Property **"+a.Name+"**", a)
	}
	if len(t.Attributes)+len(t.Properties) > 0 {
		p.b.WriteByte('\n')
	}
}

// within says where an element stands.
func within(parents []string) string {
	var links []string
	for _, name := range parents {
		if name != "" {
			links = append(links, link(name))
		}
	}
	if len(links) == 0 {
		return ""
	}
	return " Stands in " + strings.Join(links, ", ") + "."
}

// attribute writes what is known of an attribute. A "?" in the table says that nobody knows.
func (p *page) attribute(term string, a *parser.Attribute) {
	takes := a.Doc.Allowed
	if takes == "" {
		takes = string(a.Type)
	}
	text := sentence(plain(a.Doc.Meaning))
	for _, said := range []struct{ label, value string }{
		{"Without it", a.Doc.Default}, {"WebSphere writes", a.Doc.WAS}, {"Liberty writes", a.Doc.Liberty},
	} {
		if said.value != "" && said.value != "?" {
			text += " " + said.label + ": " + sentence(plain(said.value))
		}
	}
	if a.Ignored {
		text = "No attribute of the plug-in, though files have it. " + text
	}
	p.item(term, plain(takes), text)
}

// sentence ends a text as one.
func sentence(text string) string { return strings.TrimRight(text, ". ") + "." }
