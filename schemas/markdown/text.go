package markdown

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/wrap"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// paragraph writes text that may have marks of Markdown.
func (p *page) paragraph(text string) { p.b.WriteString(wrap.Fill(text, 0) + "\n") }

// item writes an entry of a list: a term, what it takes, and what it means.
func (p *page) item(term, takes, text string) {
	filled := wrap.Fill(strings.TrimSuffix(fmt.Sprintf("%s (%s): %s", term, takes, text), ": "), 2)
	p.b.WriteString("- " + strings.TrimPrefix(filled, "  "))
}

// example writes the first example of a whole file.
func (p *page) example(rule *yamldoc.Node) {
	if examples := rule.Get("examples").AllItems(); len(examples) > 0 {
		fmt.Fprintf(&p.b, "```yaml\n%s```\n\n", yamldoc.Print(examples[0]))
	}
}

// plain keeps Markdown from reading marks in a text that has none.
func plain(text string) string { return marks.ReplaceAllString(text, `\$0`) }

var marks = regexp.MustCompile("[\\\\`*_<\\[]")

// link leads to a section of the page, by the name that Markdown gives to its title.
func link(title string) string {
	anchor := notInAnchors.ReplaceAllString(strings.ReplaceAll(strings.ToLower(title), " ", "-"), "")
	return fmt.Sprintf("[%s](#%s)", plain(title), anchor)
}

var notInAnchors = regexp.MustCompile(`[^a-z0-9_-]`)

// orList joins values as they are written in a file: `a`, `b` or `c`.
func orList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + v + "`"
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}

// nothing is the value of a key that is written without one; orNothing is how either ends where that is allowed.
const nothing, orNothing = "nothing", ", or nothing"

// either joins what a value may be, each once.
func either(words []string) string {
	var once []string
	for _, w := range words {
		if !slices.Contains(once, w) {
			once = append(once, w)
		}
	}
	return strings.Join(once, ", or ")
}
