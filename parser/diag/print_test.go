package diag

import (
	"strings"
	"testing"
)

func TestSnippet(t *testing.T) {
	long := strings.Repeat("é", 5000)
	for _, tt := range []struct{ name, before, mark, after, line, carets string }{
		{"short", "ab ", "cde", " f", "ab cde f", "   ^^^"},
		{"tab and control", "\ta\x1b", "b", "c", " a\ufffdbc", "   ^"},
		{"far into a long line", long, "mark", long, "..." + strings.Repeat("é", 60) + "mark" +
			strings.Repeat("é", 53) + "...", strings.Repeat(" ", 63) + "^^^^"},
		{"start of a long line", "", "mark", long, "mark" + strings.Repeat("é", 116) + "...", "^^^^"},
		{"end of a long line", long, "mark", "", "..." + strings.Repeat("é", 60) + "mark",
			strings.Repeat(" ", 63) + "^^^^"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fs := NewFiles()
			id := fs.Add("f", []byte("first\n"+tt.before+tt.mark+tt.after+"\nlast"))
			start := int32(len("first\n") + len(tt.before))
			var b strings.Builder
			if err := fs.Snippet(&b, Span{id, start, start + int32(len(tt.mark))}); err != nil {
				t.Fatal(err)
			}
			if want := "2 | " + tt.line + "\n  | " + tt.carets + "\n"; b.String() != want {
				t.Errorf("got\n%swant\n%s", b.String(), want)
			}
		})
	}
}
