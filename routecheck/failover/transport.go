package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// transport is R64: the Transport of the request's scheme, else the other one. ok is false where the request fails at
// once.
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

func (s *selection) noTransport(m match.MemberID) Action {
	s.f.todo, s.f.status = todoFail, 500
	if s.rec.wants() {
		s.noteNoTransport(m)
	}
	a := failing(500)
	a.Picked = m
	return a
}
