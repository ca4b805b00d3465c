package simulate

import (
	"math"
	"slices"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// MemberName is a member of a cluster by its names.
type MemberName struct{ Cluster, Member string }

// roster is every member of every configuration of a scenario, each once: figures about a member outlive a reload.
type roster struct {
	names   []MemberName
	members []member
	at      map[MemberName]int32
}

// member is a server of which processes know only what it answers.
type member struct {
	service Distribution
	faults  []Fault // in the order written
	sorted  []Fault // by their beginning
	numbers []int   // of the faults in the scenario

	threads, backlog int
	free             []match.Nanos // a heap: when each thread is free
	waiting          []match.Nanos // when the requests that wait begin, in order
}

// generation is a configuration that is in force for a while.
type generation struct {
	table   *match.Table
	routes  []route   // by URL
	members [][]int32 // cluster, member: its place in the roster
	groups  []chooser // of URLs whose sessions are the same, by the number of the group and 1
}

// route is where requests for a URL go.
type route struct {
	match   match.Match
	matched bool
	group   int32 // of URLs whose sessions are the same, having cluster and cookie in common; -1: no Route
}

// generation makes a configuration ready. groups are those of all.
func (r *roster) generation(sc *Scenario, t *match.Table, groups map[[2]string]int32) *generation {
	g := &generation{table: t, routes: make([]route, len(sc.URLs)), members: make([][]int32, len(t.Clusters))}
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			g.members[i] = append(g.members[i], r.at[MemberName{t.Clusters[i].Name, t.Clusters[i].Members[j].Name}])
		}
	}
	for i := range sc.URLs {
		m, ok := t.Match(&sc.URLs[i].Request, sc.Sem)
		g.routes[i] = route{m, ok, -1}
		if !ok {
			continue
		}
		key := [2]string{t.Clusters[m.Cluster].Name, m.Cookie()}
		if _, known := groups[key]; !known {
			groups[key] = int32(len(groups))
		}
		g.routes[i].group = groups[key]
	}
	return g
}

// choosers lets sessions choose among the URLs that they are for.
func (g *generation) choosers(sc *Scenario, groups int) {
	g.groups = make([]chooser, groups+1)
	for i := range g.routes {
		g.groups[g.routes[i].group+1].put(int32(i), sc.URLs[i].Weight)
	}
}

// newRoster gathers the members of all generations.
func newRoster(sc *Scenario, tables []*match.Table) *roster {
	r := &roster{at: map[MemberName]int32{}}
	for _, t := range tables {
		for i := range t.Clusters {
			for j := range t.Clusters[i].Members {
				name := MemberName{t.Clusters[i].Name, t.Clusters[i].Members[j].Name}
				if _, known := r.at[name]; !known {
					r.at[name] = int32(len(r.names))
					r.names = append(r.names, name)
				}
			}
		}
	}
	r.members = make([]member, len(r.names))
	for i := range r.members {
		r.members[i].settle(sc, r.names[i])
	}
	return r
}

// settle takes what a scenario says of a member. The last settings that name it count.
func (m *member) settle(sc *Scenario, name MemberName) {
	for i := range sc.Members {
		s := &sc.Members[i]
		if (s.Cluster == "" || s.Cluster == name.Cluster) && (s.Member == "*" || s.Member == name.Member) {
			m.service, m.threads, m.backlog = s.Service, s.Threads, s.Backlog
			m.free = make([]match.Nanos, s.Threads)
		}
	}
	for i := range sc.Faults {
		if f := &sc.Faults[i]; f.Cluster == name.Cluster && f.Member == name.Member {
			m.faults, m.numbers = append(m.faults, *f), append(m.numbers, i)
		}
	}
	// Two orders: which of several holds at a time is by the order written, what comes next by time.
	m.sorted = slices.Clone(m.faults)
	slices.SortStableFunc(m.sorted, func(a, b Fault) int { return int(min(max(a.From-b.From, -1), 1)) })
}

// fault is what a member suffers from at a time, nil when it is well.
func (m *member) fault(now match.Nanos) *Fault {
	for i := range m.faults {
		if m.faults[i].covers(now) {
			return &m.faults[i]
		}
	}
	return nil
}

// goneSince reports whether the member has begun anew since a time.
func (m *member) goneSince(then, now match.Nanos) bool {
	for i := range m.faults {
		if f := &m.faults[i]; f.gone() && f.From <= now && f.From >= then && f.To != 0 && f.To <= now {
			return true
		}
	}
	return false
}

// failedAt is since when the member has no longer done anything for a session that it served last at a time: since it
// fell silent, or not at all until now.
func (m *member) failedAt(last, now match.Nanos) match.Nanos {
	for i := range m.sorted {
		if f := &m.sorted[i]; f.silent() && f.From <= now && (f.gone() && f.From >= last || f.covers(now)) {
			return max(f.From, last)
		}
	}
	return now
}

// never is when an attempt ends that nobody gives up.
const never = match.Nanos(math.MaxInt64)

// answer says how an attempt ends that has a stream to the member, and when: it was sent now, takes so long where
// nothing happens, and is given up after a limit, 0 for none.
func (m *member) answer(now, service, limit match.Nanos) (explain.FailureMode, match.Nanos) {
	how, at := explain.Healthy, now
	if f := m.fault(now); f != nil {
		switch {
		case f.Slow > 0:
			// Slow as it is when the request is taken up: it stays so to its end.
			service = match.Nanos(min(float64(service)*f.Slow, float64(longest)))
		case f.Do != explain.NoAnswer:
			return f.Do, now
		case f.To == 0:
			at = never
		default:
			at = f.To
		}
	}
	if at != never {
		// A member that hangs works on what it has when the fault ends, in the order in which it came.
		at = m.begins(at) + service
		m.occupy(at)
		// Whatever fault begins on the way, the thread stays taken as if it did not: threads of a process that died
		// are free again only when their requests would have ended.
		how, at = m.overtaken(now, at)
	}
	// The plug-in gives up. A thread that has the request works on all the same: it was occupied above.
	if limit > 0 && (at == never || at > now+limit) {
		return explain.NoAnswer, now + limit
	}
	return how, at
}

// overtaken looks for a fault that begins before an answer is there.
func (m *member) overtaken(sent, at match.Nanos) (explain.FailureMode, match.Nanos) {
	for i := range m.sorted {
		f := &m.sorted[i]
		// The fault at the time of sending was answer's; one that only slows down holds for requests that come later.
		if f.From <= sent || f.Slow > 0 {
			continue
		}
		if f.From >= at {
			break
		}
		switch {
		case f.Do == explain.Refused: // its process is gone
			return explain.Reset, f.From
		case f.Do == explain.Timeout && f.To != 0: // its machine is back, and knows nothing of the connection
			return explain.Reset, f.To
		case f.Do == explain.Timeout, f.Do == explain.NoAnswer && f.To == 0:
			return explain.Healthy, never
		case f.Do == explain.NoAnswer:
			// It hangs and goes on, so a later fault may still overtake it.
			at += f.To - f.From
		}
	}
	return explain.Healthy, at
}
