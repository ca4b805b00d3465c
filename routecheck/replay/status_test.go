package replay

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

func status(member, fields string) string {
	return "STATS: ws_server_group: serverGroupCheckServerStatus: Checking status of " + member + ", " + fields
}

const (
	started  = "PLUGIN: Bld version: 9.0.5.7"
	up       = "ignoreWeights 1, markedDown 0, retryNow 0, retryInSec --, wlbAllows 1 reachedMaxConnectionsLimit 0"
	down58   = "ignoreWeights 1, markedDown 1, retryNow 0, retryInSec 58, wlbAllows 1 reachedMaxConnectionsLimit 0"
	down10   = "ignoreWeights 1, markedDown 1, retryNow 0, retryInSec 10, wlbAllows 1 reachedMaxConnectionsLimit 0"
	due      = "ignoreWeights 1, markedDown 1, retryNow 1, retryInSec 0, wlbAllows 1 reachedMaxConnectionsLimit 0"
	probed   = "ignoreWeights 1, markedDown 1, retryNow 0, retryInSec 0, wlbAllows 1 reachedMaxConnectionsLimit 0"
	full     = "ignoreWeights 1, markedDown 0, retryNow 0, retryInSec --, wlbAllows 1 reachedMaxConnectionsLimit 1"
	noWeight = "ignoreWeights 0, markedDown 0, retryNow 0, retryInSec --, wlbAllows 0 reachedMaxConnectionsLimit 0"
	dies     = "ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h', OS err=111"
	marking  = "ERROR: ws_server: serverSetFailoverStatus: Marking a down"
)

// TestStates: a pick of a shows weight 1, which is learnt. A status line sets right what the log does not hold, and
// is a disagreement where the log holds it. What it says then counts.
func TestStates(t *testing.T) {
	for _, c := range []struct {
		name       string
		lines      []string
		synced     int64
		mismatches string
		state      string // of a: marked, seconds to the retry, weight
	}{
		{"nothing new", []string{tried, status("a", up)}, 0, "", "false 0 2"},
		{"marked before the log began",
			[]string{tried, picked("b"), ended, tried, status("a", down58)}, 1, "", "true 58 2"},
		{"marked although it is up", []string{started, tried, picked("b"), ended, tried, status("a", down58)}, 0,
			"6 a: markedDown 1, not a: markedDown 0", "true 58 2"},
		{"up although it was marked",
			[]string{tried, cloneAdded("a1"), picked("a"), dies, marking, tried, status("a", up)},
			1, "7 a: markedDown 0, not a: markedDown 1", "false 0 1"},
		{"seconds agree",
			[]string{tried, cloneAdded("a1"), picked("a"), dies, marking, tried, status("a", down58)}, 1, "",
			"true 58 1"},
		{"another timer", []string{tried, cloneAdded("a1"), picked("a"), dies, marking, tried, status("a", down10)}, 1,
			"7 a: retry in 10 s, not a: retry in 58.0 s", "true 10 1"},
		{"due too early", []string{tried, cloneAdded("a1"), picked("a"), dies, marking, tried, status("a", due)}, 1,
			"7 a: retry in 0 s, not a: retry in 58.0 s", "true 0 1"},
		{"probed by a request before the log", []string{tried, picked("b"), ended, tried, status("a", probed)}, 1, "",
			"true 0 2"},
		{"full by requests before the log", []string{tried, picked("b"), ended, tried, status("a", full)}, 1, "",
			"false 0 2"},
		{"no weight left since before the log",
			[]string{tried, picked("b"), ended, tried, status("a", noWeight)}, 1, "",
			"false 0 0"},
		{"no weight left", []string{started, tried, picked("b"), ended, tried, status("a", noWeight)}, 0,
			"6 a: wlbAllows 0, not a: wlbAllows 1", "false 0 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := tableOf(t,
				clusterXML("", server("a", `CloneID="a1" LoadBalanceWeight="2" MaxConnections="3"`)+server("b",
					`CloneID="b1" LoadBalanceWeight="1"`)))
			r := New(table, choices.Latest())
			feed(t, r, logOf(c.lines...))
			rep := r.Report()
			var mismatches []string
			for _, d := range rep.Disagreements {
				if d.What == stateDiffers {
					mismatches = append(mismatches, fmt.Sprintf("%d %s, not %s", d.Place.Line, d.Logged,
						strings.Join(d.Ours, " or ")))
				}
			}
			cs := r.base.clusters[clusterKey{1, 0}].state
			a := cs.Members[0]
			wait := match.Nanos(0)
			if a.MarkedDown {
				wait = max(a.FailedAt+60*second-r.reader.now, 0) / second
			}
			if got := fmt.Sprintf("%t %d %d", a.MarkedDown, wait, a.Weight); got != c.state ||
				strings.Join(mismatches, "\n") != c.mismatches || rep.Synchronised != c.synced {
				t.Errorf("state %s, want %s; mismatches %q, want %q; %d synchronised, want %d",
					got, c.state, mismatches,
					c.mismatches,
					rep.Synchronised, c.synced)
			}
		})
	}
}

// TestOnlyOneChoiceExplains: where the values of one choice alone explain a line, its base value is ruled out and the
// choice settled.
func TestOnlyOneChoiceExplains(t *testing.T) {
	three := server("a", `CloneID="a1"`) + server("b", `CloneID="b1"`) + server("c", `CloneID="c1"`)
	rep := replayLog(t, tableOf(t, clusterXML("", three)), choices.Latest(), logOf(
		tried, picked("b"), ended, // round robin stands at c
		tried, cloneAdded("a1"), picked("a"), dies, marking, cloneAdded("a1"), picked("b"), ended))
	if rep.Mismatches != 1 || rep.Unexplained != 0 || len(rep.Disagreements[0].Fits) != 1 {
		t.Fatalf("%d mismatches, %d unexplained", rep.Mismatches, rep.Unexplained)
	}
	for _, e := range rep.Choices {
		if v, ok := e.Settled(); ok != (e.Choice == choices.AffinityFailover) || ok &&
			(v != 1 || !e.Values[0].RuledOut || e.Values[0].At.Line != 10) {
			t.Errorf("%s: settled %t as %d, %+v", e.Choice, ok, v, e.Values)
		}
	}
}
