package app

import (
	"testing"
)

// TestTopicsLeadSomewhere: every page that a topic names can be shown, and no topic hides one.
func TestTopicsLeadSomewhere(t *testing.T) {
	pages := map[string]bool{}
	for _, h := range explainable() {
		pages[h.word] = true
		if pagesOf(h.word) == "" {
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
			if pagesOf(name) != "" || explainTopic(name) == "" {
				t.Errorf("topic %q cannot be asked for", name)
			}
		}
	}
}
