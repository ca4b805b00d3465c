package page

import (
	"slices"
	"time"

	"github.com/wasplug/wasplug/lab"
	labsession "github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/routecheck/session"
)

// foresee asks the predictor what becomes of a session when its owner dies now. It gathers what is known and decides
// nothing: who is up could answer, who is down has been so for long (an hour), and the moment lies between two
// requests.
func (h *Handler) foresee(s *sessionView, now labsession.Millis) {
	c := session.Case{Policy: h.Policy(s.Cluster), Assumed: h.Assumed, Owner: -1, Separator: ':',
		Failure: session.Failure{Aged: true, New: s.Written == 0,
			Age: time.Duration(now-s.LastAccess) * time.Millisecond}}
	c.Failure.StoreDown = !h.Lab.GridWorks()
	// what is lost is not older than the oldest change that is not written
	if s.Since > 0 {
		c.Failure.Age = time.Duration(now-s.Since) * time.Millisecond
	}
	c.Failure.Moment, _ = session.ParseMoment(momentOf(c.Policy.Frequency.String(), s.Unwritten))
	for _, m := range h.Lab.Members() {
		if m.Cluster != s.Cluster || m.CloneID == "" {
			continue
		}
		i := len(c.Members)
		c.Members = append(c.Members, session.Member{Name: m.Name, Clone: m.CloneID})
		switch {
		case m.Name == s.Owner:
			c.Owner = i
		case m.State() == lab.Up:
			c.Serves = append(c.Serves, i)
		default:
			c.Down = append(c.Down, session.Death{Member: i, Before: time.Hour})
		}
		if slices.Contains(s.Holders, m.Name) {
			c.Holders = append(c.Holders, i)
		}
	}
	if len(c.Serves) == 0 {
		s.Loss, s.Bad = "nobody else is up: no answer", true
		return
	}
	p := c.Predict(h.Settled)
	s.Loss, s.Rules = p.Text, p.Rules
	s.Bad = p.Changes != "all"
}

// momentOf is the moment of a death between two requests, as exactly as it is known here. At the end of service all
// of them are the same; else it matters whether everything is written.
func momentOf(frequency string, unwritten bool) string {
	words := map[string][2]string{"time based": {"after-look", "before-look"},
		"manual update": {"synced", "not-synced"}}
	w, ok := words[frequency]
	switch {
	case !ok:
		return "after-answer"
	case unwritten:
		return w[1]
	}
	return w[0]
}
