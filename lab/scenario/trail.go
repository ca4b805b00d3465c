package scenario

import (
	"time"

	"github.com/wasplug/wasplug/routecheck/session"
)

// trail is what is known of the last changes of a session from outside: which requests made them, and whether a look
// or a sync() has come since. It is what an administrator could say, too; nothing of it is asked of a member.
type trail struct {
	changes   int           // since the session was made, those written included
	unwritten int           // since the last moment at which all of them were to be written
	inPlace   bool          // of the unwritten ones, some were made without setAttribute
	set       bool          // and some with it
	at        time.Duration // of the clock, the last change
	used      time.Duration // the last request
	looked    time.Duration // the last moment at which all was to be written
	never     bool          // none has come yet
	large     bool          // more than the largest column takes
	refused   int           // of the unwritten ones, those that the store could not take
	covered   bool          // the store has what a member wrote that had hung, in place of what came since
	losses    int           // how often the grid had lost all it had when the session was made
}

// begins is a session that has just been made.
func (t *trail) begins(losses int) { *t = trail{never: true, losses: losses} }

// change is a request that changed the session. The first hit of a session sets its attributes in any case, and so is
// none in place; an edit of /author is always one.
func (t *trail) change(q *request, now time.Duration) {
	t.changes++
	t.unwritten++
	t.at = now
	if q.inPlace() && (t.changes > 1 || q.has("edit")) {
		t.inPlace = true
		t.set = t.set || q.has("other") || q.has("save")
	} else {
		t.set = true
	}
}

// writes is a moment at which everything is to be written.
func (t *trail) writes(now time.Duration) {
	t.refused, t.never, t.covered, t.unwritten, t.inPlace, t.set, t.looked = 0, false, false, 0, false, false, now
}

// request notes what a request was under a policy: end of service writes, sync() does, time based waits for a look.
// What the store cannot take stays unwritten, and goes with the next write that succeeds.
func (t *trail) request(q *request, p *session.Policy, now time.Duration, storeDown bool) {
	t.used = now
	storeDown = storeDown || t.large
	if q.increments() {
		t.change(q, now)
	}
	if storeDown {
		t.refused = t.unwritten
		return
	}
	if p.Frequency == session.EndOfService || q.has("sync") {
		last := *t
		t.writes(now)
		if last.inPlace { // what a write does not take along is still to be told to the predictor
			t.inPlace, t.set, t.unwritten = last.inPlace, last.set, last.unwritten
		}
	}
}

// look is a look of the thread that writes (W4): what was never written, or not for longer than the interval.
func (t *trail) look(p *session.Policy, now time.Duration, storeDown bool) {
	interval := time.Duration(p.Interval) * time.Second
	if p.Frequency == session.TimeBased && !storeDown && (t.never || now-t.looked > interval && t.used > t.looked) {
		t.writes(now)
	}
}
