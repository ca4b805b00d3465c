package labreport

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/lab/scenario/rows"
)

// RowSet is what came of the rows of the matrix.
type RowSet struct{ Rows []Row }

// Row is a row with the tests that staged it.
type Row struct {
	*rows.Row
	Results []RowResult
	Skipped []string // tests that could not run here, and why
}

// RowResult is what came of a test of a file.
type RowResult struct {
	File string
	*scenario.Result
}

// Run is the same, file by file. A file whose tests stage several rows comes up once.
func (l *RowSet) Run() *Run {
	out := &Run{}
	for _, row := range l.Rows {
		for _, r := range row.Results {
			i := slices.IndexFunc(out.Files, func(f File) bool { return f.Name == r.File })
			if i < 0 {
				i, out.Files = len(out.Files), append(out.Files, File{Name: r.File})
			}
			out.Files[i].Results = append(out.Files[i].Results, r.Result)
		}
	}
	return out
}

// Rows are the formats of the rows of the matrix; as JSON they are scenarios that ran.
var Rows = forms.List[*RowSet]{forms.AsText(rowsText), forms.AsJSON(rowsJSON)}

// rowsText is row by row, as the matrix is written. A row without a test says why nobody can stage it.
func rowsText(w io.Writer, l *RowSet) error {
	staged := 0
	for _, row := range l.Rows {
		fmt.Fprintf(w, "row %s: %s, %s: %s -> %s\n",
			row.Number, row.Persistence, row.Settings, row.Happens, row.Outcome)
		for _, r := range row.Results {
			word := "ok   "
			if r.Failed() {
				word = "FAIL "
			}
			fmt.Fprintf(w, "   %s %s: %s (%s)\n", word, r.File, r.Test.Name.V, milliseconds(r.Took))
			var below strings.Builder
			labFailures(&below, r.Result)
			for line := range strings.Lines(below.String()) {
				fmt.Fprintf(w, "   %s", line) // as far to the right as the test that it is about
			}
		}
		for _, s := range row.Skipped {
			fmt.Fprintf(w, "   skipped %s\n", s)
		}
		if len(row.Results) > 0 {
			staged++
		} else if row.Unstaged != "" {
			fmt.Fprintf(w, "   not staged: %s\n", row.Unstaged)
		}
	}
	failed, all := l.Run().Failed()
	_, err := fmt.Fprintf(w, "%s, %d staged by %s: prediction and observation are as the row says in %d, %d differ\n",
		forms.Count(len(l.Rows), "row"), staged, forms.Count(all, "test"), all-failed, failed)
	return err
}

func rowsJSON(w io.Writer, l *RowSet) error { return labJSON(w, l.Run()) }
