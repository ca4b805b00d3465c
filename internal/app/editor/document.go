package editor

import (
	"slices"
	"sort"
	"sync"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Document is a plugin-cfg.xml as it stands in an editor, however broken. It never changes, and may be asked by
// several at once.
type Document struct {
	files  *diag.Files
	src    []byte
	config *parser.Config
	broken bool        // not well-formed
	site   func() site // made when it is first asked for, as it takes a table
}

// Open reads a text, which must not change afterwards. target is the level of the plug-in, "" for the latest; an
// unknown one counts as the latest.
func Open(name string, src []byte, target string) *Document {
	d := &Document{files: diag.NewFiles(), src: src}
	var reports []diag.Diagnostic
	d.config, reports = parser.Parse(d.files.Add(name, src), src)
	d.broken = slices.ContainsFunc(reports, func(r diag.Diagnostic) bool {
		return r.Severity == diag.Error && r.Rule.Code == diag.XMLSyntax
	})
	d.site = sync.OnceValue(func() site { return newSite(d.files, d.config, assumed(target, "")) })
	return d
}

// assumed are the open choices of a level and a web server, of the latest and the usual one where they are unknown.
func assumed(target, platform string) *choices.Assumptions {
	sem, err := choices.Defaults(target, platform)
	if err != nil {
		sem, _ = choices.Defaults("", "")
	}
	return &sem
}

// Files are those that spans of answers stand in.
func (d *Document) Files() *diag.Files { return d.files }

// spot is what stands at a place: an element, and an attribute of it where the place is within one.
type spot struct {
	node    *parser.Node
	attr    *parser.Attr
	inValue bool // of attr, else in its name
}

// at finds what stands at a place. Of two things that touch there the second counts.
// A name and a value touch where only "=" and a quote stand between them.
func (d *Document) at(place int32) (s spot) {
	for n := around(d.config.Doc.Nodes, place); n != nil; n = around(n.Children, place) {
		s.node = n
	}
	if s.node == nil {
		return s
	}
	for i := range s.node.Attrs {
		a := &s.node.Attrs[i]
		switch {
		case touches(a.Span, place):
			s.attr, s.inValue = a, true
		case touches(a.NameSpan, place):
			s.attr, s.inValue = a, false
		}
	}
	return s
}

// around returns the element of a list that a place is in. The nodes of a list stand in the order of the text and do
// not overlap, so the first that ends behind the place is the only one that can hold it.
func around(nodes []*parser.Node, place int32) *parser.Node {
	i := sort.Search(len(nodes), func(i int) bool { return nodes[i].Span.End > place })
	if i < len(nodes) && nodes[i].Kind == parser.Element && nodes[i].Span.Start <= place {
		return nodes[i]
	}
	return nil
}

// touches reports whether a place is in a span or at its end.
func touches(s diag.Span, place int32) bool { return !s.IsZero() && s.Start <= place && place <= s.End }
