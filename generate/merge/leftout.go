package merge

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// leftOut reports the definitions of each input that the output lacks because no Route uses them, and the UriGroups
// with several Routes, of which other tools keep one.
func (m *merger) leftOut() {
	used := map[*parser.Node]bool{}
	type ofFile struct {
		file  int
		group *parser.UriGroup
	}
	first := map[ofFile]*parser.Route{}
	for _, c := range m.claims {
		used[m.clusters[c.cluster].cluster.Node] = true
		if c.host != nil {
			used[c.host.Node] = true
		}
		if c.group == nil {
			continue
		}
		used[c.group.Node] = true
		if r := first[ofFile{c.file, c.group}]; r == nil {
			first[ofFile{c.file, c.group}] = c.route
		} else {
			m.conflict(c.route.Node.Span, "", "uri group %q of %s has a second Route here, the first is on line %d; "+
				"both are kept",
				c.group.Name.V, m.inputs[c.file].Name, m.files.Start(r.Node.Span).Line)
		}
	}
	for _, in := range m.inputs {
		m.unused(in, used)
	}
	m.recordComments()
}

// unused reports what of an input no Route uses.
// One message for a file, at the first of them: other tools drop such definitions without a word.
func (m *merger) unused(in Input, used map[*parser.Node]bool) {
	var names []string
	var at diag.Span
	note := func(kind, name string, n *parser.Node) {
		if used[n] {
			return
		}
		if names == nil {
			at = n.NameSpan
		}
		names = append(names, diag.Sprintf("%s %q", kind, name))
	}
	for _, c := range in.Config.Clusters {
		note("server cluster", c.Name.V, c.Node)
	}
	for _, h := range in.Config.VirtualHostGroups {
		note("virtual host group", h.Name.V, h.Node)
	}
	for _, g := range in.Config.UriGroups {
		note("uri group", g.Name.V, g.Node)
	}
	switch {
	case len(in.Config.Routes) == 0 && in.Config.IntelligentManagement == nil:
		why := fmt.Sprintf("%s has no Route, so no request reaches what it defines and nothing of it is merged",
			in.Name)
		if names != nil {
			why += "; left out: " + list(names)
		}
		m.conflict(in.Config.Node.NameSpan, "", "%s", why)
	case names != nil:
		m.conflict(at, "", "no Route of %s uses what is left out: %s", in.Name, list(names))
	}
}

const listed = 10 // names in a message

func list(names []string) string {
	if len(names) > listed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:listed], ", "), len(names)-listed)
	}
	return strings.Join(names, ", ")
}
