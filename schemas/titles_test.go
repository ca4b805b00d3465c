package schemas

import (
	"encoding/json"
	"testing"
)

// TestTitles: a message says what a text must be in the words of the title of its pattern.
func TestTitles(t *testing.T) {
	for _, name := range Names() {
		if name == "why" || name == "lint" || name == "trace" || name == "test" {
			continue // written by wasplug alone
		}
		src, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		var schema any
		if err := json.Unmarshal(src, &schema); err != nil {
			t.Fatal(err)
		}
		untitled(schema, func(pattern string) { t.Errorf("%s: pattern %s without a title", name, pattern) })
	}
}

func untitled(rule any, report func(pattern string)) {
	switch r := rule.(type) {
	case map[string]any:
		if pattern, ok := r["pattern"].(string); ok && r["title"] == nil {
			report(pattern)
		}
		for _, v := range r {
			untitled(v, report)
		}
	case []any:
		for _, v := range r {
			untitled(v, report)
		}
	}
}
