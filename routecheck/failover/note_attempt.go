package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file notes an attempt and what became of it. Nothing here decides.

// noteAssign keeps what the plug-in logs of a pick: the weight that is left, and the counters.
func (s *selection) noteAssign(m match.MemberID) {
	step := s.step(StepAssign, 0, "R32", m)
	step.State = s.cs.Members[m]
	step.Weight = step.State.Weight
	s.note(step)
}

func (s *selection) noteAgain(m match.MemberID) {
	step := s.step(StepAgain, 0, "R66", m)
	step.State = s.cs.Members[m]
	s.note(step)
}

func (o *outcome) noteHead(status int) {
	step := o.step(StepHead, 0, "R67", o.f.Last)
	step.Status = status
	o.note(step)
}

func (o *outcome) noteGone() {
	step := o.step(StepGone, 0, "R52", o.f.Last)
	step.Event, step.State = o.kind, *o.state()
	o.note(step)
}

func (o *outcome) noteCleared() { o.note(o.step(StepClear, WhyCleared, "R52", o.f.Last)) }

func (o *outcome) noteAnswer(ms *MemberState) {
	step := o.step(StepAnswer, WhyAnswer, "R67", o.f.Last)
	step.Failover, step.State = o.failover(), *ms
	if step.Failover {
		step.Also = []string{"R63"}
	}
	o.note(step)
}

// noteEnd notes that a failure allows no other attempt.
func (o *outcome) noteEnd(why Reason, rule string) {
	if !o.rec.wants() {
		return
	}
	step := o.step(StepGiveUp, why, rule, o.f.Last)
	step.End, step.Size = EndFailed, o.f.Size
	switch why {
	case WhyAddressFailed:
		step.Choice = choices.ClusterAddressFailure.String()
	case WhyAnswered:
		step.Choice = choices.MalformedAnswer.String()
	}
	o.note(step)
}

// noteFailure notes a failed attempt and what it did to the mark.
func (o *outcome) noteFailure(why Reason, rule string, marked bool) {
	if !o.rec.wants() {
		return
	}
	ms, step := o.state(), o.step(StepFailed, why, rule, o.f.Last)
	step.Choice, step.Event, step.Fits, step.Retries = o.choice, o.kind, o.fits, o.f.IORetries
	step.Marked, step.AtArrival, step.State = marked, ms.FailedAt != o.now, *ms
	if o.also != "" {
		step.Also = []string{o.also}
	}
	if o.kind == ConnectTimeout {
		step.Limit = o.c.Members[o.f.Last].ConnectIn(o.sem)
	}
	switch {
	case marked:
	case o.stuck(ms):
		step.Stays = KeptStuck
	case o.f.probing && ms.MarkedDown:
		step.Stays = Restarted
	}
	o.note(step)
}
