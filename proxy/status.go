package proxy

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Snapshot says what the process is doing. Each cluster's lock is held for as long as its state is copied.
func (p *Proxy) Snapshot() *admin.Snapshot {
	g := p.gen.Load()
	s := &admin.Snapshot{
		Status: admin.Status{
			Version: 1, File: g.name(), Generation: g.number, Loaded: g.loaded.Format(time.RFC3339),
			Uptime: tenths(float64(p.sweeper.Clock()) / float64(second)), Connections: p.connections(),
			Reload: p.reload.status(),
		},
		Full: p.counters.full.Load(), Sent: p.counters.sent.Load(),
		Times: []admin.Histogram{p.counters.others.snapshot("")},
	}
	s.Requests, s.Affinity = p.counters.status()
	now := p.now()
	for i := range g.clusters {
		s.Clusters = append(s.Clusters, g.status(match.ClusterID(i), now))
		s.Times = append(s.Times, g.clusters[i].times.snapshot(g.table.Clusters[i].Name))
	}
	for _, u := range failover.UnusableTransports(g.table) {
		s.Clusters[u.Cluster].Members[u.Member].Unusable = words.UnusableTransport(g.table, &u)
	}
	return s
}

// Stopping reports whether no new requests are taken.
func (p *Proxy) Stopping() bool { return p.ending.Load() }

// tenths rounds what nobody reads more exactly.
func tenths(seconds float64) float64 { return math.Round(seconds*10) / 10 }

// status tells of reloads.
func (r *reloader) status() admin.ReloadStatus {
	s := admin.ReloadStatus{Done: r.done.Load(), Refused: r.refused.Load()}
	if last := r.last.Load(); last != nil {
		s.Last = last.At.UTC().Format(time.RFC3339)
		if last.Err != nil {
			s.Error = last.Err.Error()
		}
	}
	return s
}

// status tells of requests, and of their affinity by its outcome.
func (n *counters) status() (rq admin.RequestStatus, affinity map[string]uint64) {
	rq.Declined, rq.Refused = n.declined.Load(), n.refused.Load()
	for i := range rq.Classes {
		rq.Classes[i] = n.classes[i].Load()
		rq.Total += rq.Classes[i]
	}
	affinity = map[string]uint64{}
	for i := range n.affinity {
		affinity[failover.AffinityOutcome(i).String()] = n.affinity[i].Load()
	}
	return rq, affinity
}

// snapshot copies the counts of a cluster.
func (h *histogram) snapshot(cluster string) admin.Histogram {
	out := admin.Histogram{Cluster: cluster, Bounds: bounds[:], Sum: match.Nanos(h.sum.Load())}
	for i := range h.buckets {
		out.Counts = append(out.Counts, h.buckets[i].Load())
	}
	return out
}

// name is the name of the file as it was given.
func (g *generation) name() string {
	if g.cfg.Node == nil {
		return "the configuration"
	}
	return g.files.Name(g.cfg.Node.NameSpan.File)
}

func (g *generation) status(id match.ClusterID, now match.Nanos) admin.ClusterStatus {
	c, tc := &g.clusters[id], &g.table.Clusters[id]
	c.mu.Lock()
	note := explain.Note(g.table, id, &c.state, now)
	c.mu.Unlock()
	out := admin.ClusterStatus{Cluster: note.Cluster, Next: note.Next}
	for i, n := range note.Members {
		n.RetryIn = tenths(n.RetryIn)
		m := admin.MemberStatus{
			MemberNote: n, New: n.Total - n.Affinity, Max: tc.Members[i].MaxConnections, Address: []string{},
			Draining: tc.Drained(match.MemberID(i)),
		}
		for j := range c.members[i].transports {
			t := &c.members[i].transports[j]
			m.Idle += t.idle(now)
			m.Address = append(m.Address, t.name)
			if t.err != nil {
				m.Down = t.err.Error()
			}
		}
		out.Members = append(out.Members, m)
	}
	return out
}

// Explain answers "why" against the state that the process is in now: it decides a request without sending it.
func (p *Proxy) Explain(rq routecheck.Request) []routecheck.Decision {
	g := p.gen.Load()
	sc := explain.Scenario{Requests: explain.Repeat(rq, 1, 0), Members: p.Facts()}
	return cause.Explain(g.table, g.files, &sc, g.sem, nil, explain.WithAll)
}

// Facts words the state that the process is in now as a scenario has it.
func (p *Proxy) Facts() (all []explain.MemberFact) {
	g, now := p.gen.Load(), p.now()
	for i := range g.clusters {
		all = append(all, g.facts(match.ClusterID(i), now)...)
	}
	return all
}

// PartitionTable is what the process knows of partition IDs (R28), as a scenario has it.
func (p *Proxy) PartitionTable() (all []explain.PartitionEntry) {
	g := p.gen.Load()
	for i := range g.clusters {
		c := &g.clusters[i]
		c.mu.Lock()
		all = append(all, explain.StatePartition(match.ClusterID(i), &c.state)...)
		c.mu.Unlock()
	}
	return all
}

// facts words the state of a cluster as a scenario has it. Streams are counted before: that may close some.
func (g *generation) facts(id match.ClusterID, now match.Nanos) []explain.MemberFact {
	c := &g.clusters[id]
	idle := make([][]int, len(c.members))
	for i := range c.members {
		for j := range c.members[i].transports {
			idle[i] = append(idle[i], c.members[i].transports[j].idle(now))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	count := func(m match.MemberID, transport int) int { return idle[m][transport] }
	return explain.StateFacts(g.table, id, &c.state, now, count)
}

// counters are what the process has done since it started. Those of members stand in the state of their cluster.
type counters struct {
	classes  [6]atomic.Uint64 // answers by the first digit of the status, 0 for none
	affinity [failover.NumAffinityOutcomes]atomic.Uint64
	declined atomic.Uint64
	refused  atomic.Uint64 // answers of the proxy itself to what is no request
	full     atomic.Uint64 // connections beyond MaxClients
	sent     atomic.Uint64 // bytes to clients, without those of upgraded connections
	others   histogram     // of requests that no cluster gets
}

// bounds are the upper bounds of the histogram of durations.
var bounds = [...]match.Nanos{
	second / 1000, second / 400, second / 200, second / 100, second / 40, second / 20, second / 10, second / 4,
	second / 2, second, 5 * second, 30 * second,
}

// histogram counts durations. A request costs two additions.
type histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Int64 // nanoseconds
}

func (h *histogram) add(took match.Nanos) {
	h.sum.Add(int64(took))
	for i, b := range bounds {
		if took <= b {
			h.buckets[i].Add(1)
			return
		}
	}
	h.buckets[len(bounds)].Add(1)
}
