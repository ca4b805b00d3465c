package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Apply returns src with the edits made; the bytes outside of them stay as they are. Edits may come in any order and
// must lie in src. Overlapping ones are refused, since no order of them is right; equal ones count once. Insertions at
// one place keep their order.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	// Two findings may have one fix.
	sorted = slices.Compact(sorted)
	var out []byte
	pos := int32(0)
	for _, e := range sorted {
		switch {
		case e.Span.Start < 0 || e.Span.End < e.Span.Start || int(e.Span.End) > len(src):
			return nil, fmt.Errorf("edit of bytes %d to %d lies outside of the %d bytes of the file", e.Span.Start,
				e.Span.End, len(src))
		case e.Span.Start < pos:
			return nil, fmt.Errorf("edit of bytes %d to %d overlaps the one before it", e.Span.Start, e.Span.End)
		}
		out = append(append(out, src[pos:e.Span.Start]...), e.New...)
		pos = e.Span.End
	}
	return append(out, src[pos:]...), nil
}
