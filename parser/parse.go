package parser

import (
	"strings"
	"unsafe"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
)

// Parse reads a file. The result keeps src, whose bytes must not change afterwards. It always returns a Config, as
// whole as could be read, and every error of the text in one run: WP101 (not well-formed, limits), WP102 (not a
// Config, several roots), WP111 (encoding). It reads on behind an error.
func Parse(f diag.FileID, src []byte) (*Config, []diag.Diagnostic) { return ParsePausing(f, src, nil) }

// ParsePausing is Parse with pauses.
func ParsePausing(f diag.FileID, src []byte, pause Pause) (*Config, []diag.Diagnostic) {
	s, doc := parse(f, src, pause)
	if !s.halted { // else what seems to be missing may stand in the part that was not read
		s.roots(doc)
	}
	diag.Sort(s.reports)
	return view(doc, pause), s.reports
}

// ParseXML reads a file that is no plugin-cfg.xml, as a server.xml, with the same limits and errors of the text. They
// say nothing of the plug-in, which does not read it.
func ParseXML(f diag.FileID, src []byte) (*Document, []diag.Diagnostic) {
	s, doc := parse(f, src, nil)
	for i := range s.reports {
		// The half of a message that says what happens at run time begins so.
		for _, of := range []string{"; the plug-in ", "; what the plug-in "} {
			s.reports[i].Message, _, _ = strings.Cut(s.reports[i].Message, of)
		}
	}
	diag.Sort(s.reports)
	return doc, s.reports
}

// parse reads the tree. The reports are in the order in which they were made, not sorted.
func parse(f diag.FileID, src []byte, pause Pause) (*scanner, *Document) {
	s := &scanner{file: f, last: -1, pause: pause}
	doc := &Document{File: f}
	if len(src) > MaxSize {
		s.limit(0, "file of %d bytes, more than %d", len(src), MaxSize)
	} else {
		// a copy of a large file costs as much as a tenth of reading it
		s.src = unsafe.String(unsafe.SliceData(src), len(src))
		s.encoding()
		doc.CRLF = crlf(s.src)
		doc.Nodes = s.run()
	}
	return s, doc
}

// crlf reports whether most lines of a text end in CR LF.
func crlf(text string) bool {
	if strings.IndexByte(text, '\r') < 0 { // the usual file
		return false
	}
	return 2*strings.Count(text, "\r\n") > strings.Count(text, "\n")
}

// roots reports a document that is not one Config.
func (s *scanner) roots(doc *Document) {
	const fragment = ": read as a fragment; " + refused
	var root *Node
	for _, n := range doc.Nodes {
		switch {
		case n.Kind != Element:
		case root != nil:
			s.notConfig(n.NameSpan, "element <%s> beside the root element <%s>"+fragment, n.Name, root.Name)
			return
		default:
			root = n
		}
	}
	switch {
	case root == nil:
		content, what := sniff.Text(s.src)
		if content == sniff.PlainText || content == sniff.Mapping {
			s.reports = nil // as text it is not broken
		}
		s.notConfig(s.span(0, 1), "the file is %s and has no element <Config>; "+refused, what)
	case root.Name != "Config":
		s.notConfig(root.NameSpan, "the root element is <%s>, not <Config>"+fragment, root.Name)
	}
}

// Pause lets a program that has something else to do read a large file bit by bit: it is called every few dozen
// elements, by several goroutines at once, and may sleep. nil never does.
type Pause func()

// Take pauses.
func (p Pause) Take() {
	if p != nil {
		p()
	}
}

// pauseEvery is how many elements are worked on between two pauses: some ten microseconds.
const pauseEvery = 32
