package generation

import (
	"math"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/history"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Name is the name of the file as it was given.
func (g *Generation) Name() string {
	if g.cfg.Node == nil {
		return "the configuration"
	}
	return g.Files.Name(g.cfg.Node.NameSpan.File)
}

// Status is the state of a cluster as the status page shows it.
func (g *Generation) Status(id match.ClusterID, now match.Nanos) admin.ClusterStatus {
	c, tc := &g.Clusters[id], &g.Table.Clusters[id]
	c.Lock()
	note := explain.Note(g.Table, id, &c.State, now) // a copy: texts and pages are made without the lock
	c.Unlock()
	out := admin.ClusterStatus{Cluster: note.Cluster, Next: note.Next}
	for i, n := range note.Members {
		n.RetryIn = tenths(n.RetryIn)
		work := c.Members[i].Work.snapshot(now)
		n.Failed = work.Failures.Total() // which a reload does not end
		m := admin.MemberStatus{
			MemberNote: n, Work: work, Within: work.Waits.Within(), New: n.Total - n.Affinity,
			Max: tc.Members[i].MaxConnections, Address: []string{}, Draining: tc.Drained(match.MemberID(i)),
			Changed: g.changes[admin.Name{Cluster: tc.Name, Member: n.Member}].String(),
		}
		for j := range c.Members[i].Transports {
			t := &c.Members[i].Transports[j]
			m.Idle += t.Idle(now)
			m.Address = append(m.Address, t.Name)
			if t.Err != nil {
				m.Down = t.Err.Error()
			}
		}
		out.Members = append(out.Members, m)
	}
	return out
}

// Counts tells what each member has done so far. A cluster is locked for one member at a time.
func (g *Generation) Counts(tell func(n admin.Name, c history.Count)) {
	for i := range g.Clusters {
		c, tc := &g.Clusters[i], &g.Table.Clusters[i]
		for m := range tc.Members {
			c.Lock()
			s := &c.State.Members[m]
			count := history.Count{Requests: s.Total, Failed: s.Failed, Marked: c.State.MarkedDown(match.MemberID(m))}
			c.Unlock()
			count.Answers, count.Errors, count.Waited = c.Members[m].Work.count()
			tell(admin.Name{Cluster: tc.Name, Member: tc.Members[m].Name}, count)
		}
	}
}

// Facts words the state of a cluster as a scenario has it. Streams are counted before: that may close some.
func (g *Generation) Facts(id match.ClusterID, now match.Nanos) []explain.MemberFact {
	c := &g.Clusters[id]
	idle := make([][]int, len(c.Members))
	for i := range c.Members {
		for j := range c.Members[i].Transports {
			idle[i] = append(idle[i], c.Members[i].Transports[j].Idle(now))
		}
	}
	c.Lock()
	defer c.Unlock()
	count := func(m match.MemberID, transport int) int { return idle[m][transport] }
	return explain.StateFacts(g.Table, id, &c.State, now, count)
}

// Partition is what is known of partition IDs, as a scenario has it.
func (g *Generation) Partition() (all []explain.PartitionEntry) {
	for i := range g.Clusters {
		c := &g.Clusters[i]
		c.Lock()
		all = append(all, explain.StatePartition(match.ClusterID(i), &c.State)...)
		c.Unlock()
	}
	return all
}

// tenths rounds what nobody reads more exactly.
func tenths(seconds float64) float64 { return math.Round(seconds*10) / 10 }
