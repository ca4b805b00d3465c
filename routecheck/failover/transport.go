package failover

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// transport is R64: the Transport of the request's scheme, else the other one. ok is false where the request fails at
// once. Of several of one scheme the first counts. One of https that cannot be used (no keyring, no PluginInstallRoot)
// counts as present: nobody falls back from it to http unless UseInsecure says so.
func (s *selection) transport(m match.MemberID) (index int, ok bool) {
	https := wantsHTTPS(s.t, s.f)
	trs := s.c.Members[m].Transports
	if len(trs) > 0 && trs[0].HTTPS == https && trs[0].Usable {
		return 0, true // nearly always, and quicker
	}
	want, other := -1, -1
	for i := range trs {
		if trs[i].HTTPS == https && want < 0 {
			want = i
		} else if trs[i].HTTPS != https && other < 0 {
			other = i
		}
	}
	switch {
	case want >= 0 && trs[want].Usable:
		return want, true
	case other < 0:
		return 0, false
	case https && s.t.UseInsecure:
		return other, true
	case want >= 0:
		return 0, false
	}
	return other, s.consult(choices.TransportChoice) != choices.StrictScheme && trs[other].Usable
}

// wantsHTTPS reports the scheme that a request is to leave by (R64).
func wantsHTTPS(t *match.Table, f *RequestState) bool { return t.Onload || f.TLS && !t.Offload }

// noTransport ends a request whose member was picked and has no Transport that can be used: 500 at once, no mark, and
// no other member is asked (R64). Picked says who it was, for logs.
func (s *selection) noTransport(m match.MemberID) Action {
	s.f.todo, s.f.status = todoFail, 500
	if s.rec.wants() {
		s.noteNoTransport(m)
	}
	a := failing(500)
	a.Picked = m
	return a
}

// TransportFor is the Transport by which a member gets requests that came over TLS or not, an index into its
// Transports (R64); ok is false where such a request fails at once.
func TransportFor(t *match.Table, id match.ClusterID, m match.MemberID, tls bool, sem *choices.Assumptions) (int,
	bool) {
	f := NewRequestState(id, nil)
	f.TLS = tls
	s := selection{t: t, c: &t.Clusters[id], f: &f, sem: sem}
	return s.transport(m)
}

// TransportOf returns the Transport by which a member would get a request (R64); false where none can be used.
func TransportOf(
	t *match.Table, f *RequestState, m match.MemberID, sem *choices.Assumptions, rec *Recorder,
) (*match.Transport, bool) {
	s := selection{t: t, c: &t.Clusters[f.Cluster], f: f, sem: sem, rec: rec}
	i, ok := s.transport(m)
	if !ok {
		return nil, false
	}
	return &s.c.Members[m].Transports[i], true
}

// UnusableTransport is an https Transport that cannot be used (R64).
type UnusableTransport struct {
	Cluster match.ClusterID
	Member  match.MemberID
	At      diag.Span
}

// UnusableTransports lists the https Transports that cannot be used, in file order.
func UnusableTransports(t *match.Table) (list []UnusableTransport) {
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			m := &t.Clusters[i].Members[j]
			for k := range m.Transports {
				if tr := &m.Transports[k]; !tr.Usable {
					list = append(list, UnusableTransport{match.ClusterID(i), match.MemberID(j), tr.At})
				}
			}
		}
	}
	return list
}
