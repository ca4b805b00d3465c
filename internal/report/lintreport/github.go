//go:build !js

package lintreport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "github", Place: 6, Write: lintGitHub,
	Own: func(text []byte) bool { return eachLine(text, commandLine()) }})

var commandLine = lazy.Regexp(`^::(error|warning|notice) `)

// lintGitHub writes workflow commands, which GitHub shows at the lines:
//
//	::error file=conf/plugin-cfg.xml,line=5,endLine=5,col=13,endColumn=25,title=WP301 clone-id-collision::MESSAGE
//
// The runner reads them from the output of a step. A line break in a message would begin a command of the author of
// the file, hence the escapes, which are those of GitHub's own toolkit: in properties also of what ends one.
func lintGitHub(w io.Writer, r *Findings) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for i := range r.Findings {
		f := &r.Findings[i]
		kind := f.Severity.String()
		if f.Severity == diag.Info {
			kind = "notice"
		}
		at := r.place(f.Span)
		place := ""
		if at.Line > 0 {
			place = fmt.Sprintf("file=%s,line=%d,endLine=%d,", property.Replace(r.relative(f.Span.File)),
				at.Line, at.EndLine)
			if at.Line == at.EndLine { // GitHub wants no columns where lines differ
				place += fmt.Sprintf("col=%d,endColumn=%d,", at.Column, at.EndColumn)
			}
		}
		_, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", kind, place, property.Replace(f.Rule.Code+" "+f.Rule.Name),
			data.Replace(f.Message))
		if err != nil {
			return err
		}
	}
	return nil
}
