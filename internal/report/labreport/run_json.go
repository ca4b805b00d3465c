package labreport

import (
	"io"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/parser/diag"
)

// Scenarios that ran as lab-run.schema.json describes it. Times are seconds.
type (
	labRunJSON struct {
		Version int           `json:"version"`
		Passed  int           `json:"passed"`
		Failed  int           `json:"failed"`
		Files   []labFileJSON `json:"files"`
	}
	labFileJSON struct {
		File  string        `json:"file"`
		Tests []labTestJSON `json:"tests"`
	}
	labTestJSON struct {
		Name      string            `json:"name"`
		Row       string            `json:"row,omitempty"`
		At        diag.Position     `json:"at"`
		Verdict   string            `json:"verdict"`
		Error     string            `json:"error,omitempty"`
		Seconds   float64           `json:"seconds"`
		Steps     []labStepJSON     `json:"steps"`
		Failovers []labFailoverJSON `json:"failovers"`
		Checks    []labCheckJSON    `json:"checks"` // C1 to C7 that do not hold
	}
	labStepJSON struct {
		At       diag.Position    `json:"at"`
		What     string           `json:"what"`
		Verdict  string           `json:"verdict"`
		Failures []labFailureJSON `json:"failures"`
		Rules    []string         `json:"rules"`
	}
	labFailureJSON struct {
		Field string `json:"field"`
		Want  string `json:"want"`
		Got   string `json:"got"`
	}
	labFailoverJSON struct {
		Client       string         `json:"client"`
		Path         string         `json:"path"`
		Died         []labDeathJSON `json:"died"`
		Took         string         `json:"took"`
		Before       string         `json:"cookieBefore"`
		After        string         `json:"cookieAfter"`
		Sent         int            `json:"sent"`
		Acknowledged int            `json:"acknowledged"`
		Written      int64          `json:"written"`
		Found        int64          `json:"found"`
		Lost         int64          `json:"lost"`
		Age          float64        `json:"ageSeconds"`
		Gap          float64        `json:"gapSeconds"`
		Predicted    labPredicted   `json:"predicted"`
		Steps        []labTimedJSON `json:"steps"`
	}
	labDeathJSON struct {
		Member string  `json:"member"`
		How    string  `json:"how"`
		Ago    float64 `json:"agoSeconds"`
	}
	labPredicted struct {
		Session string   `json:"session"`
		Cookie  string   `json:"cookie"`
		Text    string   `json:"text"`
		Rules   []string `json:"rules"`
	}
	labTimedJSON struct {
		Rule  string   `json:"rule"`
		Text  string   `json:"text"`
		After *float64 `json:"afterSeconds"` // null: the log shows no line of it
	}
	labCheckJSON struct {
		Check  string `json:"check"`
		Client string `json:"client"`
		Text   string `json:"text"`
	}
)

var _ = Runs.Add(forms.AsJSON(labJSON))

func labJSON(w io.Writer, l *Run) error {
	failed, all := l.Failed()
	out := labRunJSON{Version: 1, Passed: all - failed, Failed: failed, Files: []labFileJSON{}}
	for _, f := range l.Files {
		file := labFileJSON{File: f.Name, Tests: []labTestJSON{}}
		for _, r := range f.Results {
			file.Tests = append(file.Tests, labTest(r))
		}
		out.Files = append(out.Files, file)
	}
	return forms.JSON(w, &out)
}

// labTest is a test: its verdict, and apart from that an error, of one that could not be run to its end.
func labTest(r *scenario.Result) labTestJSON {
	t := labTestJSON{Name: r.Test.Name.V, Row: r.Test.Row, At: r.At, Verdict: string(r.Verdict),
		Seconds: r.Took.Seconds(),
		Steps:   []labStepJSON{}, Failovers: []labFailoverJSON{}, Checks: []labCheckJSON{}}
	if r.Err != nil {
		t.Error = r.Err.Error()
	}
	for _, s := range r.Steps {
		step := labStepJSON{s.At, s.What, string(s.Verdict), []labFailureJSON{}, append([]string{}, s.Rules...)}
		for _, f := range s.Failures {
			step.Failures = append(step.Failures, labFailureJSON(f))
		}
		t.Steps = append(t.Steps, step)
	}
	for i := range r.Failovers {
		t.Failovers = append(t.Failovers, labFailoverOf(&r.Failovers[i]))
	}
	if r.History != nil {
		for _, f := range r.History.Findings {
			t.Checks = append(t.Checks, labCheckJSON{f.Check, f.Client, f.Text})
		}
	}
	return t
}

func labFailoverOf(f *scenario.Failover) labFailoverJSON {
	out := labFailoverJSON{Client: f.Client, Path: f.Path, Died: []labDeathJSON{}, Took: f.Took, Before: f.Before,
		After: f.After, Sent: f.Sent, Acknowledged: f.Acknowledged, Written: f.Written, Found: f.Found, Lost: f.Lost,
		Age: f.Age.Seconds(), Gap: f.Gap.Seconds(), Steps: []labTimedJSON{},
		Predicted: labPredicted{f.Session, f.Cookie, f.Predicted, append([]string{}, f.Rules...)}}
	for _, d := range f.Died {
		out.Died = append(out.Died, labDeathJSON{d.Member, d.How, d.Ago.Seconds()})
	}
	for _, s := range f.Steps {
		step := labTimedJSON{Rule: s.Rule, Text: s.Text}
		if s.After >= 0 {
			after := s.After.Seconds()
			step.After = &after
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}
