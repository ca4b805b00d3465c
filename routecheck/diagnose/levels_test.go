package diagnose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose"
)

// TestPlantsAtLevels: a log that hides more never makes another cause found, of whatever symptom, nor the planted one
// excluded: it is found, possible, or open.
func TestPlantsAtLevels(t *testing.T) {
	atTrace := map[string][]string{}
	for _, p := range plants {
		if p.found.log != nil {
			atTrace[p.cause] = foundIn(t, p.found.build(t))
		}
	}
	for _, level := range []pluginlog.Level{pluginlog.LevelError, pluginlog.LevelStats, pluginlog.LevelDetail} {
		seen := map[diagnose.Verdict]int{}
		for _, p := range plants {
			if p.found.log == nil || p.found.level != 0 {
				continue
			}
			c, s := diagnose.Lookup(p.cause), p.found
			s.level = level
			k, all := s.build(t), atTrace[p.cause]
			got := foundIn(t, k)
			if slices.ContainsFunc(got, func(id string) bool { return !slices.Contains(all, id) }) {
				t.Errorf("%s at LogLevel %s: found %q, at Trace %q", p.cause, level, got, all)
			}
			j := verdictOf(t, k, c)
			if seen[j.Verdict]++; j.Verdict == diagnose.Excluded {
				t.Errorf("%s at LogLevel %s: excluded: %s", p.cause, level, j.Why)
			}
		}
		var counts []string
		for _, v := range []diagnose.Verdict{diagnose.Found, diagnose.Possible, diagnose.Open, diagnose.Excluded} {
			counts = append(counts, fmt.Sprint(v, " ", seen[v]))
		}
		t.Logf("LogLevel %s: %s", level, strings.Join(counts, ", "))
	}
}
