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

// onceEach holds for each schema what makes something of it, once for a process.
func onceEach[T any](of func(name string) (T, error)) func() map[string]func() (T, error) {
	return sync.OnceValue(func() map[string]func() (T, error) {
		all := map[string]func() (T, error){}
		for _, name := range Names() {
			all[name] = sync.OnceValues(func() (T, error) { return of(name) })
		}
		return all
	})
}

// readSchemas are the schemas as the maps that subschema walks.
var readSchemas = onceEach(func(name string) (rules map[string]any, err error) {
	src, err := Source(name)
	if err == nil {
		err = json.Unmarshal(src, &rules)
	}
	return rules, err
})

// rulesOf returns a schema as such a map.
func rulesOf(name string) (map[string]any, error) {
	read := readSchemas()[name]
	if read == nil {
		_, err := Source(name) // says which names there are
		return nil, err
	}
	return read()
}
