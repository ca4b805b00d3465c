package admin

import (
	"fmt"
	"html/template"
	"strings"
)

// Columns is how many columns of ten seconds the picture of a member has.
const Columns = 60

// Recent is what became of a member in the last ten minutes.
type Recent struct {
	PerSecond       float64 `json:"perSecond"`       // requests, and of them
	FailedPerSecond float64 `json:"failedPerSecond"` // those that failed, both over the last minute
	// ChangedAgo is how many seconds ago the member was marked down or was taken back, absent where neither has happened.
	ChangedAgo *float64        `json:"changedSecondsAgo,omitempty"`
	Columns    [Columns]Column `json:"-"` // the oldest first
}

// Column is ten seconds of a member.
type Column struct {
	Requests, Failed uint64
	Marked           bool // at some time of them
}

// The picture in pixels: a column has two, bars stand above a line of marks.
const (
	columnWidth = 2
	barHeight   = 20
	chartHeight = barHeight + 6
)

// chartOf draws the last ten minutes of a member: requests as bars, failures red before them, and below a line where
// it was marked down. Bars are as high as they may be where most requests came.
func chartOf(r Recent) template.HTML {
	var most, requests, failed uint64
	marked := 0
	for _, c := range r.Columns {
		most, requests, failed = max(most, c.Requests+c.Failed), requests+c.Requests, failed+c.Failed
		if c.Marked {
			marked++
		}
	}
	var bars, fails, marks strings.Builder
	for i, c := range r.Columns {
		x := i*columnWidth + 1
		bar(&bars, x, c.Requests+c.Failed, most)
		bar(&fails, x, c.Failed, most)
		if c.Marked {
			fmt.Fprintf(&marks, "M%d %dh%d", x-1, chartHeight-2, columnWidth)
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="chart" viewBox="0 0 %d %d" width="%d" height="%d" role="img" `+
		`aria-label="last ten minutes: %d requests answered, %d failed, marked down in %d of %d columns of 10 s">`+
		`<path class="bars" d="%s"/><path class="fails" d="%s"/><path class="marks" d="%s"/></svg>`,
		Columns*columnWidth, chartHeight, Columns*columnWidth, chartHeight, requests, failed, marked, Columns,
		bars.String(), fails.String(), marks.String()))
}

// bar draws a column, at least a pixel of what is not nothing.
func bar(b *strings.Builder, x int, n, most uint64) {
	if n > 0 {
		fmt.Fprintf(b, "M%d %dv-%d", x, barHeight, max(n*barHeight/most, 1))
	}
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
