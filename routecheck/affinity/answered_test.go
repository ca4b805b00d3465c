package affinity

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

// TestSessionOf: what an answer tells of the session, by what the request names and what the answer sets.
func TestSessionOf(t *testing.T) {
	table, sem := coretest.Table(t, sharedtest.ClusterXML("", "", sharedtest.Server("m", ""))), choices.Latest()
	cookie := func(value string) string { return "JSESSIONID=" + value }
	for _, c := range []struct {
		name, path string
		cookies    []string
		sets       string
		id         string
		want       AnsweredSession
	}{
		{"none", "/", nil, "", "", SessionUntold},
		{"none of WebSphere's", "/", []string{cookie("x")}, "y", "", SessionUntold},
		{"begun", "/", nil, "0000sessionA:c1", "sessionA", SessionBegun},
		{"begun in place of another", "/", []string{cookie("0000sessionB:c1")}, "0000sessionA:c1", "sessionA",
			SessionBegun},
		{"goes on", "/", []string{cookie("0000sessionA:c1")}, "", "sessionA", SessionGoesOn},
		{"set once more", "/", []string{cookie("0000sessionA:c1")}, "0001sessionA:c1", "sessionA", SessionGoesOn},
		{"taken over", "/", []string{cookie("0000sessionA:c9")}, "0001sessionA:c9:c1", "sessionA",
			SessionTakenOver},
		{"a cookie first names the clone ID", "/", []string{cookie("0000sessionA")}, "0001sessionA:c1", "sessionA",
			SessionTakenOver},
		{"of two the second is set", "/", []string{cookie("0000sessionB:c1"), cookie("0000sessionA:c1")},
			"0001sessionA:c1", "sessionA", SessionGoesOn},
		{"of two the second is taken over", "/", []string{cookie("0000sessionB:c1"), cookie("0000sessionA:c9")},
			"0001sessionA:c1", "sessionA", SessionTakenOver},
		{"of two the first goes on", "/", []string{cookie("0000sessionB:c1"), cookie("0000sessionA:c1")}, "",
			"sessionB", SessionGoesOn},
		{"one that is none is passed over", "/", []string{cookie("x"), cookie("0000sessionA:c1")}, "", "sessionA",
			SessionGoesOn},
		{"by its URL", "/;jsessionid=0000sessionE:c9", nil, "", "sessionE", SessionGoesOn},
		// what a page writes into its URLs may be older than the cookie: it says nothing of a takeover
		{"by its URL, a cookie set", "/;jsessionid=0000sessionE:c9", nil, "0001sessionE:c1", "sessionE",
			SessionGoesOn},
	} {
		rq := coretest.Get(c.path, c.cookies...)
		m, _ := table.Match(&rq, &sem)
		a := Of(table, &rq, &m, &sem, nil)
		if id, got := SessionOf(a, c.sets); id != c.id || got != c.want {
			t.Errorf("%s: %q, %d, want %q, %d", c.name, id, got, c.id, c.want)
		}
	}
}
