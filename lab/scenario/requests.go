package scenario

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/scenario/weblog"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// requests sends the requests of a step, one after the other. What is expected is expected of the last.
func (r *run) requests(ctx context.Context, s *Step) error {
	q := s.request
	if q.fresh {
		delete(r.clients, q.client)
	}
	b := r.client(q.client)
	for i := range q.repeat {
		if err := r.request(ctx, s, b, i == q.repeat-1); err != nil {
			return err
		}
	}
	return nil
}

// request sends one, and holds its answer against the prediction and, if it is the last, against the file. The order
// matters: facts are gathered and the prediction is made before the request is sent, so nothing of the answer can get
// into it; and a failpoint that it met is noted as a fate before the answer is looked at, which asks how the owner
// went.
func (r *run) request(ctx context.Context, s *Step, b *browser, last bool) error {
	q := s.request
	if q.process >= r.lab.Processes() {
		return fmt.Errorf("there are %d web server processes", r.lab.Processes())
	}
	var f *facts
	var d *explain.Decision
	if r.predicts(s) {
		var err error
		if f, err = r.facts(b, q, r.cookieOf(b, q)); err != nil {
			return err
		}
		d = r.predict(f, explain.WithSteps)
	}
	// what stands there is of earlier requests
	r.log.Take()
	a := r.send(ctx, b, q)
	a.log = r.log.Take()
	a.Attempts, a.Marked = weblog.Attempts(a.log)
	r.gone(ctx, q, a)
	r.refused(a.Attempts)
	o := r.observe(b, q, a)
	if d != nil {
		o.steps = len(d.Steps)
	}
	r.history.Add(r.line(q, o, predictedLine(d, f)))
	if d != nil && o.owner != "" && o.Member != o.owner {
		r.result.Failovers = append(r.result.Failovers, r.failover(d, f, b, q, o))
	}
	r.judge(s, b, d, f, o, last)
	return nil
}

// predicts reports that the prediction is held against what happens: as the file says, and else from the first fault
// on, or while a failpoint waits. Before that every member is up, and what is asked is what the test's own fields
// say.
func (r *run) predicts(s *Step) bool {
	if s.expect.predicted.Set() {
		return s.expect.predicted.V
	}
	return r.faults > 0 || len(r.armed) > 0
}

func (st *stage) cookieOf(b *browser, q *request) string { return b.cookie(st.hostOf(q), st.cookie) }

func (st *stage) base(q *request) string { return st.lab.Proxy(q.process).URL }

// hostOf is the Host header of a request.
func (st *stage) hostOf(q *request) string {
	if q.host != "" {
		return q.host
	}
	return st.host
}

// send sends a request of a client through the web server process that it names. With to its session cookie carries
// that member's clone ID alone, as if affinity had been lost: another member than the session's gets it.
func (st *stage) send(ctx context.Context, b *browser, q *request) *answer {
	one := *q
	one.host = st.hostOf(q)
	if m := st.lab.Member(q.to); m != nil {
		value := st.cookieOf(b, q)
		if at := strings.IndexAny(value, ":+"); at > 0 {
			one.cookie = value[:at+1] + m.CloneID
		}
	}
	return b.send(ctx, st.base(q), st.cookie, &one)
}

// refused counts the connections that members have refused as they were told to.
func (st *stage) refused(attempts []string) {
	for _, name := range attempts {
		if st.refusals[bare(name)] > 0 {
			st.refusals[bare(name)]--
		}
	}
}

// gone notes the members that a failpoint has brought down. A request need not have met it: it may have gone to
// another member, and the failpoint waits on. A member that stopped itself cannot be asked, so that one is taken to
// have met it; of one that delays nothing is left to note.
func (r *run) gone(ctx context.Context, q *request, a *answer) {
	for name, s := range r.armed {
		m := r.lab.Member(name)
		if s.how == "delay" {
			delete(r.armed, name)
			continue
		}
		dies := dies
		if a.Member == name && s.isBehind(q) {
			dies = awaitDeath
		}
		if s.how == doKill && !dies(ctx, m) {
			continue
		}
		// An answer that came whole although its member died: its client may know of a change that is not written. Half
		// an answer is none.
		moment := ""
		if !s.breaks(q) && s.moment != "mid-answer" {
			moment = s.moment
		}
		r.goes(name, s.how, moment, a.Sent)
		delete(r.armed, name)
	}
}

// dies reports whether a member has killed itself. Its death shows when it has been reaped; until then it takes no
// orders any more, so one that answers lives, and has not met its failpoint.
func dies(ctx context.Context, m *lab.Member) bool {
	if m.State() == lab.Stopped {
		return false
	}
	if _, err := m.Control(ctx, "/state", ""); err == nil {
		return false
	}
	return awaitDeath(ctx, m)
}

// isBehind reports whether the moment comes after an answer that was flushed: its member takes orders until then.
func (s *Step) isBehind(q *request) bool {
	return q.has("flush") && (s.moment == "before-write" || s.moment == "after-write")
}

// awaitDeath waits for a member that is to die, and reports whether it has.
func awaitDeath(ctx context.Context, m *lab.Member) bool {
	select {
	case <-m.Died():
		return true
	case <-ctx.Done():
		return false
	case <-time.After(mostDying):
		return false
	}
}

// mostDying is how long it may take until a process is reaped that takes no orders: longer on a busy machine than one
// would think. It is no bound on what members do, only the end of waiting.
const mostDying = 30 * time.Second

// orderAfter is how long requests are under way before what an operator does meanwhile: time enough to reach their
// member, unless they wait themselves (after).
const orderAfter = 250 * time.Millisecond

// parallel sends requests at the same time, and does what else it has while they are under way. They are not
// predicted, and their attempts are not known: their lines are mixed in the plug-in's log.
func (r *run) parallel(ctx context.Context, s *Step) error {
	answers := make([]*answer, len(s.steps))
	var all sync.WaitGroup
	for i, one := range s.steps {
		if one.do != doRequest {
			continue
		}
		b := r.client(one.request.client)
		all.Go(func() {
			_ = pause(ctx, one.request.after) // an end shows in the answers
			for range one.request.repeat {
				answers[i] = r.send(ctx, b, one.request)
			}
		})
	}
	err := r.meanwhile(ctx, s)
	all.Wait()
	maps.DeleteFunc(r.armed, func(_ string, s *Step) bool { return s.how == "delay" })
	r.log.Take()
	for i, one := range s.steps {
		if answers[i] == nil {
			continue
		}
		b := r.client(one.request.client)
		o := r.observe(b, one.request, answers[i])
		r.history.Add(r.line(one.request, o, nil))
		r.judge(one, b, nil, nil, o, true)
	}
	return err
}

// meanwhile does the steps that are no requests.
func (r *run) meanwhile(ctx context.Context, s *Step) error {
	for _, one := range s.steps {
		if one.do == doRequest {
			continue
		}
		if err := pause(ctx, orderAfter); err != nil {
			return err
		}
		if err := r.operate(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// failover tells of a request that another member answered than had the session: the block of a report that says who
// died, who took over, what was sent, acknowledged, written and found.
func (r *run) failover(d *explain.Decision, f *facts, b *browser, q *request, o *observed) Failover {
	out := Failover{Client: b.name, Path: q.path, Took: o.Member, Before: o.Before, After: o.Cookie,
		Acknowledged: int(o.lastBefore), Sent: int(o.lastBefore + own(q)), Written: o.floorBefore,
		// Found is without what this request itself added.
		Found: max(0, o.Count-o.applied), Gap: o.Got.Sub(o.Sent), Age: o.age, Lost: o.lost, Steps: r.timed(d, o)}
	for _, m := range r.lab.Members() {
		if gone := r.fates[m.Name]; gone != nil {
			out.Died = append(out.Died, Death{m.Name, gone.how, r.elapsed() - gone.at})
		}
	}
	if d.Session != nil {
		p := d.Session
		out.Predicted, out.Rules = p.Text, p.Outcome.Rules
		out.Session, out.Cookie = p.Outcome.Session, p.Outcome.Cookie
	}
	return out
}

// timed puts the times of the run beside the steps of the prediction: when the web server process wrote the line that
// tells of the step to the plug-in's log. A step is worded as the lines that the plug-in would write of it, and the
// first of these that stands in the log behind the step before is taken; a step that logs nothing has no time (-1).
func (st *stage) timed(d *explain.Decision, o *observed) (out []TimedStep) {
	at := 0
	for i, s := range d.Steps {
		step := TimedStep{Rule: s.Rule, Text: s.Text, After: -1}
		told := i == 0
		replay.Events(st.table, d.Result.Match.Cluster, []failover.Step{s.Step}, func(e *pluginlog.Event) {
			if told {
				return
			}
			if found := slices.IndexFunc(o.log[at:], func(l weblog.Line) bool {
				return l.Event.Kind == e.Kind && (e.Member == "" || l.Event.Member == e.Member)
			}); found >= 0 {
				at, told = at+found, true
			}
		})
		if told && len(o.log) > 0 {
			step.After = o.log[at].At.Sub(o.Sent)
		}
		out = append(out, step)
	}
	return out
}

// expectState waits until the members are in a state, 15 s at most: they hear of a death, and copies arrive, by real
// time (L6, L8), whatever the clocks of the lab say. It ends with the first look at which all is so, and cannot show
// that something stays as it is.
func (r *run) expectState(ctx context.Context, s *Step) error {
	var failures []Failure
	for limit := time.Now().Add(15 * time.Second); ; {
		var err error
		if failures, err = r.stateFailures(ctx, s); err != nil {
			return err
		}
		if len(failures) == 0 || time.Now().After(limit) {
			break
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	v := AsExpected
	if len(failures) > 0 {
		v = NotAsExpected
	}
	r.verdict(s, "expect", v, failures, nil)
	return nil
}

// stateFailures compares the state as it is now. Of a session the member counts that answered last; where it is not
// up, there is no owner. A field that nobody tells of has its zero, so that it can be expected.
func (r *run) stateFailures(ctx context.Context, s *Step) (out []Failure, err error) {
	b := r.clientOf(s.expect.client)
	got := map[string][]string{"unprotected": {"0"}, "written": {"false"}}
	unprotected := 0
	for _, m := range r.up() {
		got["up"] = append(got["up"], m.Name)
		state, err := r.state(ctx, m)
		if err != nil {
			return nil, err
		}
		unprotected += state.Unprotected
		for _, one := range state.Sessions {
			if b == nil || one.ID != b.id || m.Name != b.owner {
				continue
			}
			got["owner"], got["holders"] = []string{m.Name}, state.Holders
			got["written"] = []string{fmt.Sprint(!one.Unwritten)}
		}
	}
	got["unprotected"], got["crossovers"] = []string{fmt.Sprint(unprotected)},
		[]string{fmt.Sprint(r.crossovers.Load())}
	for i := range s.expect.fields {
		if w := &s.expect.fields[i]; !w.fits(got[w.name]) {
			out = append(out, Failure{w.name, strings.Join(w.want, ", "), strings.Join(got[w.name], ", ")})
		}
	}
	return out, nil
}

// clientOf is the client of a name, or the only one.
func (st *stage) clientOf(name string) *browser {
	if b := st.clients[name]; b != nil || name != "" || len(st.clients) != 1 {
		return b
	}
	for _, b := range st.clients {
		return b
	}
	return nil
}
