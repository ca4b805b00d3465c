package history

import (
	"fmt"
	"io"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/wasplug/wasplug/parser/diag"
)

// linearTime is as long as C7 is thought about; one client's requests do not overlap, so that it takes milliseconds.
const linearTime = 10 * time.Second

// input is an operation as the model of a counter sees it.
type input struct {
	entry
	more int64 // how many times more than once it may take effect
}

// unknown is the state before the first answer: a history may begin in the middle of a session.
const unknown = int64(-1)

// counter is the model of C7: a session is a counter that goes up by one at each increment. One that met a fault may
// go up twice (W9), one without an answer not at all or twice. It is nondeterministic, so it says which states can
// follow, not which does.
var counter = porcupine.NondeterministicModel{
	Init: func() []any { return []any{unknown} },
	Step: func(state, in, _ any) (next []any) {
		e, now := in.(input), state.(int64)
		switch {
		case e.Op == Invalidate:
			return []any{int64(0)}
		case now == unknown && e.answered():
			return []any{*e.Value}
		case now == unknown:
			return []any{unknown}
		}
		least, most := int64(1), 1+e.more
		switch {
		case e.Op != Increment:
			least, most = 0, 0
		case !e.answered():
			least, most = 0, 2
		}
		for n := least; n <= most; n++ {
			if !e.answered() || *e.Value == now+n {
				next = append(next, now+n)
			}
		}
		return next
	},
	DescribeOperation: func(in, _ any) string {
		e := in.(input)
		if !e.answered() {
			return fmt.Sprintf("%s: no answer (line %d)", e.Op, e.at)
		}
		return fmt.Sprintf("%s = %d at %s (line %d)", e.Op, *e.Value, e.Member, e.at)
	},
	DescribeState: func(state any) string { return fmt.Sprint(state) },
}

// linearizable is C7, for a client whose every answer was acknowledged as written: of any other, changes may be lost
// by right. Where it is not known within linearTime nothing is said.
func (c *checker) linearizable(ops []entry) {
	c.report.Linearizable++
	if result, _ := c.ask(ops); result == porcupine.Illegal {
		c.fail("C7", ops[0], "no order of this client's requests explains the values it got")
	}
}

func (c *checker) ask(ops []entry) (porcupine.CheckResult, porcupine.LinearizationInfo) {
	return porcupine.CheckOperationsVerbose(counter.ToModel(), c.operations(ops), linearTime)
}

// operations are those that the counter has a step for. A read without an answer changes nothing and tells nothing;
// an increment without one may have counted.
func (c *checker) operations(ops []entry) (out []porcupine.Operation) {
	for _, e := range ops {
		if e.Op == Increment || e.Op == Get && e.answered() || e.Op == Invalidate && e.Status == 200 {
			out = append(out, porcupine.Operation{Input: input{e, c.most(e)}, Call: e.T0, Return: e.T1})
		}
	}
	return out
}

// Draw writes a page of HTML that shows a client's requests and how far they can be put in order (C7): those of the
// first run in which they cannot, or of the last.
func (h *History) Draw(w io.Writer, client string) error {
	var drawn *porcupine.LinearizationInfo
	for _, run := range h.runs() {
		c := &checker{}
		for _, ops := range c.sort(run) {
			if ops[0].Client != client {
				continue
			}
			result, info := c.ask(ops)
			if drawn = &info; result == porcupine.Illegal {
				return porcupine.Visualize(counter.ToModel(), info, w)
			}
		}
	}
	if drawn == nil {
		return diag.Errorf("no client is called %q", client)
	}
	return porcupine.Visualize(counter.ToModel(), *drawn, w)
}
