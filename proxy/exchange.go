package proxy

import (
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// carrier does what an exchange asks for: a forwarder.
type carrier interface {
	// send sends the request to a member and waits for the head of its answer: Head, or what went wrong.
	// An answer that was held before is forgotten.
	send(failover.Action) failover.Event
	// deliver passes the answer at hand on to the client: Done, StreamLost, IOTimeout or ClientGone.
	deliver() failover.Event
	// fail answers with a status of the proxy's own. Nothing has gone out yet.
	fail(status int)
	// cut ends the client's connection: part of an answer has gone out, and no status can be taken back.
	cut()
}

// exchange is the failover loop of one request (section 4 of the procedure): it asks Next what to do, has it done,
// tells Observe what became of it. It knows no bytes and decides nothing.
type exchange struct {
	gen     *generation.Generation
	cluster *generation.Cluster
	state   failover.RequestState
	now     func() match.Nanos
	at      match.Nanos   // the time of the last decision, set under the cluster's lock
	log     *logs.Request // nil: none
}

// run ends with the request: what the client gets has been written, or its connection is to be closed.
func (x *exchange) run(w carrier) {
	for {
		act := x.next()
		switch {
		case act.Kind == failover.Send:
			if x.attempt(w, act) {
				return
			}
		case act.Kind == failover.Fail && act.Member != match.NoMember:
			w.deliver() // that member's 503; its attempt is settled
			return
		case act.Kind == failover.Fail:
			w.fail(act.Status)
			return
		default:
			w.cut()
			return
		}
	}
}

// attempt makes one attempt and reports whether the request is over. What became of it is observed once: a failure, or
// the head of an answer, by which the core says whether the client gets it. Where it does, how that ended is observed,
// too. A head that is not delivered stays with the carrier until the next send: it may be the 503 that is passed on.
func (x *exchange) attempt(w carrier, act failover.Action) (over bool) {
	began := x.at // observe moves x.at on, and waits are counted from the choice of the member
	then := x.observe(w.send(act), began)
	if then == failover.Deliver {
		then = x.observe(w.deliver(), began)
	}
	return then == failover.Over
}

// next asks the core for the next step. Here and below Flush is deferred first, so it runs last: when lines go to a
// disk the lock is free again.
func (x *exchange) next() failover.Action {
	defer x.log.Flush()
	x.cluster.Lock()
	defer x.cluster.Unlock()
	// under the lock: decisions of a cluster, and their lines in the log, are in the order of their times
	x.at = x.now()
	act := failover.Next(x.gen.Table, &x.cluster.State, &x.state, x.at, &x.gen.Sem, x.log.Recorder())
	x.log.Steps(x.gen.Table, x.state.Cluster, x.at)
	return act
}

// observe tells the core what became of an attempt, and notes it for the status page: a failure is what the core has
// counted as one.
func (x *exchange) observe(ev failover.Event, began match.Nanos) failover.ActionKind {
	member := x.state.Last
	then, failed := x.settle(ev, &x.cluster.State.Members[member])
	x.cluster.Members[member].Work.Note(ev, x.at-began, failed)
	return then
}

// settle also reports whether the core has counted the event as a failure of the member. Not every event that looks
// like one is: a stale stream and a client that leaves are not.
func (x *exchange) settle(ev failover.Event, of *failover.MemberState) (then failover.ActionKind, failed bool) {
	defer x.log.Flush()
	x.cluster.Lock()
	defer x.cluster.Unlock()
	x.at = x.now()
	before := of.Failed
	then = failover.Observe(x.gen.Table, &x.cluster.State, &x.state, x.at, ev, &x.gen.Sem, x.log.Recorder())
	x.log.Steps(x.gen.Table, x.state.Cluster, x.at)
	return then, of.Failed != before
}

// noteStream tells the log that an attempt has a stream. Nothing is decided by it, so without a log there is nothing
// to do, and x.at stays that of the decision.
func (x *exchange) noteStream(act failover.Action, reused bool) {
	if x.log == nil {
		return
	}
	defer x.log.Flush()
	x.cluster.Lock()
	defer x.cluster.Unlock()
	failover.NoteStream(x.gen.Table, &x.state, act, reused, x.log.Recorder())
	x.log.Steps(x.gen.Table, x.state.Cluster, x.now())
}
