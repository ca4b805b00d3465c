package xsd

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// constraints says which names of what stands in an element must differ, and which must exist. A key stands at the
// element around both: Config has the keys of groups and clusters that its Routes name, a cluster that of its Servers,
// which its lists name.
func (w *writer) constraints(t *parser.ElementType, path string) (all []*node) {
	for i, target := range t.Children {
		refs := w.references(t, target)
		if len(refs) == 0 {
			continue
		}
		kin := func(c *parser.ElementType) bool { return w.typeName(c) == w.typeName(target) }
		key := path + "." + w.typeName(target)
		if slices.IndexFunc(t.Children, kin) == i { // clusters of both forms have their names in common
			all = append(all, constraint("key", key, selected(t.Children, kin), "Name"))
		}
		for _, r := range refs {
			name := strings.Join([]string{path, strings.ReplaceAll(r.paths[0], "/", "."), r.name}, ".")
			all = append(all, constraint("keyref", name, r.paths, r.name).refer(key))
		}
	}
	if len(t.Properties) > 0 {
		all = append(all, constraint("unique", path+".Property", []string{"Property"}, "Name"))
	}
	if c := t.Child("Transport"); c != nil {
		all = append(all, constraint("unique", path+".Protocol", []string{c.Name}, "Protocol"))
	}
	return all
}

// constraint makes a key, a reference to one, or a set of names that differ: of the elements on the paths, by an
// attribute.
func constraint(kind, name string, paths []string, field string) *node {
	return el(kind, "name", name).with(el("selector", "xpath", strings.Join(paths, "|")),
		el("field", "xpath", "@"+field))
}

// refer names the key that a reference is checked against.
func (n *node) refer(key string) *node {
	n.attributes = append(n.attributes, "refer", key)
	return n
}

// selected lists the names of the types that are wanted.
func selected(types []*parser.ElementType, want func(*parser.ElementType) bool) (names []string) {
	for _, t := range types {
		if want(t) {
			names = append(names, t.Name)
		}
	}
	return names
}

// reference is an attribute that names an element, and where it stands.
type reference struct {
	name  string
	paths []string
}

// references lists the attributes below an element, at most two steps, that name a child of it.
func (w *writer) references(t, target *parser.ElementType) (all []reference) {
	add := func(name, path string) {
		i := slices.IndexFunc(all, func(r reference) bool { return r.name == name })
		if i < 0 {
			all, i = append(all, reference{name: name}), len(all)
		}
		all[i].paths = append(all[i].paths, path)
	}
	for _, c := range t.Children {
		for _, name := range naming(c, target) {
			add(name, c.Name)
		}
		for _, below := range c.Children {
			for _, name := range naming(below, target) {
				add(name, c.Name+"/"+below.Name)
			}
		}
	}
	return all
}

// naming lists the attributes of an element that name a target.
func naming(t, target *parser.ElementType) (names []string) {
	for _, a := range t.Attributes {
		if a.Target() == target.Name && t != target {
			names = append(names, a.Name)
		}
	}
	return names
}
