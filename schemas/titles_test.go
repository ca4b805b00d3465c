package schemas

import (
	"encoding/json"
	"maps"
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
// program's author for each key of a report.
func TestDescribed(t *testing.T) {
	for _, name := range Names() {
		src, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		var schema map[string]any
		if err := json.Unmarshal(src, &schema); err != nil {
			t.Fatal(err)
		}
		if schema["description"] == nil && schema["title"] == nil {
			t.Errorf("%s says nothing of the file as a whole", name)
		}
		definitions, _ := schema["definitions"].(map[string]any)
		undescribed(schema, definitions, func(key string) { t.Errorf("%s: key %s has no description", name, key) })
	}
}

// undescribed visits whatever of a schema has keys, in conditions too.
func undescribed(rule any, definitions map[string]any, report func(key string)) {
	switch r := rule.(type) {
	case map[string]any:
		keys, _ := r["properties"].(map[string]any)
		for key, value := range keys {
			if !described(value, definitions) {
				report(key)
			}
		}
		for keyword, v := range r {
			if keyword == "definitions" {
				v = slices.Collect(maps.Values(v.(map[string]any))) // their names are no keywords
			}
			undescribed(v, definitions, report)
		}
	case []any:
		for _, v := range r {
			undescribed(v, definitions, report)
		}
	}
}

func described(value any, definitions map[string]any) bool {
	v, isRule := value.(map[string]any)
	if !isRule {
		return true // a key that is only allowed or required there; what it means stands elsewhere
	}
	target, _ := v["$ref"].(string)
	defined, _ := definitions[strings.TrimPrefix(target, "#/definitions/")].(map[string]any)
	return v["description"] != nil || defined["description"] != nil
}
