package requests

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// TestTraceRequests puts the excerpts together to requests.
func TestTraceRequests(t *testing.T) {
	for prefix, want := range map[string]string{
		"02-": "was1node_PluginMember1 refused marked, [marked-down connect-failed failover]",
		"03-": "wasserverNode01_abc timeout, wasserverNode01_abc timeout, [connect-timeout failover all-down " +
			"gave-up]; wasserver_abc timeout, [connect-timeout slow-connect]",
		"08-": " ok, [slow-answer]",
		"10-": " io-timeout, [io-timeout]",
	} {
		file := sharedtest.Files(t, prefix+"*.txt", "traces")[0]
		log, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		_, requests := summarise(t, SummaryKinds(), log)
		log.Close()
		var got []string
		for _, r := range requests {
			var s strings.Builder
			for _, at := range r.Attempts {
				fmt.Fprintf(&s, "%s %s", at.Member, at.Outcome)
				if at.Marked {
					s.WriteString(" marked")
				}
				s.WriteString(", ")
			}
			var names []string
			for _, reason := range r.Reasons.Split() {
				names = append(names, reason.Name())
			}
			got = append(got, fmt.Sprint(s.String(), names))
		}
		if diff := cmp.Diff(want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s: %s", filepath.Base(file), diff)
		}
	}
}
