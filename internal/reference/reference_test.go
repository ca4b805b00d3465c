package reference

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestTopicsLeadSomewhere: every page that a topic names can be shown, and no topic hides one.
func TestTopicsLeadSomewhere(t *testing.T) {
	pages := map[string]bool{}
	for _, h := range index() {
		pages[h.word] = true
		if named(h.word) == "" {
			t.Errorf("nothing is known of %q", h.word)
		}
	}
	for _, topic := range topics() {
		for _, word := range topic.see {
			if !pages[word] {
				t.Errorf("topic %s names %s, which there is not", topic.names[0], word)
			}
		}
		for _, name := range topic.names {
			if named(name) != "" || topicPage(name) == "" {
				t.Errorf("topic %q cannot be asked for", name)
			}
		}
	}
}
