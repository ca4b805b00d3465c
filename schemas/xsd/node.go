package xsd

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// node is an element of the schema.
type node struct {
	name       string
	attributes []string // names and values in turn
	text       string
	children   []*node
}

// el makes an element of the namespace of XML Schema.
func el(name string, attributes ...string) *node {
	return &node{name: "xs:" + name, attributes: attributes}
}

// with adds children, and passes over those that are nil.
func (n *node) with(children ...*node) *node {
	for _, c := range children {
		if c != nil {
			n.children = append(n.children, c)
		}
	}
	return n
}

// write writes an element on lines of its own, unless it holds text.
func (n *node) write(b *bytes.Buffer, depth int) {
	indent := strings.Repeat("  ", depth)
	b.WriteString(indent + "<" + n.name)
	for i := 0; i+1 < len(n.attributes); i += 2 {
		b.WriteString(" " + n.attributes[i] + `="` + escape(n.attributes[i+1]) + `"`)
	}
	switch {
	case n.text != "":
		b.WriteString(">" + escape(n.text) + "</" + n.name + ">\n")
	case len(n.children) == 0:
		b.WriteString("/>\n")
	default:
		b.WriteString(">\n")
		for _, c := range n.children {
			c.write(b, depth+1)
		}
		b.WriteString(indent + "</" + n.name + ">\n")
	}
}

// escape escapes what may not stand in a text or in a value.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	// encoding/xml escapes line feeds, too; in a text they are paragraphs that people read.
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}

// documented is what an editor shows for an element or attribute, a paragraph for each text that is not empty.
func documented(paragraphs ...string) *node {
	lines := strings.FieldsFunc(strings.Join(paragraphs, "\n"), func(r rune) bool { return r == '\n' })
	doc := el("documentation", "xml:lang", "en")
	doc.text = strings.Join(lines, "\n")
	return el("annotation").with(doc)
}
