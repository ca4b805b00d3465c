package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

// Edited is a change of a file; Written says that the file has it already.
type Edited struct {
	*checks.EditAnswer
	Written bool
}

// Edit are the formats of a change: what a patch is made of, and what programs read.
var Edit = forms.List[Edited]{{Name: "diff", Place: 1, Write: editDiff}, forms.AsJSON(editJSON)}

// editDiff writes the change as a patch, which holds nothing else.
func editDiff(w io.Writer, e Edited) error {
	if e.Written {
		return nil
	}
	// A patch must have the bytes of the file, or it does not apply: it is the one text that nothing is escaped in.
	return Unified(forms.Unwrapped(w), e.Name, e.Name, e.Old, e.New)
}

// EditWords tells what a change does, for people who look at the patch. It goes to standard error, so that standard
// output is a patch and nothing else.
func EditWords(w io.Writer, a *checks.EditAnswer) error {
	w = forms.Visible(w, diag.Text)
	for _, text := range a.Done {
		fmt.Fprintln(w, text)
	}
	if a.Report != nil {
		if err := a.Report.Write(w, a.Files, "text", diff.Options{}); err != nil {
			return err
		}
	}
	for _, text := range a.Advice {
		fmt.Fprintln(w, text)
	}
	return nil
}

// A change as edit.schema.json describes it. Start and End are bytes of the file as it was, half open; edits do not
// overlap, and are to be made from the last to the first.
type (
	jsonEdited struct {
		Version int             `json:"version"`
		File    string          `json:"file"`
		Written bool            `json:"written"`
		Edits   []jsonSpan      `json:"edits"`
		Summary string          `json:"summary"`
		What    json.RawMessage `json:"consequences"` // as diff --format json has them
		Notes   []string        `json:"notes"`
	}
	jsonSpan struct {
		File  string `json:"file"`
		Start int32  `json:"start"`
		End   int32  `json:"end"`
		Text  string `json:"text"`
	}
)

// editJSON describes a change for a program that makes it itself, or shows it. Where nothing was compared, the summary
// must say so: without consequences it would read as if there were none.
func editJSON(w io.Writer, e Edited) error {
	out := jsonEdited{Version: 1, File: e.Name, Written: e.Written, Edits: []jsonSpan{}, Summary: "same in effect",
		What: json.RawMessage("[]"), Notes: append(append([]string{}, e.Done...), e.Advice...)}
	for _, edit := range e.Edits {
		out.Edits = append(out.Edits, jsonSpan{e.Name, edit.Span.Start, edit.Span.End, edit.New})
	}
	if e.Rejected {
		out.Summary = "not compared: the plug-in rejects the file as it is (R18)"
	}
	if e.Report != nil {
		var all struct {
			Summary      string          `json:"summary"`
			Consequences json.RawMessage `json:"consequences"`
		}
		var b bytes.Buffer
		if err := e.Report.Write(&b, e.Files, "json", diff.Options{}); err != nil {
			return err
		}
		if err := json.Unmarshal(b.Bytes(), &all); err != nil {
			return err
		}
		out.Summary, out.What = all.Summary, all.Consequences
	}
	return forms.JSON(w, out)
}
