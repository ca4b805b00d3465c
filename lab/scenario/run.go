package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Run runs a test of the file on a lab of its own. What could not be done is in the result, as what is not as
// expected: the caller goes on with the next test.
func (f *File) Run(ctx context.Context, t *Test, source *Source, o *Options) *Result {
	r := &Result{Test: t, At: f.files.Start(t.Name.Span()), Verdict: AsExpected}
	began := time.Now()
	defer func() { r.Took = time.Since(began) }()
	st, err := newStage(ctx, t, source, o)
	// such a test wants the error
	if t.refused.Set() {
		return f.refused(r, st, err)
	}
	if err != nil {
		r.Err = err
		return r
	}
	run := &run{stage: st, file: f, result: r}
	for _, s := range t.Steps {
		if err := run.step(ctx, s); err != nil {
			r.Err = fmt.Errorf("%s: %w", f.files.Start(s.At), err)
			break
		}
	}
	run.conclude(o)
	if err := st.lab.Close(); err != nil && r.Err == nil {
		r.Err = err
	}
	return r
}

// refused is a test whose members are not to start: settings that the session manager refuses (row 27), say. Steps
// have no meaning then.
func (f *File) refused(r *Result, st *stage, err error) *Result {
	s := StepResult{At: r.At, What: "start", Verdict: AsExpected}
	switch want := r.Test.refused.V; {
	case err == nil:
		r.Err = st.lab.Close()
		s.Failures = []Failure{{"refused", want, "the members have started"}}
	case !strings.Contains(err.Error(), want):
		s.Failures = []Failure{{"refused", want, err.Error()}}
	}
	if len(s.Failures) > 0 {
		s.Verdict = NotAsExpected
	}
	r.Verdict, r.Steps = s.Verdict, []StepResult{s}
	return r
}

// run is a test that runs.
type run struct {
	*stage
	file   *File
	result *Result
}

// conclude checks the history of the test and hands it on. A check that fails is a failure of ours, whatever steps
// expect: no scenario can ask a store to lose what it has acknowledged.
func (r *run) conclude(o *Options) {
	h, err := r.history.History()
	if err != nil {
		r.result.Err = err
		return
	}
	r.result.History = h.Check()
	if !r.result.History.Fine() {
		r.result.Verdict = worse(r.result.Verdict, Differs)
	}
	if o.History != nil {
		for i := range h.Lines {
			o.History.Add(&h.Lines[i])
		}
	}
}

// verdict adds what is said of a step.
func (r *run) verdict(s *Step, what string, v Verdict, failures []Failure, rules []string) {
	r.result.Verdict = worse(r.result.Verdict, v)
	r.result.Steps = append(r.result.Steps, StepResult{At: r.file.files.Start(s.At), What: what, Verdict: v,
		Failures: failures, Rules: rules})
}

// worse is the graver of two verdicts: that of a test is that of its worst step.
func worse(a, b Verdict) Verdict {
	order := []Verdict{AsExpected, NotAsExpected, Differs}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// step does a step. An error is something that could not be done, and ends the test; what is not as expected does
// not.
func (r *run) step(ctx context.Context, s *Step) error {
	switch s.do {
	case doRequest:
		return r.requests(ctx, s)
	case doParallel:
		return r.parallel(ctx, s)
	case doExpect:
		return r.expectState(ctx, s)
	}
	if err := r.operate(ctx, s); err != nil {
		return err
	}
	r.verdict(s, s.do+" "+strings.Join(plain(s.members), ", "), AsExpected, nil, nil)
	return nil
}

// operate does what an operator does. All names are looked up before the first member is touched.
func (r *run) operate(ctx context.Context, s *Step) error {
	switch s.do {
	case doAdvance:
		r.advanced += s.wait
		return r.lab.Advance(ctx, s.wait)
	case doSleep:
		return pause(ctx, s.wait)
	case doNewProcess:
		return r.newProcess(ctx, s)
	case doStore:
		r.storeOut = s.down
		return r.store(ctx, s.down)
	}
	members := make([]*lab.Member, len(s.members))
	for i, name := range s.members {
		var err error
		if members[i], err = r.member(name.V); err != nil {
			return err
		}
	}
	// at once, not one after the other: who holds copies must not act on the first death before the second
	if s.do == doKill {
		return r.kill(members)
	}
	for _, m := range members {
		if err := r.handle(ctx, s, m); err != nil {
			return err
		}
	}
	return nil
}

// pause lets real time pass, whatever the clocks of the lab do, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newProcess replaces a web server process: marks, round robin and partition table begin anew (M12).
func (r *run) newProcess(ctx context.Context, s *Step) error {
	if s.process >= r.lab.Processes() {
		return fmt.Errorf("there are %d web server processes", r.lab.Processes())
	}
	if s.next != "" {
		r.nextAt = s.next
	}
	return r.lab.Proxy(s.process).New(ctx)
}

// store takes the database, or the grid, away from every member, or gives it back. It is the members that are told:
// the database itself goes on, so that what is in it can be looked at. Servers of a grid are no clients of it.
func (st *stage) store(ctx context.Context, down bool) error {
	from, word, text := time.Now(), "0", history.StoreUp
	if down {
		word, text = "1", history.StoreDown
	}
	for _, m := range st.up() {
		if m.InGrid() {
			continue
		}
		if _, err := m.Control(ctx, "/store", "down="+word); err != nil {
			return err
		}
	}
	st.storeEvent(text, from)
	return nil
}

// kill ends several members at once, and notes it when all of them are gone.
func (st *stage) kill(members []*lab.Member) error {
	from := time.Now()
	errs := make(chan error, len(members))
	for _, m := range members {
		go func() { errs <- m.Kill() }()
	}
	var err error
	for range members {
		if e := <-errs; e != nil {
			err = e
		}
	}
	for _, m := range members {
		st.goes(m.Name, doKill, "", from)
	}
	return err
}

// handle does something to one member.
func (st *stage) handle(ctx context.Context, s *Step, m *lab.Member) error {
	from := time.Now()
	var err error
	switch s.do {
	// It is noted before it hangs: the other members can answer its clients as soon as it does, and whoever looks at
	// such an answer asks how the owner went (remember).
	case doStop:
		st.goes(m.Name, doStop, "", from)
		return m.Stop()
	case doContinue:
		err = m.Continue()
		st.comes(m.Name, history.Continue, from)
	case doShutdown:
		err = m.Shutdown(ctx)
		st.goes(m.Name, doShutdown, "", from)
	case doStart:
		err = m.Start(ctx)
		st.comes(m.Name, history.Start, from)
		// the new process has not heard of the order
		if err == nil && st.storeOut && !m.InGrid() {
			_, err = m.Control(ctx, "/store", "down=1")
		}
	case doTick:
		_, err = m.Control(ctx, "/tick", "")
		st.looks(m.Name)
		st.note(history.Tick, m.Name, from)
	case doReap:
		_, err = m.Control(ctx, "/reap", "")
		st.note(history.Reap, m.Name, from)
	// The member is not gone yet: its next request reaches the moment, and gone notes it then.
	case doFailpoint:
		st.armed[m.Name] = s
		_, err = m.Control(ctx, "/failpoint", fmt.Sprintf("at=%s&do=%s&ms=%d", s.moment, s.how, s.wait.Milliseconds()))
	case doFault:
		if s.how == "refuse" {
			st.refusals[m.Name] = s.times
		}
		_, err = m.Control(ctx, "/fault", fmt.Sprintf("do=%s&times=%d", s.how, s.times))
	}
	return err
}

// looks notes that the thread that writes has looked at the sessions of a member. A member that had hung and has
// another one's session in memory writes its old state over the newer one (row 31): nothing compares.
func (st *stage) looks(name string) {
	st.known.Lock()
	defer st.known.Unlock()
	p := st.policy
	for _, b := range st.clients {
		if b.owner == name {
			b.trail.look(&p, st.now(), st.storeDown())
		} else if b.hung[name] && p.Frequency == session.TimeBased {
			b.trail.covered = true
		}
	}
}
