package generation_test

import (
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// fail sends a request to the member whose turn it is, and lets the connect be refused.
func fail(t *testing.T, g *generation.Generation) (member string) {
	t.Helper()
	rq := match.Request{Host: "h", Port: 80, Target: "/x"}
	m, ok := g.Table.Match(&rq, &g.Sem)
	if !ok {
		t.Fatal("no Route")
	}
	c := &g.Clusters[m.Cluster]
	f := failover.Begin(g.Table, &rq, &m, 0, &g.Sem, nil)
	act := failover.Next(g.Table, &c.State, &f, 0, &g.Sem, nil)
	ev := failover.Event{Kind: failover.ConnectFailed}
	failover.Observe(g.Table, &c.State, &f, 0, ev, &g.Sem, nil)
	c.Members[act.Member].Work.Note(ev, 0, true)
	return c.Members[act.Member].Name
}

// told is what the status page says of a member, by its name.
func told(g *generation.Generation, name string) (m admin.MemberStatus) {
	for _, m := range g.Status(0, 0).Members {
		if m.Member == name {
			return m
		}
	}
	return m
}

const three = "a b c"

// file has a cluster with servers of these names.
func file(config, primary, backup string) string {
	servers := ""
	for _, name := range []string{"a", "b", "c"} {
		servers += sharedtest.Server(name, `CloneID="`+name+`1"`)
	}
	return sharedtest.ClusterXML(config, "", servers+sharedtest.Lists(primary, backup))
}

// Counts of a member go on over a reload whatever else does; a mark survives it where the choice reload-state says so,
// and a change by hand always.
func TestFollow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		kept   bool // reload-state=kept-by-name
		change bool // by hand, of the same file
		marked bool
	}{
		{"a new file", false, false, false},
		{"a new file, and state is kept", true, false, true},
		{"a change by hand", false, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorkshop()
			if tt.kept {
				sem := w.Assumptions.With(choices.ReloadState, choices.KeptByName)
				w.Assumptions = &sem
			}
			w.Next = func(string) int { return 0 }
			one := w.make(t, file("", three, ""), nil)
			member := fail(t, one)
			cfg, files := one.Config()
			if !tt.change {
				cfg, files = read(file(`RefreshInterval="5"`, three, ""))
			} else {
				weight := 5
				w.Changes = generation.Changes{{Cluster: "C", Member: "c"}: {Weight: &weight}}
			}
			two := w.use(t, cfg, files, one)
			if one.Number != 1 || two.Number != 2 {
				t.Errorf("generations %d and %d", one.Number, two.Number)
			}
			got := told(two, member)
			if got.Failed != 1 || got.ByReason["refused"] != 1 || got.Marked != tt.marked {
				t.Errorf("%+v, want one failure, marked %v", got.MemberNote, tt.marked)
			}
			if one.Clusters[0].Times != two.Clusters[0].Times {
				t.Error("times begin anew")
			}
		})
	}
}

// A cluster and a member of another name begin at nothing.
func TestFollowOtherNames(t *testing.T) {
	w := newWorkshop()
	w.Next = func(string) int { return 0 }
	one := w.make(t, file("", three, ""), nil)
	member := fail(t, one)
	two := w.make(t, sharedtest.ClusterXML("", "", sharedtest.Server("six", "")), one)
	if got := told(two, "six"); got.Failed != 0 {
		t.Errorf("a member that is new has failed %d times", got.Failed)
	}
	again := w.make(t, file("", three, ""), two)
	if got := told(again, member); got.Failed != 0 {
		t.Errorf("%s has failed %d times before a file had it again", member, got.Failed)
	}
}

// A change that would not do what it says is refused with the reason; one that does is a role of the core, and the
// file that was read stays as it is.
func TestChanges(t *testing.T) {
	five, none := 5, 0
	lists := file("", "a b", "c")
	for _, tt := range []struct {
		name, file, member string
		change             admin.Change
		err                string
		role               string // of the member afterwards
		drained            bool
	}{
		{"a weight", lists, "a", admin.Change{Weight: &five}, "", "primary", false},
		{"drained", lists, "a", admin.Change{Weight: &none}, "", "primary", true},
		{"disabled", lists, "a", admin.Change{Disabled: true}, "", "none", false},
		{"a backup is disabled", lists, "c", admin.Change{Disabled: true}, "", "none", false},
		{"the weight of a backup", lists, "c", admin.Change{Weight: &five},
			"the weight of c decides nothing: it is no primary (R38)", "", false},
		{"the last primary is disabled", file("", "a", ""), "a", admin.Change{Disabled: true},
			"a cannot be disabled: without it C has no list of primaries, so all its servers are (R37)", "", false},
		{"disabled, where there are no lists", file("", "", ""), "a", admin.Change{Disabled: true},
			"a cannot be disabled: without it C has no list of primaries, so all its servers are (R37)", "", false},
		{"taken back", lists, "a", admin.Change{}, "", "primary", false},
		{"unknown", lists, "d", admin.Change{Disabled: true}, `cluster C has no server "d"`, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorkshop()
			one := w.make(t, tt.file, nil)
			var before generation.Changes
			changes, err := before.With(one, admin.Name{Cluster: "C", Member: tt.member}, tt.change)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("%v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			w.Changes = changes
			cfg, files := one.Config()
			got := told(w.use(t, cfg, files, one), tt.member)
			if got.Role != tt.role || got.Draining != tt.drained || got.Changed != tt.change.String() {
				t.Errorf("%s, drained %v, changed %q", got.Role, got.Draining, got.Changed)
			}
			w.Changes = nil
			if was := told(w.use(t, cfg, files, one), tt.member); was.Role == "none" || was.Draining {
				t.Error("the file has changed, too")
			}
		})
	}
}
