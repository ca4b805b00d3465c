// Package rules holds the rules of lint, a file for each group, each rule's value above its check. What a rule is, and
// how rules are run, says package lint.
package rules

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
)

// All returns all rules, ordered by code.
func All() []*lint.Rule {
	all := slices.Concat(structureRules, referenceRules, affinityRules, balancingRules, failoverRules, routingRules,
		securityRules, performanceRules, portabilityRules, suppressionRules, mistakeRules)
	slices.SortFunc(all, func(a, b *lint.Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// pass is what a check sees of a file: the pass of the engine with the look-ups that rules share.
type pass struct {
	*lint.Pass
	index index
}

// of returns the one pass of a file.
func of(p *lint.Pass) *pass {
	known, ok := p.Memo.(*pass)
	if !ok {
		known = &pass{Pass: p, index: gather(p.Config)}
		p.Memo = known
	}
	return known
}

// on makes a check one that the engine calls.
func on(check func(*pass)) func(*lint.Pass) { return func(p *lint.Pass) { check(of(p)) } }
