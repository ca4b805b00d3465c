package diag_test

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/diag"
)

func TestApply(t *testing.T) {
	edit := func(start, end int32, text string) diag.Edit {
		return diag.Edit{Span: diag.Span{File: 1, Start: start, End: end}, New: text}
	}
	tests := []struct {
		name  string
		edits []diag.Edit
		want  string // "" for an error
	}{
		{"none", nil, "abcdef"},
		{"replace, drop, insert in any order", []diag.Edit{edit(4, 6, "EF"), edit(0, 1, ""), edit(2, 2, "-")},
			"b-cdEF"},
		{"side by side", []diag.Edit{edit(0, 2, "x"), edit(2, 4, "y")}, "xyef"},
		{"the same twice", []diag.Edit{edit(1, 2, "x"), edit(1, 2, "x")}, "axcdef"},
		{"insertions at one place", []diag.Edit{edit(3, 3, "1"), edit(3, 3, "2")}, "abc12def"},
		{"at the end", []diag.Edit{edit(6, 6, "!")}, "abcdef!"},
		{"overlapping", []diag.Edit{edit(0, 3, "x"), edit(2, 4, "y")}, ""},
		{"two answers for one place", []diag.Edit{edit(0, 3, "x"), edit(0, 3, "y")}, ""},
		{"outside", []diag.Edit{edit(5, 7, "x")}, ""},
		{"backwards", []diag.Edit{edit(3, 2, "x")}, ""},
	}
	for _, test := range tests {
		got, err := diag.Apply([]byte("abcdef"), test.edits)
		if (err != nil) != (test.want == "") || string(got) != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}
