package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file answers what a process decides in which nothing has happened yet, for those who write that down for
// another proxy.

// TransportFor is the Transport by which a member gets requests that came over TLS or not, an index into its
// Transports (R64); ok is false where such a request fails at once.
func TransportFor(t *match.Table, id match.ClusterID, m match.MemberID, tls bool, sem *choices.Assumptions) (int,
	bool) {
	f := NewRequestState(id, nil)
	f.TLS = tls
	s := selection{t: t, c: &t.Clusters[id], f: &f, sem: sem}
	return s.transport(m)
}

// HomeOf is the member to which a session goes whose clone ID this is, NoMember where none has it that affinity looks
// at (R22, R39).
func HomeOf(t *match.Table, id match.ClusterID, clone string, sem *choices.Assumptions) match.MemberID {
	f := NewRequestState(id, nil)
	cs := NewState(&t.Clusters[id], sem, 0)
	s := selection{t: t, c: &t.Clusters[id], cs: &cs, f: &f, sem: sem}
	return s.clone(clone)
}
