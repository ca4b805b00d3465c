package admin

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Columns is how many columns of ten seconds the picture of a member has.
const Columns = 60

// Recent is what became of a member in the last ten minutes.
type Recent struct {
	// Over the last minute: requests, attempts that failed, and answers that are server errors.
	PerSecond       float64 `json:"perSecond"`
	FailedPerSecond float64 `json:"failedPerSecond"`
	ErrorsPerSecond float64 `json:"errorsPerSecond"`
	// Wait is the mean time until the head of an answer, in seconds, over the last minute, absent where none came.
	Wait *float64 `json:"waitSeconds,omitempty"`
	// ChangedAgo is how many seconds ago the member was marked down or was taken back, absent where neither has
	// happened.
	ChangedAgo *float64        `json:"changedSecondsAgo,omitempty"`
	Columns    [Columns]Column `json:"-"` // the oldest first
}

// Column is ten seconds of a member.
type Column struct {
	Requests, Failed uint32
	Answers, Errors  uint32      // heads of answers, and those of server errors among them
	Waited           match.Nanos // for all these heads
	Marked           bool        // at some time of them
}

// Add adds what became of another member in that time, or of the same one in another.
func (c *Column) Add(more Column) {
	c.Requests, c.Failed = c.Requests+more.Requests, c.Failed+more.Failed
	c.Answers, c.Errors = c.Answers+more.Answers, c.Errors+more.Errors
	c.Waited, c.Marked = c.Waited+more.Waited, c.Marked || more.Marked
}

// The picture in pixels: a column has two, bars stand above a line of marks.
const (
	columnWidth = 2
	barHeight   = 20
	chartHeight = barHeight + 6
)

// chartOf draws the last ten minutes of a member: requests as bars, server errors amber and failures red before them,
// and below a line where it was marked down. Bars are as high as they may be where most requests came.
func chartOf(r Recent) template.HTML {
	var sum Column
	var most uint32
	marked := 0
	for _, c := range r.Columns {
		sum.Add(c)
		if most = max(most, c.Requests+c.Failed); c.Marked {
			marked++
		}
	}
	var bars, errors, fails, marks strings.Builder
	for i, c := range r.Columns {
		x := i*columnWidth + 1
		bar(&bars, x, c.Requests+c.Failed, most)
		bar(&errors, x, min(c.Errors, c.Requests)+c.Failed, most)
		bar(&fails, x, c.Failed, most)
		if c.Marked {
			fmt.Fprintf(&marks, "M%d %dh%d", x-1, chartHeight-2, columnWidth)
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="chart" viewBox="0 0 %d %d" width="%d" height="%d" role="img" `+
		`aria-label="last ten minutes: %d requests answered, %d server errors, %d failed, `+
		`marked down in %d of %d columns of 10 s">`+
		`<path class="bars" d="%s"/><path class="errors" d="%s"/><path class="fails" d="%s"/>`+
		`<path class="marks" d="%s"/></svg>`,
		Columns*columnWidth, chartHeight, Columns*columnWidth, chartHeight, sum.Requests, sum.Errors, sum.Failed,
		marked, Columns, bars.String(), errors.String(), fails.String(), marks.String()))
}

// bar draws a column, at least a pixel of what is not nothing. most is the highest of the picture, above 0 where n is.
func bar(b *strings.Builder, x int, n, most uint32) {
	if n > 0 {
		fmt.Fprintf(b, "M%d %dv-%d", x, barHeight, max(n*barHeight/most, 1))
	}
}

// add adds what became of another member at the same time. Waits have no sum: a cluster has none.
func (r *Recent) add(more *Recent) {
	r.PerSecond += more.PerSecond
	r.FailedPerSecond += more.FailedPerSecond
	r.ErrorsPerSecond += more.ErrorsPerSecond
	for i := range r.Columns {
		r.Columns[i].Add(more.Columns[i])
	}
}

// duration words seconds that somebody waits.
func duration(seconds float64) string {
	switch {
	case seconds < 0.01:
		return fmt.Sprintf("%.1f ms", 1000*seconds)
	case seconds < 1:
		return fmt.Sprintf("%.0f ms", 1000*seconds)
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// rate words how many come in a second.
func rate(perSecond float64) string {
	switch {
	case perSecond == 0:
		return "0"
	case perSecond < 0.05:
		return "under 0.1"
	case perSecond < 10:
		return fmt.Sprintf("%.1f", perSecond)
	}
	return fmt.Sprintf("%.0f", perSecond)
}

// ago words how long something has been so.
func ago(seconds *float64) string {
	switch {
	case seconds == nil:
		return ""
	case *seconds < 120:
		return fmt.Sprintf("%.0f s", *seconds)
	case *seconds < 2*60*60:
		return fmt.Sprintf("%.0f min", *seconds/60)
	}
	return fmt.Sprintf("%.0f h", *seconds/3600)
}
