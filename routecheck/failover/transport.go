package failover

import (
	"slices"

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

func (s *selection) whyNoTransport(m match.MemberID) (why, choice string) {
	trs := s.c.Members[m].Transports
	https := slices.ContainsFunc(trs, func(t match.Transport) bool { return t.HTTPS })
	switch {
	case len(trs) == 0:
		return s.name(m) + " has no Transport", ""
	case https:
		return cannotUse(s.name(m)), ""
	case s.t.Onload && !s.f.TLS:
		return "SSLMapMode onload sends http requests out as https, and " + s.name(m) + " has no https Transport", choices.TransportChoice.String()
	}
	return s.name(m) + " has no Transport of the request's scheme", choices.TransportChoice.String()
}

func cannotUse(member string) string {
	return "the https Transport of " + member + " cannot be used: it needs a keyring, and the file PluginInstallRoot"
}

// pickCost says what a pick has cost that no attempt follows.
func (s *selection) pickCost() string {
	if s.f.cost == free {
		return ""
	}
	return " (the pick has cost its weight)"
}

func (s *selection) noTransport(m match.MemberID) Action {
	s.f.todo, s.f.status = todoFail, 500
	if s.rec.Wants() {
		why, choice := s.whyNoTransport(m)
		s.note(Step{Kind: StepTransport, Rule: "R64", Mark: choices.Documented, Choice: choice, Member: m, At: s.c.Members[m].At,
			Weight: s.cs.Members[m].Weight, Text: why + ": the client gets 500, no other member is tried" + s.pickCost()})
	}
	a := failing(500)
	a.Picked = m
	return a
}
