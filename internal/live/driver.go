package live

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Clock is the time that a driver keeps.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration)
}

// Wall is the clock on the wall.
type Wall struct{}

// Now is the time.
func (Wall) Now() time.Time { return time.Now() }

// Sleep waits, or until ctx ends.
func (Wall) Sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Driver asks questions of a target, one request after the other.
type Driver struct {
	Table        *match.Table
	Assumptions  *choices.Assumptions // by which requests of others are told apart
	Target       Target
	Members      *Remote // nil: they are the user's, and tell by a cookie or a header who answers
	MemberHeader string
	Run          string        // names the run, in the header field that marks its requests
	Every        time.Duration // from the start of a request to that of the next, at least
	Clock        Clock

	started  time.Time  // of the run, zero before it
	last     time.Time  // start of the last request
	requests int        // sent so far; the last one's number is part of its ID
	order    uint64     // of what arrived at members, how far it is known
	strange  []stranger // requests of others that no question has taken in yet
}

// since is the time of the run.
func (d *Driver) since() match.Nanos { return match.Nanos(d.Clock.Now().Sub(d.started)) }

// begin notes what arrived before, which is none of this run's, and at which clusters: what the web server still knows
// of them (marks, weights, where round robin stands) nobody can tell.
func (d *Driver) begin(ctx context.Context, r *question.Run) error {
	d.started = d.Clock.Now()
	if d.Members == nil {
		return nil
	}
	seen, err := d.Members.since(ctx, 0)
	for i := range seen {
		d.order = seen[i].Order
		cluster, server, _ := strings.Cut(seen[i].Member, "/")
		if c, _, ok := d.find(cluster, server); ok && !slices.Contains(r.Stale, c) {
			r.Stale = append(r.Stale, c)
		}
	}
	r.Earlier = len(seen)
	return err
}

// asking is a step under way.
type asking struct {
	question.Asked
	id    string // in its header field idHeader: what arrives with it is this request
	reply reply  // once done is closed
	order uint64 // of its first arrival, else of what had arrived before
	done  chan struct{}
	conns []uint64       // the connections to members on which it arrived, one for each attempt
	at    match.MemberID // who holds it back, NoMember where nobody does
}

// ask asks a question, and lets all members be well again, also where it could not be asked to its end: they outlive
// the run. A step that is held has ended only behind the next one; in asked it keeps the place in which it was sent.
func (d *Driver) ask(ctx context.Context, q *question.Question) (asked []question.Asked, orders []uint64, err error) {
	failing := map[match.MemberID]bool{}
	defer func() {
		if wellErr := d.well(ctx, q, failing); err == nil {
			err = wellErr
		}
	}()
	var held *asking
	for i := range q.Steps {
		a, err := d.step(ctx, q, i, failing)
		if err != nil {
			return nil, nil, err
		}
		if q.Steps[i].Hold {
			held = a
			asked, orders = append(asked, question.Asked{}), append(orders, 0) // its place
			continue
		}
		if held != nil {
			if err := d.letGo(ctx, q, held); err != nil {
				return nil, nil, err
			}
			asked[len(asked)-1] = held.Asked
			held = nil
		}
		asked, orders = append(asked, a.Asked), append(orders, a.order)
	}
	return asked, orders, nil
}

// step does what is to happen before a request, and sends it; one that is held is under way when it returns.
func (d *Driver) step(ctx context.Context, q *question.Question, i int, failing map[match.MemberID]bool) (*asking,
	error) {
	s := &q.Steps[i]
	if s.Wait > 0 {
		d.Clock.Sleep(ctx, time.Duration(s.Wait))
	}
	for _, f := range s.Set {
		failing[f.Member] = f.Failure != explain.Healthy
		if err := d.Members.order(ctx, d.name(q.Cluster, f.Member), faults(f.Failure)...); err != nil {
			return nil, err
		}
	}
	if s.Hold {
		return d.hold(ctx, q, i, failing)
	}
	a := d.send(ctx, q, i)
	return a, d.finish(ctx, a)
}

// faults are what a listener is told, to fail in a way. Who begins to fail closes what idles first: a stream that was
// open before would meet the fault as one that is used again.
func faults(how explain.FailureMode) []listener.Fault {
	closed := listener.Fault{Do: listener.Refuse}
	switch how {
	case explain.Refused:
		return []listener.Fault{closed}
	case explain.NoAnswer:
		return []listener.Fault{closed, {Do: listener.Hang}}
	case explain.Busy:
		return []listener.Fault{closed, {Do: listener.Unavailable}}
	case explain.Reset:
		return []listener.Fault{closed, {Do: listener.Reset}}
	case explain.Malformed:
		return []listener.Fault{closed, {Do: listener.Malformed}}
	}
	return []listener.Fault{{}}
}

// hold sends the request of a step, and returns when it is at a member, which holds it back; the others answer. Which
// member that will be is the plug-in's to say, so all that are well hold one request back until it has arrived.
func (d *Driver) hold(ctx context.Context, q *question.Question, i int, failing map[match.MemberID]bool) (*asking,
	error) {
	var well []match.MemberID
	for m := range d.Table.Clusters[q.Cluster].Members {
		id := match.MemberID(m)
		if failing[id] {
			continue
		}
		well, failing[id] = append(well, id), false
		next := listener.Fault{Do: listener.Hold, Times: 1}
		if err := d.Members.order(ctx, d.name(q.Cluster, id), next); err != nil {
			return nil, err
		}
	}
	a := d.send(ctx, q, i)
	if err := d.underWay(ctx, a); err != nil {
		return nil, err
	}
	for _, m := range well {
		if m == a.at {
			continue
		}
		if err := d.Members.order(ctx, d.name(q.Cluster, m), listener.Fault{}); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// letGo lets a request that was held back be answered.
func (d *Driver) letGo(ctx context.Context, q *question.Question, held *asking) error {
	if held.at != match.NoMember {
		if err := d.Members.order(ctx, d.name(q.Cluster, held.at), listener.Fault{}); err != nil {
			return err
		}
	}
	return d.finish(ctx, held)
}

// well ends all faults of a question. That the run was given up is no reason to leave members failing.
func (d *Driver) well(ctx context.Context, q *question.Question, touched map[match.MemberID]bool) error {
	for m := range touched {
		if err := d.Members.order(context.WithoutCancel(ctx), d.name(q.Cluster, m), listener.Fault{}); err != nil {
			return err
		}
	}
	return nil
}

// name is how the control interface calls a member.
func (d *Driver) name(c match.ClusterID, m match.MemberID) string {
	return d.Table.Clusters[c].Name + "/" + d.Table.MemberName(c, m)
}

// send sends the request of a step, not sooner than the pace allows.
func (d *Driver) send(ctx context.Context, q *question.Question, i int) *asking {
	if wait := d.Every - d.Clock.Now().Sub(d.last); d.requests > 0 && wait > 0 {
		d.Clock.Sleep(ctx, wait)
	}
	d.requests++
	d.last = d.Clock.Now()
	a := &asking{id: fmt.Sprintf("%s-%d", d.Run, d.requests), done: make(chan struct{}), at: match.NoMember}
	a.Question, a.Step, a.Seen.Start = q, i, d.since()
	go func() {
		defer close(a.done)
		a.reply = d.Target.send(ctx, &q.Steps[i].Request, a.id)
	}()
	return a
}

// underWay waits until a request is at a member, or has ended: an answer of the web server itself, for one. After ten
// seconds the question goes on without: what is seen then is judged as all else.
func (d *Driver) underWay(ctx context.Context, a *asking) error {
	for range 2000 { // with the sleep below, ten seconds
		select {
		case <-a.done:
			return nil
		default:
		}
		seen, err := d.Members.since(ctx, d.order)
		if err != nil {
			return err
		}
		for i := range seen {
			if field(seen[i].Head, idHeader) == a.id {
				cluster, server, _ := strings.Cut(seen[i].Member, "/")
				if c, m, ok := d.find(cluster, server); ok && c == a.Question.Cluster {
					a.at = m
				}
				return nil
			}
		}
		d.Clock.Sleep(ctx, 5*time.Millisecond)
	}
	return nil
}

// finish waits for the answer and finds out what arrived. Members note a request before they answer, so behind an
// answer all its arrivals are there. A target that cannot be reached is an error; a cut connection is an observation.
func (d *Driver) finish(ctx context.Context, a *asking) error {
	<-a.done
	if a.reply.err != nil {
		return fmt.Errorf("request %d: %w", d.requests, a.reply.err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	a.Seen.End, a.Seen.Status = d.since(), a.reply.status
	if d.Members == nil {
		a.Seen.Blind = true
		a.Seen.Arrived = d.answered(a)
		return nil
	}
	seen, err := d.Members.since(ctx, max(d.order, uint64(window))-window)
	if err != nil {
		return err
	}
	if len(seen) > 0 {
		a.order = seen[len(seen)-1].Order
	}
	for i := range seen {
		d.arrived(a, &seen[i])
	}
	return nil
}

// window is how far back arrivals are looked through: a request that was held arrived before others.
const window = 200

// arrived takes what a member saw for a request, where it is that of the request. What is new and bears no mark of
// this run is another client's; requests of this run that were late, of questions before, are neither.
func (d *Driver) arrived(a *asking, s *listener.Seen) {
	id := field(s.Head, idHeader)
	cluster, server, _ := strings.Cut(s.Member, "/")
	c, m, ok := d.find(cluster, server)
	if s.Order > d.order {
		d.order = s.Order
		if ok && !strings.HasPrefix(id, d.Run+"-") {
			d.strange = append(d.strange, stranger{*s, c, m, match.Nanos(s.At-d.started.UnixMilli()) * millisecond})
		}
	}
	if id != a.id || !ok {
		return
	}
	if len(a.conns) == 0 {
		a.order = s.Order
	}
	a.conns = append(a.conns, s.Connection)
	a.Seen.Arrived = append(a.Seen.Arrived, question.Arrival{Cluster: c, Member: m,
		Failover: strings.EqualFold(field(s.Head, "$WSFO"), "true"),
		Waits:    strings.EqualFold(field(s.Head, "Expect"), "100-continue"), TLS: s.TLS})
}

// find finds a member by the names of its cluster and itself.
func (d *Driver) find(cluster, server string) (match.ClusterID, match.MemberID, bool) {
	for c := range d.Table.Clusters {
		if d.Table.Clusters[c].Name != cluster {
			continue
		}
		for m := range d.Table.Clusters[c].Members {
			if d.Table.MemberName(match.ClusterID(c), match.MemberID(m)) == server {
				return match.ClusterID(c), match.MemberID(m), true
			}
		}
	}
	return -1, match.NoMember, false
}

const millisecond = match.Second / 1000

// field is the value of a header field in a head.
func field(head, name string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
