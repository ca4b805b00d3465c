package lintreport

import (
	"encoding/json"
	"io"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "json", Place: 3, Escape: diag.JSON, Write: lintJSON, Own: ownJSON})

// A finding as lint.schema.json describes it. Lists are empty and not null, so that a reader may range over them; fix
// is null where there is none.
type jsonFinding struct {
	Rule     string `json:"rule"`
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	place
	Path    string        `json:"path"` // of elements, by which a baseline and fingerprints name the finding
	Related []jsonRelated `json:"related"`
	Fix     *jsonFix      `json:"fix"`
}

type jsonRelated struct {
	Message string `json:"message"`
	place
}

type jsonFix struct {
	Title string `json:"title"` // the edits are not told: --fix makes them, and SARIF holds them
	Safe  bool   `json:"safe"`  // --fix makes it, and not --fix=all alone
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

// ownJSON knows a report by the members that it always has: null is not enough, hence the pointers.
func ownJSON(text []byte) bool {
	var r struct {
		Version         *int
		Files, Findings *[]any
		Summary         map[string]any
	}
	return json.Unmarshal(text, &r) == nil && r.Version != nil && r.Files != nil && r.Findings != nil &&
		r.Summary != nil
}
