package reference

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/internal/wrap"
	"github.com/wasplug/wasplug/routecheck/explain/words"
)

// Cause is a code of `why` for an answer that is not what a healthy request would get.
type Cause struct {
	Code string `json:"code"`
	Fact string `json:"fact"` // when it applies
}

// causePage explains a code of a cause, "" where the word is none. A topic of that name speaks of it already.
func causePage(word string) string {
	for _, c := range words.Causes() {
		if !strings.EqualFold(c.Code, word) || topicNamed(word) != nil {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s, a cause that 'wasplug why' tells\n\nIt applies where %s.\n", c.Code, c.Fact)
		for _, f := range c.Forms {
			if b.WriteString("\n"); f.Text != "" {
				b.WriteString(wrap.Fill(filled(f.Effect+": "+f.Text), 0))
			}
			b.WriteString(wrap.Fill("Check: "+filled(f.Advice), 2))
		}
		return b.String()
	}
	return ""
}

var hole = lazy.Regexp(`\{([a-z ]+)\}`)

// filled writes what is filled in as placeholders.
func filled(text string) string {
	return hole().ReplaceAllStringFunc(text, func(h string) string {
		if h == "{at}" {
			return ""
		}
		return strings.ToUpper(strings.ReplaceAll(strings.Trim(h, "{}"), " ", "-"))
	})
}

// causeWords lists the codes that have a page.
func causeWords() (all []string) {
	for _, c := range words.Causes() {
		if topicNamed(c.Code) == nil {
			all = append(all, c.Code)
		}
	}
	return all
}
