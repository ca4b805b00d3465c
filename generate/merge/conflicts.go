package merge

import (
	"fmt"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// conflict notes something that the inputs say differently, once.
// It is a warning: only what lint calls an error in the output stops a merge (ask). code may be "".
func (m *merger) conflict(span diag.Span, code, format string, args ...any) {
	d := diag.Diagnostic{Span: span, Severity: diag.Warning, Message: diag.Sprintf(format, args...)}
	if code != "" {
		d.Rule = lint.Lookup(m.rules, code).Diag()
	}
	m.add(d)
}

// add adds a conflict. Of two about one place and rule the graver counts.
func (m *merger) add(d diag.Diagnostic) {
	key := fmt.Sprint(d.Span, d.Message)
	if d.Rule.Code != "" {
		key = fmt.Sprint(d.Span, d.Rule.Code)
	}
	if i, known := m.reported[key]; known {
		m.conflicts[i].Severity = max(m.conflicts[i].Severity, d.Severity)
		return
	}
	m.reported[key] = len(m.conflicts)
	m.conflicts = append(m.conflicts, d)
}

// cookieConflict: other tools let the first file win in silence. Sessions of the others are not found any more (R4).
func (m *merger) cookieConflict(l *layer, c claim, u *parser.Uri) {
	first := m.claims[l.first]
	m.conflict(u.Node.Span, diag.AffinityCookieDiffersOnOverlap, "URI %q of %s has the affinity cookie %q and "+
		"identifier %q, in %s it has %q and %q; those of %s count",
		u.Name.V, m.inputs[c.file].Name, u.AffinityCookie.V, u.AffinityURLIdentifier.V,
		m.inputs[first.file].Name, l.uri.AffinityCookie.V, l.uri.AffinityURLIdentifier.V, m.inputs[first.file].Name)
}

// clusterConflicts reports what clusters that serve the same URI say differently of themselves.
// A pair of clusters may be asked about again, as parts of another sequence: conflict tells each place once.
func (m *merger) clusterConflicts(first, other *source) {
	a, b := first.cluster, other.cluster
	for _, d := range differences(a.Node, b.Node, "Name") {
		m.conflict(d.span, "", "%s of cluster %q of %s is %s, of cluster %q of %s, which serves the same URIs, %s; "+
			"the first counts",
			d.name, a.Name.V, m.inputs[first.file].Name, d.old, b.Name.V, m.inputs[other.file].Name, d.new)
	}
	switch x, y := a.ClusterAddress, b.ClusterAddress; {
	case x == nil && y == nil:
	case x == nil || y == nil:
		m.conflict(b.Node.NameSpan, "", "of cluster %q of %s and cluster %q of %s, which serve the same URIs, one "+
			"has a ClusterAddress; requests without a session go to it",
			a.Name.V, m.inputs[first.file].Name, b.Name.V, m.inputs[other.file].Name)
	case identity(x) != identity(y):
		m.conflict(y.Node.Span, "", "cluster %q of %s has another ClusterAddress than cluster %q of %s; the first "+
			"one counts", b.Name.V, m.inputs[other.file].Name, a.Name.V, m.inputs[first.file].Name)
	}
}

// sameMember reports what two files say differently of one member.
// It is merged as the better of two roles: what some file balances must not become idle. In the other modes roles are
// those of the files' order.
func (m *merger) sameMember(first *member, s *parser.Server, file int, r role) {
	if first.role != r && m.options.Mode == Balance {
		m.conflict(s.Node.Span, "", "server %q is %s in %s and %s in %s; it is merged as %s", s.Name.V, first.role,
			m.inputs[first.file].Name, r, m.inputs[file].Name, min(first.role, r))
		first.role = min(first.role, r)
	}
	for _, d := range differences(first.server.Node, s.Node, "Name") {
		m.conflict(d.span, "", "%s of server %q is %s in %s and %s in %s; the first counts", d.name, s.Name.V, d.old,
			m.inputs[first.file].Name, d.new, m.inputs[file].Name)
	}
}

// difference is an attribute with its values as messages have them, and its place in the second element.
type difference struct {
	name, old, new string
	span           diag.Span
}

// differences lists the attributes that two elements of one kind have with different values in effect.
func differences(a, b *parser.Node, skip string) []difference {
	var all []difference
	// one that is not written and one that is written with its default are no difference
	compare := func(name string) {
		before, x := inEffect(a, name)
		after, y := inEffect(b, name)
		if name == skip || before == after {
			return
		}
		span := b.NameSpan
		if attr := b.Attr(name); attr != nil {
			span = attr.Span
		}
		all = append(all, difference{name, x, y, span})
	}
	for _, attr := range sortedAttrs(a) {
		compare(attr.Name)
	}
	for _, attr := range sortedAttrs(b) {
		if a.Attr(attr.Name) == nil {
			compare(attr.Name)
		}
	}
	return all
}

// inEffect says the value that holds for an attribute; one that is not written is said to be so.
func inEffect(n *parser.Node, name string) (value, words string) {
	if a := n.Attr(name); a != nil {
		return a.Value, diag.Sprintf("%q", a.Value)
	}
	if row := parser.AttributeOf(n, name); row != nil && row.Default != "" {
		return row.Default, diag.Sprintf("not set (%q by default)", row.Default)
	}
	return "", "not set"
}

// otherConfigs reports the values of Config, Log and Properties, and the other elements, in which an input differs
// from the base.
func (m *merger) otherConfigs() {
	base := m.inputs[m.options.Base]
	for i, in := range m.inputs {
		if i == m.options.Base {
			continue
		}
		m.otherElements(base, in)
		for _, d := range differences(base.Config.Node, in.Config.Node, "ConfigHash") {
			m.conflict(d.span, "", "Config %s is %s in %s and %s in %s; %s counts", d.name, d.old, base.Name, d.new,
				in.Name, base.Name)
		}
		if x, y := base.Config.Log, in.Config.Log; x != nil && y != nil {
			for _, d := range differences(x.Node, y.Node, "") {
				m.conflict(d.span, "", "Log %s is %s in %s and %s in %s; %s counts", d.name, d.old, base.Name, d.new,
					in.Name, base.Name)
			}
		}
		for _, p := range in.Config.Properties {
			switch q := parser.Find(base.Config.Properties, p.Name.V); {
			case q == nil:
				m.conflict(p.Node.Span, "", "Property %s is in %s and not in %s; it is left out", p.Name.V, in.Name,
					base.Name)
			case q.Value.Raw() != p.Value.Raw():
				m.conflict(p.Value.Span(), "", "Property %s is %q in %s and %q in %s; %s counts", p.Name.V, q.Value.V,
					base.Name, p.Value.V, in.Name, base.Name)
			}
		}
	}
}

// otherElements reports elements beside routing that only the base's file is asked for.
func (m *merger) otherElements(base, in Input) {
	for _, n := range in.Config.Node.Elements("") {
		switch n.Name {
		case "Property", "VirtualHostGroup", "ServerCluster", "ServerGroup", "UriGroup", "Route", "ConfigHash":
			continue
		case "Log":
			if base.Config.Log != nil {
				continue
			}
		}
		if len(base.Config.Node.Elements(n.Name)) == 0 {
			m.conflict(n.Span, "", "<%s> is in %s and not in %s; it is left out", n.Name, in.Name, base.Name)
		}
	}
}

// conflictsOfAddresses reports addresses that are two members, across files.
// One process under two names has two health states: it would be tried again where it was found down.
func (m *merger) conflictsOfAddresses() {
	addresses := map[string]holder{}
	for _, src := range m.clusters {
		for _, s := range src.cluster.Servers {
			for _, t := range s.Transports {
				a := address(t)
				if o, known := addresses[a]; !known {
					addresses[a] = holder{s, src.file}
				} else if o.file != src.file {
					m.sameAddress(a, o, holder{s, src.file}, t)
				}
			}
		}
	}
}

// sameAddress: two clone IDs at one address are two cookies for one process, of which one is wrong; two names of one
// clone ID are no more than untidy.
func (m *merger) sameAddress(address string, first, other holder, t *parser.Transport) {
	a, b := first.server, other.server
	one, two := m.inputs[first.file].Name, m.inputs[other.file].Name
	switch {
	case a.CloneID.V != b.CloneID.V:
		at := t.Node.Span
		if b.CloneID.Set() {
			at = b.CloneID.Span() // where lint finds it
		}
		m.conflict(at, diag.SameAddressTwoCloneIDs, "%s is server %q with clone ID %q in %s and server %q with "+
			"clone ID %q in %s", address, a.Name.V, a.CloneID.V, one, b.Name.V, b.CloneID.V, two)
	case a.Name.V != b.Name.V:
		m.conflict(t.Node.Span, diag.SameAddressTwice, "%s is server %q in %s and server %q in %s; it is one member",
			address, a.Name.V, one, b.Name.V, two)
	}
}
