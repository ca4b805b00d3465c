package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Formats are the names that Write takes.
var Formats = []string{"text", "json", "markdown"}

// Write prints a report. The JSON has the schema "diff".
func (r *Report) Write(w io.Writer, files *diag.Files, format string) error {
	var b strings.Builder
	switch format {
	case "text":
		r.text(&b, files)
	case "markdown":
		r.markdown(&b, files)
	case "json":
		return r.json(w, files)
	default:
		return fmt.Errorf("no format %q; there are %s", format, strings.Join(Formats, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Target) words() string {
	if t.Declined {
		return "declined: the web server serves it"
	}
	return fmt.Sprintf("cluster %s: %s", t.Cluster, strings.Join(t.Members, ", "))
}

func (r *Report) text(b *strings.Builder, files *diag.Files) {
	if r.Unasked {
		fmt.Fprintf(b, "not every request was asked about: the files have more than %d to ask\n", MaxRequests)
	}
	if r.Same() {
		b.WriteString("no difference: every request goes where it went, by the same values\n")
		return
	}
	for _, c := range r.Classes {
		fmt.Fprintf(b, "%s and %d more\n", c.URL, c.Requests-1)
		writeSide(b, files, "-", c.Old)
		writeSide(b, files, "+", c.New)
	}
	if len(r.LostClones) > 0 {
		b.WriteString("clone IDs that vanish: their sessions lose their home\n")
	}
	for _, c := range r.LostClones {
		fmt.Fprintf(b, "- %s of %s in cluster %s (%s)\n", c.ID, c.Server, c.Cluster, files.Start(c.At))
	}
	if len(r.Attributes) > 0 {
		b.WriteString("values in effect\n")
	}
	for _, c := range r.Attributes {
		fmt.Fprintf(b, "~ %s%s\n", c, whereabouts(files, c))
	}
}

func writeSide(b *strings.Builder, files *diag.Files, sign string, t Target) {
	fmt.Fprintf(b, "  %s %s", sign, t.words())
	if !t.At.IsZero() {
		fmt.Fprintf(b, " (%s)", files.Start(t.At))
	}
	b.WriteByte('\n')
}

// whereabouts names where a change stands in both files, as far as it does.
func whereabouts(files *diag.Files, c Change) string {
	var at []string
	for _, s := range []diag.Span{c.OldAt, c.NewAt} {
		if !s.IsZero() {
			at = append(at, files.Start(s).String())
		}
	}
	if at == nil {
		return ""
	}
	return " (" + strings.Join(at, ", ") + ")"
}

func (r *Report) markdown(b *strings.Builder, files *diag.Files) {
	if r.Unasked {
		fmt.Fprintf(b, "Not every request was asked about: the files have more than %d to ask.\n\n", MaxRequests)
	}
	if r.Same() {
		b.WriteString("No difference.\n")
		return
	}
	if len(r.Classes) > 0 {
		b.WriteString("### Requests that go elsewhere\n\n| sample | requests asked | before | after |\n|---|---|---|---|\n")
		for _, c := range r.Classes {
			fmt.Fprintf(b, "| %s | %d | %s | %s |\n", cell(c.URL), c.Requests, cell(c.Old.words()), cell(c.New.words()))
		}
		b.WriteByte('\n')
	}
	if len(r.LostClones) > 0 {
		b.WriteString("### Clone IDs that vanish\n\n| clone ID | server | cluster |\n|---|---|---|\n")
		for _, c := range r.LostClones {
			fmt.Fprintf(b, "| %s | %s | %s |\n", cell(c.ID), cell(c.Server), cell(c.Cluster))
		}
		b.WriteByte('\n')
	}
	if len(r.Attributes) > 0 {
		b.WriteString("### Values in effect\n\n| what | before | after |\n|---|---|---|\n")
		for _, c := range r.Attributes {
			fmt.Fprintf(b, "| %s | %s | %s |\n", cell(c.Subject), cell(either(c.HasOld, c.Old, "present")), cell(either(c.HasNew, c.New, "present")))
		}
	}
}

// either words one side of a change: absent, or its value, or that it is there at all.
func either(has bool, value, otherwise string) string {
	switch {
	case !has:
		return "absent"
	case value == "":
		return otherwise
	}
	return value
}

// cell keeps a value from breaking the table.
func cell(s string) string {
	if s == "" {
		return ""
	}
	s = strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "`", "'").Replace(s)
	return "`" + s + "`"
}

type (
	jsonReport struct {
		Version    int          `json:"version"`
		Same       bool         `json:"same"`
		Complete   bool         `json:"complete"`
		Requests   []jsonClass  `json:"requests"`
		LostClones []jsonClone  `json:"lostCloneIds"`
		Attributes []jsonChange `json:"attributes"`
	}
	jsonClass struct {
		URL   string     `json:"url"`
		Asked int        `json:"asked"`
		Old   jsonTarget `json:"old"`
		New   jsonTarget `json:"new"`
	}
	jsonTarget struct {
		Declined bool      `json:"declined"`
		Cluster  string    `json:"cluster"`
		Members  []string  `json:"members"`
		At       *jsonSpot `json:"at"`
	}
	jsonClone struct {
		CloneID string    `json:"cloneId"`
		Server  string    `json:"server"`
		Cluster string    `json:"cluster"`
		At      *jsonSpot `json:"at"`
	}
	jsonChange struct {
		Subject string    `json:"subject"`
		Old     *string   `json:"old"`
		New     *string   `json:"new"`
		OldAt   *jsonSpot `json:"oldAt"`
		NewAt   *jsonSpot `json:"newAt"`
	}
	jsonSpot struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
)

func spot(files *diag.Files, s diag.Span) *jsonSpot {
	if s.IsZero() {
		return nil
	}
	p := files.Start(s)
	return &jsonSpot{p.File, p.Line, p.Column}
}

func target(files *diag.Files, t Target) jsonTarget {
	return jsonTarget{t.Declined, t.Cluster, append([]string{}, t.Members...), spot(files, t.At)}
}

func (r *Report) json(w io.Writer, files *diag.Files) error {
	out := jsonReport{Version: 1, Same: r.Same(), Complete: !r.Unasked, Requests: []jsonClass{}, LostClones: []jsonClone{}, Attributes: []jsonChange{}}
	for _, c := range r.Classes {
		out.Requests = append(out.Requests, jsonClass{c.URL, c.Requests, target(files, c.Old), target(files, c.New)})
	}
	for _, c := range r.LostClones {
		out.LostClones = append(out.LostClones, jsonClone{c.ID, c.Server, c.Cluster, spot(files, c.At)})
	}
	for _, c := range r.Attributes {
		j := jsonChange{Subject: c.Subject, OldAt: spot(files, c.OldAt), NewAt: spot(files, c.NewAt)}
		if c.HasOld {
			j.Old = &c.Old
		}
		if c.HasNew {
			j.New = &c.New
		}
		out.Attributes = append(out.Attributes, j)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
