package lintreport

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
)

var (
	summaryLine = lazy.Regexp(`^(no findings|\d+ (errors?|warnings?|info)(, \d+ (errors?|warnings?|info))*) ` +
		`in \d+ files?$`)
	findingLine = lazy.Regexp(`: (error|warning|info): .* \[WP\d{3} [a-z0-9-]+\]$`)
	commandLine = lazy.Regexp(`^::(error|warning|notice) `)
)

// IsLint reports whether a text is a report that Lint has written in a format, so that a new one may take its place.
func IsLint(format string, text []byte) bool {
	switch format {
	case "text":
		lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
		return summaryLine().MatchString(lines[len(lines)-1])
	case "oneline":
		return eachLine(text, findingLine())
	case "github":
		return eachLine(text, commandLine())
	case "junit":
		return bytes.Contains(text[:min(len(text), 200)], []byte(`<testsuites name="wasplug lint"`))
	case "checkstyle":
		return bytes.Contains(text[:min(len(text), 200)], []byte(checkstyleMark+"\n<checkstyle "))
	case "json":
		var r struct {
			Version         *int
			Files, Findings *[]any
			Summary         map[string]any
		}
		return json.Unmarshal(text, &r) == nil && r.Version != nil && r.Files != nil && r.Findings != nil &&
			r.Summary != nil
	case "sarif":
		var r struct {
			Runs []struct {
				Tool struct{ Driver struct{ Name string } }
			}
		}
		return json.Unmarshal(text, &r) == nil && len(r.Runs) == 1 && r.Runs[0].Tool.Driver.Name == "wasplug"
	case "gitlab":
		var issues []struct {
			Check       string `json:"check_name"`
			Fingerprint string
		}
		err := json.Unmarshal(text, &issues)
		return err == nil && (len(issues) == 0 || strings.HasPrefix(issues[0].Check, "WP") &&
			issues[0].Fingerprint != "")
	}
	return false
}

func eachLine(text []byte, form *regexp.Regexp) bool {
	for line := range strings.Lines(string(text)) {
		if !form.MatchString(strings.TrimRight(line, "\n")) {
			return false
		}
	}
	return true
}
