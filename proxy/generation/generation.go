package generation

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Generation is one configuration at work. A reload makes a new one; requests in flight keep theirs. Once it is in use
// nothing in it changes but what its Clusters guard themselves.
type Generation struct {
	Table    *routecheck.Table
	Files    *diag.Files
	Sem      choices.Assumptions
	Clusters []Cluster // as those of Table, by match.ClusterID
	Fields   int       // HTTPMaxHeaders, of requests; 0 where it is below 1: the default of http1.Limits
	Number   int       // 1 for the first
	Loaded   time.Time
	Log      *logs.Plugin // nil: none
	Refresh  match.Nanos  // RefreshInterval; 0 or less: the file is not looked at again

	cfg     *parser.Config // as it was read, without the changes
	changes Changes
	trusted []netip.Prefix // TrustedProxyGroup
	form    string         // of partition tables, "" none
}

// Cluster is the state of a ServerCluster in this process.
type Cluster struct {
	sync.Mutex // held for each decision, and for nothing that could wait

	State   failover.ClusterState
	Members []Member // by match.MemberID, as those of the table
	Times   *Times   // lives as long as the name of the cluster does

	TableVersion atomic.Uint64 // of the partition table, 0 none; set under the lock, read without it for each head
}

// Member is a Server with its streams.
type Member struct {
	Name       string
	Wait       bool                 // WaitForContinue applies
	Transports []upstream.Transport // as those of the table, by the place that an Action names
	Work       *Work                // lives as long as its cluster has a member of that name
}

// Trusts reports whether private headers from an address are believed (TrustedProxyGroup).
func (g *Generation) Trusts(a netip.Addr) bool { return len(g.trusted) > 0 && g.contains(a) }

func (g *Generation) contains(a netip.Addr) bool {
	for _, p := range g.trusted {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// Close ends idle streams. Streams in use are closed when they come back, so requests in flight go on.
func (g *Generation) Close() {
	for i := range g.Clusters {
		for j := range g.Clusters[i].Members {
			for k := range g.Clusters[i].Members[j].Transports {
				g.Clusters[i].Members[j].Transports[k].Close()
			}
		}
	}
}

// Sweep drops idle streams that are too old or were closed by their member. It is called once a second: a member's
// server that has closed one holds it half open until then, and no longer.
func (g *Generation) Sweep(now match.Nanos) {
	for i := range g.Clusters {
		for j := range g.Clusters[i].Members {
			for k := range g.Clusters[i].Members[j].Transports {
				g.Clusters[i].Members[j].Transports[k].Sweep(now)
			}
		}
	}
}

// Follow takes over from the old configuration what a reload keeps, and everything where the file is the same and only
// changes beside it are new; the first one follows nil. It is called once, before anybody else has the generation:
// until then there is no room for counts.
func (g *Generation) Follow(old *Generation) {
	g.Number = 1
	g.keepCounts(old)
	if old == nil {
		return
	}
	g.Number += old.Number
	if old.cfg == g.cfg {
		failover.CarryAll(old.Table, g.Table, &g.Sem, g.taking(old))
	} else {
		failover.Carry(old.Table, g.Table, &g.Sem, g.taking(old))
	}
}

// taking holds the lock of a cluster while its state is taken over. That of the new one needs none: nobody has it yet.
func (g *Generation) taking(old *Generation) failover.Taking {
	return func(from, to match.ClusterID, take func(from, to *failover.ClusterState)) {
		before := &old.Clusters[from]
		before.Lock()
		defer before.Unlock()
		take(&before.State, &g.Clusters[to].State)
	}
}

// Config is what was read, and the files that it was read from.
func (g *Generation) Config() (*parser.Config, *diag.Files) { return g.cfg, g.Files }

// keepCounts lets the times of a cluster and the work of a member go on where those of that name were before: counters
// that fell back to 0 would show as gaps in every chart. Both generations add to the same ones while requests of the
// old one end.
func (g *Generation) keepCounts(old *Generation) {
	for i := range g.Clusters {
		c := &g.Clusters[i]
		c.Times = new(Times)
		for j := range c.Members {
			c.Members[j].Work = new(Work)
		}
		if old != nil {
			c.keepCounts(old, g.Table.Clusters[i].Name)
		}
	}
}

// keepCounts takes over from the cluster of that name in the old configuration, if it had one.
func (c *Cluster) keepCounts(old *Generation, name string) {
	id, known := old.Table.ClusterByName(name)
	if !known {
		return
	}
	before := &old.Clusters[id]
	c.Times = before.Times
	for i := range c.Members {
		if m, known := old.Table.Clusters[id].MemberByName(c.Members[i].Name); known {
			c.Members[i].Work = before.Members[m].Work
		}
	}
}
