package schemas

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Key is a key that a file may have.
type Key struct {
	Path string // such as clusters.*.members[].host
	Says string // what it means, "" where its schema leaves that to its keys
}

// Keys returns what a schema says of a file as a whole, and its keys in the order of the schema, each below the one
// that holds it.
func Keys(name string) (says string, keys []Key, err error) {
	root, err := Tree(name)
	if err != nil {
		return "", nil, err
	}
	w := keyWalk{root: root}
	w.properties(root, "", nil)
	return root.Get("description").Str().V, w.keys, nil
}

// trees are the schemas as trees: a map would lose the order.
var trees store[*yamldoc.Node]

// Tree returns a schema as a tree, its keys in the order in which they are written; an error that lists the names when
// there is none of that name.
func Tree(name string) (*yamldoc.Node, error) { return trees.get(name, readTree) }

// readTree reads a schema as YAML: that reader keeps the order of keys.
func readTree(name string) (*yamldoc.Node, error) {
	src, err := Source(name)
	if err != nil {
		return nil, err
	}
	files := diag.NewFiles()
	root, reports := yamldoc.Load(files, files.Add(name+suffix, src)) // JSON is YAML
	if diag.Worst(reports) >= diag.Error {
		return nil, diag.Errorf("schema %q: %s", name, reports[0].Message)
	}
	return root, nil
}

type keyWalk struct {
	root *yamldoc.Node // the schema, in whose definitions references are looked up
	keys []Key         // so far
}

// properties visits the keys of an object; within are the definitions around it, so that one that holds itself ends.
func (w *keyWalk) properties(rule *yamldoc.Node, path string, within []*yamldoc.Node) {
	fields := rule.Get("properties")
	if fields == nil {
		return
	}
	for _, f := range fields.Fields {
		w.value(f.Value, path+f.Name, within)
	}
}

// value visits a key and what is below it.
func (w *keyWalk) value(rule *yamldoc.Node, path string, within []*yamldoc.Node) {
	says := rule.Get("description").Str().V
	target := w.definition(rule)
	if says == "" {
		says = target.Get("description").Str().V
	}
	w.keys = append(w.keys, Key{path, says})
	w.below(rule, path, within)
	if target != rule {
		w.below(target, path, within)
	}
}

// below visits the keys of a map, of each entry of a map or a list.
func (w *keyWalk) below(rule *yamldoc.Node, path string, within []*yamldoc.Node) {
	for _, outer := range within {
		if outer == rule {
			return
		}
	}
	// A slice of its own: what visits a sibling must not see it.
	within = append(within[:len(within):len(within)], rule)
	w.properties(rule, path+".", within)
	for _, step := range []struct{ keyword, path string }{{"items", "[]"}, {"additionalProperties", ".*"}} {
		if inner := rule.Get(step.keyword); inner != nil && inner.Kind == yamldoc.Map {
			w.below(w.definition(inner), path+step.path, within)
		}
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if forms := rule.Get(keyword); forms != nil {
			for _, form := range forms.Items {
				w.below(w.definition(form), path, within)
			}
		}
	}
}

func (w *keyWalk) definition(rule *yamldoc.Node) *yamldoc.Node { return Definition(w.root, rule) }

// Definition follows a reference inside of a schema, whose tree is root; a rule that is none is returned as it is.
func Definition(root, rule *yamldoc.Node) *yamldoc.Node {
	name, ok := strings.CutPrefix(rule.Get("$ref").Str().V, "#/definitions/")
	if !ok {
		return rule
	}
	return root.Get("definitions").Get(name)
}
