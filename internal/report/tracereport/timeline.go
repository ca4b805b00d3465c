package tracereport

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// writeTimeline draws how the log went: a row for each member, a cell for each stretch of time. Below stand the rows
// of the web server as a whole, in the same columns, so that what coincides stands one below the other.
func (run *traceRun) writeTimeline(w io.Writer, a *evidence.TraceAnswer) {
	s := a.Series
	if s == nil {
		return
	}
	fmt.Fprintf(w, "\ntime line from %s, a cell is %s\n", s.From, lengthOf(s.Step))
	rows := rowWriter{w, width(s)}
	most := mostOf(s, func(c *story.Cell) int64 { return c.Served })
	for i := range s.Members {
		rows.row(s.Members[i].Member, cells(&s.Members[i], func(c *story.Cell) string { return cellMark(c, most) }))
	}
	if slices.Max(s.Reloads) > 0 { // there is at least one stretch
		var line strings.Builder
		for _, n := range s.Reloads {
			line.WriteString(markIf(n > 0, "R", " "))
		}
		rows.row("reloads", strings.TrimRight(line.String(), " "))
	}
	if busy := run.busyCells(s); busy != nil {
		var line strings.Builder
		for _, n := range busy {
			line.WriteString(height(n, slices.Max(busy)))
		}
		rows.row("threads", line.String())
	}
	fmt.Fprintln(w, "  · nothing  ▁▂▃ served  x failed  ▼ marked down  ▲ back  R plugin-cfg.xml taken")
	if a.Stats.Noisiest < pluginlog.LevelStats {
		fmt.Fprintln(w, "  what was served is not known at LogLevel Error (needs Stats, Detail or Trace)")
	}
	if s.Dropped > 0 {
		fmt.Fprintf(w, "  %s about further members\n", forms.Count(s.Dropped, "line"))
	}
	writePercentiles(w, s)
	writeNew(rows, s)
}

// busyCells returns the most busy threads of the web server in each stretch; nil where nobody told. Reports of before
// and after the log are left out.
func (run *traceRun) busyCells(s *story.Series) []int64 {
	if run.server == nil || len(run.server.Reports) == 0 {
		return nil
	}
	busy := make([]int64, len(s.Reloads))
	for i := range run.server.Reports {
		r := &run.server.Reports[i]
		if n := int64(r.At-s.From) / int64(s.Step); r.At >= s.From && n < int64(len(busy)) {
			busy[n] = max(busy[n], r.Busy)
		}
	}
	return busy
}

// writePercentiles prints how long requests took, by who answered.
func writePercentiles(w io.Writer, s *story.Series) {
	t := forms.Table{Head: []string{"member", "requests", "50 %", "95 %", "99 %"}}
	t.RightAlign(1, 2, 3, 4)
	for i := range s.Members {
		if c := &s.Members[i].All; c.Timed() > 0 {
			t.Add(s.Members[i].Member, fmt.Sprint(c.Timed()), percentile(c, 50), percentile(c, 95), percentile(c, 99))
		}
	}
	t.Section(w, "seconds that so many of the requests took at most, by the member that answered")
}

func percentile(c *story.Cell, percent int64) string {
	return fmt.Sprintf("%.3f", c.Percentile(percent).Seconds())
}

// writeNew draws the new requests that balancing gave to members, by the counters of STATS lines.
func writeNew(rows rowWriter, s *story.Series) {
	if !slices.ContainsFunc(s.Members, func(m story.MemberSeries) bool { return m.All.Counted }) {
		return
	}
	fmt.Fprintln(rows.w, "\nnew requests by STATS lines; behind them new, of sessions, and the most pending")
	most := mostOf(s, func(c *story.Cell) int64 { return c.New })
	for i := range s.Members {
		m := &s.Members[i]
		if m.All.Counted {
			rows.row(m.Member, cells(m, func(c *story.Cell) string { return height(c.New, most) })+
				fmt.Sprintf("  %d %d %d", m.All.New, m.All.Affinity, m.All.Pending))
		}
	}
}

// rowWriter writes a name, padded to a width in code points, and what is drawn of it.
type rowWriter struct {
	w     io.Writer
	width int
}

func (r rowWriter) row(name, line string) {
	name = forms.Printable(name)
	fmt.Fprintf(r.w, "  %s%s  %s\n", name, strings.Repeat(" ", max(r.width-len([]rune(name)), 0)), line)
}

func width(s *story.Series) int {
	widest := len("reloads")
	for i := range s.Members {
		widest = max(widest, len([]rune(forms.Printable(s.Members[i].Member))))
	}
	return widest
}

func cells(m *story.MemberSeries, draw func(*story.Cell) string) string {
	var line strings.Builder
	for i := range m.Cells {
		line.WriteString(draw(&m.Cells[i]))
	}
	return line.String()
}

func mostOf(s *story.Series, of func(*story.Cell) int64) (most int64) {
	for i := range s.Members {
		for n := range s.Members[i].Cells {
			most = max(most, of(&s.Members[i].Cells[n]))
		}
	}
	return most
}

// cellMark draws the worst of a cell: one character has to do, and a mark means more than a failure or an answer.
func cellMark(c *story.Cell, most int64) string {
	switch {
	case c.Marks > 0:
		return "▼"
	case c.Failed > 0:
		return "x"
	case c.Back > 0:
		return "▲"
	}
	return height(c.Served, most)
}

// height draws a count beside the highest one, in thirds of it; nothing is a dot, so that a row has its length.
func height(n, most int64) string {
	switch {
	case n == 0:
		return "·"
	case 3*n > 2*most:
		return "▃"
	case 3*n > most:
		return "▂"
	}
	return "▁"
}

func markIf(yes bool, mark, otherwise string) string {
	if yes {
		return mark
	}
	return otherwise
}

// lengthOf is a length of time in the largest unit that it is a multiple of.
func lengthOf(d time.Duration) string {
	for _, unit := range [...]struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}} {
		if d%unit.of == 0 {
			return fmt.Sprint(int64(d/unit.of), " ", unit.name)
		}
	}
	return fmt.Sprint(int64(d/time.Second), " s")
}

// seriesJSON is a member over the time line. What the log level hides is null.
type seriesJSON struct {
	Member   string     `json:"member"`
	From     string     `json:"from"`
	Step     float64    `json:"step"`
	Marks    []int64    `json:"marks"`
	Back     []int64    `json:"back"`
	Served   []int64    `json:"served"`
	Failed   []int64    `json:"failed"`
	New      []int64    `json:"newRequests"`
	Affinity []int64    `json:"affinity"`
	Pending  []int64    `json:"pending"`
	P50      []*float64 `json:"p50"`
	P95      []*float64 `json:"p95"`
	P99      []*float64 `json:"p99"`
	All      totalJSON  `json:"all"`
}

// totalJSON is a member over all of the time line.
type totalJSON struct {
	Timed    int64    `json:"timed"`
	P50      *float64 `json:"p50"`
	P95      *float64 `json:"p95"`
	P99      *float64 `json:"p99"`
	New      *int64   `json:"newRequests"`
	Affinity *int64   `json:"affinity"`
	Pending  *int64   `json:"pending"`
}

// totalDoc is null in what the log level hides.
func totalDoc(c *story.Cell) (doc totalJSON) {
	if doc.Timed = c.Timed(); doc.Timed > 0 {
		doc.P50, doc.P95, doc.P99 = secondsJSON(c.Percentile(50)), secondsJSON(c.Percentile(95)),
			secondsJSON(c.Percentile(99))
	}
	if c.Counted {
		doc.New, doc.Affinity, doc.Pending = &c.New, &c.Affinity, &c.Pending
	}
	return doc
}

// seriesDoc has every number of a member as a list over time. Marks and failures are in a log of any level, what was
// served from Stats on, counters where there are STATS lines.
func seriesDoc(s *story.Series, level pluginlog.Level) (all []seriesJSON) {
	for i := range s.Members {
		m := &s.Members[i]
		// of has one number for each stretch, nil (null) where the log does not tell; took has null for each stretch
		// without a request.
		of := func(known bool, value func(*story.Cell) int64) (out []int64) {
			for n := range m.Cells {
				if known {
					out = append(out, value(&m.Cells[n]))
				}
			}
			return out
		}
		took := func(percent int64) (out []*float64) {
			for n := range m.Cells {
				var at *float64
				if c := &m.Cells[n]; c.Timed() > 0 {
					at = secondsJSON(c.Percentile(percent))
				}
				out = append(out, at)
			}
			return out
		}
		all = append(all, seriesJSON{Member: m.Member, From: traceTime(s.From), Step: s.Step.Seconds(),
			Marks:    of(true, func(c *story.Cell) int64 { return c.Marks }),
			Back:     of(level >= pluginlog.LevelStats, func(c *story.Cell) int64 { return c.Back }),
			Served:   of(level >= pluginlog.LevelStats, func(c *story.Cell) int64 { return c.Served }),
			Failed:   of(true, func(c *story.Cell) int64 { return c.Failed }),
			New:      of(m.All.Counted, func(c *story.Cell) int64 { return c.New }),
			Affinity: of(m.All.Counted, func(c *story.Cell) int64 { return c.Affinity }),
			Pending:  of(m.All.Counted, func(c *story.Cell) int64 { return c.Pending }),
			P50:      took(50), P95: took(95), P99: took(99), All: totalDoc(&m.All)})
	}
	return all
}
