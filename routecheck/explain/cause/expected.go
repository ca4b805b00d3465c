package cause

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// unexpected: the request does not go where somebody wants it, or goes where nobody does.
func (q *inquiry) unexpected(wanted []Wanted) {
	for _, w := range wanted {
		held := 0
		for _, a := range q.d.Ends {
			if a.Decision == explain.Forward && a.Cluster == w.Cluster && (w.Member == match.NoMember ||
				a.Member == w.Member) {
				held++
			}
		}
		switch {
		// Why nothing matched is told by declined, with paths and hosts that are near.
		case q.m == nil || w.Not && held == 0 || !w.Not && held == len(q.d.Ends):
		case w.Not || q.m.Cluster != w.Cluster:
			q.otherThan(w)
		case held == 0 && w.Member != match.NoMember:
			q.drained(w.Member)
		}
	}
}

// otherThan tells which Route decided, and what would lead to the wanted cluster.
func (q *inquiry) otherThan(w Wanted) {
	facts := []string{"wanted", q.t.Clusters[w.Cluster].Name}
	c := q.addOther(w, facts)
	if w.Not {
		return
	}
	// Changes of the request first, of the file second: who asks may have the URL wrong.
	near := q.waysTo(w.Cluster)
	c.Near = append(c.Near, near[:min(mostNear, len(near))]...)
	if form, change := q.changeOfFile(w.Config, w.Cluster); form != "" {
		told, _ := words.Tell("other-cluster", form, append(change, facts...)...)
		c.Advice = told.Advice
	}
}

// addOther tells the winning Route, against the best one to the wanted cluster, or to another where this one is not
// wanted.
func (q *inquiry) addOther(w Wanted, facts []string) *explain.Cause {
	winner, loser := q.competitors(func(cluster string) bool {
		return cluster == q.t.Clusters[w.Cluster].Name && !w.Not || w.Not && cluster != q.c.Name
	})
	facts = append(facts, "winner", rule(winner))
	switch {
	case loser == nil && w.Not:
		return q.add("other-cluster", "not at all", nil, facts...)
	case loser == nil:
		return q.add("other-cluster", "alone", nil, facts...)
	}
	m := q.margin(winner, loser)
	facts = append(facts, "loser", rule(loser), "margin", fmt.Sprintf("%d (%d : %d)", m.By, m.Winner.Sum(),
		m.Loser.Sum()))
	when := ""
	switch {
	case w.Not:
		when = "not"
	case m.By == 0:
		when = "tie"
	}
	c := q.add("other-cluster", when, nil, facts...)
	c.Margin, q.d.Margin = m, m
	return c
}

// rule names a Route by what it matched with.
func rule(r *explain.RouteNote) string { return orAny(r.URI) + " on " + orAny(r.Alias) }

func orAny(s string) string {
	if s == "" {
		return "(any)"
	}
	return s
}

// competitors are the winning Route and the best one among those that lead to some clusters, as the explanation noted
// them; nil where none competes.
func (q *inquiry) competitors(to func(cluster string) bool) (winner, loser *explain.RouteNote) {
	for i := range q.d.Candidates {
		r := &q.d.Candidates[i]
		switch {
		case r.Wins:
			winner = r
		case to(r.Cluster) && (loser == nil || sumOf(r) > sumOf(loser)):
			loser = r
		}
	}
	return winner, loser
}

func sumOf(r *explain.RouteNote) int { return r.URIScore + r.VhostScore }

// margin is how far the loser was from winning. A margin of 0 is a tie, which the order in the file decided (choice
// score-tie).
func (q *inquiry) margin(winner, loser *explain.RouteNote) *explain.Margin {
	side := func(r *explain.RouteNote) explain.Side {
		return explain.Side{Cluster: r.Cluster, Alias: r.Alias, URI: r.URI, VhostScore: r.VhostScore,
			URIScore: r.URIScore, At: r.At}
	}
	m := &explain.Margin{By: sumOf(winner) - sumOf(loser), Winner: side(winner),
		Loser: side(loser), Assume: []string{}}
	m.Assume = append(m.Assume, q.turnedBy(loser.Cluster)...)
	return m
}

// turnedBy lists the choices, as flags write them, under which alone a cluster would win.
func (q *inquiry) turnedBy(cluster string) (all []string) {
	var seen choices.Consulted
	q.t.MatchNoted(q.rq, &q.sem, &seen)
	// Only choices that the match consulted can change it; each is tried alone.
	for c := range choices.NumChoices {
		if seen.Asked()>>c&1 == 0 {
			continue
		}
		for v := range c.NumValues() {
			other := q.sem.With(c, v)
			q.asked++
			if m, ok := q.t.Match(q.rq, &other); ok && m.Cluster != q.m.Cluster &&
				q.t.Clusters[m.Cluster].Name == cluster {
				all = append(all, c.String()+"="+other.Value(c))
				break
			}
		}
	}
	return all
}

// nearShare is how near to the winner's score, in percent of it, a loser is worth a line below a plain answer.
const nearShare = 75

// plainMargin tells of a Route to another cluster that nearly won a plain answer, or would under another choice.
func (q *inquiry) plainMargin() {
	if len(q.causes) > 0 && !plainHome(&q.causes[0].Cause) || q.m == nil || q.d.Decision != explain.Forward {
		return
	}
	winner, loser := q.competitors(func(cluster string) bool { return cluster != q.c.Name })
	if winner == nil || loser == nil {
		return
	}
	if m := q.margin(winner, loser); 100*sumOf(loser) >= nearShare*sumOf(winner) || len(m.Assume) > 0 {
		q.d.Margin = m
	}
}

// waysTo asks for the smallest changes of the request after which a cluster gets it: another path on the host, another
// host for the path.
func (q *inquiry) waysTo(cluster match.ClusterID) (near []explain.Near) {
	host, port := q.t.HostPort(q.rq, &q.sem)
	for s := range q.samples(func(r *match.Route, p *match.Pattern) bool { return r.Cluster == cluster }) {
		near = append(near, explain.Near{What: "another path", Cluster: q.t.Clusters[cluster].Name, URL: s.url,
			At: q.place(s.match.URIAt())})
		break
	}
	for _, h := range append([]string{host}, q.t.Hosts()...) {
		for p := range q.t.Ports(h) {
			if h == "*" || h == host && p == port {
				continue
			}
			n := q.forwarded(q.at(h, p), "another host or port")
			if n != nil && n.Cluster == q.t.Clusters[cluster].Name {
				return append(near, *n)
			}
		}
	}
	return near
}

// drained: the member could get a new session, but for what is said of it.
func (q *inquiry) drained(m match.MemberID) {
	when := ""
	for i := range q.d.Steps {
		for _, p := range q.d.Steps[i].Step.Passed {
			if p.Member == m && when == "" {
				when = passedWords[p.Why]
			}
		}
	}
	switch {
	// Told before whatever the steps passed it over for: that may be over soon, and weight 0 is not.
	case q.c.Drained(m):
		when = "weight"
	case when != "":
	case slices.Contains(q.c.Backup, m):
		when = "backup"
	case !slices.Contains(q.c.Primary, m) && m != q.c.Address:
		when = "unlisted"
	default:
		when = q.stateOf(m)
	}
	if when != "" {
		q.add("drained", when, nil, "member", q.c.Members[m].Name)
	}
}

// passedWords are the forms of the cause for who is passed over by balancing.
var passedWords = [...]string{
	failover.MarkedByItself: "marked", failover.Stuck: "marked", failover.BeingProbed: "marked",
	failover.RetryRuns: "marked", failover.Full: "full", failover.WeightZero: "weight", failover.NoWeightLeft: "left",
}

// stateOf reads from the state before the request why a member gets no new one, "" where nothing shows.
func (q *inquiry) stateOf(m match.MemberID) string {
	if q.d.State.Before == nil || int(m) >= len(q.d.State.Before.Members) {
		return ""
	}
	n := q.d.State.Before.Members[m]
	limit := q.c.Members[m].MaxConnections
	switch {
	case n.Marked && n.RetryIn > 0:
		return "marked"
	case limit > 0 && n.Pending >= limit:
		return "full"
	case !q.c.Random && n.Weight <= 0:
		return "left"
	}
	return ""
}
