package simulatereport

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/match"
)

var _ = Simulation.Add(forms.Form[*answers.Simulation]{Name: "csv", Place: 3, Write: simulationCSV})

// simulationCSV writes a row for each step, for spreadsheets: the series, and nothing of the sums, which a table of
// one form has no place for. Of two runs the rows stand one below the other, told apart by the first column.
func simulationCSV(w io.Writer, a *answers.Simulation) error {
	c := csv.NewWriter(w)
	if err := c.Write([]string{"config", "seconds", "requests", "failed_over", "errors", "declined"}); err != nil {
		return err
	}
	for i := range a.Runs {
		r := a.Runs[i].Result
		for step := range r.Series {
			s := &r.Series[step]
			row := []string{forms.NoFormula(a.Runs[i].Config),
				strconv.FormatFloat(seconds(match.Nanos(step)*r.Step), 'f', -1, 64)}
			for _, n := range []uint64{s.Requests, s.FailedOver, s.Failed(), s.Declined} {
				row = append(row, fmt.Sprint(n))
			}
			if err := c.Write(row); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}
