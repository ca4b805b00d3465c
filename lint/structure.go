package lint

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// adoptFaults reports what Parse has found under the code of the rule.
func adoptFaults(p *Pass) { p.adopt(p.faults) }

func checkUnknownElement(p *Pass) {
	nearest := map[rowKey]string{} // a file may have many of one name
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ != nil || n.Parent == nil || n.Name == "ConfigHash" {
			return
		}
		parent := parser.TypeOf(n.Parent)
		if known := parser.ElementsNamed(n.Name); len(known) > 0 {
			p.Report(n.NameSpan, "element <%s> does not belong into <%s>, only into <%s>; it is believed to be ignored, its settings have no effect",
				n.Name, n.Parent.Name, strings.Join(known[0].Parents, "> or <"))
			return
		}
		key := rowKey{parent, n.Name}
		near, known := nearest[key]
		if !known {
			near = diag.Suggest(n.Name, childNames(parent))
			nearest[key] = near
		}
		f := p.Report(n.NameSpan, "element <%s> is unknown%s; it is believed to be ignored, its settings have no effect", n.Name, diag.Hint(near))
		if near != "" {
			f.Repair(false, "rename to "+near, rename(n, near)...)
		}
	})
}

// rename changes the name of an element in its start and its end tag.
func rename(n *parser.Node, name string) []diag.Edit {
	edits := []diag.Edit{{Span: n.NameSpan, New: name}}
	if n.Tag.End != n.Span.End && n.Closed {
		end := n.Span.End - 1 - int32(len(n.Name))
		edits = append(edits, diag.Edit{Span: diag.Span{File: n.Span.File, Start: end, End: n.Span.End - 1}, New: name})
	}
	return edits
}

func childNames(t *parser.ElementType) []string {
	if t == nil {
		return nil
	}
	out := make([]string, len(t.Children))
	for i, c := range t.Children {
		out[i] = c.Name
	}
	return out
}

// foldedElement returns the known child of the parent that an element differs from in letter case only, "" otherwise.
func foldedElement(n *parser.Node) string {
	for _, name := range childNames(parser.TypeOf(n.Parent)) {
		if name != n.Name && strings.EqualFold(name, n.Name) {
			return name
		}
	}
	return ""
}

func checkGivenTwice(p *Pass) {
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ == nil {
			return
		}
		onceOnly(p, n, typ)
		if len(typ.Properties) > 0 || n.Name == "Config" || n.Name == "Transport" {
			doubledProperties(p, n)
		}
	})
	if c := p.Config; c.Node != nil {
		if prop, at := parser.Find(c.Properties, "FIPSEnable"), c.Node.Attr("FIPSEnable"); prop != nil && at != nil {
			p.Report(at.NameSpan, "FIPSEnable is an attribute here and a Property on %s; which one the plug-in reads is undocumented", p.where(prop.Node.Tag)).
				See(prop.Node.Tag, "the Property")
		}
	}
}

func onceOnly(p *Pass, n *parser.Node, typ *parser.ElementType) {
	var first map[string]*parser.Node
	for _, c := range n.Children {
		if c.Kind != parser.Element {
			continue
		}
		t := typ.Child(c.Name)
		if t == nil || !t.Doc.Once() {
			continue
		}
		if first == nil {
			first = map[string]*parser.Node{}
		}
		if f := first[c.Name]; f != nil {
			p.Report(c.NameSpan, "<%s> stands in <%s> a second time, first on %s; which one the plug-in reads is undocumented", c.Name, n.Name, p.where(f.NameSpan)).
				See(f.NameSpan, "the first")
			continue
		}
		first[c.Name] = c
	}
}

func doubledProperties(p *Pass, n *parser.Node) {
	var first map[string]*parser.Node
	for _, c := range n.Children {
		name := c.Attr("Name")
		if c.Kind != parser.Element || c.Name != "Property" || name == nil {
			continue
		}
		if first == nil {
			first = map[string]*parser.Node{}
		}
		key := strings.ToLower(name.Value)
		f := first[key]
		if f == nil {
			first[key] = c
			continue
		}
		d := p.Report(name.Span, "Property %q is given twice, first on %s; which one the plug-in reads is undocumented", name.Value, p.where(f.Tag)).
			See(f.Tag, "the first")
		if a, b := f.Attr("Value"), c.Attr("Value"); a != nil && b != nil && a.Value == b.Value {
			d.Repair(true, "drop the second, equal one", p.drop(c))
		}
	}
}

// drop removes an element, and its line when nothing else stands on it.
func (p *Pass) drop(n *parser.Node) diag.Edit {
	span := n.Span
	if span.IsZero() {
		return diag.Edit{Span: span}
	}
	src := p.files.Source(span.File)
	start, end := int(span.Start), int(span.End)
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	for end < len(src) && (src[end] == ' ' || src[end] == '\t' || src[end] == '\r') {
		end++
	}
	if (start == 0 || src[start-1] == '\n') && end < len(src) && src[end] == '\n' {
		span.Start, span.End = int32(start), int32(end+1)
	}
	return diag.Edit{Span: span}
}

func checkMissingRequired(p *Pass) {
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ == nil {
			return
		}
		for _, a := range typ.Attributes {
			if a.Required() && n.Attr(a.Name) == nil && n.Name != "Route" && n.Name != "Log" {
				p.Report(n.NameSpan, "<%s> has no %s; %s", n.Name, a.Name, without(n.Name, a.Name)).About(attr{n, a.Name})
			}
		}
	})
	if p.Fragment {
		return // what is pasted is often cut
	}
	usedHosts, usedURIs, usedClusters := p.routedGroups(), map[*parser.UriGroup]bool{}, map[*parser.ServerCluster]bool{}
	for i := range p.facts.routes {
		r := &p.facts.routes[i]
		usedURIs[r.uris], usedClusters[r.cluster] = true, true
	}
	for _, c := range p.Config.Clusters {
		if len(c.Servers) == 0 && c.ClusterAddress == nil && p.Config.IntelligentManagement == nil {
			p.reportEmpty(c.Node, c.Name, "Server", "requests that are routed to it find nobody and end in 500", usedClusters[c])
		}
		for _, s := range c.Servers {
			if len(s.Transports) == 0 {
				p.Report(at(s.Name, s.Node), "server %q has no Transport; it cannot be reached, requests that choose it fail", s.Name.V)
			}
		}
		if c.ClusterAddress != nil && len(c.ClusterAddress.Transports) == 0 {
			p.Report(c.ClusterAddress.Node.NameSpan, "ClusterAddress of cluster %q has no Transport; requests without affinity fail", c.Name.V)
		}
	}
	const unmatched = "its Routes match no request"
	for _, g := range p.Config.VirtualHostGroups {
		if len(g.Aliases) == 0 {
			p.reportEmpty(g.Node, g.Name, "VirtualHost", unmatched, usedHosts[g])
		}
	}
	for _, g := range p.Config.UriGroups {
		if len(g.Uris) == 0 {
			p.reportEmpty(g.Node, g.Name, "Uri", unmatched, usedURIs[g])
		}
	}
}

// reportEmpty reports a group or a cluster without content. Nothing hangs on one that no Route uses; deployment managers write such.
func (p *Pass) reportEmpty(n *parser.Node, name parser.Val[string], what, effect string, used bool) {
	kind := n.Name
	if kind == "ServerCluster" {
		kind = "cluster"
	}
	switch {
	case n.Span.IsZero():
	case used:
		p.Report(at(name, n), "%s %q has no %s; %s", kind, name.V, what, effect)
	default:
		p.Report(at(name, n), "%s %q has no %s, and no Route uses it; it has no effect", kind, name.V, what).As(diag.Info).About(n)
	}
}

func without(element, name string) string {
	switch {
	case element == "Transport":
		return "the server cannot be reached through it"
	case name == "Name" && (element == "Uri" || element == "VirtualHost"):
		return "it matches nothing"
	case name == "Name":
		return "nothing can refer to it"
	}
	return "what the plug-in does without it is undocumented"
}

func checkLetterCase(p *Pass) {
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ != nil || n.Parent == nil {
			return
		}
		if right := foldedElement(n); right != "" {
			p.Report(n.NameSpan, "element <%s> is written <%s>: names count with letter case; it is believed to be ignored with all that it holds", n.Name, right).
				Repair(true, "write "+right, rename(n, right)...)
		}
	})
	p.survey()
	for i := range p.facts.elements {
		e := &p.facts.elements[i]
		var wrong []*parser.Attr
		for k := range e.rows {
			if a := &e.node.Attrs[k]; e.rows[k] == nil && foldedAttr(e.typ, a.Name) != "" {
				wrong = append(wrong, a)
			}
		}
		if len(wrong) > 0 {
			p.reportCase(e, wrong)
		}
	}
}

// reportCase reports the attributes of one element that were written by one hand in one way.
func (p *Pass) reportCase(e *element, wrong []*parser.Attr) {
	var names, rights []string
	var edits []diag.Edit
	what, first, effect := "attribute %s of <%s> is written %s", wrong[0], noEffect
	if len(wrong) > 1 {
		what, effect = "attributes %s of <%s> are written %s", "they are believed to be ignored, the values have no effect"
	}
	severity := p.rule.Severity
	for _, a := range wrong {
		right := foldedAttr(e.typ, a.Name)
		names, rights = append(names, a.Name), append(rights, right)
		if right == "CloneID" {
			first, severity = a, diag.Error
			effect = "the server has no clone ID then, and affinity to it is off without a message: users lose their sessions at random"
		}
		if e.node.Attr(right) == nil {
			edits = append(edits, diag.Edit{Span: a.NameSpan, New: right})
		}
	}
	f := p.Report(first.NameSpan, what+": names count with letter case; %s", list(names), e.node.Name, list(rights), effect).As(severity)
	if len(edits) == len(wrong) {
		f.Repair(true, "write "+strings.Join(rights, ", "), edits...)
	}
}

func checkIntelligentManagement(p *Pass) {
	if im := p.Config.IntelligentManagement; im != nil {
		p.Report(im.NameSpan, "IntelligentManagement takes routing data from controllers at run time; what is said here of routing concerns the static part of the file only")
	}
}

func checkSecondTransport(p *Pass) {
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			var first [2]*parser.Transport
			for _, t := range s.Transports {
				i := 0
				if isHTTPS(t) {
					i = 1
				}
				if f := first[i]; f != nil {
					p.Report(at(t.Protocol, t.Node), "server %q has a second %s Transport, the first is on %s; which one the plug-in uses is undocumented",
						s.Name.V, []string{"http", "https"}[i], p.where(f.Node.Tag)).See(f.Node.Tag, "the first")
					continue
				}
				first[i] = t
			}
		}
	}
}
