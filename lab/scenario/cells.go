package scenario

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck/session"
)

// This file stages the cells of a table of failovers (section 8 of the specification): three members a, b and c, an
// older state that is written, one change, a death at an exact moment.

// Staged is a cell that ran: what was observed beside what is predicted and what the table says.
type Staged struct {
	Cell     *session.Cell
	Observed map[string]string // by the predicted columns
	Differs  []string
	Err      error
}

// cellRun is a cell on a stage.
type cellRun struct {
	*stage
	cell   *session.Cell
	b      *browser
	dead   []*lab.Member
	base   int64 // the count of the older state
	answer *observed
	late   bool // the members did not get quiet before the death, see settle: what differs then need not be a fault
}

// The names of columns.
const (
	appliedLeast = "appliedLeast"
	appliedMost  = "appliedMost"
	changeFound  = "changeFound"
)

// Stage runs a cell on a configuration with the members a, b and c. Where it differs, and a busy machine kept a member
// silent for so long that the others gave it no copies, which no table can know, it runs again: three runs at most.
// One that differs though its members were quiet is not run again: that is what is looked for.
func Stage(ctx context.Context, c *session.Cell, source *Source, o *Options) (out *Staged) {
	for range 3 {
		var late bool
		if out, late = stageOnce(ctx, c, source, o); !late || len(out.Differs) == 0 {
			break
		}
	}
	return out
}

// stageOnce runs a cell on a lab of its own. late says that its members did not get quiet in time.
func stageOnce(ctx context.Context, c *session.Cell, source *Source, o *Options) (out *Staged, late bool) {
	out = &Staged{Cell: c}
	sem, err := Assumptions("")
	if err != nil {
		out.Err = err
		return out, false
	}
	policy := c.Case.Policy
	st, err := newStage(ctx, &Test{Setup: Setup{Assumptions: sem, Processes: 1, Policy: &policy}}, source, o)
	if err != nil {
		out.Err = err
		return out, false
	}
	defer st.lab.Close()
	r := &cellRun{stage: st, cell: c, b: st.client("u")}
	if out.Err = r.run(ctx); out.Err != nil {
		return out, false
	}
	out.Observed = r.observed()
	out.Differs = c.Compare(out.Observed)
	return out, r.late
}

// run is a cell from the first request to the one that the survivors answer.
func (r *cellRun) run(ctx context.Context) error {
	for _, name := range strings.Split(r.cell.Value("dead"), "") {
		m, err := r.member(name)
		if err != nil {
			return err
		}
		r.dead = append(r.dead, m)
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	if err := r.older(ctx); err != nil {
		return err
	}
	return r.change(ctx)
}

// get sends a request to a fresh web server process, whose round robin begins at a: so a gets it while it lives, also
// where nothing else tells whose session it is.
func (r *cellRun) get(ctx context.Context, query string) (*observed, error) {
	if err := r.lab.Proxy(0).New(ctx); err != nil {
		return nil, err
	}
	q := &request{method: "GET", path: "/hitcount" + query, client: "u"}
	return r.observe(r.b, q, r.send(ctx, r.b, q)), nil
}

// order tells a something, as in "/tick".
func (r *cellRun) order(ctx context.Context, path, query string) error {
	_, err := r.lab.Member("a").Control(ctx, path, query)
	return err
}

// look moves the clocks beyond the write interval, which is 10 s in all cells, and lets the thread that writes look:
// it writes what it has not written for longer than that (W4).
func (r *cellRun) look(ctx context.Context) error {
	if err := r.lab.Advance(ctx, 11*time.Second); err != nil {
		return err
	}
	return r.order(ctx, "/tick", "")
}

// older writes an older state, unless the session is to be new.
func (r *cellRun) older(ctx context.Context) error {
	if strings.HasPrefix(r.cell.Value("moment"), "new-") {
		return nil
	}
	query := ""
	if r.cell.Value("frequency") == "manual" {
		query = "?sync=1"
	}
	o, err := r.get(ctx, query)
	if err != nil {
		return err
	}
	if r.base = o.Count; o.Member != "a" || o.Count != 1 {
		return fmt.Errorf("the older state: %d from %s, want 1 from a", o.Count, o.Member)
	}
	if r.cell.Value("frequency") == "tbw" {
		return r.look(ctx)
	}
	return nil
}

// change makes the change, and lets the members die at the moment of the cell. What is in flight at the death is sent
// again by the plug-in, and the answer to it is the survivor's; else another request shows what the survivor has.
func (r *cellRun) change(ctx context.Context) error {
	moment := strings.TrimPrefix(r.cell.Value("moment"), "new-")
	query := map[string]string{"set": "?x=1", "in-place": "?inplace=1",
		"in-place+other-set": "?inplace=1&other=1"}[r.cell.Value("change")]
	switch moment {
	case "during", "before-write", "after-write":
		return r.inFlight(ctx, moment, query)
	// The client has its whole answer while the member waits before the write, and is killed there.
	case "flushed-before-write":
		if err := r.order(ctx, "/failpoint", "at=before-write&do=delay&ms="+held); err != nil {
			return err
		}
		query += "&flush=1"
	case "synced":
		query += "&sync=1"
	}
	o, err := r.get(ctx, query)
	if err == nil && (o.Member != "a" || o.Count != r.base+1) {
		err = fmt.Errorf("the change: %d from %s, want %d from a", o.Count, o.Member, r.base+1)
	}
	if err == nil && moment == "after-look" {
		err = r.look(ctx)
	}
	if err == nil {
		err = r.die(ctx, moment == "orderly-stop")
	}
	if err == nil {
		r.answer, err = r.get(ctx, "?get=1")
	}
	return err
}

// quietLimit is how long a cell waits for its members to get quiet, which takes no time unless the machine is busy.
const quietLimit = 20 * time.Second

// settle waits until the members are quiet.
func (r *cellRun) settle(ctx context.Context) error {
	quiet, err := r.await(ctx, r.quiet)
	r.late = r.late || !quiet
	return err
}

// await asks until something is so, for quietLimit at most.
func (r *cellRun) await(ctx context.Context, is func(context.Context) (bool, error)) (bool, error) {
	for end := time.Now().Add(quietLimit); ; {
		if ok, err := is(ctx); ok || err != nil || time.Now().After(end) {
			return ok, err
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return false, err
		}
	}
}

// quiet reports whether the members know each other, and others hold what the one that dies has written: before the
// first request, or writes go to fewer holders than the table knows of, and before the death. Members that replicate
// nothing are quiet at once.
func (r *cellRun) quiet(ctx context.Context) (bool, error) {
	members := r.lab.Members()
	for _, m := range members {
		state, err := r.state(ctx, m)
		if err != nil {
			return false, err
		}
		if state.Replication == nil {
			continue
		}
		if !state.Replication.Ready || len(state.Replication.Living) < len(members) {
			return false, nil
		}
		for i := range state.Sessions {
			s := &state.Sessions[i]
			// the first of the dead is a, whose copies matter
			if m == r.dead[0] && s.Written > 0 && s.Replicas < len(state.Holders) {
				return false, nil
			}
		}
	}
	return true, nil
}

// die ends the members of the cell at once; in an orderly stop a goes first, and the others before they can act on it.
func (r *cellRun) die(ctx context.Context, orderly bool) error {
	if err := r.settle(ctx); err != nil {
		return err
	}
	if !orderly {
		return r.kill(r.dead)
	}
	if err := r.dead[0].Shutdown(ctx); err != nil {
		return err
	}
	return r.kill(r.dead[1:])
}

// held is how long a request is held at a moment, in milliseconds: until its member is dead.
const held = "60000"

// inFlight holds the request at the moment, and ends the members then. The survivor gets it again. The failpoint
// delays and does not kill: so members that are to die at once do, whichever of them has the request.
func (r *cellRun) inFlight(ctx context.Context, moment, query string) error {
	if err := r.order(ctx, "/failpoint", "do=delay&ms="+held+"&at="+moment); err != nil {
		return err
	}
	died := make(chan error, 1)
	go func() {
		_, err := r.await(ctx, r.reached)
		if err == nil {
			err = r.settle(ctx)
		}
		if err == nil {
			err = r.kill(r.dead)
		}
		died <- err
	}()
	var err error
	if r.answer, err = r.get(ctx, query); err != nil {
		return err
	}
	return <-died
}

// reached reports whether the request is at the moment at which it is held: a member forgets a failpoint when a
// request comes to it.
func (r *cellRun) reached(ctx context.Context) (bool, error) {
	state, err := r.state(ctx, r.lab.Member("a"))
	return err == nil && len(state.Failpoints) == 0, err
}

// observed are the predicted columns as they came. A request that was in flight has taken effect as often as the count
// has risen above the older state: least and most are the same here, since it has happened.
func (r *cellRun) observed() map[string]string {
	o, inFlight := r.answer, int64(0)
	switch strings.TrimPrefix(r.cell.Value("moment"), "new-") {
	case "during", "before-write", "after-write":
		inFlight = 1
	}
	base, found := r.base, 0
	if o.session != string(sessionKept) && o.session != string(sessionHome) {
		base = 0
	} else if o.Count > r.base {
		found = 1
	}
	applied := strconv.FormatInt(inFlight*(o.Count-base), 10)
	return map[string]string{"session": o.session, changeFound: strconv.Itoa(found), appliedLeast: applied,
		appliedMost: applied, "cookie": r.shortCookie()}
}

// shortCookie is the cookie in the table's form: the ID is the old one or a new one, the clone list is left out where
// sessions are persistent.
func (r *cellRun) shortCookie() string {
	id, o := "NEW", r.answer
	if len(o.Before) > 4 && strings.HasPrefix(o.Before[4:], o.Session) {
		id = "ID"
	}
	short := fmt.Sprintf("%04d%s", o.CacheID, id)
	if r.cell.Value("persistence") != "none" {
		return short
	}
	_, list, _ := strings.Cut(o.Cookie, ":")
	return short + ":" + list
}
