package lintreport

import (
	"encoding/json"
	"io"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "json", Place: 3, Escape: diag.JSON, Write: lintJSON, Own: ownJSON})

type jsonFinding struct {
	Rule     string `json:"rule"`
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	place
	Path    string        `json:"path"`
	Related []jsonRelated `json:"related"`
	Fix     *jsonFix      `json:"fix"`
}

type jsonRelated struct {
	Message string `json:"message"`
	place
}

type jsonFix struct {
	Title string `json:"title"`
	Safe  bool   `json:"safe"`
}

// lintJSON is versioned; its schema is lint.schema.json.
func lintJSON(w io.Writer, r *Findings) error {
	e, wn, in := count(r.Findings)
	out := struct {
		Version int            `json:"version"`
		Files   []string       `json:"files"`
		Summary map[string]int `json:"summary"`
		Finding []jsonFinding  `json:"findings"`
	}{1, []string{}, map[string]int{"errors": e, "warnings": wn, "infos": in}, []jsonFinding{}}
	for _, id := range r.Checked {
		out.Files = append(out.Files, r.Files.Name(id))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		j := jsonFinding{f.Rule.Code, f.Rule.Name, f.Severity.String(), f.Message, r.place(f.Span), f.Path,
			[]jsonRelated{}, nil}
		for _, rel := range f.Related {
			j.Related = append(j.Related, jsonRelated{rel.Message, r.place(rel.Span)})
		}
		if f.Fix != nil {
			j.Fix = &jsonFix{f.Fix.Title, f.Fix.Safe}
		}
		out.Finding = append(out.Finding, j)
	}
	return forms.JSON(w, out)
}

func ownJSON(text []byte) bool {
	var r struct {
		Version         *int
		Files, Findings *[]any
		Summary         map[string]any
	}
	return json.Unmarshal(text, &r) == nil && r.Version != nil && r.Files != nil && r.Findings != nil &&
		r.Summary != nil
}
