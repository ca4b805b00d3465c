package sharedtest

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Lines are diagnostics as a terminal shows them, a line each.
func Lines(files *diag.Files, ds []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(files.Line(d) + "\n")
	}
	return b.String()
}
