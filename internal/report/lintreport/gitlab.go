//go:build !js

package lintreport

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "gitlab", Place: 7, Escape: diag.JSON, Write: lintGitLab, Own: ownGitLab})

// lintGitLab writes the report of GitLab's code quality: an array of issues, of which GitLab wants every member that
// is here. Its severities are info, minor, major, critical and blocker.
func lintGitLab(w io.Writer, r *Findings) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		Check       string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	severity := map[diag.Severity]string{diag.Error: "critical", diag.Warning: "minor", diag.Info: "info"}
	prints := r.fingerprints()
	out := []issue{}
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, issue{f.Message, f.Rule.Code + " " + f.Rule.Name, prints[i], severity[f.Severity],
			// The form needs a line: a finding without a place is shown at the first.
			location{r.relative(f.Span.File), lines{max(r.place(f.Span).Line, 1)}}})
	}
	return forms.JSON(w, out)
}

// ownGitLab knows a report by its first issue. An empty array is a report without findings; it may be anybody's, and
// holds nothing that would be lost.
func ownGitLab(text []byte) bool {
	var issues []struct {
		Check       string `json:"check_name"`
		Fingerprint string
	}
	err := json.Unmarshal(text, &issues)
	return err == nil && (len(issues) == 0 || strings.HasPrefix(issues[0].Check, "WP") &&
		issues[0].Fingerprint != "")
}
