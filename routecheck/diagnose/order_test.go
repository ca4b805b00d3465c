package diagnose_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// TestOneAnswer: a log of several processes, at whose members the same happened, is judged the same each time, and no
// line is evidence twice.
func TestOneAnswer(t *testing.T) {
	lines := map[string]int64{"NR2": 4, "NR3": 3, "SL8": 3, "NB10": 41, "NB13": 9, "NR5": 15, "NB8": 8, "ND5": 40}
	for cause, s := range severalProcesses() {
		t.Run(cause, func(t *testing.T) {
			first := ""
			for range 20 {
				j := verdictOf(t, s.build(t), diagnose.Lookup(cause))
				if j.Verdict != diagnose.Found {
					t.Fatalf("%v: %s", j.Verdict, j.Why)
				}
				if j.Count != lines[cause] {
					t.Fatalf("%d lines, want %d", j.Count, lines[cause])
				}
				seen := map[facts.Evidence]bool{}
				for _, e := range j.Evidence {
					if seen[e] {
						t.Fatalf("line %d is evidence twice", e.Line)
					}
					seen[e] = true
				}
				said := fmt.Sprintf("%s, %d lines: %v", j.Why, j.Count, j.Evidence)
				if first == "" {
					first = said
				} else if said != first {
					t.Fatalf("once\n%s\nand once\n%s", first, said)
				}
			}
		})
	}
}

// severalProcesses has a cause with a scene that two processes and more see.
func severalProcesses() map[string]scene {
	plant := func(cause string) func(*planter) {
		for _, p := range plants {
			if p.cause == cause {
				return p.found.log
			}
		}
		return nil
	}
	each := func(n uint64, what func(*planter)) func(*planter) {
		return func(p *planter) {
			for i := range n {
				p.process(i)
				what(p)
			}
		}
	}
	return map[string]scene{
		"NR2": logged(func(p *planter) {
			p.fresh(20)
			each(4, func(p *planter) { p.process(p.pid - 0x1000 + 1); p.fresh(20); p.down("m1") })(p)
			p.process(9)
			p.wait(10 * time.Minute)
			p.fresh(20)
		}),
		"NR3": logged(each(3, plant("NR3"))),
		"SL8": logged(each(3, plant("SL8"))).as(database()),
		"NB10": configured(`RefreshInterval="60"`, `RefreshInterval="60" FailoverToNext="true"`).with(func(p *planter) {
			p.fresh(30)
			for i, m := range []string{"m1", "m2"} {
				p.down(m)
				for range 20 + i {
					p.request(rq{clones: []string{"1abcdef0" + m[1:]}, named: m,
						tries: []try{{member: "m3", how: "ok", down: []string{m}, reused: true}}})
				}
			}
		}),
		// two clusters name their ClusterAddress alike
		"NB13": {file: strings.NewReplacer("      <PrimaryServers>", `      <ClusterAddress Name="m9">
         <Transport Hostname="10.0.0.9" Port="80" Protocol="http"/>
      </ClusterAddress>
      <PrimaryServers>`).Replace(strings.Replace(healthy, "</Config>\n", fmt.Sprintf(second, "/other/*"), 1)),
			log: each(3, func(p *planter) {
				repeat(3, func(int) { p.request(rq{tries: []try{{member: "m9", how: "ok", port: 80}}}) })
			})},
		"NB8": logged(func(p *planter) {
			plant("NB8")(p)
			p.wait(24 * time.Hour)
			plant("NB8")(p)
		}),
		"ND5": logged(func(p *planter) {
			p.fresh(40)
			for i := range 40 {
				p.request(rq{status: 500, tries: []try{ok([]string{"m1", "m2"}[i%2])}})
			}
		}),
		"NR5": configured(`Hostname="10.0.0.1"`, `Hostname="m1host"`).with(func(p *planter) {
			p.fresh(20)
			old := func(p *planter) {
				p.request(rq{tries: []try{{member: "m1", host: "m1host", how: "unreachable", marked: true, again: true},
					ok("m2")}})
				p.wait(70 * time.Second)
			}
			repeat(3, func(int) { each(3, old)(p) })
			for i := range uint64(2) {
				p.process(5 + i)
				repeat(9, func(int) { p.request(rq{tries: []try{{member: "m1", host: "m1host", how: "ok"}}}) })
			}
			repeat(2, func(int) { each(3, old)(p) })
		}),
	}
}

// TestOneServerInTwoClusters: its address is its own in both (ND6), and is shared with a server of another name.
func TestOneServerInTwoClusters(t *testing.T) {
	for name, want := range map[string]diagnose.Verdict{"m1": diagnose.Open, "o1": diagnose.Possible} {
		text := strings.Replace(healthy, "</Config>\n", fmt.Sprintf(second, "/other/*"), 1)
		text = strings.NewReplacer("10.0.1.1", "10.0.0.1", `"o1"`, `"`+name+`"`).Replace(text)
		if j := verdictOf(t, scene{file: text}.build(t), diagnose.Lookup("ND6")); j.Verdict != want {
			t.Errorf("%s at the address of m1: ND6 is %v: %s", name, j.Verdict, j.Why)
		}
	}
}
