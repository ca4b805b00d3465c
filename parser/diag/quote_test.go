package diag

import (
	"errors"
	"io"
	"testing"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		``: `""`, `C:\IBM\Plugins`: `"C:\IBM\Plugins"`, `Name="m1"`: `'Name="m1"'`, `it's`: `"it's"`,
		`"it's"`: `"\"it's\""`,
		"a\tb":   `"a\tb"`, "\x1b[1m": `"\x1b[1m"`, "é": `"é"`, "\xe9": `"\xe9"`,
	} {
		if got := Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
	if got := Sprintf("%q %s %5s %d %v", `\a`, `\b`, "c", 4, `\d`); got != `"\a" \b     c 4 \d` {
		t.Error(got)
	}
	if err := Errorf("%q: %w", `\a`, io.EOF); err.Error() != `"\a": EOF` || !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
