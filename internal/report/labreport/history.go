package labreport

import (
	"fmt"
	"io"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/history"
)

// Checked is a history that was checked.
type Checked struct {
	File string
	*history.Report
}

// History are the formats of a checked history.
var History = forms.List[Checked]{forms.AsText(historyText), forms.AsJSON(historyJSON)}

// historyText says what was checked and counts what is no mistake in itself, each only where it happened; then a line
// for each finding, as compilers have them: the line is that of the history.
func historyText(w io.Writer, c Checked) error {
	fmt.Fprintf(w, "%s: %s, %s: %d answered, %d acknowledged as written; %s\n",
		c.File, forms.Count(c.Clients, "client"),
		forms.Count(c.Operations, "operation"), c.Acknowledged, c.Written, forms.Count(c.Faults, "fault"))
	for _, n := range []struct {
		of   int
		text string
	}{
		{c.Lost, fmt.Sprintf("%d answered and not found later", c.Lost)},
		{c.Excused, forms.Count(c.Excused, "time") + " nobody was left who had what was written"},
		{c.Twice, forms.Count(c.Twice, "request") + " that took effect twice (W9)"},
		{c.Crossovers, forms.Count(c.Crossovers, "client") + " whose requests were at two members at once (D12)"},
	} {
		if n.of > 0 {
			fmt.Fprintf(w, "  %s\n", n.text)
		}
	}
	for _, f := range c.Findings {
		fmt.Fprintf(w, "%s:%d: %s: client %s: %s\n", c.File, f.Line, f.Check, f.Client, f.Text)
	}
	if c.Fine() {
		_, err := fmt.Fprintln(w, "C1 to C7 hold")
		return err
	}
	_, err := fmt.Fprintf(w, "%s\n", forms.Count(len(c.Findings), "finding"))
	return err
}

// historyJSON fits lab-history.schema.json.
func historyJSON(w io.Writer, c Checked) error {
	type finding struct {
		Check  string `json:"check"`
		Line   int    `json:"line"`
		Client string `json:"client"`
		Text   string `json:"text"`
	}
	out := struct {
		Version      int       `json:"version"`
		File         string    `json:"file"`
		Clients      int       `json:"clients"`
		Operations   int       `json:"operations"`
		Acknowledged int       `json:"acknowledged"`
		Written      int       `json:"written"`
		Faults       int       `json:"faults"`
		Lost         int       `json:"lost"`
		Excused      int       `json:"excused"`
		Twice        int       `json:"twice"`
		Crossovers   int       `json:"crossovers"`
		Findings     []finding `json:"findings"`
	}{1, c.File, c.Clients, c.Operations, c.Acknowledged, c.Written, c.Faults, c.Lost,
		c.Excused, c.Twice, c.Crossovers,
		[]finding{}}
	for _, f := range c.Findings {
		out.Findings = append(out.Findings, finding(f))
	}
	return forms.JSON(w, out)
}
