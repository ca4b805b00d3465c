package labreport

import (
	"fmt"
	"io"
	"time"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/scenario"
)

// BenchRun is what a measurement gave: the first figure counts as 1.
type BenchRun struct {
	Clients int
	Figures []scenario.Figure
}

// Bench are the formats of a measurement.
var Bench = forms.List[*BenchRun]{forms.AsText(benchText), forms.AsJSON(benchJSON)}

func benchText(w io.Writer, b *BenchRun) error {
	if _, err := fmt.Fprint(w, BenchHead); err != nil {
		return err
	}
	for i := range b.Figures {
		if err := BenchRow(w, b, i); err != nil {
			return err
		}
	}
	return nil
}

// BenchHead is the line above the rows. It has its own widths and is no forms.Table, as rows are written one by one: a
// measurement takes minutes.
var BenchHead = fmt.Sprintf("%-22s %-24s %10s %6s %9s %9s %9s %9s %9s\n", "persistence",
	"written", "requests/s", "ratio",
	"median", "p99", "started", "member", "grid")

// BenchRow writes one figure, for a reader who waits for the next one.
func BenchRow(w io.Writer, b *BenchRun, i int) error {
	f := b.Figures[i]
	// Times are rounded to what does not change from run to run.
	_, err := fmt.Fprintf(w, "%-22s %-24s %10.0f %6.2f %9s %9s %9s %9s %9s\n", f.Persistence, f.Frequency, f.PerSecond,
		b.ratio(i), f.Median.Round(10*time.Microsecond), f.P99.Round(10*time.Microsecond),
		f.FirstAnswer.Round(10*time.Millisecond), megabytes(f.Memory), megabytes(f.Beside))
	return err
}

// megabytes are the bytes of a process, - where they are not known or not asked for.
func megabytes(bytes int64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

// ratio is a figure beside the first, which is that without persistence.
func (b *BenchRun) ratio(i int) float64 {
	if b.Figures[0].PerSecond == 0 {
		return 0
	}
	return b.Figures[i].PerSecond / b.Figures[0].PerSecond
}

// benchJSON fits lab-bench.schema.json. Bytes are absent where they are not known.
func benchJSON(w io.Writer, b *BenchRun) error {
	type figure struct {
		Persistence string  `json:"persistence"`
		Written     string  `json:"written"`
		PerSecond   float64 `json:"perSecond"`
		Ratio       float64 `json:"ratio"`
		Median      float64 `json:"medianSeconds"`
		P99         float64 `json:"p99Seconds"`
		FirstAnswer float64 `json:"firstAnswerSeconds"`
		Memory      int64   `json:"memberBytes,omitempty"`
		Beside      int64   `json:"gridBytes,omitempty"`
	}
	out := struct {
		Version int      `json:"version"`
		Clients int      `json:"clients"`
		Figures []figure `json:"figures"`
	}{1, b.Clients, []figure{}}
	for i, f := range b.Figures {
		out.Figures = append(out.Figures,
			figure{f.Persistence, f.Frequency, f.PerSecond, b.ratio(i), f.Median.Seconds(),
				f.P99.Seconds(), f.FirstAnswer.Seconds(), f.Memory, f.Beside})
	}
	return forms.JSON(w, out)
}
