package requests

import (
	"cmp"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// An episode is what a low log level shows of a request: lines of one thread about failures, without the line that
// begins the request. It has no duration and is never unfinished, and where it ends has to be concluded from what
// cannot belong to it.

// usualTimeout is what connectTimeout and ServerIOTimeout are taken for when the log prints none, and marginTime what
// comes on top. In a log that is being written no attempt is waited for longer than longAttempt.
const (
	usualTimeout = 10 * time.Second
	marginTime   = 2 * time.Second
	longAttempt  = 10 * time.Minute
)

// Fails reports whether a kind is about the failure of an attempt or of a request.
func Fails(k pluginlog.Kind) bool {
	switch k {
	case pluginlog.ConnectFailed, pluginlog.ConnectTimedOut, pluginlog.HandshakeFailed, pluginlog.StreamFailed,
		pluginlog.IOTimedOut, pluginlog.TimeoutFired, pluginlog.ServerWriteFailed, pluginlog.ResponseMalformed,
		pluginlog.TransactionFailed, pluginlog.MarkedDown, pluginlog.ClientWriteFailed, pluginlog.BodyShort,
		pluginlog.NoAppServer, pluginlog.AllCouldBeDown, pluginlog.RequestFailed:
		return true
	}
	return false
}

// anotherEpisode reports whether a line belongs to another request than the episode that is open on its thread.
func (a *Assembler) anotherEpisode(r *Request, e *pluginlog.Event) bool {
	if r.Began {
		return false
	}
	return a.late(r, e) || Fails(e.Kind) && !r.awaited() && (elsewhere(r, e) || r.markedEarlier(e))
}

// late reports whether a line comes too long after an episode to belong to it.
func (a *Assembler) late(r *Request, e *pluginlog.Event) bool {
	return !r.Began && !r.awaited() && e.Time.Sub(r.End) > a.patience(e)
}

// awaited reports whether the log shows that an attempt is under way, however long it takes.
func (r *Request) awaited() bool {
	if r.saw.next.member != "" {
		return true // it was checked last, and the log level hides the attempt
	}
	last := r.last()
	return last != nil && last.Outcome == Pending && !last.ended
}

// patience is how long the thread of an episode may be silent: the longest timeout that the log prints.
func (a *Assembler) patience(e *pluginlog.Event) time.Duration {
	if e.Kind == pluginlog.IOTimedOut {
		a.timeout = max(a.timeout, time.Duration(e.Seconds)*time.Second)
	}
	return a.silence()
}

// silence is how long the thread of an episode may be silent by what is known so far.
func (a *Assembler) silence() time.Duration {
	return cmp.Or(max(a.timeout, a.Timeout), usualTimeout) + marginTime
}

// elsewhere reports whether a connect to another host failed although the log did not say that another member will be
// tried.
func elsewhere(r *Request, e *pluginlog.Event) bool {
	last := r.last()
	return e.Kind == pluginlog.ConnectFailed && last != nil && last.finished && !r.saw.again && last.otherHost(e.Host)
}

// otherHost reports whether a host is known to be another one than that of the attempt.
func (at *Attempt) otherHost(host string) bool { return host != "" && at.Host != "" && at.Host != host }

// markedEarlier reports whether a line names a member that an attempt before the one under way has marked: a request
// never asks it again (R52).
func (r *Request) markedEarlier(e *pluginlog.Event) bool {
	if e.Kind != pluginlog.MarkedDown && e.Kind != pluginlog.TransactionFailed {
		return false
	}
	for i := range r.Attempts {
		at := &r.Attempts[i]
		// Of the attempt under way both lines tell, in this order: the mark, then the failed transaction.
		over := i < len(r.Attempts)-1 || at.told || at.ended && e.Kind == pluginlog.MarkedDown
		if at.Marked && at.Member == e.Member && over {
			return true
		}
	}
	return false
}

// last returns the last attempt, nil when there is none.
func (r *Request) last() *Attempt {
	if len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

// carry takes the attempt under way, of which the lines before this one tell, out of the request: it is the first of
// the next one.
func (r *Request) carry() (Attempt, bool) {
	last := r.last()
	if last == nil || last.ended || last.Marked || len(r.Attempts) == 1 {
		return Attempt{}, false
	}
	at := *last
	r.Attempts = r.Attempts[:len(r.Attempts)-1]
	r.Last, r.End = at.before, at.quiet
	return at, true
}

// resume begins the next episode with the attempt that the one before gave up.
func (r *Request) resume(at Attempt) {
	r.Attempts = append(r.Attempts, at)
	r.Start, r.First.Line = at.Start, at.Line
}
