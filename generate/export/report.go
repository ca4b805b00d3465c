package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Report is what becomes of a configuration in a target, as losses.json holds it (schemas/export.schema.json).
type Report struct {
	Version     int          `json:"version"`
	Target      string       `json:"target"`
	For         string       `json:"targetVersion"` // "" none in particular
	Source      string       `json:"source"`
	Files       []string     `json:"files"` // beside this report
	OpenChoices []string     `json:"openChoices"`
	Losses      []LossReport `json:"losses"`
}

// LossReport is what becomes of a concept.
type LossReport struct {
	Concept  string          `json:"concept"`
	Title    string          `json:"title"`
	Grade    Grade           `json:"grade"`
	What     string          `json:"what"`
	Instead  string          `json:"instead"`
	Concerns bool            `json:"concerns"` // the file asks for it, or every file does
	At       []diag.Position `json:"at"`       // what in the file asks for it
}

// NewReport makes the report of an export.
// Lists are never null in its JSON, empty ones are written as [].
func NewReport(files *diag.Files, source, target string, version Version, written []File, open []string,
	losses []Loss) *Report {
	r := &Report{Version: 1, Target: target, For: version.String(), Source: source, Files: []string{},
		OpenChoices: open, Losses: []LossReport{}}
	if open == nil {
		r.OpenChoices = []string{}
	}
	for _, f := range written {
		r.Files = append(r.Files, f.Name)
	}
	for _, l := range losses {
		at := []diag.Position{}
		for _, s := range l.Spans {
			at = append(at, files.Start(s))
		}
		r.Losses = append(r.Losses, LossReport{l.Concept, l.Title, l.Grade, l.What, l.Instead, l.Concerns, at})
	}
	return r
}

// Lost counts what is not kept although something in the file asks for it.
// What every file loses, such as $WSFO, is not counted: no export would pass --strict.
func (r *Report) Lost() (n int) {
	for _, l := range r.Losses {
		if l.Grade == NotKept && len(l.At) > 0 {
			n++
		}
	}
	return n
}

// JSON is losses.json.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(r)
	return b.Bytes(), err
}

// placesShown is how many places of a loss people read.
const placesShown = 5

// Markdown is LOSSES.md.
func (r *Report) Markdown() []byte {
	var b bytes.Buffer
	target := r.Target
	if r.For != "" {
		target += " --target-version " + r.For
	}
	fmt.Fprintf(&b, "# What `wasplug export --to %s` keeps of %s\n\n", target, cell(r.Source))
	b.WriteString("E exact, A approximate, X not kept. A place is where the file asks for it.\n")
	for _, part := range []struct {
		grade Grade
		title string
	}{{NotKept, "Not kept"}, {Approximate, "Approximate"}, {Exact, "Exact"}} {
		fmt.Fprintf(&b, "\n## %s (%s)\n\n| concept | what happens | places |\n|---|---|---|\n", part.title, part.grade)
		for _, l := range r.Losses {
			if l.Grade == part.grade {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(l.Title), cell(l.sentence()), cell(l.places()))
			}
		}
	}
	b.WriteString("\n## Open choices that the order of routes hangs on (WP603)\n\n")
	if len(r.OpenChoices) == 0 {
		b.WriteString("None.\n")
	}
	for _, name := range r.OpenChoices {
		fmt.Fprintf(&b, "- `%s`\n", name)
	}
	return b.Bytes()
}

// cell is a text in a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "*", "\\*", "<", "&lt;").Replace(Comment(text))
}

func (l *LossReport) sentence() string {
	if l.Instead == "" {
		return l.What
	}
	return l.What + ". Instead: " + l.Instead
}

// places are the first few places of a loss.
func (l *LossReport) places() string {
	var out []string
	for _, at := range l.At {
		if len(out) == placesShown {
			out = append(out, fmt.Sprintf("and %d more", len(l.At)-placesShown))
			break
		}
		out = append(out, at.String())
	}
	return strings.Join(out, ", ")
}

// Text is the report for a terminal: what is not exact and concerns the file.
func (r *Report) Text() []byte {
	var b bytes.Buffer
	for _, grade := range []Grade{NotKept, Approximate} {
		for _, l := range r.Losses {
			if l.Grade != grade || !l.Concerns {
				continue
			}
			fmt.Fprintf(&b, "%s  %s: %s\n", l.Grade, l.Title, l.sentence())
			if places := l.places(); places != "" {
				fmt.Fprintf(&b, "   asked for at %s\n", places)
			}
		}
	}
	if len(r.OpenChoices) > 0 {
		fmt.Fprintf(&b, "The order of routes hangs on open choices: %s\n", strings.Join(r.OpenChoices, ", "))
	}
	return b.Bytes()
}
