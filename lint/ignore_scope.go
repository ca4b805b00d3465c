package lint

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
)

// scopes finds what the ignores of a file take away. Elements lie within each other, so the scopes of a rule are a
// tree: a finding is looked up once, however many comments there are.
type scopes struct {
	byRule map[string][]scope
}

type scope struct {
	span   diag.Span
	around int // the innermost scope around it, -1 for none
	used   bool
}

// newScopes orders the scopes of ignores. Those of content that was built, whose elements stand anywhere, form one
// long branch.
func newScopes(ignores []ignore, written bool) *scopes {
	s := &scopes{byRule: map[string][]scope{}}
	for _, ig := range ignores {
		if ig.problem != "" {
			continue
		}
		for _, r := range ig.rules {
			s.byRule[r.Code] = append(s.byRule[r.Code], scope{span: ig.scope})
		}
	}
	for code, list := range s.byRule {
		slices.SortFunc(list, func(a, b scope) int { return compareScopes(a.span, b.span) })
		list = slices.CompactFunc(list, func(a, b scope) bool { return a.span == b.span })
		for i := range list {
			list[i].around = i - 1
			for written && list[i].around >= 0 && !list[list[i].around].span.Contains(list[i].span) {
				list[i].around = list[list[i].around].around
			}
		}
		s.byRule[code] = list
	}
	return s
}

// compareScopes puts what stands around before what it holds.
func compareScopes(a, b diag.Span) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
}

// take reports whether a finding lies in a scope of its rule, and marks all those as used.
func (s *scopes) take(f *Finding) bool {
	list := s.byRule[f.Rule.Code]
	i, found := slices.BinarySearchFunc(list, f.Span, func(s scope, span diag.Span) int {
		return compareScopes(s.span, span)
	})
	if !found {
		i--
	}
	taken := false
	for ; i >= 0; i = list[i].around {
		if list[i].span.Contains(f.Span) {
			list[i].used, taken = true, true
		}
	}
	return taken
}

// used reports whether a scope has taken a finding of a rule. The same scope of two comments is one, so a comment
// whose work another one does as well is not called unused.
func (s *scopes) used(code string, span diag.Span) bool {
	list := s.byRule[code]
	i, found := slices.BinarySearchFunc(list, span, func(s scope, span diag.Span) int {
		return compareScopes(s.span, span)
	})
	return found && list[i].used
}
