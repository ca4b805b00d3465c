package schemas

import (
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/parser/diag"
)

//go:embed *.schema.json
var embedded embed.FS

const suffix = ".schema.json"

// Names lists the embedded schemas in alphabetical order.
func Names() []string {
	entries, err := embedded.ReadDir(".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), suffix))
	}
	slices.Sort(names)
	return names
}

// Source returns the text of an embedded schema, an error that lists the names when there is none of that name.
func Source(name string) ([]byte, error) {
	src, err := embedded.ReadFile(name + suffix)
	if err != nil {
		return nil, diag.Errorf("no schema %q%s; there are %s", name, diag.DidYouMean(name, Names()),
			strings.Join(Names(), ", "))
	}
	return src, nil
}

// A store holds what was made of each schema, once for a process. Its zero value is empty, so that a program which
// asks for nothing does not link what would be made.
type store[T any] struct{ made sync.Map }

func (s *store[T]) get(name string, of func(name string) (T, error)) (T, error) {
	// Of several that ask at once each makes a function, and all call the one that was stored first.
	made, _ := s.made.LoadOrStore(name, sync.OnceValues(func() (T, error) { return of(name) }))
	return made.(func() (T, error))()
}

// ruleMaps are the schemas as the maps that subschema walks.
var ruleMaps store[map[string]any]

// rulesOf returns a schema as such a map.
func rulesOf(name string) (map[string]any, error) {
	return ruleMaps.get(name, func(name string) (rules map[string]any, err error) {
		src, err := Source(name)
		if err == nil {
			err = json.Unmarshal(src, &rules)
		}
		return rules, err
	})
}
