package merge

import (
	"fmt"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// conflict notes something that the inputs say differently, once.
func (m *merger) conflict(span diag.Span, code, name, format string, args ...any) {
	d := diag.Diagnostic{Span: span, Severity: diag.Warning, Rule: diag.Rule{Code: code, Name: name}, Message: fmt.Sprintf(format, args...)}
	key := fmt.Sprint(d.Span, d.Message)
	if !m.reported[key] {
		m.reported[key] = true
		m.conflicts = append(m.conflicts, d)
	}
}

func (m *merger) cookieConflict(l *layer, c claim, u *parser.Uri) {
	first := m.claims[l.first]
	m.conflict(u.Node.Span, "WP306", "affinity-cookie-differs-on-overlap", "URI %q of %s has the affinity cookie %q and identifier %q, in %s it has %q and %q; those of %s count",
		u.Name.V, m.inputs[c.file].Name, u.AffinityCookie.V, u.AffinityURLIdentifier.V,
		m.inputs[first.file].Name, l.uri.AffinityCookie.V, l.uri.AffinityURLIdentifier.V, m.inputs[first.file].Name)
}

// clusterConflicts reports what clusters that serve the same URI say differently of themselves.
func (m *merger) clusterConflicts(first, other *source) {
	a, b := first.cluster, other.cluster
	for _, d := range differences(a.Node, b.Node, "Name") {
		m.conflict(d.span, "", "", "%s of cluster %q of %s is %s, of cluster %q of %s, which serves the same URIs, %s; the first counts",
			d.name, a.Name.V, m.inputs[first.file].Name, d.old, b.Name.V, m.inputs[other.file].Name, d.new)
	}
	switch x, y := a.ClusterAddress, b.ClusterAddress; {
	case x == nil && y == nil:
	case x == nil || y == nil:
		m.conflict(b.Node.NameSpan, "", "", "of cluster %q of %s and cluster %q of %s, which serve the same URIs, one has a ClusterAddress; requests without a session go to it",
			a.Name.V, m.inputs[first.file].Name, b.Name.V, m.inputs[other.file].Name)
	case identity(x) != identity(y):
		m.conflict(y.Node.Span, "", "", "cluster %q of %s has another ClusterAddress than cluster %q of %s; the first one counts", b.Name.V, m.inputs[other.file].Name, a.Name.V, m.inputs[first.file].Name)
	}
}

// sameMember reports what two files say differently of one member.
func (m *merger) sameMember(first *member, s *parser.Server, file int, r role) {
	if first.role != r && m.options.Mode == Balance {
		m.conflict(s.Node.Span, "", "", "server %q is %s in %s and %s in %s; it is merged as %s", s.Name.V, first.role, m.inputs[first.file].Name, r, m.inputs[file].Name, min(first.role, r))
		first.role = min(first.role, r)
	}
	for _, d := range differences(first.server.Node, s.Node, "Name") {
		m.conflict(d.span, "", "", "%s of server %q is %s in %s and %s in %s; the first counts", d.name, s.Name.V, d.old, m.inputs[first.file].Name, d.new, m.inputs[file].Name)
	}
}

type difference struct {
	name, old, new string
	span           diag.Span
}

// differences lists the attributes that two elements of one kind have with different values in effect.
func differences(a, b *parser.Node, skip string) []difference {
	var all []difference
	compare := func(name string) {
		x, y := inEffect(a, name), inEffect(b, name)
		if name == skip || x == y {
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

func inEffect(n *parser.Node, name string) string {
	if a := n.Attr(name); a != nil {
		return fmt.Sprintf("%q", a.Value)
	}
	if row := parser.AttributeOf(n, name); row != nil && row.Default != "" {
		return fmt.Sprintf("%q", row.Default)
	}
	return "not set"
}

// otherConfigs reports the values of Config, Log and Properties, and the other elements, in which an input differs from the base.
func (m *merger) otherConfigs() {
	base := m.inputs[m.options.Base]
	for i, in := range m.inputs {
		if i == m.options.Base {
			continue
		}
		m.otherElements(base, in)
		for _, d := range differences(base.Config.Node, in.Config.Node, "ConfigHash") {
			m.conflict(d.span, "", "", "Config %s is %s in %s and %s in %s; %s counts", d.name, d.old, base.Name, d.new, in.Name, base.Name)
		}
		if x, y := base.Config.Log, in.Config.Log; x != nil && y != nil {
			for _, d := range differences(x.Node, y.Node, "") {
				m.conflict(d.span, "", "", "Log %s is %s in %s and %s in %s; %s counts", d.name, d.old, base.Name, d.new, in.Name, base.Name)
			}
		}
		for _, p := range in.Config.Properties {
			switch q := parser.Find(base.Config.Properties, p.Name.V); {
			case q == nil:
				m.conflict(p.Node.Span, "", "", "Property %s is in %s and not in %s; it is left out", p.Name.V, in.Name, base.Name)
			case q.Value.Raw() != p.Value.Raw():
				m.conflict(p.Value.Span(), "", "", "Property %s is %q in %s and %q in %s; %s counts", p.Name.V, q.Value.V, base.Name, p.Value.V, in.Name, base.Name)
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
			m.conflict(n.Span, "", "", "<%s> is in %s and not in %s; it is left out", n.Name, in.Name, base.Name)
		}
	}
}

// conflictsOfMembers reports clone IDs that lead to two members, and addresses that are two members, across files.
func (m *merger) conflictsOfMembers() {
	type seen struct {
		server *parser.Server
		file   int
	}
	clones, addresses := map[string]seen{}, map[string]seen{}
	for _, src := range m.clusters {
		for _, s := range src.cluster.Servers {
			if id := s.CloneID.V; id != "" {
				if o, known := clones[id]; known && o.file != src.file && addressKey(o.server) != addressKey(s) {
					m.conflict(s.CloneID.Span(), "WP309", "clone-id-collision-after-merge", "clone ID %q of server %q of %s is that of server %q of %s at another address; sessions of one reach the other",
						id, s.Name.V, m.inputs[src.file].Name, o.server.Name.V, m.inputs[o.file].Name)
				} else if !known {
					clones[id] = seen{s, src.file}
				}
			}
			for _, t := range s.Transports {
				a := address(t)
				o, known := addresses[a]
				if !known {
					addresses[a] = seen{s, src.file}
				} else if o.file != src.file && o.server.CloneID.V != s.CloneID.V {
					m.conflict(t.Node.Span, "WP307", "same-address-two-clone-ids", "%s is server %q with clone ID %q in %s and server %q with clone ID %q in %s",
						a, o.server.Name.V, o.server.CloneID.V, m.inputs[o.file].Name, s.Name.V, s.CloneID.V, m.inputs[src.file].Name)
				} else if o.file != src.file && o.server.Name.V != s.Name.V {
					m.conflict(t.Node.Span, "WP308", "same-address-twice", "%s is server %q in %s and server %q in %s; it is one member", a, o.server.Name.V, m.inputs[o.file].Name, s.Name.V, m.inputs[src.file].Name)
				}
			}
		}
	}
}

func addressKey(s *parser.Server) string {
	key := identity(s)
	return key[len(s.CloneID.V):]
}
