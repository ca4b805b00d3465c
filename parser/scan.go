package parser

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/chars"
	"github.com/wasplug/wasplug/parser/diag"
)

// Limits of what Parse reads. Going beyond one is a single diagnostic; they bound the memory that a hostile file can
// claim.
const (
	MaxSize   = 64 << 20  // bytes of a file
	maxDepth  = 1000      // elements within elements
	maxAttrs  = 1000      // attributes of one element
	maxNodes  = 1_000_000 // elements, comments and texts of a file
	maxTotal  = 4_000_000 // attributes of a file
	MaxErrors = 1000      // WP101 diagnostics of a file
)

// scanner turns the bytes of a file into a tree. It works on the original bytes throughout, so that every span is a
// place in the file, and goes on behind an error at the next place that can be the start of something.
type scanner struct {
	file    diag.FileID
	src     string
	pos     int
	begin   int // where the text begins: behind a byte order mark
	chars   charset
	dtd     bool // a document type definition was passed over
	reports []diag.Diagnostic
	halted  bool // a limit was reached: nothing more is read

	open []frame // the elements around pos
	// Children of the open elements so far, those of the innermost last: a stack as open is, so that no element needs
	// a slice that grows. finish copies what is an element's own.
	kids []*Node
	last int // end of the construct before pos, -1 before the first

	nodes slab[Node]
	attrs slab[Attr]
	lists slab[*Node]

	pause            Pause
	count, attrCount int             // of nodes and attributes, for the limits
	tag              []Attr          // of the start tag at hand
	seen             map[string]bool // names in tag, when there are many
	buf              []byte          // for text that is not taken as it stands; its memory is used again
	ends             map[string]int  // where terminators stand next, -1 nowhere behind pos
	wordEnd          int             // end of the last word that is no attribute, 0 when there is none
}

// frame is an element whose end tag was not read yet.
type frame struct {
	node   *Node
	first  int  // its children are kids[first:]
	cutOff bool // its start tag has no ">", and a report that says so
}

// run reads the file and returns what stands at the top level.
func (s *scanner) run() []*Node {
	for s.pos < len(s.src) && !s.halted {
		if s.text(); s.pos < len(s.src) && !s.halted {
			s.markup()
		}
	}
	for len(s.open) > 0 {
		s.unclosed(nil)
	}
	return s.lists.copy(s.kids)
}

func (s *scanner) span(start, end int) diag.Span {
	return diag.Span{File: s.file, Start: int32(start), End: int32(end)}
}

// node returns a new node of the tree that starts at start; its end is set when it is known.
func (s *scanner) node(kind Kind, start int) *Node {
	if s.count++; s.count > maxNodes {
		s.limit(start, "more than %d elements and comments", maxNodes)
	}
	if s.count%pauseEvery == 0 {
		s.pause.Take()
	}
	n := s.nodes.one()
	n.Kind, n.Span = kind, s.span(start, start)
	if len(s.open) > 0 {
		n.Parent = s.open[len(s.open)-1].node
	}
	s.kids = append(s.kids, n)
	return n
}

// leaf adds a node other than an element that ends at end.
func (s *scanner) leaf(kind Kind, start, end int, text string) *Node {
	n := s.node(kind, start)
	n.Text, n.Closed = text, true
	n.Span.End = int32(end)
	s.last = end
	return n
}

// text reads up to the next "<". White space alone is layout and gives no node.
func (s *scanner) text() {
	start := s.pos // blanks before other text are a part of it
	s.blanks()
	if s.pos == len(s.src) || s.src[s.pos] == '<' {
		return
	}
	first := s.pos
	s.pos = s.next('<')
	if len(s.open) == 0 {
		end := first + len(strings.TrimRight(s.src[first:s.pos], " \t\r\n"))
		s.malformed(first, end, "text outside of the root element")
	}
	s.leaf(Text, start, s.pos, s.resolve(start, s.pos, inText))
}

// next returns the position of the next b, the end of the file when there is none.
func (s *scanner) next(b byte) int {
	if i := strings.IndexByte(s.src[s.pos:], b); i >= 0 {
		return s.pos + i
	}
	return len(s.src)
}

// blanks skips white space.
func (s *scanner) blanks() {
	i := s.pos
	for i < len(s.src) && chars.Is(s.src[i], chars.Blank) {
		i++
	}
	s.pos = i
}

// at returns the byte at pos, 0 at the end of the file.
func (s *scanner) at() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return 0
}

// markup reads what starts with the "<" at pos.
func (s *scanner) markup() {
	rest := s.src[s.pos:]
	switch {
	case len(rest) > 1 && chars.Is(rest[1], chars.NameStart):
		s.startTag(s.pos, s.pos+1)
	case strings.HasPrefix(rest, "</"):
		s.endTag()
	case strings.HasPrefix(rest, "<!--"):
		s.comment()
	case strings.HasPrefix(rest, "<![CDATA["):
		s.cdata()
	case strings.HasPrefix(rest, "<!"):
		s.doctype()
	case strings.HasPrefix(rest, "<?"):
		s.instruction()
	default:
		s.strayLess()
	}
}

// strayLess reads a "<" that no name follows: still a start tag when only blanks, or a bad first letter, are between.
func (s *scanner) strayLess() {
	start := s.pos
	s.pos++
	s.blanks()
	name := s.pos
	// Only a name that is known makes a tag of "< Server": "a < b" is text with a mistake.
	_, known := elementNames()[s.src[name:s.nameEnd(name)]]
	switch {
	case name > start+1 && known:
		s.malformed(start, name, "blank between \"<\" and the name of an element")
		s.startTag(start, name)
	case name == start+1 && chars.Is(s.at(), chars.NameChar): // "<9a>": startTag says what is wrong with the name
		s.startTag(start, name)
	default:
		s.malformed(start, start+1, "\"<\" that starts no tag: in text it is written \"&lt;\"")
		s.pos = start + 1
		s.last = s.pos
	}
}

// endTag reads "</name>".
func (s *scanner) endTag() {
	start := s.pos
	from := start + 2
	to := s.nameEnd(from)
	s.pos = to
	s.blanks()
	end := s.pos
	switch s.at() {
	case '>':
		s.pos++
	default:
		// Up to its ">", but not into the next tag.
		for s.pos < len(s.src) && s.src[s.pos] != '<' && s.src[s.pos] != '>' {
			s.pos++
		}
		s.malformed(start, max(end, to), "end tag </%s that is not closed by \">\"", s.src[from:to])
		if s.at() == '>' {
			s.pos++
		}
	}
	if s.last = s.pos; !s.halted {
		s.match(start, s.read(from, to))
	}
}

// match closes the element that an end tag from start to pos belongs to, and those within it whose own end tag is
// missing. One that fits none of them is taken for that of the innermost element where its name is misspelt or left
// out; else it is one too many, and closes nothing.
func (s *scanner) match(start int, name string) {
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].node.Name != name {
			continue
		}
		for len(s.open) > i+1 && !s.halted {
			s.unclosed(&diag.Related{Span: s.span(start, s.pos),
				Message: "this end tag belongs to an element around it"})
		}
		if len(s.open) > i {
			s.close(s.pos)
		}
		return
	}
	if len(s.open) > 0 {
		if n := s.open[len(s.open)-1].node; name == "" || similar(n.Name, name) {
			s.malformed(start, s.pos, "end tag </%s> does not match the start tag <%s>", name, n.Name)
			s.close(s.pos)
			return
		}
	}
	s.malformed(start, s.pos, "end tag </%s> without a start tag", name)
}

// close ends the innermost open element at end.
func (s *scanner) close(end int) {
	f := s.open[len(s.open)-1]
	f.node.Closed = true
	s.finish(end, len(s.kids)-f.first)
}

// unclosed ends the innermost open element, which has no end tag, behind its last child. What cannot be its child by
// the table becomes a sibling, so that one forgotten "/" does not hide the rest of the file from the view.
func (s *scanner) unclosed(rel *diag.Related) {
	f := s.open[len(s.open)-1]
	n := f.node
	if !f.cutOff {
		d := s.malformed(int(n.NameSpan.Start), int(n.NameSpan.End), "element <%s> has no end tag", n.Name)
		if d != nil && rel != nil {
			d.Related = append(d.Related, *rel)
		}
	}
	end := n.Tag.End
	own := ownChildren(n, s.kids[f.first:])
	if own > 0 {
		end = max(end, s.kids[f.first+own-1].Span.End)
	}
	for _, c := range s.kids[f.first+own:] {
		c.Parent = n.Parent
	}
	s.finish(int(end), own)
}

// ownChildren returns how many of the children that follow the start tag of n can belong to it: those before the first
// that is known to belong elsewhere.
func ownChildren(n *Node, children []*Node) int {
	t := TypeOf(n)
	if named := elementNames()[n.Name]; t == nil && named != nil {
		t = named[0] // out of place, most likely within another that is not closed either
	}
	// An unknown child may be anybody's: it stays where it is written.
	foreign := func(name string) bool { return t.Child(name) == nil && elementNames()[name] != nil }
	if t == nil {
		foreign = func(name string) bool { return belongsAround(n, name) }
	}
	for i, c := range children {
		if c.Kind == Element && foreign(c.Name) {
			for i > 0 && children[i-1].Kind == Comment && !children[i-1].Inline {
				i-- // a comment above belongs to what it stands above
			}
			return i
		}
	}
	return len(children)
}

// belongsAround reports whether an element around n can hold a child of that name.
func belongsAround(n *Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if slices.ContainsFunc(elementNames()[p.Name], func(t *ElementType) bool { return t.Child(name) != nil }) {
			return true
		}
	}
	return name == "Config"
}

// finish takes the innermost open element from the stack with the given number of children; those behind go to its
// parent.
func (s *scanner) finish(end, own int) {
	f := s.open[len(s.open)-1]
	f.node.Span.End = int32(end)
	f.node.Children = s.lists.copy(s.kids[f.first : f.first+own])
	s.kids = append(s.kids[:f.first], s.kids[f.first+own:]...)
	s.open = s.open[:len(s.open)-1]
}
