package rules

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/affinity"
	"github.com/wasplug/wasplug/lint/rules/balancing"
	"github.com/wasplug/wasplug/lint/rules/failover"
	"github.com/wasplug/wasplug/lint/rules/mistakes"
	"github.com/wasplug/wasplug/lint/rules/performance"
	"github.com/wasplug/wasplug/lint/rules/portability"
	"github.com/wasplug/wasplug/lint/rules/references"
	"github.com/wasplug/wasplug/lint/rules/routing"
	"github.com/wasplug/wasplug/lint/rules/security"
	"github.com/wasplug/wasplug/lint/rules/structure"
	"github.com/wasplug/wasplug/lint/rules/suppression"
)

// All returns all rules, ordered by code.
func All() []*lint.Rule {
	all := slices.Concat(structure.Rules(), references.Rules(), affinity.Rules(), balancing.Rules(), failover.Rules(),
		routing.Rules(), security.Rules(), performance.Rules(), portability.Rules(), suppression.Rules(),
		mistakes.Rules())
	slices.SortFunc(all, func(a, b *lint.Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}
