package simulate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// gap is longer than any request of these scenarios takes.
const gap = 20000 * match.Second

// TestEqualsProcess plays scenarios in which no request meets another one: then a simulated process does what the
// process of explain does, request by request.
func TestEqualsProcess(t *testing.T) {
	n := 400
	if os.Getenv("WASPLUG_LONG") != "" {
		n = 10000
	}
	for seed := range n {
		if text := differs(t, uint64(seed)); text != "" {
			t.Fatalf("scenario %d: %s", seed, text)
		}
	}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// randomXML is a configuration of which every attribute that counts is drawn.
func randomXML(r *rand.Rand) string {
	var list []server
	for i := range 1 + r.IntN(5) {
		list = append(list, server{fmt.Sprintf("%s%d", pick(r, "m", "m", "m", "b"), i), fmt.Sprintf(
			`LoadBalanceWeight="%d" ConnectTimeout="%d" ServerIOTimeout="%d" MaxConnections="%d" `+
				`ExtendedHandshake="%t"`,
			pick(r, 0, 1, 2, 3, 20), pick(r, 0, 1, 5), pick(r, -60, -5, 0, 5, 60), pick(r, -1, 0, 1), r.IntN(4) == 0),
			pick(r, "", `ConnectionTTL="0"`, `ConnectionTTL="50000"`)})
	}
	if len(list) == 1 || strings.HasPrefix(list[0].name, "b") {
		list[0].name = "m0"
	}
	config := fmt.Sprintf(`FailoverToNext="%t" MarkBusyDown="%t"`, r.IntN(4) == 0, r.IntN(2) == 0)
	return clusterXML(config, fmt.Sprintf(
		`LoadBalance="%s" RetryInterval="%d" IgnoreAffinityRequests="%t" PostBufferSize="%d" PostSizeLimit="%d" `+
			`ServerIOTimeoutRetry="%d"`, pick(r, "Round Robin", "Random"), pick(r, 0, 1, 60, 30000, 100000),
		r.IntN(2) == 0, pick(r, 0, 64), pick(r, -1, -1, 1000), pick(r, -1, 0, 1)), list)
}

// randomScenario has all that a process of explain can follow.
func randomScenario(t *testing.T, r *rand.Rand) *Scenario {
	sc := scenario(t, randomXML(r))
	sem := choices.Latest()
	for _, c := range choices.All() {
		if r.IntN(3) == 0 && c.Name != "open-route" {
			coretest.Assume(t, c.Name+"="+pick(r, c.Values...), &sem)
		}
	}
	sc.Seed, sc.Sem, sc.Requests = r.Uint64(), &sem, 60
	sc.Arrivals.Rate = float64(match.Second) / float64(gap)
	sc.Sessions = Sessions{Share: pick(r, 0, .5, 1), Length: 8, Live: 1 + r.IntN(3)}
	for _, path := range []string{"/app/y", "/none", "/app/z;jsessionid=0000x:cm0"} {
		rq := coretest.Get(path)
		rq.Body = pick[int64](r, 0, 100, 80000, -1)
		sc.URLs = append(sc.URLs, URL{Request: rq, Weight: 1 + float64(r.IntN(3))})
	}
	c := &sc.Table.Clusters[0]
	for i := range c.Members {
		for from := match.Nanos(r.IntN(20)); from < 60 && r.IntN(4) > 0; from += match.Nanos(r.IntN(20)) {
			f := Fault{Cluster: "C", Member: c.Members[i].Name, From: from*gap + gap/2,
				Do: explain.Refused + explain.FailureMode(r.IntN(int(explain.NumFailureModes)-1))}
			if from += match.Nanos(1 + r.IntN(10)); r.IntN(5) > 0 {
				f.To = from*gap + gap/2
			}
			if f.Do != explain.NoAnswer || c.Members[i].IOTimeout > 0 {
				sc.Faults = append(sc.Faults, f)
			}
		}
	}
	return sc
}

// differs plays a scenario both ways, and says where they part.
func differs(t *testing.T, seed uint64) string {
	sc := randomScenario(t, rand.New(rand.NewPCG(seed, 1)))
	told := map[uint64]*Request{}
	worlds, err := newWorlds(sc, 1, func(r *Request) { told[r.Number] = r })
	if err != nil {
		t.Fatal(err)
	}
	open(worlds)
	result := gather(worlds)
	p := explain.NewProcess(sc.Table, sc.Sem, uint64(newStream(sc.Seed, 0, forChance)))
	for _, f := range sc.Faults {
		_, m := mustMember(t, sc.Table, f.Member)
		p.Conditions = append(p.Conditions, explain.MemberCondition{Member: m, Failure: f.Do, From: f.From, To: f.To})
	}
	declined := uint64(0)
	for n := range uint64(sc.Requests) {
		p.Now = match.Nanos(n) * gap
		s := told[n+1]
		if s == nil {
			declined++
			continue
		}
		rq := sc.URLs[s.URL].Request
		if s.Cookie != "" {
			rq.Cookies = []string{"JSESSIONID=" + s.Cookie}
		}
		want, got := textOf(p.Do(&rq, nil)), s.text()
		if want != got {
			return fmt.Sprintf("request %d, cookie %q: process %s, simulated %s\n%v", n, s.Cookie, want, got,
				sc.Faults)
		}
	}
	if declined != result.Declined {
		return fmt.Sprintf("%d were not told of, %d were declined", declined, result.Declined)
	}
	return ""
}

func mustMember(t testing.TB, table *match.Table, name string) (match.ClusterID, match.MemberID) {
	m, ok := table.Clusters[0].MemberByName(name)
	if !ok {
		t.Fatal(name)
	}
	return 0, m
}

func textOf(r explain.Result) string {
	text := fmt.Sprint(r.Status, " by ", r.Member, " ", r.By, " at ", r.End)
	for _, a := range r.Attempts {
		if a.Outcome != explain.Healthy {
			text += fmt.Sprint(" ", a.Member, a.Outcome, a.Marked)
		}
	}
	return text
}

func (r *Request) text() string {
	text := fmt.Sprint(r.Status, " by ", r.Member, " ", r.By, " at ", r.End)
	for _, a := range r.Attempts {
		text += fmt.Sprint(" ", a.Member, a.Outcome, a.Marked)
	}
	return text
}
