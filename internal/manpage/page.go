// Package manpage writes pages for man(1), in the macros of man(7). It knows what a page looks like, and of wasplug
// what the page of its files says; what commands there are is for its caller.
//
// Start with [Page].
package manpage

import (
	"fmt"
	"io"
	"strings"
)

// Page is one page.
type Page struct {
	Name     string // such as wasplug-lint
	Section  int    // 1 for commands, 5 for files
	Summary  string
	Synopsis string
	Version  string // of wasplug
	Date     string // "" where nobody knows
	Parts    []Part
	SeeAlso  []string // such as wasplug(1)
}

// Part is a section of a page: text, then items.
type Part struct {
	Title string
	Text  string // paragraphs, an empty line between; lines that begin with a blank are examples
	Items []Item
}

// Item is a term and what it means.
type Item struct {
	Term  string
	Value string // that stands behind the term, such as FILE
	Text  string
}

// Write writes the page as man(1) reads it. Lines are neither hyphenated nor stretched (.nh, .ad l): a flag that is
// broken at its hyphen, or a command with wide gaps, cannot be copied.
func (p *Page) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s %d \"%s\" \"wasplug %s\" \"wasplug\"\n.nh\n.ad l\n", escape(strings.ToUpper(p.Name)),
		p.Section, escape(p.Date), escape(p.Version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", escape(p.Name), escape(p.Summary))
	if p.Synopsis != "" {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n%s\n", line(escape(p.Synopsis)))
	}
	for _, part := range p.Parts {
		fmt.Fprintf(&b, ".SH %s\n", escape(part.Title))
		text(&b, part.Text)
		for _, item := range part.Items {
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR", escape(item.Term))
			if item.Value != "" {
				fmt.Fprintf(&b, " \\fI%s\\fR", escape(item.Value))
			}
			fmt.Fprintf(&b, "\n%s\n", line(escape(item.Text)))
		}
	}
	if len(p.SeeAlso) > 0 {
		fmt.Fprintf(&b, ".SH SEE ALSO\n%s\n", escape(strings.Join(p.SeeAlso, ", ")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// text writes paragraphs, and examples as they stand: indented, and with the ends of lines that they have (.nf).
func text(b *strings.Builder, text string) {
	begun, example := false, false
	for l := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		shown := strings.HasPrefix(l, " ")
		if example && !shown {
			b.WriteString(".fi\n.RE\n")
			example = false
		}
		switch {
		case l == "":
			if begun {
				b.WriteString(".PP\n")
			}
			begun = false
			continue
		case shown && !example:
			b.WriteString(".RS 4\n.nf\n")
			example = true
		}
		begun = true
		b.WriteString(line(escape(strings.TrimSpace(l))) + "\n")
	}
	if example {
		b.WriteString(".fi\n.RE\n")
	}
}

// escape keeps the characters that roff reads as something else. A hyphen would not be found by a search for the flag.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).
		Replace(text)
}

// line keeps a line from being read as a request to roff, which begins with a point: \& is a character without width.
// An apostrophe, by which one can begin, too, has been escaped.
func line(text string) string {
	if strings.HasPrefix(text, ".") {
		return `\&` + text
	}
	return text
}
