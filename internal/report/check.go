package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/forms"
)

// Safety are the formats of a verdict about a change. Each says the verdict first, then the reasons, the gravest
// first: markdown is for a comment at a merge request, where people see the first lines.
var Safety forms.List[*checks.SafetyAnswer]

// byWeight lists the reasons: what makes the change unsafe first.
func byWeight(a *checks.SafetyAnswer) []checks.Reason {
	list := slices.Clone(a.Reasons)
	slices.SortStableFunc(list, func(a, b checks.Reason) int { return rank(a) - rank(b) })
	return list
}

// rank orders reasons: 0 those that make the change unsafe, 1 those that are told, 2 those that would but are
// accepted.
func rank(r checks.Reason) int {
	switch {
	case r.Fails:
		return 0
	case r.Accepted != "":
		return 2
	}
	return 1
}

// standing says what becomes of a reason.
func standing(r checks.Reason) string { return []string{"unsafe", "told", "accepted"}[rank(r)] }

var _ = Safety.Add(forms.AsText(safetyText))

// safetyText is the verdict, a line for each reason with what became of it, and below that why it is accepted, or the
// key to accept it by.
func safetyText(w io.Writer, a *checks.SafetyAnswer) error {
	fmt.Fprintf(w, "check: %s\n", a.Summary())
	for _, r := range byWeight(a) {
		fmt.Fprintf(w, "%-8s  %s\n", standing(r), r.Text)
		switch {
		case r.Accepted != "":
			fmt.Fprintf(w, "%10s%s\n", "", r.Accepted)
		case r.Fails:
			// The key is what a file of --accept names the reason by: it is copied from here.
			fmt.Fprintf(w, "%10skey: %s\n", "", r.Key)
		}
	}
	if a.Logged != nil {
		return diffURLsText(w, a.Logged)
	}
	return nil
}

var _ = Safety.Add(forms.Form[*checks.SafetyAnswer]{Name: "markdown", Place: 3, Write: safetyMarkdown})

func safetyMarkdown(w io.Writer, a *checks.SafetyAnswer) error {
	fmt.Fprintf(w, "**check: %s**\n", diff.Mark(a.Summary()))
	for i, r := range byWeight(a) {
		if i == 0 {
			fmt.Fprint(w, "\n| | kind | what | accepted |\n|---|---|---|---|\n")
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", standing(r), r.Kind, diff.Mark(r.Text), diff.Mark(r.Accepted))
	}
	if a.Logged != nil {
		fmt.Fprintln(w)
		return diffURLsMarkdown(w, a.Logged)
	}
	return nil
}

// The verdict as check.schema.json describes it. Of several pairs of files the parts stand one behind the other; which
// file a part is about, it says itself.
type (
	jsonSafety struct {
		Version      int                 `json:"version"`
		Verdict      string              `json:"verdict"`
		Summary      string              `json:"summary"`
		Reasons      []jsonReason        `json:"reasons"`
		Lint         []jsonNewFinding    `json:"lint"`
		Consequences []json.RawMessage   `json:"consequences"` // as diff --format json has them
		Requests     []json.RawMessage   `json:"requests"`
		Tests        []checks.TestAnswer `json:"tests"`
		Logged       *jsonDiffURLs       `json:"logged"` // null without --urls
	}
	jsonReason struct {
		Kind     string  `json:"kind"`
		Text     string  `json:"text"`
		Key      string  `json:"key"`
		Fails    bool    `json:"fails"`
		Accepted *string `json:"accepted"` // null: it is not
	}
	jsonNewFinding struct {
		File     string `json:"file"`
		Rule     string `json:"rule"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
		Path     string `json:"path"`
	}
)

var _ = Safety.Add(forms.AsJSON(safetyJSON))

// safetyJSON says what the verdict rests on in the forms that lint, diff and test have for it.
func safetyJSON(w io.Writer, a *checks.SafetyAnswer) error {
	out := jsonSafety{Version: 1, Verdict: a.Verdict, Summary: a.Summary(), Reasons: []jsonReason{},
		Lint: []jsonNewFinding{}, Consequences: []json.RawMessage{}, Requests: []json.RawMessage{},
		Tests: []checks.TestAnswer{}}
	for _, r := range byWeight(a) {
		j := jsonReason{Kind: r.Kind, Text: r.Text, Key: r.Key, Fails: r.Fails}
		if r.Accepted != "" {
			j.Accepted = &r.Accepted
		}
		out.Reasons = append(out.Reasons, j)
	}
	for _, p := range a.Parts {
		for _, f := range p.Lint {
			out.Lint = append(out.Lint, jsonNewFinding{p.New, f.Rule.Code, f.Severity.String(), f.Message, f.Path})
		}
		consequences, requests, err := partsOf(p.Report, a)
		if err != nil {
			return err
		}
		out.Consequences = append(out.Consequences, consequences...)
		out.Requests = append(out.Requests, requests...)
		out.Tests = append(out.Tests, *p.Tests)
	}
	if a.Logged != nil {
		logged := jsonDiffURLsOf(a.Logged)
		out.Logged = &logged
	}
	return forms.JSON(w, out)
}

// partsOf takes two lists out of the JSON of a comparison, so that a consequence looks here as it does in that of
// diff: only package diff knows how.
func partsOf(r *diff.Report, a *checks.SafetyAnswer) (consequences, requests []json.RawMessage, err error) {
	var all struct {
		Consequences []json.RawMessage `json:"consequences"`
		Requests     []json.RawMessage `json:"requests"`
	}
	var b bytes.Buffer
	if err := r.Write(&b, a.Files, "json", diff.Options{}); err != nil {
		return nil, nil, err
	}
	err = json.Unmarshal(b.Bytes(), &all)
	return all.Consequences, all.Requests, err
}
