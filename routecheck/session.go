package routecheck

import (
	"fmt"
	"slices"
	"strings"
)

// Sessions are facts about the servers, not about plugin-cfg.xml: what becomes of a session when another member gets its request (section 5).
type Sessions struct {
	Persistence    string // none, database or memory-to-memory
	Replicas       int    // copies under memory-to-memory, -1 on every member
	WriteFrequency string // end of servlet service, time based or manual update
	WriteInterval  int    // seconds between the writes under time based
}

// The fates of a session that tests can expect. Lost changes have the number of seconds in the text.
const (
	SessionNone    = "none" // the request carries no session of the cluster, or nobody answers
	SessionKept    = "kept" // its member answers, or all finished requests were written
	SessionNew     = "new"  // the answering member knows nothing of it
	SessionManual  = "unwritten changes lost"
	SessionReplica = "depends on replica" // kept where the answering member has a replica, else new

	// SessionByChance: the members among which chance decides do not all give it the same fate.
	SessionByChance = "depends on who answers"
)

// SessionFate says what becomes of the session of a request that matched and ended with an answer, in a word to test against and in a sentence.
func (t *Table) SessionFate(rq *Request, m *Match, a Answer, s Sessions, sem *Semantics) (fate, text string) {
	return t.SessionFates(rq, m, []Answer{a}, s, sem)
}

// SessionFates is SessionFate where chance decides between several ends: one fate where it is the same whoever answers.
func (t *Table) SessionFates(rq *Request, m *Match, ends []Answer, s Sessions, sem *Semantics) (fate, text string) {
	const nobody = "nobody answers, so the session stays where it is"
	answered := func(a Answer) bool { return a.Decision == Forward }
	if !slices.ContainsFunc(ends, answered) {
		return SessionNone, nobody
	}
	owner := t.sessionOwner(rq, m, sem)
	if owner == NoMember {
		return SessionNone, "the request carries no session of a member of " + t.Clusters[m.Cluster].Name
	}
	var takers, cases []string
	home, failed := false, false
	for _, a := range ends {
		switch {
		case !answered(a):
			failed = true
		case a.Member == owner:
			home = true
		default:
			takers = append(takers, t.MemberName(a.Cluster, a.Member))
		}
	}
	from := t.MemberName(m.Cluster, owner)
	if home {
		fate, cases = SessionKept, append(cases, "the session is at home on "+from)
	}
	if len(takers) > 0 {
		fate, text = s.moved(&t.Clusters[m.Cluster], from, strings.Join(takers, " or "))
		cases = append(cases, text)
	}
	if failed {
		cases = append(cases, nobody)
	}
	if len(cases) > 1 {
		fate = SessionByChance
	}
	return fate, strings.Join(cases, "; or ")
}

// moved is the fate of a session that another member gets.
func (s Sessions) moved(c *Cluster, from, to string) (fate, text string) {
	moved := fmt.Sprintf("the session of %s moves to %s: ", from, to)
	switch s.Persistence {
	case "database":
		fate, text = s.unwritten()
		return fate, moved + to + " reads it from the database, " + text
	case "memory-to-memory":
		fate, text = s.unwritten()
		if s.Replicas >= 0 && s.Replicas < c.servers()-1 {
			return SessionReplica, moved + "kept if " + to + " has a replica (" + text + "), otherwise a new session begins and everything is lost"
		}
		return fate, moved + to + " has a replica, " + text
	}
	return SessionNew, moved + "sessions are not persistent, so a new session begins and everything is lost"
}

// servers counts the members that are servers.
func (c *Cluster) servers() int {
	if c.Address != NoMember {
		return len(c.Members) - 1
	}
	return len(c.Members)
}

// AlwaysLost is what no persistence saves when a member fails.
const AlwaysLost = "lost in every case: the request that the failed member was working on, data outside the session, and the body of a POST answered by a redirect"

// unwritten says what a failed member had not yet written.
func (s Sessions) unwritten() (fate, text string) {
	switch s.WriteFrequency {
	case "time based":
		fate = fmt.Sprintf("changes younger than %d s lost", s.WriteInterval)
		return fate, fate
	case "manual update":
		return SessionManual, "changes that sync() did not write are lost"
	}
	return SessionKept, "nothing of finished requests is lost"
}

// sessionOwner returns the member that had the session last: the last clone ID that names a member (R24).
func (t *Table) sessionOwner(rq *Request, m *Match, sem *Semantics) MemberID {
	c := &t.Clusters[m.Cluster]
	a := t.Affinity(rq, m, sem, nil)
	for i := range a.n {
		owner := NoMember
		for _, id := range CloneIDs(a.session(i).value, c.Separator) {
			for j := range c.Members {
				if clone := c.Members[j].CloneID; id != "" && (clone == id || sameButForCase(clone, id, sem, nil)) {
					owner = MemberID(j)
				}
			}
		}
		if owner != NoMember {
			return owner
		}
	}
	return NoMember
}
