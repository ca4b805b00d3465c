package schemas

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestTitles: a message says what a text must be in the words of the title of its pattern.
func TestTitles(t *testing.T) {
	for _, name := range Names() {
		if name == "why" || name == "lint" || name == "trace" || name == "test" || name == "explain" {
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

// TestDescribed: an editor that shows what a key means has something to show for each key that people write, and a
// program's author for each key of the lab's reports.
func TestDescribed(t *testing.T) {
	for _, name := range Names() {
		written := slices.Contains([]string{"topology", "suite", "scenario",
			"settings", "semantics", "baseline", "history"}, name)
		if !written && !strings.HasPrefix(name, "lab") {
			continue
		}
		_, keys, err := Keys(name)
		if err != nil || len(keys) == 0 {
			t.Fatal(name, len(keys), err)
		}
		for _, k := range keys {
			if k.Says == "" {
				t.Errorf("%s: %s has no description", name, k.Path)
			}
		}
	}
}
