package routecheck

import (
	"fmt"
	"slices"
)

// This file serves callers that follow decisions made elsewhere, such as the replay of a log.

// TableDecides reports whether the next selection hangs on a partition table that is not given (R28).
func (t *Table) TableDecides(cs *ClusterState, f *Flight, now Nanos, sem *Semantics) bool {
	if !t.Clusters[f.Cluster].GetTable || cs.Partition != nil {
		return false
	}
	rec := Quiet()
	t.Outcomes(cs, f, now, sem, rec, func(*ClusterState, *Flight, Action) bool { return false })
	return rec.Seen().Points()&(1<<PartitionTable) != 0
}

// Clone returns an independent copy.
func (f *Flight) Clone() Flight {
	c := *f
	c.tried.high, c.marked.high = slices.Clone(f.tried.high), slices.Clone(f.marked.high)
	return c
}

// Outcomes asks Next once for each outcome of chance, every time on clones of state and flight, until yield returns false.
func (t *Table) Outcomes(cs *ClusterState, f *Flight, now Nanos, sem *Semantics, rec *Recorder, yield func(*ClusterState, *Flight, Action) bool) {
	dice := new(Dice)
	for more := true; more; more = dice.next() {
		state, flight := cs.Clone(), f.Clone()
		flight.Dice = dice
		a := t.Next(&state, &flight, now, sem, rec)
		flight.Dice = nil
		if !yield(&state, &flight, a) {
			return
		}
	}
}

// Check is the status of a member for a flight (R42), as a selection would find it.
func (t *Table) Check(cs *ClusterState, f *Flight, m MemberID, ignoreWeights bool, now Nanos, sem *Semantics, rec *Recorder) Check {
	flight := *f
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: &flight, now: now, sem: sem, rec: rec}
	return *s.check(m, ignoreWeights)
}

// NoteStream lets a recorder know that the caller has a stream for an attempt (R66), opened or taken from the queue.
func (t *Table) NoteStream(f *Flight, a Action, reused bool, rec *Recorder) {
	if !rec.wants() {
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
	why, choice := t.otherScheme(f, tr)
	name := m.Name
	if m.CloneID != "" {
		name += " (" + m.CloneID + ")"
	}
	rec.note(Step{Kind: StepStream, Rule: "R66", Also: []string{"R64"}, Member: a.Member, At: tr.At,
		Transport: a.Transport, Reused: reused, Failover: a.Failover, Size: f.Size,
		Text: fmt.Sprintf("%s: "+how, name, scheme, tr.Address()) + why, Choice: choice})
}

// otherScheme says why a request leaves by another scheme than it came by, or than SSLMapMode wants (R64).
func (t *Table) otherScheme(f *Flight, tr *Transport) (why, choice string) {
	switch {
	case tr.HTTPS != t.wantsHTTPS(f) && !tr.HTTPS && t.useInsecure:
		return ", for no https Transport can be used, and UseInsecure is true", ""
	case tr.HTTPS != t.wantsHTTPS(f):
		return ", for there is no Transport of the other scheme", TransportChoice.String()
	case tr.HTTPS == f.TLS:
		return "", ""
	case t.onload:
		return ", for SSLMapMode is onload", ""
	}
	return ", for SSLMapMode is offload", ""
}
