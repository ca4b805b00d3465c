package proxy

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/history"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Snapshot says what the process is doing. Each cluster's lock is held for as long as its state is copied, so what the
// core knows of one cluster fits together; counts beside it, and other clusters, may be moments apart.
func (p *Proxy) Snapshot() *admin.Snapshot {
	g := p.gen.Load()
	s := &admin.Snapshot{
		Status: admin.Status{
			Version: 1, File: g.Name(), Generation: g.Number, Loaded: g.Loaded.Format(time.RFC3339),
			Uptime: math.Round(10*float64(p.sweeper.Clock())/float64(second)) / 10, Connections: p.connections(),
			Reload: p.reload.status(),
		},
		Full: p.counters.full.Load(), Sent: p.counters.sent.Load(),
		Times: []admin.Histogram{p.counters.others.Snapshot("")},
	}
	s.Requests, s.Affinity = p.counters.status()
	now := p.now()
	for i := range g.Clusters {
		s.Clusters = append(s.Clusters, g.Status(match.ClusterID(i), now))
		s.Times = append(s.Times, g.Clusters[i].Times.Snapshot(g.Table.Clusters[i].Name))
	}
	for i := range s.Clusters {
		c := &s.Clusters[i]
		c.Within = s.Times[1+i].Within() // behind those of requests that no cluster gets
		for j := range c.Members {
			c.Members[j].Recent = p.history.Recent(admin.Name{Cluster: c.Cluster, Member: c.Members[j].Member}, now)
		}
	}
	for _, u := range failover.UnusableTransports(g.Table) {
		s.Clusters[u.Cluster].Members[u.Member].Unusable = words.UnusableTransport(g.Table, &u)
	}
	return s
}

// remember tells the history of members what they have done since a second ago.
func (p *Proxy) remember() {
	now := p.now()
	p.history.Begin(now)
	p.gen.Load().Counts(func(n admin.Name, c history.Count) { p.history.Note(n, c, now) })
}

// Stopping reports whether no new requests are taken.
func (p *Proxy) Stopping() bool { return p.ending.Load() }

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

// Explain answers "why" against the state that the process is in now: it decides a request without sending it. The
// state is copied into a scenario, so nothing that is asked here changes what the next request gets.
func (p *Proxy) Explain(rq routecheck.Request) []routecheck.Decision {
	g := p.gen.Load()
	sc := explain.Scenario{Requests: explain.Repeat(rq, 1, 0), Members: p.Facts()}
	return cause.Explain(g.Table, g.Files, &sc, g.Sem, nil, explain.WithAll)
}

// Facts words the state that the process is in now as a scenario has it.
func (p *Proxy) Facts() (all []explain.MemberFact) {
	g, now := p.gen.Load(), p.now()
	for i := range g.Clusters {
		all = append(all, g.Facts(match.ClusterID(i), now)...)
	}
	return all
}

// PartitionTable is what the process knows of partition IDs (R28), as a scenario has it.
func (p *Proxy) PartitionTable() []explain.PartitionEntry { return p.gen.Load().Partition() }

// counters are what the process has done since it started. Those of members stand in the state of their cluster.
type counters struct {
	classes  [6]atomic.Uint64 // answers by the first digit of the status, 0 for none
	affinity [failover.NumAffinityOutcomes]atomic.Uint64
	declined atomic.Uint64
	refused  atomic.Uint64    // answers of the proxy itself to what is no request
	full     atomic.Uint64    // connections beyond MaxClients
	sent     atomic.Uint64    // bytes to clients, without those of upgraded connections
	others   generation.Times // of requests that no cluster gets
}
