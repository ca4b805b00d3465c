package proxy

import (
	"math"
	"time"

	"github.com/wasplug/wasplug/routecheck"
)

// Status is what the process is doing: one snapshot for the status page, its JSON form and the metrics.
type Status struct {
	Version     int               `json:"version"`
	File        string            `json:"file"`       // the configuration in use
	Generation  int               `json:"generation"` // of the configuration, 1 for the first
	Loaded      string            `json:"loaded"`     // when it was read
	Uptime      float64           `json:"uptimeSeconds"`
	Connections int               `json:"connections"` // of clients
	Reload      ReloadStatus      `json:"reload"`
	Requests    RequestStatus     `json:"requests"`
	Affinity    map[string]uint64 `json:"affinity"`
	Clusters    []ClusterStatus   `json:"clusters"`
}

// ReloadStatus tells of reloads.
type ReloadStatus struct {
	Done    uint64 `json:"done"`
	Refused uint64 `json:"refused"`
	Last    string `json:"last,omitempty"`  // time of the last one
	Error   string `json:"error,omitempty"` // why the last one was refused
}

// RequestStatus counts requests since the start of the process.
type RequestStatus struct {
	Total    uint64    `json:"total"`
	Declined uint64    `json:"declined"` // no Route matches
	Refused  uint64    `json:"refused"`  // no request at all
	Classes  [6]uint64 `json:"classes"`  // by the first digit of the status, 0 for none
}

// ClusterStatus is a cluster of the configuration in use.
type ClusterStatus struct {
	Cluster string         `json:"cluster"`
	Next    string         `json:"next"` // where round robin stands, "" before it has started
	Members []MemberStatus `json:"members"`
}

// MemberStatus is a member as this process sees it.
type MemberStatus struct {
	routecheck.MemberNote
	New     uint64   `json:"new"` // requests that were balanced
	Max     int32    `json:"max"` // MaxConnections, 0 no limit
	Idle    int      `json:"idle"`
	Address []string `json:"address"`
	Down    string   `json:"down,omitempty"` // why the member cannot be reached at all
	// Unusable says why the https Transport cannot be used.
	Unusable string `json:"unusable,omitempty"`
	// Draining: its weight is 0, so it gets no new requests while others do.
	Draining bool `json:"draining"`
}

// Status takes a snapshot.
func (p *Proxy) Status() Status {
	g := p.gen.Load()
	s := Status{Version: 1, File: g.name(), Generation: g.number, Loaded: g.loaded.Format(time.RFC3339), Uptime: math.Round(float64(p.sweeper.clock())/float64(second)*10) / 10, Affinity: map[string]uint64{}}
	s.Connections = p.connections()
	s.Reload = ReloadStatus{Done: p.reload.done.Load(), Refused: p.reload.refused.Load()}
	if last := p.reload.last.Load(); last != nil {
		s.Reload.Last = last.At.UTC().Format(time.RFC3339)
		if last.Err != nil {
			s.Reload.Error = last.Err.Error()
		}
	}
	s.Requests.Declined, s.Requests.Refused = p.counters.declined.Load(), p.counters.refused.Load()
	for i := range s.Requests.Classes {
		s.Requests.Classes[i] = p.counters.classes[i].Load()
		s.Requests.Total += s.Requests.Classes[i]
	}
	for i := range p.counters.affinity {
		s.Affinity[routecheck.AffinityOutcome(i).String()] = p.counters.affinity[i].Load()
	}
	now := p.now()
	for i := range g.clusters {
		s.Clusters = append(s.Clusters, g.status(routecheck.ClusterID(i), now))
	}
	for _, u := range g.table.UnusableTransports() {
		s.Clusters[u.Cluster].Members[u.Member].Unusable = u.Reason
	}
	return s
}

// name is the name of the file as it was given.
func (g *generation) name() string {
	if g.cfg.Node == nil {
		return "the configuration"
	}
	return g.files.Name(g.cfg.Node.NameSpan.File)
}

func (g *generation) status(id routecheck.ClusterID, now routecheck.Nanos) ClusterStatus {
	c, tc := &g.clusters[id], &g.table.Clusters[id]
	c.mu.Lock()
	note := g.table.Note(id, &c.state, now)
	c.mu.Unlock()
	out := ClusterStatus{Cluster: note.Cluster, Next: note.Next}
	for i, n := range note.Members {
		m := MemberStatus{MemberNote: n, New: n.Total - n.Affinity, Max: tc.Members[i].MaxConnections, Address: []string{}, Draining: tc.Drained(routecheck.MemberID(i))}
		m.RetryIn = math.Round(m.RetryIn*10) / 10
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
	sc := routecheck.Scenario{Requests: routecheck.Repeat(rq, 1, 0)}
	now := p.now()
	for i := range g.clusters {
		sc.Members = append(sc.Members, g.facts(routecheck.ClusterID(i), now)...)
	}
	return g.table.Explain(g.files, &sc, g.sem, nil, routecheck.WithAll)
}

// facts words the state of a cluster as a scenario has it.
func (g *generation) facts(id routecheck.ClusterID, now routecheck.Nanos) []routecheck.MemberFact {
	c := &g.clusters[id]
	c.mu.Lock()
	defer c.mu.Unlock()
	return g.table.StateFacts(id, &c.state, now, func(m routecheck.MemberID, transport int) int {
		return c.members[m].transports[transport].idle(now)
	})
}
