package explain

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// TestCheckpoint: a process that was wound back is the one it was, and decides as it did.
func TestCheckpoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		c, sem := d.cluster(), d.semantics()
		table := mustParse(c.xml())
		o, p := newOracle(c, sem), NewProcess(table, sem, 7)
		if d.yes("started", 2) {
			d.setUp(o, p.state(0))
		}
		p.Conditions = d.facts(o)
		var requests []match.Request
		for range d.n("requests", 1, 6) {
			requests = append(requests, d.request(&c))
		}
		run := func(p *Process) (log string) {
			for i := range requests {
				p.Now += 5 * match.Second
				out := p.Do(&requests[i], nil)
				log += describeProcess(p, &out, false) + fmt.Sprint(p.state(0).RNG, len(p.streams), "\n")
			}
			return log
		}
		fresh := p.clone()
		p.mark()
		want := run(fresh)
		for range 3 {
			if got := run(p); got != want {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			p.rewind()
		}
	})
}

// TestCheckpointOfRaise: an action that gives weight to every member (R32) is undone for those that got no attempt,
// too.
func TestCheckpointOfRaise(t *testing.T) {
	p := NewProcess(mustTable(t, clusterXML("", "",
		server("a", `LoadBalanceWeight="3"`)+server("b", `LoadBalanceWeight="2"`))), &choices.Assumptions{}, 1)
	for i := range p.state(0).Members {
		p.state(0).Members[i].Weight = 0
	}
	p.mark()
	rq := get("/x")
	if p.Do(&rq, nil); p.state(0).Members[0].Weight <= 0 || p.state(0).Members[1].Weight <= 0 {
		t.Fatalf("no weights were raised: %+v", p.state(0).Members)
	}
	p.rewind()
	for _, m := range p.state(0).Members {
		if m != (failover.MemberState{}) {
			t.Errorf("left behind: %+v", m)
		}
	}
}

// TestStage: scenarios that are played on one stage, one after the other, come to what they come to alone.
func TestStage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		c := d.cluster()
		table := mustParse(c.xml())
		o, stage := newOracle(c, d.semantics()), newStage(table)
		for range d.n("scenarios", 2, 5) {
			sem := d.semantics()
			sc := Scenario{Conditions: d.facts(o)}
			for range d.n("requests", 1, 3) {
				sc.Requests = append(sc.Requests, Timed{Request: d.request(&c), Gap: 3 * match.Second})
			}
			if len(table.Clusters[0].Primary) > 0 && d.yes("next", 2) {
				sc.Members = []MemberFact{
					{Member: table.Clusters[0].Primary[0], Next: true, Pending: new(int32), Weight: new(int32)}}
			}
			alone := sc.runAll(table, sem)
			sc.stage = stage
			if got := sc.runAll(table, sem); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", alone) {
				t.Fatalf("got %+v, want %+v", got, alone)
			}
		}
	})
}

// TestSamplesWork: likewise for scenarios that reach each member, and what they hang on.
func TestSamplesWork(t *testing.T) {
	if small, large := samplesBytes(t, 500), samplesBytes(t, 2000); float64(large)/float64(small) > 5.5 {
		t.Errorf("500 members need %d kB, 2000 %d kB", small>>10, large>>10)
	}
}

// TestSamplesOfACrowd: in a large Random cluster without clone IDs a seed leads to each primary.
func TestSamplesOfACrowd(t *testing.T) {
	var b strings.Builder
	for i := range 5 * crowd {
		b.WriteString(server(fmt.Sprintf("m%d", i), ""))
	}
	table, sem := mustTable(t, clusterXML("", `LoadBalance="Random"`, b.String())), choices.Latest()
	samples := MemberSamples(table, space.Samples(table, &sem)[0].Requests[0], &sem)
	if len(samples) != 5*crowd {
		t.Fatalf("%d of %d members are reached", len(samples), 5*crowd)
	}
	for _, m := range samples {
		d := Explain(table, diag.NewFiles(), &m.Scenario, sem, nil, 0)[0]
		if want := fmt.Sprintf("m%d", m.Member); m.Scenario.Seed == nil || d.Member != want {
			t.Errorf("seed %v gives %s, want %s", m.Scenario.Seed, d.Member, want)
		}
	}
}

func samplesBytes(t testing.TB, members int) uint64 {
	table, sem := manyMembers(t, "", members), choices.Latest()
	requests := space.Samples(table, &sem)[0].Requests
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	samples := MemberSamples(table, requests[0], &sem)
	for i := range samples {
		MemberHangsOn(table, &samples[i], &sem)
	}
	runtime.ReadMemStats(&after)
	if len(samples) != members {
		t.Fatalf("%d of %d members are reached", len(samples), members)
	}
	return after.TotalAlloc - before.TotalAlloc
}

// TestExplainWork counts what an explanation allocates, which unlike time is the same on every machine: for four times
// the members it may need four times as much and a little, where playing every outcome with all members anew would
// need sixteen times.
func TestExplainWork(t *testing.T) {
	for _, kind := range []string{"", `LoadBalance="Random"`} {
		small, large := explainBytes(t, kind, 500), explainBytes(t, kind, 2000)
		if ratio := float64(large) / float64(small); ratio > 5.5 {
			t.Errorf("%q: 500 members need %d kB, 2000 %d kB: %.1f times as much", kind, small>>10, large>>10, ratio)
		}
	}
}

func explainBytes(t testing.TB, cluster string, members int) uint64 {
	table := manyMembers(t, cluster, members)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sc := &Scenario{Requests: Repeat(get("/x"), 1, 0)}
	d := Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, WithAll)[0]
	runtime.ReadMemStats(&after)
	if len(d.Possible) != members || !d.Proven {
		t.Fatalf("%d possible members, proven %t", len(d.Possible), d.Proven)
	}
	return after.TotalAlloc - before.TotalAlloc
}

func manyMembers(t testing.TB, cluster string, n int) *match.Table {
	var b strings.Builder
	for i := range n {
		name := fmt.Sprintf("m%d", i)
		b.WriteString(server(name, `CloneID="c`+name+`"`))
	}
	return mustTable(t, clusterXML("", cluster, b.String()))
}

// BenchmarkExplainMembers: the figure wanted is at most 12 times as much for 8,000 members as for 1,000.
func BenchmarkExplainMembers(b *testing.B) {
	for _, n := range []int{1000, 8000} {
		table := manyMembers(b, "", n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Explain(table, diag.NewFiles(), &Scenario{Requests: Repeat(get("/x"), 1, 0)},
					choices.Latest(), nil, WithAll)
			}
		})
	}
}
