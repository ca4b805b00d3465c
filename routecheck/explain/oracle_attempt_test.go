package explain

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// visit makes the attempts on a member that was selected, second streams and second connects included: done, over, or
// again.
func (o *oracle) visit(m int, https, affinity bool, body int64) string {
	s := &o.members[m]
	repeatable := body == 0 || o.c.buffer == -1 || body <= int64(o.c.buffer)*1024
	single := o.listed() == 1 && !o.isAddress(m)
	other := len(o.answer.attempts) > 0 && o.sem.TellsFailover // R63: whenever the selection has started again
	fresh := false
	for {
		failure, reused := o.failure(m), false
		switch failure {
		case Refused, Timeout:
			clear(s.streams)
		default:
			reused = !fresh && o.dequeue(s, https)
		}
		o.answer.attempts = append(o.answer.attempts,
			oracleAttempt{member: m, outcome: failure, reused: reused, failover: other})
		// silent: the end of any attempt frees the probe, also where two were under way (all-down, probe=all)
		s.probing = false
		connect := failure == Refused || failure == Timeout
		if failure == Reset && !reused && s.handshake && o.is(choices.ExtendedHandshake, "as-connect") {
			connect = true // R68
		}
		lost := failure == Reset || failure == Malformed && o.is(choices.MalformedAnswer, "stream-lost")
		switch {
		case failure == Healthy:
			o.pay(m)
			s.marked = false
			s.total++
			if affinity {
				s.affinity++
			}
			s.streams[https] = append(s.streams[https], o.now)
			o.answer.decision, o.answer.member = Forward, m
			return "done"
		case connect:
			if failure == Timeout {
				o.now += o.connectTime(s)
			}
			o.failed(m, true)
			if single {
				o.connects++
				if o.connects == 1 && o.is(choices.SingleMemberConnectRetry, "second") {
					fresh = true
					continue
				}
				return "over"
			}
			return o.again(m, true)
		case failure == Busy:
			o.pay(m)
			s.streams[https] = append(s.streams[https], o.now)
			o.busy(m)
			return o.again(m, repeatable)
		case failure == NoAnswer:
			o.now += match.Nanos(max(s.io, -s.io)) * match.Second
			o.ioTimeouts++
			goesOn := repeatable && (o.c.ioRetries < 0 || o.ioTimeouts <= o.c.ioRetries)
			if goesOn && reused { // R55 could also mark here; it is read as marking when the second stream fails
				fresh = true
				continue
			}
			o.failed(m, s.io < 0)
			if !goesOn || single { // R54: single-member cluster: 500
				return "over"
			}
			return o.again(m, true)
		case lost:
			if reused && failure == Reset { // R50c: a stale stream is no failure of the member
				if !repeatable {
					return "over"
				}
				fresh = true
				continue
			}
			o.failed(m, o.is(choices.EarlyClose, "marks"))
			if single && o.is(choices.EarlyClose, "as-io-timeout") { // R54
				return "over"
			}
			return o.again(m, repeatable)
		default: // R70
			s.marked = false
			s.failed++
			o.end(502)
			return "done"
		}
	}
}

// connectTime is the fine print of R50 with the levels of section 6.
func (o *oracle) connectTime(s *oracleMember) match.Nanos {
	wait := match.Nanos(s.connect) * match.Second
	if s.connect < 0 {
		wait = match.Nanos(o.sem.ConnectAbsent)
	}
	if wait == 0 {
		wait = 120 * match.Second
	}
	return wait
}

// again says whether the selection may start again after a failed attempt.
func (o *oracle) again(m int, repeatable bool) string {
	o.tried[m] = true
	if o.isAddress(m) {
		o.addressFailed = true
		if o.is(choices.ClusterAddressFailure, "fail") {
			return "over"
		}
	}
	if !repeatable {
		return "over"
	}
	return "again"
}

// failed counts a failure; it marks, or restarts the timer of a member that is marked already (R52).
func (o *oracle) failed(m int, marks bool) {
	s := &o.members[m]
	s.failed++
	if o.listed() == 1 || o.isAddress(m) || !marks && !s.marked {
		return
	}
	if !s.marked {
		o.answer.attempts[len(o.answer.attempts)-1].marked = true
	}
	o.marks[m] = true
	s.marked, s.failedAt = true, o.now
	if o.is(choices.RetryClock, "arrival-starts") || o.is(choices.RetryClock, "arrival-both") {
		s.failedAt = o.arrival
	}
}

// busy is R53 and the 503 of R52.
func (o *oracle) busy(m int) {
	s := &o.members[m]
	switch {
	case o.c.markBusy:
		o.failed(m, true)
	case s.marked && o.sem.BusyClears:
		s.failed++
		s.marked = false
	default:
		s.probing = s.marked && o.is(choices.Probe503BeforeFix, "stuck") // for ever
		o.failed(m, false)
	}
}

func (o *oracle) failure(m int) FailureMode {
	for _, f := range o.facts {
		if int(f.Member) == m && o.now >= f.From && (f.To == 0 || o.now < f.To) {
			return f.Failure
		}
	}
	return Healthy
}

// dequeue is R65 and R66.
func (o *oracle) dequeue(s *oracleMember, https bool) bool {
	ttl := match.Nanos(s.ttl) * match.Second
	if s.ttl < 0 {
		ttl = match.Nanos(o.sem.TTLAbsent)
	}
	queue := slices.DeleteFunc(s.streams[https], func(since match.Nanos) bool { return ttl > 0 && o.now-since > ttl })
	if len(queue) == 0 {
		s.streams[https] = nil
		return false
	}
	s.streams[https] = queue[:len(queue)-1]
	return true
}
