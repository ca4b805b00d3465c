package lint

import (
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
)

// maxRounds bounds how often a file is checked again while it is repaired: each round removes what the one before
// uncovered.
const maxRounds = 10

// Fix repairs a file: it applies the safe fixes of its findings, with unsafe also the others, and checks the result
// again until nothing is left to repair. It returns the new bytes and how many fixes were applied; bytes outside of
// their edits stay as they are. A file that is not well-formed is left alone: what its elements are is a guess.
func Fix(rules []*Rule, files *diag.Files, id diag.FileID, o Options, unsafe bool) (src []byte, applied int) {
	src = files.Source(id)
	for range maxRounds {
		register := diag.NewFiles()
		f := register.Add(files.Name(id), src)
		var fixes []*diag.Fix
		inputs := Read(register, f)
		if slices.ContainsFunc(inputs[0].Reports, func(d diag.Diagnostic) bool {
			return d.Rule.Code == diag.XMLSyntax && d.Severity == diag.Error
		}) {
			break
		}
		for _, d := range Run(rules, register, inputs, o) {
			if d.Fix != nil && (d.Fix.Safe || unsafe) {
				fixes = append(fixes, d.Fix)
			}
		}
		next, n := apply(src, fixes)
		if n == 0 {
			break
		}
		src, applied = next, applied+n
	}
	return src, applied
}

// apply makes the edits of all fixes that touch no byte of one before them; the others wait for the next round. The
// fixes come by place; of two for one place, or that touch, the first is made, and whether the other still holds the
// next round finds out.
func apply(src []byte, fixes []*diag.Fix) ([]byte, int) {
	var edits []diag.Edit
	n := 0
	for _, f := range fixes {
		if slices.ContainsFunc(f.Edits, func(e diag.Edit) bool { return overlaps(edits, e) }) || !changes(src, f) {
			continue
		}
		for _, e := range f.Edits {
			i, _ := slices.BinarySearchFunc(edits, e, byStart)
			edits = slices.Insert(edits, i, e)
		}
		n++
	}
	out, err := diag.Apply(src, edits)
	if err != nil || n == 0 {
		return src, 0
	}
	return out, n
}

func byStart(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) }

// overlaps reports whether an edit touches one of others, which are sorted: two at one place have no order.
func overlaps(edits []diag.Edit, e diag.Edit) bool {
	i, _ := slices.BinarySearchFunc(edits, e, byStart)
	return i < len(edits) && edits[i].Span.Start <= e.Span.End || i > 0 && edits[i-1].Span.End >= e.Span.Start
}

// changes reports whether a fix writes anything that is not there: one that does not would come again in each round.
func changes(src []byte, f *diag.Fix) bool {
	return slices.ContainsFunc(f.Edits,
		func(e diag.Edit) bool { return string(src[e.Span.Start:e.Span.End]) != e.New })
}
