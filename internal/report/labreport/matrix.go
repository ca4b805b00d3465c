package labreport

import (
	"fmt"
	"io"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// CellSet are lines of a table of failovers, predicted or staged.
type CellSet struct {
	File  string
	Cells []Cell
}

// Cell is a line: what was observed is nil where it was predicted only.
type Cell struct {
	*session.Cell
	Observed map[string]string // by column
	Differs  []string          // in words, of the table, the prediction and what was observed
}

// Differ is in how many lines the sides are not the same.
func (l *CellSet) Differ() (n int) {
	for i := range l.Cells {
		if len(l.Cells[i].Differs) > 0 {
			n++
		}
	}
	return n
}

// Cells are the formats of staged lines; predicted ones have a text of their own, the table.
var Cells = forms.List[*CellSet]{
	{Name: "text", Place: 1, Usage: " (with --predict the table)", Write: cellsText},
	{Name: "json", Place: 2, Usage: " (of rows that of 'wasplug lab run')", Escape: diag.JSON, Write: cellsJSON},
}

// cellsText has a line for each line of the table, which stands as it is given; what differs is told below.
func cellsText(w io.Writer, l *CellSet) error {
	for _, c := range l.Cells {
		word := "ok  "
		if len(c.Differs) > 0 {
			word = "FAIL"
		}
		if _, err := fmt.Fprintf(w, "%s %s:%d: %s\n", word, l.File, c.Line, c.Given()); err != nil {
			return err
		}
		for _, d := range c.Differs {
			fmt.Fprintf(w, "     %s\n", d)
		}
	}
	return nil
}

// cellsJSON fits lab-matrix.schema.json: what is given in a line, and then three times what comes of it.
func cellsJSON(w io.Writer, l *CellSet) error {
	type cell struct {
		Line      int               `json:"line"`
		Given     map[string]string `json:"given"`
		Table     map[string]string `json:"table"`
		Predicted map[string]string `json:"predicted"`
		Rules     []string          `json:"rules"`
		Observed  map[string]string `json:"observed"`
		Differs   []string          `json:"differs"`
	}
	out := struct {
		Version int    `json:"version"`
		File    string `json:"file"`
		Differ  int    `json:"differ"`
		Cells   []cell `json:"cells"`
	}{1, l.File, l.Differ(), []cell{}}
	for _, c := range l.Cells {
		given, table := c.Columns()
		predicted, rules := c.Predicted()
		out.Cells = append(out.Cells, cell{c.Line, given, table, predicted, append([]string{}, rules...), c.Observed,
			append([]string{}, c.Differs...)})
	}
	return forms.JSON(w, out)
}
