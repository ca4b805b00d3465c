package failover

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file serves callers that follow decisions made elsewhere, such as the replay of a log.

// TableDecides reports whether the next selection hangs on a partition table that is not given (R28).
func TableDecides(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions) bool {
	if !t.Clusters[f.Cluster].GetTable || cs.Partition != nil {
		return false
	}
	rec := ChoicesOnly()
	Outcomes(t, cs, f, now, sem, rec, func(*ClusterState, *RequestState, Action) bool { return false })
	return rec.Seen().Points()&(1<<choices.PartitionTable) != 0
}

// Clone returns an independent copy.
func (f *RequestState) Clone() RequestState {
	c := *f
	c.tried.high, c.marked.high = slices.Clone(f.tried.high), slices.Clone(f.marked.high)
	return c
}

// Outcomes asks Next once for each outcome of chance, every time on clones of state and flight, until yield returns
// false.
func Outcomes(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions, rec *Recorder, yield func(*ClusterState, *RequestState, Action) bool) {
	dice := new(Chance)
	for more := true; more; more = dice.Next() {
		state, flight := cs.Clone(), f.Clone()
		flight.Chance = dice
		a := Next(t, &state, &flight, now, sem, rec)
		flight.Chance = nil
		if !yield(&state, &flight, a) {
			return
		}
	}
}

// CheckMember is the status of a member for a flight (R42), as a selection would find it.
func CheckMember(t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, ignoreWeights bool, now match.Nanos, sem *choices.Assumptions, rec *Recorder) Check {
	flight := *f
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: &flight, now: now, sem: sem, rec: rec}
	return *s.check(m, ignoreWeights)
}

// NoteStream lets a recorder know that the caller has a stream for an attempt (R66), opened or taken from the queue.
func NoteStream(t *match.Table, f *RequestState, a Action, reused bool, rec *Recorder) {
	if !rec.Wants() {
		return
	}
	m := &t.Clusters[f.Cluster].Members[a.Member]
	tr := &m.Transports[a.Transport]
	scheme, how := "http", "a new stream to %s://%s is opened"
	if tr.HTTPS {
		scheme = "https"
	}
	if reused {
		how = "a stream to %s://%s is taken from the queue"
	}
	why, choice := otherScheme(t, f, tr)
	name := m.Name
	if m.CloneID != "" {
		name += " (" + m.CloneID + ")"
	}
	rec.Note(Step{Kind: StepStream, Rule: "R66", Also: []string{"R64"}, Member: a.Member, At: tr.At,
		Transport: a.Transport, Reused: reused, Failover: a.Failover, Size: f.Size,
		Text: fmt.Sprintf("%s: "+how, name, scheme, tr.Address()) + why, Choice: choice})
}

// otherScheme says why a request leaves by another scheme than it came by, or than SSLMapMode wants (R64).
func otherScheme(t *match.Table, f *RequestState, tr *match.Transport) (why, choice string) {
	switch {
	case tr.HTTPS != wantsHTTPS(t, f) && !tr.HTTPS && t.UseInsecure:
		return ", for no https Transport can be used, and UseInsecure is true", ""
	case tr.HTTPS != wantsHTTPS(t, f):
		return ", for there is no Transport of the other scheme", choices.TransportChoice.String()
	case tr.HTTPS == f.TLS:
		return "", ""
	case t.Onload:
		return ", for SSLMapMode is onload", ""
	}
	return ", for SSLMapMode is offload", ""
}
