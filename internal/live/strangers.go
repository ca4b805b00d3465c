package live

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/routecheck/match"
)

// stranger is a request of another client, as a member got it. It moves the round robin and the weights of its cluster
// as ours do, so it is taken into account.
type stranger struct {
	listener.Seen
	cluster match.ClusterID
	member  match.MemberID
	seen    match.Nanos // when it arrived, to the millisecond
}

// strangersOf takes the requests of others that arrived while a question was asked into the run: before or behind our
// own, as they came. Where they came at the same time, or while members of their cluster failed, nobody can tell what
// they have changed: the state of their cluster is not known then.
func (d *Driver) strangersOf(q *question.Question, asked []question.Asked, orders []uint64, r *question.Run) {
	for len(d.strange) > 0 {
		s := d.strange[0]
		d.strange = d.strange[1:]
		r.Strangers++
		if q.Cluster == s.cluster && (q.Disturbs() || s.amid(asked)) || !d.fits(&s) {
			r.Disturbed = append(r.Disturbed, s.cluster)
			continue
		}
		at := slices.IndexFunc(orders, func(order uint64) bool { return order > s.Order })
		if at < 0 {
			at = len(orders)
		}
		asked = slices.Insert(asked, at, s.asked())
		orders = slices.Insert(orders, at, s.Order)
	}
	r.Asked = append(r.Asked, asked...)
}

// amid reports whether a request came while one of ours was under way.
func (s *stranger) amid(asked []question.Asked) bool {
	return slices.ContainsFunc(asked, func(a question.Asked) bool {
		return a.Seen.Start-millisecond <= s.seen && s.seen <= a.Seen.End+millisecond
	})
}

// fits reports whether a request of another client is one that leads to where it arrived.
func (d *Driver) fits(s *stranger) bool {
	rq := s.request()
	m, ok := d.Table.Match(&rq, d.Assumptions)
	return ok && m.Cluster == s.cluster
}

// request is what the other client sent, as far as a member gets it.
func (s *stranger) request() match.Request {
	line, _, _ := strings.Cut(s.Head, "\r\n")
	_, rest, _ := strings.Cut(line, " ")
	target, _, _ := strings.Cut(rest, " ")
	rq := match.Request{Host: field(s.Head, "Host"), Target: target, Body: int64(s.Size), Port: 80,
		TLS: strings.EqualFold(field(s.Head, "$WSSC"), "https")}
	for line := range strings.SplitSeq(s.Head, "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Cookie") {
			rq.Cookies = append(rq.Cookies, strings.TrimSpace(value))
		}
	}
	return rq
}

// asked is the request as a step of a question of its own. What its client got nobody saw (Unwatched).
func (s *stranger) asked() question.Asked {
	q := &question.Question{Name: "a request of another client", Cluster: s.cluster,
		Steps: []question.Step{{Request: s.request(), Unwatched: true}}}
	return question.Asked{Question: q, Seen: question.Seen{Start: s.seen, End: s.seen,
		Arrived: []question.Arrival{{Cluster: s.cluster, Member: s.member, TLS: s.TLS}}}}
}
