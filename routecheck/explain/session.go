package explain

import (
	"slices"
	"time"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Sessions are facts about the servers, not about plugin-cfg.xml: what they do with sessions, and how the owner of
// one failed.
type Sessions struct {
	Policy  func(cluster string) session.Policy
	Failure session.Failure
	Settled session.Set // the session choices that somebody has settled
	Owner   string      // the member that served the session last, where somebody knows; "": what the cookie says

	Ended                bool     // the session of the cookie was invalidated
	Remembers, Restarted []string // members, as in session.Case
}

// predictSession says what becomes of the session of a request that matched and, as chance decides, ended in one
// of several ways. now is when it began.
func predictSession(t *match.Table, rq *match.Request, m *match.Match, ends []Answer, sc *Scenario,
	sem *choices.Assumptions, now match.Nanos) session.Prediction {
	c := &t.Clusters[m.Cluster]
	s := &sessionCase{c: c, at: make([]int, len(c.Members)), owner: match.NoMember}
	s.Case.Policy, s.Case.Failure, s.Assumed = sc.Sessions.Policy(c.Name), sc.Sessions.Failure, sem.Session
	s.members()
	// The order counts: find and ends speak of places that members has given, and deaths are reckoned from the
	// owner's.
	s.find(t, rq, m, sc, sem)
	s.ends(ends)
	s.deaths(sc, m.Cluster, now)
	s.Remembers, s.Restarted = s.named(sc.Sessions.Remembers), s.named(sc.Sessions.Restarted)
	if sc.Sessions.Ended {
		// An ended session has no owner any more, though its cookie names one.
		s.owner, s.Owner = match.NoMember, -1
	}
	p := s.Predict(sc.Sessions.Settled)
	if s.owner == match.NoMember && len(s.Serves) > 0 {
		p.Text = "the request carries no session of a member of " + c.Name
	}
	return p
}

// sessionCase puts the question of a request to the room that predicts: members by their place among the servers of
// the cluster.
type sessionCase struct {
	session.Case
	c     *match.Cluster
	at    []int // the place of each member, -1 for a ClusterAddress
	owner match.MemberID
}

// members takes the servers of the cluster. A ClusterAddress is none: it stands for whichever server it leads to.
func (s *sessionCase) members() {
	for i := range s.c.Members {
		if s.at[i] = len(s.Members); match.MemberID(i) == s.c.Address {
			s.at[i] = -1
			continue
		}
		s.Members = append(s.Members, session.Member{Name: s.c.Members[i].Name, Clone: s.c.Members[i].CloneID})
	}
	s.Separator = s.c.Separator
}

// find looks for the member that had the session last: the last clone ID that names a member (R24), the first where a
// take-over puts its own in front (S9), or whom the table names for its partition ID (R28). After a switch-back the
// list does not tell it: then somebody must.
func (s *sessionCase) find(t *match.Table, rq *match.Request, m *match.Match, sc *Scenario, sem *choices.Assumptions) {
	s.Owner = -1
	a := affinity.Of(t, rq, m, sem, nil)
	table := sc.PartitionOf(m.Cluster)
	for i := range a.Len() {
		// No break: of several clone IDs that name members the last counts (R24), but for settled.
		for _, id := range affinity.CloneIDs(a.ID(i).Value, s.c.Separator) {
			if owners := table[id]; len(owners) > 0 && affinity.IsPartitionID(t, id) {
				s.owner, s.Partition = owners[0], true
			}
			for j := range s.c.Members {
				clone := s.c.Members[j].CloneID
				if id != "" && (clone == id || affinity.SameButForCase(clone, id, sem, nil)) && !s.settled() {
					s.owner, s.Partition = match.MemberID(j), false
				}
			}
		}
		s.known(t, sc.Sessions.Owner, a.ID(i).Value)
		if s.owner != match.NoMember && s.at[s.owner] >= 0 {
			s.Value, s.Owner = a.ID(i).Value, s.at[s.owner]
			return
		}
	}
}

// settled reports that the first clone ID has said it.
func (s *sessionCase) settled() bool {
	return s.owner != match.NoMember && !s.Partition && s.Policy.NoSwitchBack
}

// known takes the member that somebody knows to have had the session last. A partition ID says nobody, then.
func (s *sessionCase) known(t *match.Table, owner, value string) {
	for j := range s.c.Members {
		if owner == "" || s.c.Members[j].Name != owner {
			continue
		}
		ids := affinity.CloneIDs(value, s.c.Separator)
		s.Partition = s.Partition || s.owner == match.NoMember &&
			slices.ContainsFunc(ids, func(id string) bool { return affinity.IsPartitionID(t, id) })
		s.owner = match.MemberID(j)
	}
}

// ends takes the members that can answer. A ClusterAddress that answers stands for a member that nobody can tell.
func (s *sessionCase) ends(ends []Answer) {
	for _, a := range ends {
		switch {
		case a.Decision != Forward:
			s.Fails = true
		case s.at[a.Member] < 0:
			s.at[a.Member] = len(s.Members)
			s.Members = append(s.Members, session.Member{Name: s.c.Members[a.Member].Name})
			fallthrough
		default:
			s.Serves = append(s.Serves, s.at[a.Member])
		}
	}
}

// named are the places of members that somebody names.
func (s *sessionCase) named(names []string) (at []int) {
	for i := range s.Members {
		if slices.Contains(names, s.Members[i].Name) {
			at = append(at, i)
		}
	}
	return at
}

// deaths takes the members that are down at a time, with how long before the owner they went. A member that answers
// 503, or what cannot be read, lives and gives its copies out.
func (s *sessionCase) deaths(sc *Scenario, cluster match.ClusterID, now match.Nanos) {
	gone := map[int]match.Nanos{}
	for _, f := range sc.Conditions {
		if f.Cluster != cluster || s.at[f.Member] < 0 || f.From > now || f.To != 0 && f.To <= now {
			continue
		}
		// From 0 is a condition that was there before the scenario began; how long before, only a mark can tell.
		if slices.Contains([]FailureMode{Refused, Timeout, NoAnswer, Reset}, f.Failure) {
			gone[s.at[f.Member]] = f.From
		}
	}
	for _, f := range sc.Members {
		if f.Cluster != cluster || f.Marked == nil {
			continue
		}
		if since, down := gone[s.at[f.Member]]; down && since == 0 {
			gone[s.at[f.Member]] = -*f.Marked
		}
	}
	for i := range s.Members {
		if since, down := gone[i]; down {
			s.Down = append(s.Down, session.Death{Member: i, Before: time.Duration(max(0, gone[s.Owner]-since))})
		}
	}
}
