package cause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// moved: the session has a home in the primary list, and does not get there or has been elsewhere. All of it is read
// from the steps of the run.
func (q *inquiry) moved() {
	if q.sessionHome() {
		q.secondCookie()
		q.returned()
		q.prefix()
		return
	}
	// Tried first, and not answered there.
	if o := q.d.Result; len(o.Attempts) > 0 && o.Attempts[0].By == failover.ByAffinity {
		q.ownerFailed()
		return
	}
	for i := range q.d.Steps {
		if p := q.d.Steps[i].Step.Skip; p != nil {
			q.skipped(p)
			break
		}
	}
}

// sessionHome reports whether the first attempt went to the session's member, and was answered.
func (q *inquiry) sessionHome() bool {
	o := q.d.Result
	return o.Status == 0 && o.By == failover.ByAffinity && len(o.Attempts) == 1
}

// skipped: the member of the session gets nothing (R23, R42).
func (q *inquiry) skipped(p *failover.PassedOver) {
	if q.d.Result.By == failover.ByAffinity {
		return // a later clone ID names a member that has the session
	}
	m := &q.c.Members[p.Member]
	facts := []string{"member", m.Name, "pending", fmt.Sprint(p.Pending), "lost", q.whatIsLost()}
	switch p.Why {
	case failover.Full:
		q.add("session-full", "", nil, facts...)
	case failover.Stuck:
		q.add("session-member-marked", "stuck", nil, facts...)
	case failover.BeingProbed:
		q.add("session-member-marked", "probed", nil, facts...)
	case failover.RetryRuns:
		c := q.add("session-member-marked", "", nil, append(facts, "wait", words.Seconds(p.RetryIn))...)
		until := float64(p.RetryIn) / float64(match.Second)
		c.Until = &until
	}
}

// whatIsLost says what becomes of the session that moves.
func (q *inquiry) whatIsLost() string {
	if q.d.Session != nil && q.d.Session.Text != "" {
		return q.d.Session.Text
	}
	return "what is lost hangs on how the servers keep sessions: --persistence tells"
}

// ownerFailed: the member of the session failed this request, and another one answers.
func (q *inquiry) ownerFailed() {
	o := q.d.Result
	owner := o.Attempts[0].Member
	// A second stream to the owner is no move.
	if o.Status != 0 || len(o.Attempts) < 2 || o.Member == owner {
		return
	}
	c := q.add("session-member-failed", "", nil, "failures", q.failures(q.d), "lost", q.whatIsLost())
	if s := q.d.State.After; s != nil && s.Members[owner].Marked {
		c.Until = &s.Members[owner].RetryIn
	}
}

// failedOver: somebody failed, and somebody answers.
func (q *inquiry) failedOver() {
	o := q.d.Result
	if o.Status != 0 || len(o.Attempts) < 2 {
		return
	}
	when, marked := "", "nobody is marked down by it, so the next request may meet the same"
	if o.Member == o.Attempts[0].Member {
		when = "again"
	}
	var names []string
	for _, a := range o.Attempts {
		if name := q.c.Members[a.Member].Name; a.Marked && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		marked = fmt.Sprintf("marked down for %s now: %s", words.Seconds(q.c.RetryInterval), strings.Join(names, ", "))
	}
	q.add("failover", when, nil, "failures", q.failures(q.d), "marked", marked)
}

// sessionSteps are the steps at which an identifier of the request was looked at, before the first attempt.
func (q *inquiry) sessionSteps() (all []*failover.Step) {
	for i := range q.d.Steps {
		s := &q.d.Steps[i].Step
		if s.Kind == failover.StepAffinity && (s.Why == failover.WhySession || s.Why == failover.WhyNextSession) {
			all = append(all, s)
		}
	}
	return all
}

// secondCookie: the first cookie of the name leads nowhere, a later one to the member (R29).
func (q *inquiry) secondCookie() {
	steps := q.sessionSteps()
	if len(steps) < 2 {
		return
	}
	// The last identifier that was looked at is the one that led home.
	last, nth := steps[len(steps)-1], 0
	for _, s := range steps {
		if s.Source == last.Source && s.CookieName == last.CookieName {
			nth++
		}
	}
	if last.Source == affinity.SessionCookie && nth > 1 {
		q.add("session-second-cookie", "", nil, "nth", ordinal(nth), "cookie", last.CookieName)
	}
}

func ordinal(n int) string {
	switch n {
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return fmt.Sprintf("%dth", n)
}

// list is the list of clone IDs by which the session came home, and who its last member was.
func (q *inquiry) list() (ids []string, last match.MemberID) {
	steps := q.sessionSteps()
	if len(steps) == 0 {
		return nil, match.NoMember
	}
	ids = slices.DeleteFunc(slices.Clone(steps[len(steps)-1].Clones), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, match.NoMember
	}
	return ids, q.owner(ids[len(ids)-1], &q.sem)
}

// returned: a later clone ID than that of the member tells that the session was elsewhere (R24). Where take-overs put
// theirs in front, it tells nothing (S9).
func (q *inquiry) returned() {
	ids, last := q.list()
	if last == match.NoMember || last == q.d.Result.Member || len(ids) < 2 ||
		q.sc.Sessions != nil && q.sc.Sessions.Policy(q.c.Name).NoSwitchBack {
		return
	}
	q.add("session-returned", "", nil, "member", q.c.Members[q.d.Result.Member].Name, "other", q.c.Members[last].Name)
}

// prefix: where another member's clone ID begins one of the list, a take-over by that member is not recorded (S10).
func (q *inquiry) prefix() {
	ids, _ := q.list()
	for _, id := range ids {
		for i := range q.c.Members {
			m := &q.c.Members[i]
			if m.CloneID != "" && m.CloneID != id && strings.HasPrefix(id, m.CloneID) && !slices.Contains(ids,
				m.CloneID) {
				q.add("session-prefix", "", nil, "member", m.Name, "short", m.CloneID, "long", id)
				return
			}
		}
	}
}

// plainHome reports a cause that stands below a plain answer: the session is at home.
func plainHome(c *explain.Cause) bool {
	return c != nil && (c.Code == "session-returned" || c.Code == "session-prefix")
}
