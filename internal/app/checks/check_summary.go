package checks

import (
	"fmt"
	"slices"
	"strings"
)

// Summary is the verdict in one sentence: first what makes the change unsafe, else what it does.
func (a *SafetyAnswer) Summary() string {
	var parts []string
	for _, kind := range Kinds {
		var shorts []string
		for _, r := range a.Reasons {
			// Beside what makes it unsafe the rest would only hide that.
			told := r.Fails || a.Verdict == withConsequences && r.Kind != "values" && r.Kind != "lint:info"
			if r.Kind == kind && r.Accepted == "" && told && !slices.Contains(shorts, r.short) {
				shorts = append(shorts, r.short)
			}
		}
		if len(shorts) > 0 {
			parts = append(parts, told(kind, shorts))
		}
	}
	if a.Logged != nil {
		parts = append(parts, a.Logged.inShort())
	}
	if parts == nil {
		return a.Verdict
	}
	return a.Verdict + ": " + strings.Join(parts, "; ")
}

// inShort says how many requests of the log change, and how many sessions lose their home.
func (d *DiffURLsAnswer) inShort() string {
	var changed, lost int64
	for _, k := range d.Comparison.Classes {
		changed += k.Count
		lost += k.Lost
	}
	text := fmt.Sprintf("%d of %d requests in %s change", changed, d.Comparison.Requests, d.Name)
	if lost > 0 {
		text += fmt.Sprintf(", and in %d a session loses its home", lost)
	}
	return text
}

const mostShort = 3 // in a sentence

// told puts the reasons of a kind into words.
func told(kind string, of []string) string {
	names := strings.Join(of, ", ")
	if more := len(of) - mostShort; more > 0 {
		names = fmt.Sprintf("%s and %d more", strings.Join(of[:mostShort], ", "), more)
	}
	switch kind {
	case "sessions":
		return "sessions of " + names + " lose their home"
	case "declined":
		return "requests are newly declined: " + names
	case "requests":
		return "requests go elsewhere: " + names
	case "new-sessions":
		return "new sessions spread otherwise: " + names
	case "outage":
		return "a failure costs something else: " + names
	case "reload":
		return "more than a reload is needed"
	case "renamed":
		return "other names: " + names
	case "routes":
		return "another web server hands other paths over"
	case "suite":
		return fmt.Sprintf("%d suite %s: %s", len(of), plural(len(of), "test fails", "tests fail"), names)
	case "values":
		return fmt.Sprintf("%d %s in effect differ: %s", len(of), plural(len(of), "value", "values"), names)
	}
	severity := strings.TrimPrefix(kind, "lint:")
	return fmt.Sprintf("%d new lint %s %s", len(of), plural(len(of), severity, severity+"s"), names)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
