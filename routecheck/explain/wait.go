package explain

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/streams"
)

// Wait is how long a client waits for the end of one request while members hang.
type Wait struct {
	Seconds  int
	Attempts int         // second streams included
	Failure  FailureMode // Timeout: connects get no answer; NoAnswer: requests get none
	Endless  bool        // a request that gets no answer is never given up (R55): Seconds counts hanging connects only
}

// WorstWait runs one request without body against a cluster of which the first n members of its lists hang,
// primaries of weight 0 behind the others, since a request reaches them later (R36): once at the connect and once
// after it, each with a fresh stream in its queue. It returns the longer wait.
func WorstWait(t *match.Table, id match.ClusterID, n int, sem *choices.Assumptions) Wait {
	c := &t.Clusters[id]
	primary := slices.Clone(c.Primary)
	slices.SortStableFunc(primary, func(a, b match.MemberID) int { return last(c, a) - last(c, b) })
	hung := append(primary, c.Backup...)
	hung = hung[:min(n, len(hung))]
	worst := wait(t, id, hung, Timeout, sem)
	for _, m := range hung {
		// ServerIOTimeout 0 waits for ever: the seconds are then those of connects, see Endless.
		if c.Members[m].IOTimeout == 0 {
			worst.Endless = true
			return worst
		}
	}
	if w := wait(t, id, hung, NoAnswer, sem); w.Seconds > worst.Seconds {
		return w
	}
	return worst
}

// last sorts drained members behind those that are not.
func last(c *match.Cluster, m match.MemberID) int {
	if c.Drained(m) {
		return 1
	}
	return 0
}

func wait(
	t *match.Table, id match.ClusterID, hung []match.MemberID, failure FailureMode, sem *choices.Assumptions,
) Wait {
	p := NewProcess(t, sem, 0)
	c := &t.Clusters[id]
	for _, m := range hung {
		p.Conditions = append(p.Conditions, MemberCondition{Cluster: id, Member: m, Failure: failure})
		for i := range c.Members[m].Transports {
			if failure == NoAnswer {
				var busy streams.Queue[struct{}]
				busy.Put(struct{}{}, 1<<62) // other requests keep it fresh
				p.streams[stream{id, m, i}] = busy
			}
		}
	}
	if len(hung) > 0 {
		// The worst case begins at a member that hangs. -1 is a backup: then no primary is left, and position 0 is as
		// good.
		p.state(id).LearnPosition(max(0, slices.Index(c.Primary, hung[0])))
	}
	f := failover.NewRequestState(id, nil)
	w := Wait{Failure: failure}
	// R62 bounds the attempts of a request; this is for a cluster in which even that is many.
	for w.Attempts < 1000 {
		a := failover.Next(t, p.state(id), &f, p.Now, sem, nil)
		if a.Kind != failover.Send {
			break
		}
		w.Attempts++
		if _, over := p.attempt(p.state(id), &f, a, nil); over {
			break
		}
	}
	w.Seconds = int(p.Now / match.Second)
	return w
}
