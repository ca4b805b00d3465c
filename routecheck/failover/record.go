package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Recorder notes what a decision did. A nil Recorder costs nothing and notes nothing; the walk is the same. The zero
// Recorder keeps steps; whoever runs a request again and again to see what it hangs on wants no more than
// [ChoicesOnly].
type Recorder struct {
	Steps       []Step
	choicesOnly bool // note the consulted choices only
	seen        choices.Consulted
}

// ChoicesOnly returns a Recorder that notes no steps, only which open choices were consulted.
func ChoicesOnly() *Recorder { return &Recorder{choicesOnly: true} }

// Seen is what was consulted.
func (r *Recorder) Seen() *choices.Consulted {
	if r == nil {
		return nil
	}
	return &r.seen
}

// wants reports whether steps are kept; their facts are gathered only then.
func (r *Recorder) wants() bool { return r != nil && !r.choicesOnly }

// note appends a step. Its mark is that of its rule, or assumed when it hangs on an open choice or shows another rule
// that is assumed.
func (r *Recorder) note(s Step) {
	switch {
	case s.Choice != "" ||
		slices.ContainsFunc(s.Also, func(rule string) bool { return choices.MarkOf(rule) == choices.Assumed }):
		s.Mark = choices.Assumed
	case s.Mark == "":
		s.Mark = choices.MarkOf(s.Rule)
	}
	r.Steps = append(r.Steps, s)
}

func (r *Recorder) count() int {
	if r == nil {
		return 0
	}
	return len(r.Steps)
}

// settle completes the failures noted since a place with what becomes of the request, which shows only once the
// outcome has been settled: a failure is noted before it is known whether anything follows. A failure whose end has a
// step of its own behind it says nothing of the end.
func (r *Recorder) settle(from int, f *RequestState) {
	for i := from; i < r.count(); i++ {
		if s := &r.Steps[i]; s.Kind == StepFailed {
			s.Fresh = f.todo == todoFresh
			s.Again = s.Fresh || f.todo == todoSecond
			s.Retry = s.Again || f.todo == todoChoose
			switch last := i == r.count()-1; {
			case f.todo == todoCut:
				s.End = EndCut
			case f.todo == todoFail && last:
				s.End = EndAttempts
			}
		}
	}
}

// step begins a step about a member, or about the cluster.
func (s *selection) step(kind StepKind, why Reason, rule string, m match.MemberID) Step {
	step := Step{Kind: kind, Why: why, Rule: rule, Cluster: s.f.Cluster, Member: m, At: s.c.At}
	if m != match.NoMember {
		step.At = s.c.Members[m].At
	}
	return step
}

// note appends a step. One that people are told of stands behind a skip that no pick has followed: a skip waits for
// the pick, as both are told in one sentence, but nothing may be told before it.
func (s *selection) note(step Step) {
	if step.Why != 0 {
		s.flushSkip()
	}
	s.rec.note(step)
}

// flushSkip tells of a skip that waits for a pick no longer.
func (s *selection) flushSkip() {
	if s.skipped != nil {
		s.rec.note(*s.skipped)
		s.skipped = nil
	}
}
