package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Observe takes in what became of the attempt under way: marks, timers, counters. It returns what the caller does:
// Deliver the answer whose head has come, Hold it back until Next says whether somebody else is tried (R53), nothing
// more when the request is Over, or Ask, call Next. rec may be nil.
func Observe(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, ev Event, sem *choices.Assumptions,
	rec *Recorder) ActionKind {
	o := outcome{selection: selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: f, now: now, sem: sem, rec: rec},
		kind: ev.Kind}
	from := rec.count()
	switch ev.Kind {
	case ConnectFailed, ConnectTimeout, NameDiffers:
		o.connect(ev)
	case StreamLost:
		o.lost(ev)
	case IOTimeout:
		o.ioTimeout(ev)
	case Malformed:
		o.malformed()
	case Head:
		o.head(ev.Status)
	case Done:
		o.done()
	case ClientGone, LocalWant:
		o.gone()
	case BodyTooLarge:
		// with the line in the log that tells of it: others decide before this request is refused
		o.gone()
		o.f.todo = todoChoose // where Next refuses it (R59)
	}
	rec.settle(from, f)
	return f.then(ev.Kind)
}

// then says what the caller does after an event. A head that does not begin the answer is a 503, which is held back.
func (f *RequestState) then(kind EventKind) ActionKind {
	switch {
	case kind == Head && f.begun:
		return Deliver
	case kind == Head:
		return Hold
	case f.todo == todoOver:
		return Over
	}
	return Ask
}

// outcome settles one attempt. It is a selection, as it asks the same state by the same choices, but picks nobody:
// what comes next it leaves in RequestState.todo.
type outcome struct {
	selection
	kind   EventKind
	fits   bool   // a body of unknown size is taken to fit the buffer
	choice string // what the failure hangs on, "" for nothing
	also   string // another rule that the failure shows
}

// hangsOn reads a choice that says how the attempt is settled; the step that tells of it names the choice.
func (o *outcome) hangsOn(c choices.Choice) uint8 {
	o.choice = c.String()
	return o.consult(c)
}

// state is that of the member of the attempt.
func (o *outcome) state() *MemberState { return &o.cs.Members[o.f.Last] }

// unmarkable: the only listed server is never marked (R51), nor is the ClusterAddress (R41).
func (o *outcome) unmarkable() bool { return o.f.Last == o.c.Address || o.c.Single() }

// failsFree notes that an attempt ends without the head of an answer, which under weight-on-failure=success-only has
// cost nothing (R32).
func (o *outcome) failsFree() {
	if o.f.cost != free {
		o.consult(choices.WeightOnFailure)
	}
}

// release ends the attempt's claim on the member; a probe that decided nothing lets the next request probe (R52).
func (o *outcome) release() {
	ms := o.state()
	ms.Pending--
	if o.f.probing {
		ms.Probing = false
	}
}

// fail books a failure. Where mark holds, the member is marked down; a probe that fails restarts its timer in any case
// (R52), also by a failure that would not have marked the member. marked says that it was not marked before.
func (o *outcome) fail(mark bool) (marked bool) {
	ms := o.state()
	o.release()
	o.failsFree()
	ms.Failed++
	o.f.tried.add(o.f.Last)
	o.f.lastBusy = false
	mark = mark && !o.unmarkable()
	if !mark && !o.f.probing {
		return false
	}
	marked = !ms.MarkedDown
	ms.MarkedDown, ms.FailedAt = true, o.failedAt()
	o.f.marked.add(o.f.Last)
	return marked
}

// failedAt is where the retry timer starts (R52; choice retry-clock).
func (o *outcome) failedAt() match.Nanos {
	if o.f.Arrived != o.now {
		if clock := o.consult(choices.RetryClock); clock == choices.ArrivalStarts || clock == choices.ArrivalBoth {
			return o.f.Arrived
		}
	}
	return o.now
}

// again lets Next select once more, or ends the request when its body cannot be sent again (R57).
func (o *outcome) again(repeatable bool) {
	if o.f.Last == o.c.Address && o.consult(choices.ClusterAddressFailure) != choices.BalanceInstead {
		o.end(500)
		o.noteEnd(WhyAddressFailed, "R41")
		return
	}
	if !repeatable {
		o.end(500)
		o.noteEnd(WhyNotRepeatable, "R57")
		return
	}
	o.f.todo = todoChoose
}

// repeatable reports whether the request can be sent once more (R57). A body whose size is unknown beforehand can, as
// long as it fits the buffer.
func (o *outcome) repeatable(sent SentKind) bool {
	switch {
	case sent == SentNothing:
		return true
	case o.f.Body == Buffered && o.f.Size < 0 && o.c.PostBuffer >= 0 && !fitsBuffer(o.c):
		if o.fits = o.consult(choices.BodyBeyondBuffer) == 0; o.fits && o.choice == "" {
			o.choice = choices.BodyBeyondBuffer.String()
		}
		return o.fits
	}
	return o.f.Body != Unbuffered
}

// fitsBuffer reports whether every body that PostSizeLimit lets through fits PostBufferSize.
func fitsBuffer(c *match.Cluster) bool { return c.PostLimit >= 0 && c.PostLimit <= c.PostBuffer }

// end lets Next answer with a status of the web server's own.
func (o *outcome) end(status int) { o.f.todo, o.f.status = todoFail, status }

// connect is R50 and R51: nothing was sent, so any body may follow. A certificate with another name is a failed
// connect, too; only SecureHostVerification says whether it marks (APAR PH48747).
func (o *outcome) connect(ev Event) {
	marked := o.fail(ev.Kind != NameDiffers)
	// The only server is never marked, so a second connect is all that can be tried. Trace 03 shows it; what
	// swg21408884 says, that one server is not retried, is about timeouts (choice single-member-connect-retry).
	if o.f.Last != o.c.Address && o.c.Single() {
		if !o.f.second && o.consult(choices.SingleMemberConnectRetry) != choices.NoSecondConnect {
			o.f.second, o.f.todo = true, todoSecond
			o.noteFailure(WhyNoStreamSecond, "R51", marked)
			return
		}
		o.noteFailure(WhyNoStreamOnly, "R51", marked)
		o.end(500)
		return
	}
	o.noteFailure(WhyNoStream, "R50", marked)
	o.again(true)
}

// lost sorts a stream that broke by what it says of the member. Behind the head of an answer that no longer matters:
// the client has it (R58). A probe of ExtendedHandshake that fails is a failed connect (R68); an idle stream that is
// closed was stale, and says nothing (R50c); a new one that is closed is a failure (R50b).
func (o *outcome) lost(ev Event) {
	if o.f.begun { // R58 goes before all others: what the client has cannot be taken back
		o.cut(o.closeMarks())
		return
	}
	handshake := o.c.Members[o.f.Last].Handshake && !ev.ReusedStream && ev.Sent == SentNothing
	if handshake && o.hangsOn(choices.ExtendedHandshake) != choices.HandshakeAsStream {
		o.also = "R68"
		o.connect(ev)
		return
	}
	repeatable := o.repeatable(ev.Sent)
	switch {
	case ev.ReusedStream && repeatable: // no failure of the member's: it is neither counted nor tried
		o.release()
		o.noteFailure(WhyStale, "R50c", false)
		o.f.todo = todoFresh
	case ev.ReusedStream:
		o.release()
		o.failsFree()
		o.noteFailure(WhyStaleEnds, "R50c", false)
		o.again(false)
	default:
		o.closed(WhyClosed, repeatable)
	}
}

// HandshakeFails reports whether a new stream that is closed before anything was read fails as a handshake (R68).
func HandshakeFails(m *match.Member, sem *choices.Assumptions, seen *choices.Consulted) bool {
	return m.Handshake && sem.Consult(choices.ExtendedHandshake, seen) != choices.HandshakeAsStream
}

// cut ends the client's connection: a part of the answer has reached it, and what another member says would be read as
// the rest of that (R58).
func (o *outcome) cut(mark bool) {
	o.noteFailure(WhyCut, "R58", o.fail(mark))
	o.f.todo = todoCut
}

// closed is R50b: the member is marked down, or the attempt counts like one that ran into a positive ServerIOTimeout
// (choice early-close: swg21219808 marks, swg21408884 does not), without the bound of ServerIOTimeoutRetry, which
// counts I/O timeouts alone (R56).
func (o *outcome) closed(why Reason, repeatable bool) {
	marks := o.closeMarks()
	if repeatable && o.c.Single() && o.sem.Is(choices.AttemptLimit, choices.UntilNone) {
		// the only server is not marked in any case, but may be asked again: the choice says whether it is
		o.consult(choices.EarlyClose)
	}
	o.noteFailure(why, "R50b", o.fail(marks))
	if !marks && repeatable && o.onlyServer(WhyOnlyClosed) {
		return
	}
	o.again(repeatable)
}

// closeMarks reports whether a stream that is closed too early marks its member. The choice is consulted where it can
// decide: neither on what is never marked, nor on a probe, whose failure keeps the mark in any case.
func (o *outcome) closeMarks() bool {
	if o.unmarkable() || o.f.probing {
		return !o.sem.Is(choices.EarlyClose, choices.CloseAsTimeout) // the mark is what it is, whatever the choice
	}
	return o.hangsOn(choices.EarlyClose) != choices.CloseAsTimeout
}

// onlyServer ends a request whose cluster has no other server to be asked (R54).
func (o *outcome) onlyServer(why Reason) bool {
	if !o.c.Single() || o.f.Last == o.c.Address {
		return false
	}
	o.end(500)
	o.noteEnd(why, "R54")
	return true
}

// malformed is R70: the member has answered, so it is not marked down, but its answer is of no use.
func (o *outcome) malformed() {
	lost := o.hangsOn(choices.MalformedAnswer) == choices.MalformedAsLost
	switch {
	case o.f.begun:
		o.cut(lost && o.closeMarks())
	case lost:
		o.closed(WhyUnreadableCloses, o.repeatable(SentSome))
	default:
		if o.f.probing {
			o.clear()
		}
		o.noteFailure(WhyUnreadable, "R70", o.fail(false))
		o.end(502)
		o.noteEnd(WhyAnswered, "R70")
	}
}

// ioTimeout is the end of a wait for an answer. The sign of ServerIOTimeout says whether it marks the member: below 0
// it does (R55), above it does not, and affinity chooses the same member again (R54), which ServerIOTimeoutRetry alone
// bounds (R56).
func (o *outcome) ioTimeout(ev Event) {
	allowed := o.c.IORetries < 0 || o.f.IORetries < o.c.IORetries // R56, before this timeout is counted
	member := &o.c.Members[o.f.Last]
	rule := "R54"
	if member.MarkOnIO {
		rule = "R55"
	}
	if o.f.begun {
		o.cut(member.MarkOnIO)
		return
	}
	repeatable := o.repeatable(ev.Sent)
	if ev.ReusedStream && repeatable && allowed {
		// A stream that was stale hangs as a member does that is stuck: a new one tells, and R56 counts it.
		o.release()
		o.noteFailure(WhyStaleTimeout, "R54", false)
		o.f.IORetries++
		o.f.todo = todoFresh
		return
	}
	o.noteFailure(WhyIOTimeout, rule, o.fail(member.MarkOnIO))
	// A body that cannot be sent again ends the request whatever retries are left: again says so, with R57.
	if repeatable && !allowed {
		o.end(500)
		o.noteEnd(WhyRetriesUsed, "R56")
		return
	}
	if repeatable && o.onlyServer(WhyOnlyTimeout) {
		return
	}
	o.f.IORetries++
	o.again(repeatable)
}

// gone ends a request whose client has left, or that is refused here: no failure of the member's.
func (o *outcome) gone() {
	o.release()
	if !o.f.begun {
		o.failsFree()
	}
	o.f.todo = todoOver
	if o.rec.wants() {
		o.noteGone()
	}
}

// head is R53 for a 503, otherwise the answer begins and a probe has succeeded (R52). Every other status is an answer:
// an overview of V8.5 says that any 5xx marks, PM49491 that a 503 does not, and the APAR is followed.
func (o *outcome) head(status int) {
	if o.rec.wants() {
		o.noteHead(status)
	}
	o.pay() // under weight-on-failure=success-only a head is the success, a 503 included
	o.f.cost = free
	if status == 503 {
		o.busy()
		return
	}
	o.f.begun, o.f.todo = true, todoOver
	if o.f.probing {
		o.clear()
	}
}

// clear ends the mark of a member whose probe has succeeded (R52).
func (o *outcome) clear() {
	ms := o.state()
	ms.MarkedDown, ms.Probing, o.f.probing = false, false, false
	if o.rec.wants() {
		o.noteCleared()
	}
}

// busy is R53: the answer is held back while somebody else may be asked. What a 503 does to a probe changed with
// PM49491: since then it clears the mark, as the member has answered; before, it may have left the probe to itself for
// ever, so that nobody probed again.
func (o *outcome) busy() {
	if o.f.probing && !o.c.MarkBusy && o.sem.BusyClears {
		o.clear()
	}
	stuck := o.f.probing && !o.c.MarkBusy && !o.sem.BusyClears &&
		o.hangsOn(choices.Probe503BeforeFix) != choices.ProbeRestartsTimer
	marked := o.fail(o.c.MarkBusy)
	// fail has released the probe; one that is stuck holds its place though nobody is on the way, until a reload
	o.state().Probing = o.state().Probing || stuck
	o.f.lastBusy = true // behind fail, which says that the last attempt was not
	if o.c.MarkBusy {
		o.noteFailure(WhyBusyMarks, "R53", marked)
	} else {
		o.noteFailure(WhyBusy, "R53", marked)
	}
	o.f.todo = todoChoose
	if !o.repeatable(SentSome) ||
		o.f.Last == o.c.Address && o.consult(choices.ClusterAddressFailure) != choices.BalanceInstead {
		o.f.todo = todoPass
	}
}

// done counts an answer that has been passed on whole (R67). A pick by FailoverToNext counts as one of affinity: the
// request belongs to a session, wherever that is.
func (o *outcome) done() {
	ms := o.state()
	o.release()
	ms.Total++
	affine := o.f.By == ByAffinity || o.f.By == ByNextPrimary
	if affine {
		ms.Affinity++
	}
	o.f.todo = todoOver
	if o.rec.wants() {
		o.noteAnswer(ms)
	}
}
