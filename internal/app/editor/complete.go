package editor

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// ItemKind says what an item of a completion is.
type ItemKind uint8

// What can be written.
const (
	ElementItem ItemKind = iota + 1
	AttributeItem
	ValueItem
	NameItem // of something in the file
)

// Item is a word that may be written at a place.
type Item struct {
	Kind   ItemKind
	Label  string
	Detail string // in a line
	Text   string // what is written, "" for the label
}

// Completion is what may be written in place of a piece of the text.
type Completion struct {
	Replaces diag.Span // what is written of the word so far, up to the place
	Items    []Item
	Quotes   bool // an attribute lacks its value and quotes: who offers it writes them, and puts the cursor between
}

// mostTag is how far before a place the tag around it is looked for, in bytes.
const mostTag = 64 << 10

// Complete returns what may be written at a place: elements, attributes that the element does not have yet, values of
// an attribute, and names that are defined.
func (d *Document) Complete(place int32) Completion {
	// The tree is of no help here: a tag that is being written is a fault, and recovery may have put it anywhere. The
	// text before the place says which tag is open; only what stands around it is asked of the tree.
	before := d.src[max(0, int(place)-mostTag):place]
	// A "<" within a value would be a fault of its own, so the last one begins the tag, or a text that is none.
	open := bytes.LastIndexByte(before, '<')
	if open < 0 {
		return Completion{}
	}
	start := place - int32(len(before)-open)
	t := readTag(string(before[open+1:]))
	switch {
	case t.over:
		return Completion{}
	case t.attribute != "":
		return d.values(start, place, t)
	case t.attributes:
		return d.attributes(start, place, t)
	}
	return d.elements(start, place, t.word)
}

// span is the piece of the file between two places.
func (d *Document) span(from, to int32) diag.Span {
	return diag.Span{File: d.config.Doc.File, Start: from, End: to}
}

// tag is a start tag as far as it is written.
type tag struct {
	element    string
	attributes bool // the name of the element is complete
	attribute  string
	word       string   // what is written of a name or a value so far
	has        []string // attributes that are complete
	values     []string // of these
	over       bool     // the tag is complete, or none
}

// readTag reads what follows a "<".
func readTag(text string) (t tag) {
	end := strings.IndexAny(text, " \t\r\n/>")
	if end < 0 || strings.HasPrefix(text, "!") || strings.HasPrefix(text, "?") || strings.HasPrefix(text, "/") {
		t.word, t.over = text, strings.ContainsAny(text[:min(len(text), 1)], "!?/")
		return t
	}
	t.element, t.attributes = text[:end], true
	for rest := text[end:]; ; {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, ">") {
			t.over = true
			return t
		}
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			t.word = rest
			return t
		}
		// NAME = "VALUE", with blanks as XML allows them; an attribute without "=" is still being written.
		after = strings.TrimLeft(after, " \t\r\n")
		if after == "" || after[0] != '"' && after[0] != '\'' {
			t.over = true // no value begins here
			return t
		}
		value, next, closed := strings.Cut(after[1:], after[:1])
		if !closed {
			t.attribute, t.word = strings.TrimSpace(name), value
			return t
		}
		t.has, t.values, rest = append(t.has, strings.TrimSpace(name)), append(t.values, value), next
	}
}

// value is that of an attribute that the tag has, "" for none.
func (t *tag) value(name string) string {
	if i := slices.Index(t.has, name); i >= 0 {
		return t.values[i]
	}
	return ""
}

// parentOf returns the element that a tag stands in, nil at the top level. One that lacks its end tag goes on.
func (d *Document) parentOf(start int32) (parent *parser.Node) {
	for nodes := d.config.Doc.Nodes; ; nodes = parent.Children {
		i := sort.Search(len(nodes), func(i int) bool { return nodes[i].Span.Start >= start }) - 1
		// The last node that begins before the tag holds it, unless it is over. One that lacks its end tag is not,
		// wherever the tree lets it end.
		if i < 0 || nodes[i].Kind != parser.Element || nodes[i].Tag.End > start ||
			nodes[i].Closed && nodes[i].Span.End <= start {
			return parent
		}
		parent = nodes[i]
	}
}

// typeIn is what the table says of an element that stands in another.
func typeIn(parent *parser.Node, element string) *parser.ElementType {
	return parser.TypeOf(&parser.Node{Kind: parser.Element, Name: element, Parent: parent})
}

func (d *Document) elements(start, place int32, word string) Completion {
	c := Completion{Replaces: d.span(place-int32(len(word)), place)}
	parent := d.parentOf(start)
	// Of an element that the table does not know nothing is offered: nobody can say what it may hold.
	types := parser.TypeOf(parent)
	switch {
	case parent == nil:
		c.add(ElementItem, "Config", "the root", word)
	case types != nil:
		for _, t := range types.Children {
			c.add(ElementItem, t.Name, t.Doc.Meaning, word)
		}
	}
	return c
}

// add offers a word that begins as what is written does.
func (c *Completion) add(kind ItemKind, label, detail, word string) {
	c.offer(Item{Kind: kind, Label: label, Detail: detail}, word)
}

// offer adds an item, each label once: two clusters of one name are one word to be written.
func (c *Completion) offer(i Item, word string) {
	known := func(other Item) bool { return other.Label == i.Label }
	begins := len(i.Label) >= len(word) && strings.EqualFold(i.Label[:len(word)], word)
	if begins && !slices.ContainsFunc(c.Items, known) {
		c.Items = append(c.Items, i)
	}
}

func (d *Document) attributes(start, place int32, t tag) Completion {
	c := Completion{Replaces: d.span(place-int32(len(t.word)), place), Quotes: true}
	typ := typeIn(d.parentOf(start), t.element)
	// A word with a blank in it is a name without "=", and another one: what is meant is not known.
	if typ == nil || strings.ContainsAny(t.word, " \t\r\n") {
		return c
	}
	for _, a := range typ.Attributes {
		// Ignored are seen in files, and are no attributes of the plug-in.
		if !a.Ignored && !slices.Contains(t.has, a.Name) {
			c.add(AttributeItem, a.Name, a.Doc.Meaning, t.word)
		}
	}
	return c
}

func (d *Document) values(start, place int32, t tag) Completion {
	c := Completion{Replaces: d.span(place-int32(len(t.word)), place)}
	parent := d.parentOf(start)
	if t.element == "Property" && parent != nil {
		d.propertyValues(&c, parser.TypeOf(parent), t)
		return c
	}
	if row := typeIn(parent, t.element).Attribute(t.attribute); row != nil {
		c.addValues(row, t.word)
		// What a Route names is defined elsewhere in the file; what PrimaryServers names, in the cluster around it.
		if row.Type == parser.Ref {
			d.defined(&c, row, t.word)
		}
	}
	if list := t.attribute == "Name" && t.element == "Server" && parent != nil &&
		(parent.Name == "PrimaryServers" || parent.Name == "BackupServers"); list {
		d.servers(&c, parent.Parent, t.word)
	}
	return c
}

// propertyValues offers the names of Properties, and the values of the one that is named.
func (d *Document) propertyValues(c *Completion, around *parser.ElementType, t tag) {
	if around == nil {
		return
	}
	if t.attribute == "Name" {
		for _, p := range around.Properties {
			c.add(ValueItem, p.Name, p.Doc.Meaning, t.word)
		}
		return
	}
	if p := around.Property(t.value("Name")); p != nil {
		c.addValues(p, t.word)
	}
}

// addValues offers the values that the table knows, and what holds without one.
func (c *Completion) addValues(a *parser.Attribute, word string) {
	switch a.Type {
	case parser.Boolean:
		c.add(ValueItem, "true", withDefault(a, "true"), word)
		c.add(ValueItem, "false", withDefault(a, "false"), word)
	case parser.Enum:
		for _, v := range a.Values {
			c.add(ValueItem, v, withDefault(a, v), word)
		}
	default:
		if a.Default != "" {
			c.add(ValueItem, a.Default, withDefault(a, a.Default), word)
		}
	}
}

func withDefault(a *parser.Attribute, value string) string {
	if value == a.Default {
		return "what holds without it"
	}
	return ""
}

// defined offers the names that a Route may name.
func (d *Document) defined(c *Completion, row *parser.Attribute, word string) {
	for n := range d.config.Doc.All() {
		for i := range n.Attrs {
			a := &n.Attrs[i]
			if nm, defines, ok := nameIn(n, a); ok && defines && nm.kind == clustersOld(row.Target()) &&
				row.Target() != "Server" {
				c.add(NameItem, a.Value, "", word)
			}
		}
	}
}

// servers offers those of a cluster.
func (d *Document) servers(c *Completion, cluster *parser.Node, word string) {
	if cluster == nil {
		return
	}
	for _, n := range cluster.Elements("Server") {
		if a := n.Attr("Name"); a != nil {
			c.add(NameItem, a.Value, "", word)
		}
	}
}
