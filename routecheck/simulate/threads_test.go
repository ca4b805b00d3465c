package simulate

import (
	"slices"
	"testing"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestBacklog: a member takes as many requests as it has threads and places to wait; to the plug-in a connect beyond
// them is one that nobody answers.
func TestBacklog(t *testing.T) {
	t.Parallel()
	sc := scenario(t, clusterXML("", `RetryInterval="100000"`, equal(2, `ConnectTimeout="1"`)))
	sc.Arrivals.Rate, sc.Requests = 10, 12
	sc.Members = []MemberSettings{{Member: "m1", Service: Constant(100 * match.Second), Threads: 1, Backlog: 2}}
	r := run(t, sc)
	if got := r.answers(); !slices.Equal(got, []uint64{3, 9}) {
		t.Errorf("answers %v, want 3 and 9", got)
	}
	if f := r.Members[0].Failed; len(f) != 1 || f[0].Outcome != explain.Timeout {
		t.Errorf("m1 fails with %+v, want connect timeouts", f)
	}
}
