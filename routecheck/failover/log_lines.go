package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file says what a log at level Trace shows of a selection, line by line, so that a reader of logs can compare
// and need not decide.

// CloneComparison is one line "serverGroupFindClone: Comparing curCloneID".
type CloneComparison struct {
	Clone   string // of the session
	Server  string // clone ID of the member
	Member  match.MemberID
	Matches bool
}

// CloneComparisons lists the comparisons for one session identifier of a request as long as nobody is usable (R22); a
// walk ends at the first member that is.
func CloneComparisons(
	t *match.Table, cs *ClusterState, f *RequestState, session int, sem *choices.Assumptions, rec *Recorder,
) (all []CloneComparison) {
	c := &t.Clusters[f.Cluster]
	if !c.HasClones {
		return nil
	}
	own, request := new(Recorder), f.Clone()
	s := selection{t: t, c: c, cs: cs, f: &request, sem: sem, rec: own, passing: true}
	for _, id := range CloneIDs(f.Affinity.ID(session).Value, c.Separator) {
		s.clone(id)
	}
	for i := range own.Steps {
		switch step := &own.Steps[i]; step.Kind {
		case StepCompare:
			all = append(all,
				CloneComparison{Clone: step.Clone, Server: c.Members[step.Member].CloneID, Member: step.Member})
		case StepClone:
			if step.Member != match.NoMember && len(all) > 0 {
				all[len(all)-1].Matches = true
			}
		}
	}
	rec.Seen().Add(own.Seen())
	return all
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

// SSLSessionShowsTLS reports whether a request whose SSL session id was looked at must have come over TLS (R20;
// choice ssl-session-cookie).
func SSLSessionShowsTLS(sem *choices.Assumptions, seen *choices.Consulted) bool {
	return sem.Consult(choices.SSLSessionCookie, seen) != choices.SSLCookieAlways
}
