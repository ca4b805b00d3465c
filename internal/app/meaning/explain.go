// Package meaning tells what a word means that wasplug or a log uses. It is a room of its own, since whoever links it
// links the rules of lint and all pages about them.
package meaning

import (
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/reference"
	"github.com/wasplug/wasplug/parser/diag"
)

// Explain asks about words: a lint rule, an attribute or element, an open choice, a rule of the decision, a text or
// code of http_plugin.log, or a topic.
type Explain struct{ Words []string }

// Run returns the pages of each word. Several words that are one phrase of the log are taken together.
func (e *Explain) Run() (pages []string, err error) {
	words := e.Words
	if phrase := strings.Join(words, " "); len(words) > 1 && reference.InLogs(phrase) {
		words = []string{phrase} // GSK 414, errno 111
	}
	// The pages up to an unknown word are given beside the error.
	for _, word := range words {
		text := reference.Page(word)
		if text == "" {
			return pages, app.Misuse("nothing is known of %q%s; --list shows all that is", word,
				diag.DidYouMean(word, reference.Words()))
		}
		pages = append(pages, text)
	}
	return pages, nil
}
