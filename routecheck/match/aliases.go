package match

import (
	"encoding/binary"
	"iter"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
)

// This file answers who matches a host or a port, for those who list it or look for gaps: nobody else compares an
// alias.

// AliasesFor lists the aliases, as they are written, that a request for a port can match: those of the port and those
// of any port, in the groups that Routes name, each once, in the order of the Routes (R6). A Route without
// VirtualHostGroup has none, see [Table.IdleAt].
func (t *Table) AliasesFor(port int) []string {
	var names []string
	seen := map[string]bool{}
	t.eachVhostGroup(func(g *VhostGroup) bool {
		for i := range g.Aliases {
			a := &g.Aliases[i]
			if (a.Port == 0 || a.Port == port) && !seen[a.text] {
				seen[a.text] = true
				names = append(names, a.text)
			}
		}
		return true
	})
	return names
}

// TakesPort reports whether some Route takes requests for a port, whatever their host (R6, R17).
func (t *Table) TakesPort(port int) bool {
	if t.TakesAnyHost() {
		return true
	}
	for _, host := range t.Hosts() {
		for p := range t.Ports(host) {
			if p == 0 || p == port {
				return true
			}
		}
	}
	return false
}

// Hosts lists the hosts of all aliases in order, "*" for any: that is always among them, and has no Ports where no
// alias has such a host.
func (t *Table) Hosts() []string {
	hosts := []string{"*"}
	for h := range t.index.hosts {
		if h != "*" {
			hosts = append(hosts, h)
		}
	}
	slices.Sort(hosts)
	return hosts
}

// NamesHost reports whether an alias names a host.
func (t *Table) NamesHost(host string) bool { return t.index.hosts[host] != nil }

// Ports yields the ports of the aliases of a host, 0 for any.
func (t *Table) Ports(host string) iter.Seq[int] {
	return func(yield func(int) bool) {
		ports := t.index.ports(host)
		for i := range ports {
			if !yield(ports[i].port) {
				return
			}
		}
	}
}

// TakesAnyHost reports whether a Route lacks a VirtualHostGroup (R17).
func (t *Table) TakesAnyHost() bool { return t.index.open != nil }

// Competing returns the groups of virtual hosts that take a host and port, and a key: where two keys are equal, so are
// all answers, and whoever looks at every host need look at only one of each key. The key has, for each alias that
// takes the place, the number of its uriIndex (same patterns, same Routes) and what its score compares by. That holds
// of ipv6-hosts=text: hosts count as they are written.
func (t *Table) Competing(host string, port int) (key string, groups []*VhostGroup) {
	var k []byte
	matched := 0
	note := func(host string) {
		ports := t.index.ports(host)
		for i := range ports {
			if ports[i].port != port && ports[i].port != 0 {
				continue
			}
			for v := range ports[i].variants {
				va := &ports[i].variants[v]
				matched++
				k = binary.AppendUvarint(k, va.uris.number)
				k = binary.AppendUvarint(k, uint64(va.score.class))
				k = binary.AppendUvarint(k, uint64(va.score.chars))
				for _, pl := range va.places {
					groups = append(groups, pl.group)
				}
			}
		}
	}
	note(host)
	note("*")
	// The score of one alias compares with nothing, unless Routes without VirtualHostGroup compete as well (R17).
	if matched == 1 && t.index.open == nil {
		_, used := binary.Uvarint(k)
		k = k[:used]
	}
	return string(k), groups
}

func (x *hostIndex) ports(host string) []portEntry {
	if host == "*" {
		return x.anyHost
	}
	return x.hosts[host]
}

// eachVhostGroup visits the groups of virtual hosts that Routes name, each once, until visit returns false.
func (t *Table) eachVhostGroup(visit func(*VhostGroup) bool) {
	seen := map[*VhostGroup]bool{nil: true}
	for i := range t.Routes {
		g := t.Routes[i].Vhosts
		if seen[g] {
			continue
		}
		if seen[g] = true; !visit(g) {
			return
		}
	}
}

// AliasesOf lists the aliases of a Route, and what in its group is none; ok is false for a Route without
// VirtualHostGroup (R17).
func (t *Table) AliasesOf(route int) (aliases, invalid []string, ok bool) {
	i := slices.IndexFunc(t.Routes, func(r Route) bool { return r.Index == route })
	if i < 0 || t.Routes[i].Vhosts == nil {
		return nil, nil, false
	}
	g := t.Routes[i].Vhosts
	for j := range g.Aliases {
		aliases = append(aliases, g.Aliases[j].text)
	}
	return aliases, g.invalid, true
}

// RouteAt returns where the Route with an index of the file stands, the zero span where the table has none.
func (t *Table) RouteAt(index int) diag.Span {
	for i := range t.Routes {
		if t.Routes[i].Index == index {
			return t.Routes[i].At
		}
	}
	return diag.Span{}
}
