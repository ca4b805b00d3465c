package requests

import "github.com/wasplug/wasplug/parser/pluginlog"

// apply lets an event change the request; true when the request is over.
func (a *Assembler) apply(r *Request, e *pluginlog.Event) (over bool) {
	switch e.Kind {
	case pluginlog.RouteTried:
		r.Began, r.saw.routed = true, true
		r.setHost(e)
	case pluginlog.RouteNotFound:
		r.saw.noRoute = true
	case pluginlog.RequestStarted:
		r.Began, r.saw.started = true, true
	case pluginlog.RequestNamed:
		r.Began, r.saw.named = true, true
		r.setHost(e)
	case pluginlog.RequestEnded:
		r.Complete, r.saw.ended = true, true
		return true
	case pluginlog.RequestLine:
		a.requestLine(r, e)
	case pluginlog.Header:
		r.cacheHeader(e)
	case pluginlog.CloneAdded:
		a.addClone(r, e.Clone)
	case pluginlog.CloneCompared:
		a.addClone(r, e.Clone)
		r.saw.acting = true
	case pluginlog.AliasMatched, pluginlog.URIMatched:
		r.saw.found = r.saw.found || e.Kind == pluginlog.URIMatched
		r.setHost(e)
	case pluginlog.AliasCompared, pluginlog.URICompared, pluginlog.URINotMatched, pluginlog.ClonesListed:
		// nothing that counts; above all no sign that members are asked (acting)
	case pluginlog.ESI, pluginlog.ESICacheHit, pluginlog.ESICacheMiss:
		r.esi(e)
	default:
		r.saw.acting = true
		return a.act(r, e)
	}
	return false
}

// setHost keeps the first host and URI: later lines repeat them, or are of an ESI sub-request.
func (r *Request) setHost(e *pluginlog.Event) {
	if r.Host == "" {
		r.Host = keep(e.Host)
	}
	if r.URI == "" {
		r.URI = keep(e.URI)
	}
}

// requestLine takes the first line of the request as it goes to the member; the first one counts, for a second attempt
// sends it again.
func (a *Assembler) requestLine(r *Request, e *pluginlog.Event) {
	if r.Method == "" {
		r.Method = a.name(e.Method)
	}
	if r.URI == "" {
		r.URI = keep(e.URI)
	}
}

// addClone keeps the clone IDs in the order in which the log shows them first.
func (a *Assembler) addClone(r *Request, clone string) {
	for _, known := range r.Clones {
		if known == clone {
			return
		}
	}
	if len(r.Clones) < maxClones {
		r.Clones = append(r.Clones, a.name(clone))
	}
}

// act handles what concerns members and the wire.
func (a *Assembler) act(r *Request, e *pluginlog.Event) (over bool) {
	switch e.Kind {
	case pluginlog.CloneMatched:
		r.saw.next = chosen{member: a.name(e.Member), affinity: true}
	case pluginlog.StatusChecked:
		a.checked(r, e)
	case pluginlog.Picked, pluginlog.PickedOld:
		a.picked(r, e)
	case pluginlog.TransportSet:
		at := r.current(e)
		at.Host, at.Port = a.name(e.Host), e.Port
	case pluginlog.MarkedDown:
		a.markedDown(r, e)
	case pluginlog.Counted:
		return a.counted(r, e)
	case pluginlog.TransactionFailed:
		a.transactionFailed(r, e)
	case pluginlog.HandshakeFailed:
		a.handshakeFailed(r, e)
	case pluginlog.NoAppServer:
		r.saw.noApp = true
	case pluginlog.AllCouldBeDown:
		r.saw.allDown = true
	case pluginlog.RequestFailed:
		r.saw.gaveUp, r.saw.closing = true, true
	default:
		r.exchange(e)
	}
	return false
}

// checked takes the check of a member's status. The member checked last is the one that gets the request, whether or
// not a "picked" line follows. Affinity comes first and asks without regard to weights (R23); from the first check
// that regards them on it is balancing.
func (a *Assembler) checked(r *Request, e *pluginlog.Event) {
	r.saw.balanced = r.saw.balanced || !e.Check.IgnoreWeights
	r.saw.next = chosen{a.name(e.Member), !r.saw.balanced, r.saw.balanced}
}

// picked begins the attempt at the member, or names the member of the one that is under way.
func (a *Assembler) picked(r *Request, e *pluginlog.Event) {
	// Another member is picked: the attempt before is over, whatever the log level shows of its end.
	if n := len(r.Attempts); n > 0 && r.Attempts[n-1].Member != "" && r.Attempts[n-1].Member != e.Member {
		r.Attempts[n-1].ended = true
	}
	if r.saw.next.member != e.Member {
		r.saw.next = chosen{member: a.name(e.Member)}
	}
	member := r.saw.next.member
	r.current(e).Member = member
	r.saw.next = chosen{}
}

// current returns the attempt that is under way, a new one when there is none.
func (r *Request) current(e *pluginlog.Event) *Attempt {
	if n := len(r.Attempts); n > 0 && !r.Attempts[n-1].ended {
		return &r.Attempts[n-1]
	}
	r.saw.again, r.saw.balanced = false, false
	// The last of them gives way to the one that begins, which is needed; the first ones say how it all began.
	if len(r.Attempts) >= maxAttempts {
		r.Dropped++
		r.Attempts = r.Attempts[:maxAttempts-1]
	}
	next := r.saw.next
	r.Attempts = append(r.Attempts, Attempt{Start: e.Time, Line: e.Line, Member: next.member,
		Affinity: next.affinity, Balanced: next.balanced, before: r.prev, quiet: r.prevEnd})
	r.saw.next = chosen{}
	return &r.Attempts[len(r.Attempts)-1]
}

// end closes the attempt that is under way.
func (r *Request) end(e *pluginlog.Event, o Outcome) *Attempt {
	at := r.current(e)
	// The line that says more, as "Connect timeout fired", comes before the one that says less, as "Failed to create
	// the stream".
	if at.Outcome == Pending || at.Outcome == Failed {
		at.Outcome = o
	}
	at.End = e.Time
	return at
}

// markedDown finds the attempt that marked the member: the one under way, or the last one.
func (a *Assembler) markedDown(r *Request, e *pluginlog.Event) {
	n := len(r.Attempts)
	if n > 0 && r.Attempts[n-1].ended && (r.Attempts[n-1].Member == "" || r.Attempts[n-1].Member == e.Member) {
		r.Attempts[n-1].Marked = true
		r.Attempts[n-1].Member = a.name(e.Member)
		return
	}
	at := r.end(e, Failed)
	at.Marked, at.finished, at.Member = true, true, a.name(e.Member)
}

// counted closes the attempt at a member whose counters were printed without a failure before, and with it a request
// whose end the log level hides. At LogLevel Stats the check of the member's status is all that is seen of an
// attempt.
func (a *Assembler) counted(r *Request, e *pluginlog.Event) (over bool) {
	if r.saw.next.member == e.Member && e.Member != "" {
		r.current(e)
	}
	n := len(r.Attempts)
	if n == 0 {
		return false
	}
	at := &r.Attempts[n-1]
	if at.ended {
		if at.Outcome == Answered && at.Member == "" {
			at.Member = a.name(e.Member) // no line before named it
		}
		return false
	}
	if at.Outcome != Pending && at.Outcome != Answered || at.Member != "" && at.Member != e.Member {
		return false
	}
	at.Outcome, at.End, at.ended = Answered, e.Time, true
	return !r.Began
}

// transactionFailed takes the line with which the plug-in ends an attempt: it names the member, and says whether
// another one will be tried.
func (a *Assembler) transactionFailed(r *Request, e *pluginlog.Event) {
	at := r.endedBefore(e)
	if at == nil {
		at = r.end(e, Failed)
	}
	// The member answered, and another one is asked all the same: a 503 (R53), say.
	if at.Outcome == Answered {
		at.Outcome = Failed
	}
	at.Member, at.ended, at.finished, at.told = a.name(e.Member), true, true, true
	if at.Host == "" {
		at.Host = a.name(e.Host)
	}
	r.saw.retry, r.saw.again = r.saw.retry || e.Retry, e.Retry
	r.saw.read = false
}

// endedBefore returns the attempt that a line before has ended, with a timeout or a status, and which this line tells
// of; nil when it tells of another one.
func (r *Request) endedBefore(e *pluginlog.Event) *Attempt {
	at := r.last()
	if at == nil || !at.ended || at.told || r.saw.next.member != "" || at.Member != "" && at.Member != e.Member {
		return nil
	}
	return at
}
