package labreport

import (
	"fmt"
	"io"
	"time"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/scenario"
)

// KillTest are the formats of a kill test.
var KillTest = forms.List[*scenario.KillReport]{forms.AsText(killText), forms.AsJSON(killJSON)}

// killText sums a kill test up and then reads as a history that was checked, of which it has no file.
func killText(w io.Writer, r *scenario.KillReport) error {
	fmt.Fprintf(w, "%s in %s; a client's worst gap: median %s, most %s; a member serves again "+
		"after: median %s, most %s\n",
		forms.Count(r.Faults, "fault"), milliseconds(r.Took), milliseconds(scenario.Median(r.Gaps)),
		milliseconds(most(r.Gaps)),
		milliseconds(scenario.Median(r.Restarts)), milliseconds(most(r.Restarts)))
	return historyText(w, Checked{"history", r.History})
}

// most is the last of rising times.
func most(rising []time.Duration) time.Duration {
	if len(rising) == 0 {
		return 0
	}
	return rising[len(rising)-1]
}

// killJSON fits lab-kill-test.schema.json.
func killJSON(w io.Writer, r *scenario.KillReport) error {
	h := r.History
	return forms.JSON(w, struct {
		Version       int     `json:"version"`
		Faults        int     `json:"faults"`
		Seconds       float64 `json:"seconds"`
		GapMedian     float64 `json:"gapMedianSeconds"`
		GapMost       float64 `json:"gapMostSeconds"`
		RestartMedian float64 `json:"restartMedianSeconds"`
		RestartMost   float64 `json:"restartMostSeconds"`
		Acknowledged  int     `json:"acknowledged"`
		Written       int     `json:"written"`
		Lost          int     `json:"lost"`
		Excused       int     `json:"excused"`
		Twice         int     `json:"twice"`
		Findings      int     `json:"findings"`
	}{1, r.Faults, r.Took.Seconds(), scenario.Median(r.Gaps).Seconds(), most(r.Gaps).Seconds(),
		scenario.Median(r.Restarts).Seconds(), most(r.Restarts).Seconds(), h.Acknowledged,
		h.Written, h.Lost, h.Excused,
		h.Twice, len(h.Findings)})
}
