package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// A log shows what a process did, not all that it knew. The methods of this file let a ClusterState follow it where
// the log does not hold the whole history: what a line says becomes the state, whatever the steps before would have
// led to. They decide nothing.

// LearnPick books the attempt that the log shows, whatever Next would have said. A balanced member moves round robin
// behind it.
func LearnPick(t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, by SelectedBy,
	sem *choices.Assumptions, rec *Recorder) {
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: f, sem: sem, rec: rec}
	if at := slices.Index(s.c.Primary, m); by == ByBalance && at >= 0 {
		cs.Next = int32((at + 1) % len(s.c.Primary))
	}
	s.charge(m, by)
	s.assign(m, by)
}

// Adopt lets balancing pick a member, whatever its state, and gives it a new stream. ok is false where it has no
// Transport that can be used (R64).
func Adopt(
	t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, sem *choices.Assumptions,
) (a Action, ok bool) {
	f.Last = m
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: f, sem: sem}
	transport, ok := s.transport(m)
	if !ok {
		return Action{}, false
	}
	s.assign(m, ByBalance)
	return Action{Kind: Send, Member: m, Picked: m, Transport: transport, FreshStream: true}, true
}

// LearnMark takes over that a member is marked down since a moment, or is not. Nobody is probing it, until LearnProbe
// says so.
func (cs *ClusterState) LearnMark(m match.MemberID, marked bool, since match.Nanos) {
	ms := &cs.Members[m]
	ms.MarkedDown, ms.Probing, ms.FailedAt = marked, false, since
}

// LearnRetry takes over how long it is until the retry of a marked member is due for a request (R52).
func LearnRetry(
	t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, wait, now match.Nanos,
	sem *choices.Assumptions,
) {
	cs.Members[m].FailedAt = f.judgedAt(now, sem) + wait - t.Clusters[f.Cluster].RetryInterval
}

// LearnProbe takes over whether somebody is probing a marked member (R52).
func (cs *ClusterState) LearnProbe(m match.MemberID, probing bool) { cs.Members[m].Probing = probing }

// LearnWeight takes over the current weight of a member (R32).
func (cs *ClusterState) LearnWeight(m match.MemberID, weight int32) { cs.Members[m].Weight = weight }

// LearnAllows gives a member a weight under which it gets new requests, or gets none, where the log prints only that
// (R32).
func LearnAllows(
	t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, allows bool, sem *choices.Assumptions,
) {
	c := &t.Clusters[f.Cluster]
	ms := &cs.Members[m]
	if allows {
		ms.Weight = max(1, c.Members[m].Start)
		return
	}
	ms.Weight = 0
	if s := (selection{t: t, c: c, cs: cs, f: f, sem: sem}); s.weightAllows(m, false) {
		ms.Weight = -1
	}
}

// LearnPending takes over how many requests are under way at a member, and reports whether that is news (R60).
func (cs *ClusterState) LearnPending(m match.MemberID, pending int32) (news bool) {
	news = cs.Members[m].Pending != pending
	cs.Members[m].Pending = pending
	return news
}

// LearnFull takes over that a member has as many requests as MaxConnections allows, or none, where the log prints
// only that (R60).
func LearnFull(t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, full bool) {
	cs.Members[m].Pending = 0
	if full {
		cs.Members[m].Pending = t.Clusters[f.Cluster].Members[m].MaxConnections
	}
}

// LearnBalance takes over what balancing knows from another state of the cluster: where round robin stands, and the
// weights.
func (cs *ClusterState) LearnBalance(from *ClusterState) {
	cs.Next = from.Next
	for m := range cs.Members {
		cs.Members[m].Weight = from.Members[m].Weight
	}
}

// LearnRequest takes over what the log has shown of a request since it began: its sessions, and the size of its
// body, 0 not yet.
func LearnRequest(
	t *match.Table, f *RequestState, rq *match.Request, m *match.Match, sem *choices.Assumptions, rec *Recorder,
) {
	f.Affinity = affinity.Of(t, rq, m, sem, rec.Seen())
	if rq.Body > 0 {
		f.Size, f.Body = rq.Body, kindOfBody(&t.Clusters[f.Cluster], rq.Body)
	}
}

// LearnUnbuffered takes over that the body of a request cannot be sent again (R57).
func (f *RequestState) LearnUnbuffered() { f.Body = Unbuffered }

// Supposing returns the request as it would be had the request come over TLS, or not, with a body of a size: a log
// does not always show them.
func (f *RequestState) Supposing(tls bool, size int64) RequestState {
	g := f.Clone()
	g.TLS, g.Size = tls, size
	return g
}

// LearnPosition takes over where round robin stands: a place in the primary list (R30).
func (cs *ClusterState) LearnPosition(at int) { cs.Next = int32(at) }

// LearnPartition takes over the partition table, nil for none (R28).
func (cs *ClusterState) LearnPartition(table map[string][]match.MemberID) { cs.Partition = table }

// LearnPartitionTable takes over a partition table whose members are named by their clone IDs (R28). Those that the
// cluster does not have are left out.
func LearnPartitionTable(t *match.Table, cs *ClusterState, id match.ClusterID, clones map[string][]string) {
	table := map[string][]match.MemberID{}
	for partition, named := range clones {
		for _, clone := range named {
			for m := range t.Clusters[id].Members {
				if clone != "" && t.Clusters[id].Members[m].CloneID == clone {
					table[partition] = append(table[partition], match.MemberID(m))
				}
			}
		}
	}
	cs.LearnPartition(table)
}

// ForgetPosition lets round robin stand anywhere, as before the first request of a process (R30).
func (cs *ClusterState) ForgetPosition() { cs.Next = -1 }

// KnowsPosition reports whether it is known where round robin stands.
func (cs *ClusterState) KnowsPosition() bool { return cs.Next >= 0 }

// Member returns what the process knows of a member: a copy, to read.
func (cs *ClusterState) Member(m match.MemberID) MemberState { return cs.Members[m] }

// RetryDue returns how long it is until the retry of a marked member is due for a request, below 0 when it is overdue
// (R52): the opposite of LearnRetry, for whoever holds the number of a log line against the state.
func RetryDue(
	t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, now match.Nanos, sem *choices.Assumptions,
) match.Nanos {
	return cs.Members[m].FailedAt + t.Clusters[f.Cluster].RetryInterval - f.judgedAt(now, sem)
}
