package words

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/routecheck/failover"
)

// skips are the sentences about the member of a session that is passed over, with the holes of about.
var skips = [...]string{
	failover.RetryRuns: "{member} is marked down and its retry timer is not 0 ({wait}): skipped",
	failover.Stuck: "{member} is marked down, and since its probe was answered 503 nobody probes it until a reload " +
		"(before PM49491): skipped",
	failover.MarkedByItself: "{member} was marked down by this very request: skipped",
	failover.BeingProbed:    "{member} is marked down and another request is probing it: skipped",
	failover.Full:           "{member} has {pending} pending requests, its MaxConnections: skipped",
}

// obstacles are what is said of each member of a list.
var obstacles = [...]string{
	failover.NoObstacle:    "{member} is usable",
	failover.FailedRequest: "{member} failed this request",
	failover.Stuck:         "{member} is marked down, and not probed again until a reload",
	failover.BeingProbed:   "{member} is marked down and being probed",
	failover.RetryRuns:     "{member} is marked down, {wait}",
	failover.Full:          "{member} is full, {pending} of {most} pending",
	failover.WeightZero:    "{member} has weight 0",
	failover.NoWeightLeft:  "{member} has no weight left",
}

func (w *sentence) skip() string { return w.about(w.Skip, skips[w.Skip.Why]) }

// about fills in what is said of a member that gets nothing.
func (w *sentence) about(p *failover.PassedOver, said string) string {
	m := &w.c.Members[p.Member]
	wait := Seconds(p.RetryIn) + " to go"
	if p.AtArrival {
		wait += " when this request arrived"
	}
	return strings.NewReplacer("{member}", m.Name, "{wait}", wait, "{pending}", fmt.Sprint(p.Pending),
		"{most}", fmt.Sprint(m.MaxConnections)).Replace(said)
}

// passedOver tells why members get nothing, of the first ones by name.
func (w *sentence) passedOver() string {
	const most = 6
	var parts []string
	for i := range w.Passed[:min(len(w.Passed), most)] {
		p := &w.Passed[i]
		parts = append(parts, w.about(p, obstacles[p.Why]))
	}
	if more := len(w.Passed) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}
