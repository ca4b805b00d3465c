package parser

import (
	"strings"

	"github.com/wasplug/wasplug/parser/chars"
)

// startTag reads "<Name attributes>" from start; the name begins at name.
func (s *scanner) startTag(start, name int) {
	n := s.node(Element, start)
	end, good := s.name(name)
	n.Name, n.NameSpan = s.read(name, end), s.span(name, end)
	if !good {
		s.malformed(name, end,
			"%q is not a name: letters, digits, \"-\", \"_\" and \".\" only, a letter or \"_\" first",
			n.Name)
	}
	s.pos, s.tag, s.wordEnd = end, s.attrs.begin(), 0
	first := len(s.kids)
	empty, cut := s.attributes(n)
	n.Attrs = s.attrs.end(s.tag, maxAttrs)
	if s.attrCount += len(s.tag); s.attrCount > maxTotal {
		s.limit(start, "more than %d attributes in the file", maxTotal)
	}
	n.Tag = s.span(start, s.pos)
	s.last = s.pos
	s.enter(frame{n, first, cut}, empty)
}

// enter makes an element the innermost open element, or closes it at once when it is empty.
func (s *scanner) enter(f frame, empty bool) {
	for _, c := range s.kids[f.first:] { // comments within the tag
		c.Parent = f.node
	}
	s.open = append(s.open, f)
	if empty {
		s.close(s.pos)
	} else if len(s.open) > maxDepth {
		s.limit(int(f.node.Span.Start), "more than %d elements within each other", maxDepth)
	}
}

// attributes reads the attributes of n through the ">" and reports whether the tag is that of an empty element. A tag
// that another "<" cuts off is taken as ended there, and as empty when n never has children.
func (s *scanner) attributes(n *Node) (empty, cut bool) {
	for !s.halted {
		before := s.pos
		s.blanks()
		if s.pos == len(s.src) {
			s.cutOff(n, before)
			return isLeaf(n.Name), true
		}
		switch c := s.src[s.pos]; {
		case c == '>':
			s.pos++
			return false, false
		case c == '/' && strings.HasPrefix(s.src[s.pos:], "/>"):
			s.pos += 2
			return true, false
		case c == '<' && strings.HasPrefix(s.src[s.pos:], "<!--"):
			s.malformed(s.pos, s.pos+len("<!--"), "comment within the start tag of <%s>", n.Name)
			s.comment().Inline = true
		case c == '<':
			s.cutOff(n, before)
			return isLeaf(n.Name), true
		// With no blank before it there is something to report, which plainAttribute cannot.
		case s.pos == before || !s.plainAttribute(n):
			s.attribute(n, before)
		}
	}
	return false, true
}

// cutOff ends a start tag behind its last attribute: what follows begins something new.
func (s *scanner) cutOff(n *Node, end int) {
	s.pos = end
	s.malformed(int(n.NameSpan.Start), int(n.NameSpan.End), "start tag of <%s> that is not closed by \">\"", n.Name)
}

// plainAttribute reads name="value" at pos when nothing about it needs a closer look, as is the rule, and does nothing
// otherwise. It is the quick way of attribute, and must read alike: a name of ASCII, "=" and a double quote without
// blanks between, a value that stands for itself, and behind its quote what may follow there.
func (s *scanner) plainAttribute(n *Node) bool {
	src, start := s.src, s.pos
	end := start
	for end < len(src) && chars.Is(src[end], chars.NameASCII) {
		end++
	}
	from := end + len(`="`)
	if from > len(src) || src[end] != '=' || src[end+1] != '"' || end == start ||
		!chars.Is(src[start], chars.NameStart) {
		return false
	}
	to := from
	for to < len(src) && !chars.Is(src[to], chars.Special) {
		to++
	}
	if to+1 >= len(src) || src[to] != '"' || !chars.Is(src[to+1], chars.TagGap) ||
		src[to+1] == '/' && !strings.HasPrefix(src[to+1:], "/>") { // a path may follow: see lost
		return false
	}
	if s.pos = to + 1; s.admit(n, src[start:end], start, end) {
		s.tag = append(s.tag, Attr{Name: src[start:end], Value: src[from:to], NameSpan: s.span(start, end),
			Span: s.span(from, to)})
	}
	return true
}

// attribute reads one attribute at pos; the one before it ended at before.
func (s *scanner) attribute(n *Node, before int) {
	start := s.pos
	end, good := s.name(start)
	s.pos = end
	s.blanks()
	if end == start || s.at() != '=' {
		s.notAttribute(n, start, max(end, start+1))
		return
	}
	if start == before {
		s.malformed(start, end, "no blank before the attribute %q", s.read(start, end))
	}
	s.pos++
	s.blanks()
	name := s.read(start, end)
	if !good {
		s.malformed(start, end, "%q is not a name of an attribute", name)
	}
	from, to, plain := s.value(name)
	if !s.admit(n, name, start, end) {
		return
	}
	s.tag = append(s.tag, Attr{Name: name, Value: s.src[from:to], NameSpan: s.span(start, end),
		Span: s.span(from, to)})
	if !plain {
		s.tag[len(s.tag)-1].Value = s.resolve(from, to, inValue)
	}
}

// notAttribute reports a word in a start tag that has no "=", once for words in a row.
func (s *scanner) notAttribute(n *Node, start, end int) {
	s.pos = end
	if s.wordEnd > 0 && strings.TrimLeft(s.src[s.wordEnd:start], " \t\r\n") == "" {
		s.reports[len(s.reports)-1].Span.End = int32(end)
	} else {
		s.malformed(start, end, "%q in the start tag of <%s> is not an attribute: name=\"value\" is expected",
			s.read(start, end), n.Name)
	}
	s.wordEnd = end
}

// admit reports whether an attribute is kept: not when it is one too many. A doubled one is kept behind the first,
// which counts.
func (s *scanner) admit(n *Node, name string, start, end int) bool {
	switch {
	case len(s.tag) > maxAttrs: // the first beyond the limit was taken, so that it is reported once; end drops it
		return false
	case len(s.tag) == maxAttrs:
		s.malformed(start, end, "more than %d attributes of <%s>: the rest is left out", maxAttrs, n.Name)
	case s.doubled(name):
		s.malformed(start, end, "attribute %q of <%s> is given twice", name, n.Name)
	}
	return true
}

const manyAttrs = 24 // from here on a map is faster than comparing

// doubled reports whether the tag at hand has an attribute of that name already.
func (s *scanner) doubled(name string) bool {
	if len(s.tag) < manyAttrs {
		for i := range s.tag {
			if s.tag[i].Name == name {
				return true
			}
		}
		return false
	}
	if len(s.tag) == manyAttrs {
		s.seen = make(map[string]bool, 2*manyAttrs)
		for i := range s.tag {
			s.seen[s.tag[i].Name] = true
		}
	}
	found := s.seen[name]
	s.seen[name] = true
	return found
}
