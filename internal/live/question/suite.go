package question

import (
	"errors"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Fail lets members fail while the steps of a question are asked, each step at its time since the first. The error
// says why they cannot fail so on command.
func (q *Question) Fail(t *match.Table, failing []explain.MemberCondition, at func(step int) match.Nanos) error {
	for _, c := range failing {
		switch {
		case q.Cluster >= 0 && c.Cluster != q.Cluster:
			return errors.New("members of several clusters are to fail")
		case c.Failure == explain.Timeout:
			return errors.New("connects are to time out: members answer them, or refuse")
		}
		q.Cluster, q.Names = c.Cluster, memberNames(&t.Clusters[c.Cluster])
	}
	now, was := match.Nanos(0), map[match.MemberID]explain.FailureMode{} // absent: healthy
	for i := range q.Steps {
		s := &q.Steps[i]
		s.Wait, now = max(0, at(i)-now), max(now, at(i))
		for _, c := range failing {
			if how := failureAt(failing, c.Member, now); how != was[c.Member] {
				s.Set, was[c.Member] = append(s.Set, Fault{c.Member, how}), how
			}
		}
	}
	return nil
}

// failureAt is how a member fails at a time.
func failureAt(failing []explain.MemberCondition, m match.MemberID, now match.Nanos) explain.FailureMode {
	for _, c := range failing {
		if c.Member == m && now >= c.From && (c.To == 0 || now < c.To) {
			return c.Failure
		}
	}
	return explain.Healthy
}

// Marks are clusters whose members may be marked down by what was asked before. A test of a suite expects nobody to be
// marked.
type Marks struct {
	table    *match.Table
	sem      *choices.Assumptions
	clusters map[match.ClusterID]bool
}

// MarksOf are those that questions leave.
func MarksOf(t *match.Table, sem *choices.Assumptions, asked []*Question) *Marks {
	m := &Marks{t, sem, map[match.ClusterID]bool{}}
	for _, q := range asked {
		m.note(q)
	}
	return m
}

// note takes any question that lets a member fail for one that marks it: which failures mark is what is asked.
func (m *Marks) note(q *Question) {
	if q.Disturbs() {
		m.clusters[q.Cluster] = true
	}
}

// Outlast lets a question wait until a retry of all whom it may meet is due.
func (m *Marks) Outlast(q *Question) {
	wait := match.Nanos(0)
	for i := range q.Steps {
		if to, ok := m.table.Match(&q.Steps[i].Request, m.sem); ok && m.clusters[to.Cluster] {
			wait = max(wait, m.table.Clusters[to.Cluster].RetryInterval+margin)
		}
	}
	for id := range m.clusters {
		if m.table.Clusters[id].RetryInterval+margin <= wait {
			delete(m.clusters, id)
		}
	}
	if len(q.Steps) > 0 {
		q.Steps[0].Wait += wait
	}
	m.note(q)
}
