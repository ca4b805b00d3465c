package lintreport

import (
	"fmt"
	"io"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/internal/report/forms"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "oneline", Place: 2, Write: lintOneLine,
	Own: func(text []byte) bool { return eachLine(text, findingLine()) }})

var findingLine = lazy.Regexp(`: (error|warning|info): .* \[WP\d{3} [a-z0-9-]+\]$`)

// lintOneLine has the line of a compiler for each finding, which editors and problem matchers jump to, and nothing
// else: no count, so that "wc -l" counts.
func lintOneLine(w io.Writer, r *Findings) error {
	for i := range r.Findings {
		if _, err := fmt.Fprintln(w, r.Files.Line(r.Findings[i].Diagnostic)); err != nil {
			return err
		}
	}
	return nil
}
