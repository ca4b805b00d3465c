package question

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

// kit is what stories about a cluster are made of.
type kit struct {
	id      match.ClusterID
	c       *match.Cluster
	rq      match.Request // reaches the cluster whatever values the open choices have
	m       match.Match   // how it does
	primary []match.MemberID
	backup  []match.MemberID
}

// kits are those of the clusters that a sample request reaches under any value of the open choices.
func (p *Planner) kits() (out []kit) {
	t, sem := p.Table, &p.Base
	have := map[match.ClusterID]bool{}
	for _, rs := range space.Samples(t, sem) {
		for i := range rs.Requests {
			s := &rs.Requests[i]
			if have[rs.Cluster] || len(space.ClusterHangsOn(t, s, sem)) > 0 {
				continue
			}
			rq, err := written.URL(p.sent(s.URL))
			if err != nil {
				continue
			}
			have[rs.Cluster] = true
			c := &t.Clusters[rs.Cluster]
			out = append(out, kit{rs.Cluster, c, rq, s.Match, c.Primary, c.Backup})
		}
	}
	return out
}

// plain is a request without a session.
func (k *kit) plain() Step { return Step{Request: k.rq} }

// times repeats a step.
func times(n int, s Step) []Step { return slices.Repeat([]Step{s}, n) }

// value is a session's cookie value that names clone IDs (R21).
func (k *kit) value(clones ...string) string {
	sep := string(k.c.Separator)
	return "0000wasplug" + sep + strings.Join(clones, sep)
}

// with is a request with cookies.
func (k *kit) with(cookies ...string) Step {
	s := k.plain()
	s.Request.Cookies = cookies
	return s
}

// home is a request of a session that lives on a member.
func (k *kit) home(m match.MemberID) Step {
	return k.with(k.m.Cookie() + "=" + k.value(k.c.Members[m].CloneID))
}

// cloned reports whether there are that many primaries, all with a clone ID.
func (k *kit) cloned(n int) bool {
	return len(k.primary) >= n && !slices.ContainsFunc(k.primary, func(m match.MemberID) bool {
		return k.c.Members[m].CloneID == ""
	})
}

// all lets members fail.
func all(members []match.MemberID, how explain.FailureMode) (out []Fault) {
	for _, m := range members {
		out = append(out, Fault{m, how})
	}
	return out
}

// begin lets members fail before a step.
func begin(s Step, faults ...Fault) Step {
	s.Set = faults
	return s
}

// after waits before a step.
func after(wait match.Nanos, s Step) Step {
	s.Wait = wait
	return s
}

// cycle is how many requests make a cycle of round robin: the sum of the start weights (R31).
func (k *kit) cycle() (n int) {
	for _, m := range k.primary {
		n += int(k.c.Members[m].Start)
	}
	return n
}

// crowded reports whether a member takes few requests at once: one that is hardly over may keep the next one out.
func (k *kit) crowded() bool {
	return slices.ContainsFunc(k.c.Members, func(m match.Member) bool {
		return m.MaxConnections > 0 && m.MaxConnections < 4
	})
}

// small reports whether everybody can fail at once without too much being possible.
func (k *kit) small() bool { return !k.c.Random && len(k.primary)+len(k.backup) <= 8 }

// memberNames are the names of a cluster's members, by their places.
func memberNames(c *match.Cluster) (out []string) {
	for i := range c.Members {
		out = append(out, c.Members[i].Name)
	}
	return out
}
