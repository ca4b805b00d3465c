package routecheck

import "slices"

// This file answers who matches a host or a port, for those who list it or look for gaps: nobody else compares an alias.

// AliasesFor lists the aliases, as they are written, that a request for a port can match: those of the port and those of any port, in the
// groups that Routes name, each once, in the order of the Routes (R6). A Route without VirtualHostGroup has none, see [Table.ServesPort].
func (t *Table) AliasesFor(port int) []string {
	var names []string
	seen := map[string]bool{}
	t.eachVhostGroup(func(g *vhostGroup) bool {
		for i := range g.aliases {
			a := &g.aliases[i]
			if (a.port == 0 || a.port == port) && !seen[a.text] {
				seen[a.text] = true
				names = append(names, a.text)
			}
		}
		return true
	})
	return names
}

// ServesPort reports whether a request for a port can match a Route at all: by an alias, or because a Route lacks a VirtualHostGroup (R17).
func (t *Table) ServesPort(port int, sem *Semantics) bool {
	if t.index.open != nil && sem.value[OpenRoute] == 0 {
		return true
	}
	found := false
	t.eachVhostGroup(func(g *vhostGroup) bool {
		found = slices.ContainsFunc(g.aliases, func(a alias) bool { return a.port == 0 || a.port == port })
		return !found
	})
	return found
}

// eachVhostGroup visits the groups of virtual hosts that Routes name, each once, until visit returns false.
func (t *Table) eachVhostGroup(visit func(*vhostGroup) bool) {
	seen := map[*vhostGroup]bool{nil: true}
	for i := range t.routes {
		g := t.routes[i].vhosts
		if seen[g] {
			continue
		}
		if seen[g] = true; !visit(g) {
			return
		}
	}
}
