//go:build !js

package lintreport

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "checkstyle", Place: 8, Escape: diag.XML, Write: lintCheckstyle,
	Own: ownCheckstyle})

// The form of Checkstyle, which Jenkins and many others read: errors by file.
type (
	checkstyleRun struct {
		XMLName xml.Name         `xml:"checkstyle"`
		Version string           `xml:"version,attr"` // of Checkstyle, whose form this is
		Files   []checkstyleFile `xml:"file"`
	}
	checkstyleFile struct {
		Name   string            `xml:"name,attr"`
		Errors []checkstyleError `xml:"error"`
	}
	checkstyleError struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"` // Jenkins takes what stands behind the last dot for the kind
	}
)

const (
	// checkstyleMark is what a report of ours is known again by: the form has no place for the name of a tool.
	checkstyleMark   = "<!-- wasplug lint -->"
	checkstyleSource = "wasplug."
)

// lintCheckstyle writes an element for each file that was checked, with and without findings.
func lintCheckstyle(w io.Writer, r *Findings) error {
	run := checkstyleRun{Version: "8.0"}
	for _, s := range r.suites() { // the form knows errors of files alone
		run.Files = append(run.Files, checkstyleFile{s.name, r.checkstyle(s.found)})
	}
	out, err := xml.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n%s\n", xml.Header, checkstyleMark, out)
	return err
}

// checkstyle has the errors of one file. Info is a severity of the form, too: error, warning, info, ignore.
func (r *Findings) checkstyle(found []*lint.Placed) (all []checkstyleError) {
	for _, f := range found {
		at := r.place(f.Span)
		all = append(all, checkstyleError{at.Line, at.Column, f.Severity.String(),
			fmt.Sprintf("%s [%s %s]", f.Message, f.Rule.Code, f.Rule.Name), checkstyleSource + f.Rule.Code})
	}
	return all
}

func ownCheckstyle(text []byte) bool {
	return bytes.Contains(text[:min(len(text), 200)], []byte(checkstyleMark+"\n<checkstyle "))
}
