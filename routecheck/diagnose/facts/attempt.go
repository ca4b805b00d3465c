package facts

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Limits from which on something is long.
const (
	systemTimeout = 20 * time.Second // a connect that lasts as long is ended by the operating system (ND1)
	longHang      = 5 * time.Minute  // an answer that is awaited as long will not come (ND2)
	quickError    = time.Second      // an error that comes sooner cost the member little work (ND5)
	slowRequest   = 5 * time.Second
)

// done takes a finished request. The order counts: where a session went asks whether its member is marked, which the
// attempts before say.
func (l *Log) done(r *requests.Request) {
	n := l.noteOf(r)
	l.Requests++
	l.process(r.PID, r.End)
	for i := range r.Attempts {
		l.attempt(r, i)
	}
	if len(r.Attempts) > 1 {
		l.Retried++
	}
	l.sessionWent(r, n)
	l.body(r, n)
	l.phases(r)
	l.routed(r, n)
	l.tell(n, r, func() { l.story.Done(r) })
	l.spare, r.Note = n, nil
}

// attempt takes one of them. Pending says nothing: the level hides how it ended, or the log ends.
func (l *Log) attempt(r *requests.Request, i int) {
	at := &r.Attempts[i]
	p := l.proc(at.Member, r.PID)
	if p == nil {
		return
	}
	if at.Host != "" && at.Port != 0 {
		p.address(fmt.Sprintf("%s:%d", at.Host, at.Port))
	}
	if p.began == 0 {
		p.began = at.Start
	}
	switch at.Outcome {
	case requests.Pending:
	case requests.Answered:
		l.answer(r, i, p)
	default:
		l.failure(r, i, p)
	}
	if at.Marked {
		l.mark(r, at, p)
	}
}

// seeAttempt counts an attempt by its first line.
func (l *Log) seeAttempt(s *Sightings, r *requests.Request, at *requests.Attempt, what string) {
	l.See(s, requests.Place{File: r.First.File, Line: at.Line}, func() string {
		where := at.Member
		if at.Host != "" {
			where = strings.TrimSpace(where + " on " + at.Host)
		}
		return where + ": " + what
	})
}

// answer takes an attempt that the member answered, whatever the status: to the plug-in it is up.
func (l *Log) answer(r *requests.Request, i int, p *proc) {
	at := &r.Attempts[i]
	p.Answered++
	l.seeAttempt(&p.Served, r, at, "answered")
	// An attempt that is not the first, and one of a process that has a mark, are failovers, or could be.
	if process := l.Processes[r.PID]; i > 0 || process != nil && process.marked > 0 {
		p.AfterMark++
	}
	l.judgeStatus(r, at, p)
	if p.MarkedAt != 0 {
		l.back(r, at, p)
	}
	if p.WasMarked {
		if at.Affinity {
			p.OldBack++
		} else {
			p.NewBack++
		}
	}
	// marks are per process: this one uses a member that another one leaves alone
	if len(p.Marked) > 0 && p.Marked[r.PID] == 0 {
		p.ServedWhileMarked++
	}
	delete(p.Marked, r.PID)
	p.okAt, p.okSince, p.failedAt, p.inRow, p.unreach = at.End, true, 0, 0, 0
}

// back takes the first answer after a mark. Half an interval later than the usual one is slow; how long the cluster's
// own is, NR1 compares (LongestBack).
func (l *Log) back(r *requests.Request, at *requests.Attempt, p *proc) {
	gap := at.Start.Sub(p.MarkedAt)
	p.LongestBack = max(p.LongestBack, gap)
	if gap > UsualRetry+UsualRetry/2 {
		l.seeAttempt(&p.SlowBack, r, at, fmt.Sprintf("tried again %.0f s after the mark, and answered", gap.Seconds()))
	}
	p.MarkedAt, p.NewBack, p.OldBack = 0, 0, 0
	if process := l.Processes[r.PID]; process != nil {
		process.marked--
	}
}

// UsualRetry is RetryInterval where no file says it.
const UsualRetry = 60 * time.Second

// judgeStatus counts answers with an error, none of which is a failure to the plug-in (R53).
func (l *Log) judgeStatus(r *requests.Request, at *requests.Attempt, p *proc) {
	if at.Status == 0 {
		return
	}
	l.Statuses++
	if at.Status < 500 {
		return
	}
	p.Errors++
	if r.Answer < quickError {
		p.Quick++
	}
	switch at.Status {
	case 503:
		l.seeAttempt(&l.Own503, r, at, "answered 503")
	case 500:
		p.lastError = at.End
		l.seeAttempt(&l.AppErrors, r, at, "answered 500")
	}
}

// failure takes an attempt that the plug-in gave up, by how it ended. A stream that broke, or a timeout, may rightly
// leave no mark (R50c, R54), so "not marked" is said of connects and handshakes alone.
func (l *Log) failure(r *requests.Request, i int, p *proc) {
	at := &r.Attempts[i]
	how := at.Outcome
	p.Failed++
	if p.inRow++; p.inRow == 1 {
		p.failedAt = at.Start
	}
	if how != requests.Failed && how != requests.IOTimeout && !at.Marked {
		l.seeAttempt(&p.Unmarked, r, at, how.String()+", and not marked down")
	}
	if (how == requests.Refused || how == requests.ConnectTimeout) && r.Connect >= systemTimeout {
		l.seeAttempt(&l.LongConnect, r, at, fmt.Sprintf("the connect failed after %.0f s", r.Connect.Seconds()))
	}
	switch how {
	case requests.Refused:
		l.refused(r, at, p)
	case requests.ConnectTimeout:
		p.unreach++
		l.seeAttempt(&p.unreachable, r, at, "the connect timed out")
	case requests.IOTimeout:
		l.ioTimedOut(r, i, p)
	case requests.Failed:
		if at.Reused {
			l.seeAttempt(&p.ReusedLost, r, at, "an idle connection was taken, and broke")
		} else {
			l.seeAttempt(&p.FreshLost, r, at, "connected anew, and the connection broke")
		}
	}
}

// refused takes a connect that failed at once: the member stops, is down, or its host cannot be reached, which the
// error number of the operating system tells apart.
func (l *Log) refused(r *requests.Request, at *requests.Attempt, p *proc) {
	if p.okSinceMark() && p.lastError != 0 && at.Start.Sub(p.lastError) <= time.Minute {
		l.seeAttempt(&l.Dying, r, at, fmt.Sprintf("refused %.0f s after it answered 500",
			at.Start.Sub(p.lastError).Seconds()))
	}
	if noHost(at.OSError) {
		p.unreach++
		l.seeAttempt(&p.unreachable, r, at, fmt.Sprintf("no way to the host (OS error %d)", at.OSError))
		return
	}
	l.seeAttempt(&p.Member.Refused, r, at, fmt.Sprintf("refused (OS error %d)", at.OSError))
	if p.WasMarked {
		l.seeAttempt(&p.RefusedAtBack, r, at, "refused again")
	}
}

// okSinceMark reports whether the member has answered since it was marked, or was never marked.
func (p *proc) okSinceMark() bool { return p.okSince || !p.WasMarked }

// noHost reports whether an error number of some platform says that nobody was reached: timed out, or no route. The
// catalogue has their names.
func noHost(n int32) bool {
	switch n {
	// Linux, AIX, Solaris, HP-UX, Windows, IBM i, z/OS
	case 110, 113, 78, 81, 145, 148, 238, 242, 10060, 10065, 3447, 1127:
		return true
	}
	return false
}

// ioTimedOut takes ServerIOTimeout that fired: at which path, with a mark (below 0, R55) or without (above 0, R54),
// and who was asked next.
func (l *Log) ioTimedOut(r *requests.Request, i int, p *proc) {
	at := &r.Attempts[i]
	path, _, _ := strings.Cut(r.URI, "?")
	if use := l.Paths[path]; use != nil {
		use.IOTimeouts++
	} else if path != "" && len(l.Paths) < mostPaths {
		l.Paths[kept(path)] = &pathUse{1}
	}
	if at.Marked {
		l.seeAttempt(&p.IOMarked, r, at, "ServerIOTimeout fired, marked down")
	} else {
		l.seeAttempt(&p.IOUnmarked, r, at, "ServerIOTimeout fired, and not marked down")
	}
	if i > 0 && r.Attempts[i-1].Outcome == requests.IOTimeout {
		l.seeAttempt(&l.AskedTwice, r, at, "ServerIOTimeout fired again in the same request")
	}
	if i+1 < len(r.Attempts) && r.Attempts[i+1].Member == at.Member && !at.Marked {
		l.seeAttempt(&l.SameAgain, r, at, "ServerIOTimeout fired, and the same member was asked again")
	}
}

// mark takes a member that a process marked down. The first mark is how the process found out (ND7). A later one is
// either a member that had served meanwhile and failed again, or a try that failed, which restarts the timer (R52).
func (l *Log) mark(r *requests.Request, at *requests.Attempt, p *proc) {
	end := max(at.End, at.Start)
	l.seeAttempt(&p.Member.Marks, r, at, "marked down")
	switch {
	case !p.WasMarked:
		if p.MarkedBy++; p.MarkedBy == 1 {
			p.FirstMark = end
		}
		p.LastFirstMark = end
	case p.okSince:
		l.seeAttempt(&p.Flaps, r, at, "marked down again after it had answered")
	default:
		l.seeAttempt(&p.FailedTries, r, at, fmt.Sprintf("the try after %.0f s failed, too",
			end.Sub(p.MarkedAt).Seconds()))
	}
	if process := l.Processes[r.PID]; process != nil && p.MarkedAt == 0 {
		process.marked++
	}
	p.MarkedAt, p.MarkAt = end, requests.Place{File: r.First.File, Line: at.Line}
	p.WasMarked, p.okSince = true, false
	if len(p.Marked) < mostProcesses {
		p.Marked[r.PID] = end
	}
}

// has reports whether a request is odd for a reason, by the name that JSON gives it.
func has(r *requests.Request, name string) bool {
	for _, reason := range r.Reasons.Split() {
		if reason.Name() == name {
			return true
		}
	}
	return false
}

// phases takes the times. What takes long is judged where the requests are put together (parser/pluginlog/requests);
// here it is counted.
func (l *Log) phases(r *requests.Request) {
	if r.Timed() {
		l.Timed++
	}
	wall := r.Wall()
	if wall >= slowRequest {
		l.Slow++
	}
	l.hangs(r)
	if r.Reasons == 0 {
		return
	}
	if has(r, "slow-answer") && r.Status != 0 && wall >= slowRequest {
		l.seeRequest(&l.SlowAnswer, r, fmt.Sprintf("%.1f s for the answer of %.1f s",
			r.Answer.Seconds(), wall.Seconds()))
	}
	if has(r, "slow-body") || has(r, "short-body") {
		l.seeRequest(&l.SlowBody, r, fmt.Sprintf("the client took %.1f s to send the body", r.Body.Seconds()))
	}
	if has(r, "slow-continue") || has(r, "slow-extended-handshake") || has(r, "slow-handshake") {
		l.seeRequest(&l.SlowRound, r, fmt.Sprintf("%.1f s for round trips before the request",
			(r.Continue+r.Extended+r.Handshake).Seconds()))
	}
	if has(r, "little-server") && r.Body < wall/2 && r.Connect < wall/2 && r.Handshake+r.Continue+r.Extended < wall/2 {
		l.seeRequest(&l.LittleServer, r, fmt.Sprintf("%.1f s, of which the member took %.1f s", wall.Seconds(),
			r.Server.Seconds()))
	}
}

// hangs finds requests whose member took the connection and says nothing. Only the last attempt can hang. An
// unfinished one hangs if the log goes on for five minutes after its last line.
func (l *Log) hangs(r *requests.Request) {
	if len(r.Attempts) == 0 {
		return
	}
	at := &r.Attempts[len(r.Attempts)-1]
	switch {
	case r.Answer >= longHang:
		l.seeAttempt(&l.Hung, r, at, fmt.Sprintf("the answer took %.0f s", r.Answer.Seconds()))
	case has(r, "unfinished") && at.Outcome == requests.Pending && l.LastTime.Sub(r.End) >= longHang:
		l.seeAttempt(&l.Hung, r, at, fmt.Sprintf("no answer for %.0f s, until the log ends",
			l.LastTime.Sub(r.End).Seconds()))
	}
}

// body takes what became of requests with a body. That there is one is told by the line of its length, or by the method
// POST, which is all that low levels show.
func (l *Log) body(r *requests.Request, n *note) {
	gaveUp := has(r, "gave-up") || has(r, "no-response")
	if r.Method != "POST" && n.posted == 0 {
		return
	}
	if len(r.Attempts) == 0 {
		if gaveUp && n.posted > 0 {
			l.seeRequest(&l.PostTooLong, r, fmt.Sprintf("given up without an attempt, the body has %d bytes",
				n.posted))
		}
		return
	}
	first := &r.Attempts[0]
	how := first.Outcome
	// a refused connect, or a handshake, fails before anything is sent (R50)
	sent := how == requests.IOTimeout || how == requests.Failed
	switch {
	case sent && len(r.Attempts) > 1:
		l.seeRequest(&l.PostRepeated, r, fmt.Sprintf("sent %d times", len(r.Attempts)))
	case how == requests.Failed && first.Reused && gaveUp:
		l.seeRequest(&l.Stale, r, "an idle connection broke, and the body could not be sent again")
	case how == requests.Failed && gaveUp:
		l.seeRequest(&l.PostBroken, r, "the connection broke, and the body could not be sent again")
	case sent && gaveUp:
		l.seeRequest(&l.PostLost, r, "failed by "+how.String()+", and the body could not be sent again")
	}
	if how == requests.Failed && !first.Reused && n.bodies > 0 {
		l.seeRequest(&l.PostReset, r, "the connection broke after the body had been sent")
	}
}

// settle ends what is only known at the end of the log. A process that reaches nobody at its last three attempts and
// more, and another one that began later and had answers meanwhile: the older one has an address that is no longer the
// member's (NR5).
func (l *Log) settle() {
	moved := map[*Member]bool{}
	for _, p := range l.Procs {
		if p.unreach < 3 || p.inRow != p.unreach {
			continue
		}
		for _, other := range l.Procs {
			if other.Member == p.Member && other.began > p.failedAt && other.okAt > p.failedAt && other.okAt != 0 &&
				other.began != 0 {
				moved[p.Member] = true
			}
		}
	}
	l.OldAddress = l.OverMembers(func(m *Member) Sightings { return m.unreachable },
		func(m *Member) bool { return moved[m] })
}
