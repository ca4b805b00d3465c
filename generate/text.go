package generate

import (
	"unicode"

	"github.com/wasplug/wasplug/parser"
)

// isName reports whether an element or attribute may be called that; the plug-in's own names are plainer still.
// XML allows more; overrides and elements of a topology may hold any key, and what is written must be read back.
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
		case i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.'):
		case r >= 0x80 && unicode.IsLetter(r):
		default:
			return false
		}
	}
	return s != ""
}

// checkText reports names and values of a topology that cannot stand in XML.
func (c *compiler) checkText(n *parser.Node) {
	if n.Kind == parser.Text {
		c.checkCharacters(n.Text, n)
		return
	}
	if !isName(n.Name) {
		c.wrong(n.Span, "%q cannot be the name of an element: letters, digits, \"-\", \"_\" and \".\" only, a "+
			"letter or \"_\" first", n.Name)
	}
	for i := range n.Attrs {
		a := &n.Attrs[i]
		if !isName(a.Name) {
			c.wrong(a.NameSpan, "%q cannot be the name of an attribute: letters, digits, \"-\", \"_\" and \".\" "+
				"only, a letter or \"_\" first", a.Name)
		}
		if r, bad := notXML(a.Value); bad {
			c.wrong(a.Span, "the value of %s holds the character %U, which cannot stand in XML", a.Name, r)
		}
	}
	for _, child := range n.Children {
		c.checkText(child)
	}
}

func (c *compiler) checkCharacters(text string, n *parser.Node) {
	if r, bad := notXML(text); bad {
		c.wrong(n.Span, "the text holds the character %U, which cannot stand in XML", r)
	}
}

// notXML finds a character that XML 1.0 does not allow, not even as a reference.
func notXML(s string) (rune, bool) {
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return r, true
		}
	}
	return 0, false
}
