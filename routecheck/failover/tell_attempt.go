package failover

import "fmt"

// This file words what became of an attempt. Nothing here decides.

func (o *outcome) tellAnswer(ms *MemberState) {
	step := Step{Kind: StepAnswer, Rule: "R67", Member: o.f.Last, State: *ms, At: o.c.Members[o.f.Last].At,
		Text: fmt.Sprintf("the request is sent to %s and its answer passed to the client", o.name(o.f.Last))}
	if o.failover() {
		step.Also = []string{"R63"}
		step.Text = fmt.Sprintf("the request is sent to %s with $WSFO: true, and its answer passed to the client", o.name(o.f.Last))
	}
	o.note(step)
}

func (o *outcome) tell(rule, text, choice string) {
	if o.rec.Wants() {
		o.note(Step{Kind: StepGiveUp, Rule: rule, End: EndFailed, Choice: choice, Member: o.f.Last, At: o.c.Members[o.f.Last].At, Text: text})
	}
}

// tellFailure words a failed attempt and what it did to the mark. format takes the member's name and what, in the
// order of their roles.
func (o *outcome) tellFailure(rule, format, what string, marked bool) {
	if !o.rec.Wants() {
		return
	}
	member := &o.c.Members[o.f.Last]
	step := Step{
		Kind: StepFailed, Rule: rule, Choice: o.choice, Member: o.f.Last, At: member.At,
		Event: o.kind, Marked: marked, Retries: o.f.IORetries, State: *o.state(), Text: fmt.Sprintf(format, member.Name, what),
	}
	if o.also != "" {
		step.Also = []string{o.also}
	}
	if o.fits {
		step.Text += fmt.Sprintf("; its body, of unknown size, is taken to fit PostBufferSize (%d KB)", o.c.PostBuffer/1024)
	}
	switch {
	case marked:
		step.Text += fmt.Sprintf("; %s is marked down, its retry timer starts%s (%s)", member.Name, o.since(), seconds(o.c.RetryInterval))
	case o.stuck(o.state()):
		step.Text += fmt.Sprintf("; %s stays marked down, and nobody probes it until a reload (before PM49491)", member.Name)
	case o.f.probing && o.state().MarkedDown:
		step.Text += fmt.Sprintf("; %s stays marked down, its retry timer starts again%s (%s)", member.Name, o.since(), seconds(o.c.RetryInterval))
	}
	o.note(step)
}

// since says that a retry timer starts at another time than now (choice retry-clock).
func (o *outcome) since() string {
	if o.state().FailedAt == o.now {
		return ""
	}
	return " as of the arrival of this request"
}

func (o *outcome) notBuffered() string {
	switch {
	case o.c.PostBuffer == 0:
		return "the body was not buffered (PostBufferSize 0)"
	case o.f.Size < 0:
		return fmt.Sprintf("the body is larger than PostBufferSize (%d KB)", o.c.PostBuffer/1024)
	}
	return fmt.Sprintf("the body of %d bytes is larger than PostBufferSize (%d KB)", o.f.Size, o.c.PostBuffer/1024)
}

// connectExpired says who gave a connect up: without a ConnectTimeout only the operating system does (R50).
func (o *outcome) connectExpired() string {
	if limit := o.c.Members[o.f.Last].ConnectIn(o.sem); limit > 0 {
		return "ConnectTimeout of " + seconds(limit) + " expired"
	}
	return "there is no ConnectTimeout, and the operating system gave up"
}
