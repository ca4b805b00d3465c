// Package check is what the checks of rules share: a pass with look-ups that are made once for a file, edits, and
// words of messages. It knows no rule.
package check

import "github.com/wasplug/wasplug/lint"

// Pass is what a check sees of a file: the pass of the engine with the look-ups that rules share.
type Pass struct {
	*lint.Pass
	*index
}

// of adds what is known of the file. Rules ask at the same time.
func of(p *lint.Pass) *Pass {
	return &Pass{Pass: p, index: p.Memo.Keep(func() any { return gather(p) }).(*index)}
}

// On makes a check one that the engine calls.
func On(check func(*Pass)) func(*lint.Pass) { return func(p *lint.Pass) { check(of(p)) } }
