package simulate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// The closed forms of the forecast, each against what is simulated. Seeds are fixed, so that a test holds or does not.

func weights(w ...int) (list []server) {
	for i, weight := range w {
		list = append(list, server{name: fmt.Sprintf("m%d", i+1),
			attributes: fmt.Sprintf(`LoadBalanceWeight="%d"`, weight)})
	}
	return list
}

// within holds a share against its expectation, which n draws leave by at most 4 standard deviations.
func within(t *testing.T, what string, got, want float64, n uint64) {
	t.Helper()
	if sigma := math.Sqrt(want * (1 - want) / float64(n)); math.Abs(got-want) > 4*sigma {
		t.Errorf("%s: %.4f, want %.4f, which is %.1f sigma away", what, got, want, (got-want)/sigma)
	}
}

// follow plays a scenario, and shows each request when it has ended.
func follow(t *testing.T, sc *Scenario, each func(*Request)) *Result {
	t.Helper()
	worlds, err := newWorlds(sc, 1, each)
	if err != nil {
		t.Fatal(err)
	}
	open(worlds)
	return gather(worlds)
}

// deviates returns the largest deviation from shares that is ever seen, in weights of the member.
func deviates(t *testing.T, sc *Scenario, weights []float64) (most float64) {
	total, n := 0.0, make([]float64, len(weights))
	for _, w := range weights {
		total += w
	}
	picks := 0.0
	follow(t, sc, func(r *Request) {
		n[r.Member]++
		picks++
		for i, w := range weights {
			if w > 0 {
				most = max(most, math.Abs(n[i]-picks*w/total)/w)
			}
		}
	})
	for i, w := range weights {
		if n[i] != picks*w/total && sc.Processes == 1 {
			t.Errorf("member %d: %v answers after whole cycles, want %v", i, n[i], picks*w/total)
		}
	}
	return most
}

func TestF1(t *testing.T) {
	for _, processes := range []int{1, 7} {
		sc := scenario(t, clusterXML("", "", weights(6, 2, 4)))
		sc.Processes, sc.Requests = processes, 6000
		if most := deviates(t, sc, []float64{3, 1, 2}); most >= float64(processes) {
			t.Errorf("%d processes: a share deviates by %v of its weight", processes, most)
		}
	}
}

func TestF2(t *testing.T) {
	sc := scenario(t, clusterXML("", "", weights(2, 2, 0, 0, 2)))
	sc.Processes, sc.Requests, sc.Routing = 5000, 5000, roundRobin
	got := run(t, sc).answers()
	for i, want := range []float64{.2, .2, 0, 0, .6} {
		within(t, fmt.Sprint("m", i+1), float64(got[i])/5000, want, 5000)
	}
}

func TestF3(t *testing.T) {
	const n = 30000
	for _, c := range []struct {
		assume string
		down   []string
		want   []float64
	}{
		{"random-replacement=next", nil, []float64{.25, .25, .25, .25}},
		{"random-replacement=next", []string{"m2", "m3"}, []float64{.25, 0, 0, .75}},
		{"random-replacement=redraw", []string{"m2", "m3"}, []float64{.5, 0, 0, .5}},
	} {
		sc := scenario(t, clusterXML("", `LoadBalance="Random" RetryInterval="100000"`, weights(20, 1, 0, 5)))
		coretest.Assume(t, c.assume, sc.Sem)
		sc.Requests = n
		for _, m := range c.down {
			sc.Faults = append(sc.Faults, down(m, explain.Refused, 0, 0))
		}
		got := run(t, sc).answers()
		for i, want := range c.want {
			within(t, fmt.Sprint(c.assume, c.down, " m", i+1), float64(got[i])/n, want, n)
		}
	}
}

func TestF4(t *testing.T) {
	sc := scenario(t, clusterXML("", `RetryInterval="100000"`, weights(3, 1, 2)))
	sc.Faults, sc.Requests = []Fault{down("m3", explain.Refused, 0, 0)}, 4000
	if most := deviates(t, sc, []float64{3, 1, 0}); most >= 1 {
		t.Errorf("a share deviates by %v of its weight", most)
	}
}

// settled plays sessions that never end until all have begun, and then lets m2 be gone until all its own have moved.
// It returns how many sessions each member has.
func settled(t *testing.T, config, cluster string, policy session.Policy) (before, after []int, r *Result) {
	const sessions, half = 900, 20000
	sc := scenario(t, clusterXML(config, `RetryInterval="100000" `+cluster, equal(3, "")))
	sc.Requests, sc.Sessions = 2*half, Sessions{Share: 1, Length: 1e9, Live: sessions}
	sc.Faults = []Fault{down("m2", explain.Refused, half/1000, 0)}
	sc.Policy = func(string) session.Policy { return policy }
	var worlds []*world
	count := func() []int {
		n := make([]int, 3)
		for _, c := range worlds[0].clients {
			n[c.owner]++
		}
		return n
	}
	worlds, err := newWorlds(sc, 1, func(r *Request) {
		if r.Number == half {
			before = count() // the request itself has not been followed yet: it stays where it was
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	open(worlds)
	return before, count(), gather(worlds)
}

func TestF5(t *testing.T) {
	database := session.Policy{Persistence: session.Database, Frequency: session.EndOfService}
	for _, c := range []struct {
		config string
		policy session.Policy
		want   []int
	}{
		{"", session.Policy{}, []int{450, 0, 450}},
		{"", database, []int{450, 0, 450}}, // its cookies end with the new member
		{`FailoverToNext="true"`, session.Policy{}, []int{300, 0, 600}},
		{`FailoverToNext="true"`, database, []int{300, 0, 600}},
	} {
		before, after, _ := settled(t, c.config, "", c.policy)
		if !slices.Equal(before, []int{300, 300, 300}) || !slices.Equal(after, c.want) {
			t.Errorf("%s, persistence %v: sessions move from %v to %v, want %v", c.config, c.policy.Persistence,
				before, after, c.want)
		}
	}
}

// waiting returns the mean number of attempts on m1 that fail once it does, over 200 seeds.
func waiting(t *testing.T, loadBalance string, do explain.FailureMode) float64 {
	sc := scenario(t, clusterXML("", fmt.Sprintf(`LoadBalance="%s" RetryInterval="600"`, loadBalance),
		equal(4, `ConnectTimeout="5"`)))
	sc.Processes, sc.Requests, sc.Duration = 10, 0, 20*match.Second
	sc.Arrivals = Arrivals{Rate: 40, Poisson: true} // 10 a second to m1
	sc.Faults = []Fault{down("m1", do, 5, 0)}
	total := uint64(0)
	for seed := range uint64(200) {
		sc.Seed = seed
		r := run(t, sc)
		for _, f := range r.Members[0].Failed {
			total += f.Count
		}
		if waits := r.Waits.Max > 0; waits != (do == explain.Timeout) {
			t.Fatalf("the longest wait is %d", r.Waits.Max)
		}
	}
	return float64(total) / 200
}

func TestF6(t *testing.T) {
	sharedtest.Computes(t)
	const processes, perSecond, wait, k = 10, 10, 5, 4
	for _, c := range []struct {
		loadBalance string
		do          explain.FailureMode
		want        float64
	}{
		{"Random", explain.Timeout, processes + perSecond*wait},
		{"Round Robin", explain.Timeout, processes*(k+1)/(2.0*k) + perSecond*wait},
		{"Random", explain.Refused, processes},
		{"Round Robin", explain.Refused, processes},
	} {
		if got := waiting(t, c.loadBalance, c.do); math.Abs(got-c.want) > .03*c.want {
			t.Errorf("%s, %s: %.2f clients, want %.2f", c.loadBalance, c.do, got, c.want)
		}
	}
}

func TestF7(t *testing.T) {
	for _, processes := range []int{1, 5} {
		for _, c := range []struct {
			do     explain.FailureMode
			period float64 // R + C + w
		}{{explain.Refused, 60.15}, {explain.Timeout, 65.15}} {
			sc := scenario(t, clusterXML("", `RetryInterval="60"`, equal(3, `ConnectTimeout="5"`)))
			sc.Processes, sc.Requests, sc.Duration, sc.Routing = processes, 0, 1800*match.Second, roundRobin
			sc.Arrivals.Rate = float64(10 * processes) // .15 s to the next that picks m1
			sc.Faults = []Fault{down("m1", c.do, 0, 0)}
			m := run(t, sc).Members[0]
			want := float64(processes) * 1800 / c.period
			if math.Abs(float64(m.FailedProbes)-want) > float64(processes) {
				t.Errorf("%d processes, %s: %d failed probes in half an hour, want %.1f", processes,
					c.do, m.FailedProbes, want)
			}
			if m.Waited != map[bool]uint64{true: m.FailedProbes}[c.do == explain.Timeout] {
				t.Errorf("%s: %d of %d probes made their clients wait", c.do, m.Waited, m.FailedProbes)
			}
		}
	}
}

// TestF7Threads: members that turn connects away themselves fail without a fault, so the form says nothing of them.
func TestF7Threads(t *testing.T) {
	for threads, want := range map[int]bool{0: true, 1: false} {
		sc := scenario(t, clusterXML("", "", equal(3, "")))
		sc.Faults = []Fault{down("m1", explain.Refused, 0, 0)}
		sc.Members = []MemberSettings{{Member: "*", Threads: threads}}
		forms := Forms(sc, run(t, sc))
		if got := slices.ContainsFunc(forms, func(f Form) bool { return f.Name == "F7" }); got != want {
			t.Errorf("%d threads: F7 is told: %t", threads, got)
		}
	}
}

func TestF8(t *testing.T) {
	// A process is in its retry interval R with probability R/(R+w), or waits for the next request that picks m1.
	const processes, retry, wait = 400, 60.0, 12.0
	sc := scenario(t, clusterXML("", `LoadBalance="Random" RetryInterval="60"`, equal(2, "")))
	sc.Processes, sc.Requests, sc.Duration = processes, 0, 4000*match.Second
	sc.Arrivals = Arrivals{Rate: processes * 2 / wait, Poisson: true}
	sc.Faults = []Fault{down("m1", explain.Refused, 0, 3600)}
	back := run(t, sc).Faults[0].Back
	if len(back) != processes {
		t.Fatalf("%d of %d processes have come back", len(back), processes)
	}
	share := func(t float64) float64 {
		u := min(t, retry)
		waited := wait * (math.Exp(-(t-u)/wait) - math.Exp(-t/wait)) // of U(0,R) + Exp(w), R times
		return (u - waited + wait*(1-math.Exp(-t/wait))) / (retry + wait)
	}
	most, mean := 0.0, 0.0
	for i, b := range back {
		at := float64(b) / float64(match.Second)
		mean += at / processes
		most = max(most, math.Abs(share(at)-float64(i)/processes), math.Abs(share(at)-float64(i+1)/processes))
	}
	if most > 1.63/math.Sqrt(processes) { // Kolmogorov and Smirnov at 1 percent
		t.Errorf("the shares deviate by %.3f", most)
	}
	if want := (retry*(retry/2+wait) + wait*wait) / (retry + wait); math.Abs(mean-want) > 4*20/math.Sqrt(processes) {
		t.Errorf("a process comes back after %.1f s, want %.1f", mean, want)
	}
}

func TestF9(t *testing.T) {
	for _, c := range []struct {
		name       string
		members    int
		attributes string
		do         explain.FailureMode
		hung       int
		affinity   bool
		want       match.Nanos // seconds
	}{
		{"connects", 4, `ConnectTimeout="5" ServerIOTimeout="1"`, explain.Timeout, 3, false, 15},
		{"the only server", 1, `ConnectTimeout="5" ServerIOTimeout="1"`, explain.Timeout, 1, false, 10},
		{"answers that mark", 4, `ConnectTimeout="1" ServerIOTimeout="-10"`, explain.NoAnswer, 2, false, 40},
		{"answers that do not", 4, `ConnectTimeout="1" ServerIOTimeout="10"`, explain.NoAnswer, 2, false, 40},
		{"a session whose member is not marked", 3, `ConnectTimeout="1" ServerIOTimeout="10"`,
			explain.NoAnswer, 1, true, 40},
	} {
		// In one of many processes a request comes to all members that hang before another one has marked any.
		list := equal(c.members, c.attributes)
		for i := range list {
			list[i].transport = `ConnectionTTL="0"`
		}
		sc := scenario(t, clusterXML("", "", list))
		sc.Processes, sc.Requests, sc.Duration = 200, 0, 110*match.Second
		sc.Arrivals = Arrivals{Rate: 20, Poisson: true}
		if c.affinity {
			sc.Sessions = Sessions{Share: 1, Length: 50, Live: 100}
		}
		for i := range c.hung {
			sc.Faults = append(sc.Faults, down(fmt.Sprint("m", i+1), c.do, 100, 0))
		}
		got := run(t, sc).Waits.Max / match.Second
		worst := match.Nanos(explain.WorstWait(sc.Table, 0, c.hung, sc.Sem).Seconds)
		if got != c.want || !c.affinity && got != worst {
			t.Errorf("%s: the longest wait is %d s, want %d; explain says %d", c.name, got, c.want, worst)
		}
	}
}

func TestF10(t *testing.T) {
	sharedtest.Computes(t)
	for _, c := range []struct {
		reset, ignore string
		want          func(affine float64) float64
	}{
		{"add", "false", func(affine float64) float64 { return (1 - affine) / 2 }},
		{"set", "false", func(affine float64) float64 { return 1 / (2 + 2*affine) }},
		{"add", "true", func(float64) float64 { return .5 }},
	} {
		for _, affine := range []float64{.25, .5, .8} {
			list := weights(500, 500, 1)
			list[2].name = "b3" // a backup keeps the weights from being divided
			sc := scenario(t, clusterXML("", fmt.Sprintf(`IgnoreAffinityRequests="%s"`, c.ignore), list))
			coretest.Assume(t, "weight-reset="+c.reset, sc.Sem)
			sc.Requests = 100000
			sc.URLs = append(sc.URLs, URL{Request: coretest.Get("/app/x;jsessionid=0000x:cm1"), Weight: affine})
			r := run(t, sc)
			got := float64(r.Members[0].New) / float64(r.Members[0].New+r.Members[1].New)
			if want := c.want(affine); math.Abs(got-want) > .01 {
				t.Errorf("IgnoreAffinityRequests=%s, %s, %v affinity requests: %.3f of the new ones, want %.3f",
					c.ignore,
					c.reset, affine, got, want)
			}
		}
	}
}

func TestF11(t *testing.T) {
	sharedtest.Computes(t)
	for _, c := range []struct {
		processes, most int
		rate            float64
		service         Distribution
	}{
		{1, 4, 100, Distribution{shape: exponential, mean: 1e8}},
		{1, 4, 100, Distribution{mean: 1e8}},
		{1, 4, 100, Distribution{shape: lognormal, mean: 1e8, parameter: 1}},
		{4, 3, 200, Distribution{shape: exponential, mean: 1e8}},
	} {
		sc := scenario(t, clusterXML("", "", equal(3, fmt.Sprintf(`MaxConnections="%d"`, c.most))))
		sc.Processes, sc.Requests = c.processes, 100000
		sc.Arrivals = Arrivals{Rate: c.rate, Poisson: true}
		sc.Members = []MemberSettings{{Member: "*", Service: c.service}}
		got := float64(run(t, sc).errorsOf(503)) / 100000
		want := erlangB(3*c.most, c.rate*.1/float64(c.processes))
		if math.Abs(got-want) > .003 {
			t.Errorf("%+v: %.4f of the requests get 503, want %.4f", c, got, want)
		}
	}
}

func TestF12(t *testing.T) {
	if _, _, r := settled(t, "", "", session.Policy{}); r.Sessions.Lost != 300 || r.Sessions.Moved != 300 {
		t.Errorf("without persistence: %+v, want 300 moved and lost", r.Sessions)
	}
	timeBased := session.Policy{Persistence: session.Database, Frequency: session.TimeBased, Interval: 10}
	const each, bound = 1000.0 / 900, 20.0 // requests a second of a session; W4
	_, _, r := settled(t, "", "", timeBased)
	if r.Sessions.Kept != 300 || r.Sessions.Lost != 0 {
		t.Errorf("with a database: %+v, want 300 kept", r.Sessions)
	}
	within(t, "changes lost", float64(r.Sessions.ChangesLost)/300, 1-(1-math.Exp(-each*bound))/(each*bound), 300)
}

func TestF13(t *testing.T) {
	for _, retries := range []int{-1, 0, 1} {
		list := equal(3, `ServerIOTimeout="1"`)
		for i := range list {
			list[i].transport = `ConnectionTTL="1"` // no stream is used twice
		}
		sc := scenario(t, clusterXML("", fmt.Sprintf(`ServerIOTimeoutRetry="%d"`, retries), list))
		sc.Arrivals.Rate, sc.Requests = .01, 20000
		sc.Members = []MemberSettings{{Member: "*", Service: Distribution{shape: exponential, mean: 2 * match.Second}}}
		attempts := map[int]float64{-1: 3, 0: 1, 1: 2}[retries]
		within(t, fmt.Sprint("retries ", retries),
			float64(run(t, sc).errorsOf(500))/20000, math.Exp(-attempts/2), 20000)
	}
}

func TestF14(t *testing.T) {
	sc := scenario(t, clusterXML("", `RetryInterval="60"`, equal(2, "")))
	sc.Processes, sc.Requests, sc.Duration, sc.Routing = 3, 0, 3600*match.Second, roundRobin
	sc.Arrivals.Rate = 30
	sc.Faults = []Fault{down("m1", explain.Refused, 0, 0), down("m2", explain.Refused, 0, 0)}
	r := run(t, sc)
	if r.errorsOf(500) != r.Requests {
		t.Errorf("%d of %d requests get 500", r.errorsOf(500), r.Requests)
	}
	const want = 3 * 2 * 60 * 60 / 60.05
	if got := r.Members[0].FailedProbes + r.Members[1].FailedProbes; math.Abs(float64(got)-want) > 6 {
		t.Errorf("%d failed probes an hour, want %.1f", got, want)
	}
}

func TestF15(t *testing.T) {
	sharedtest.Computes(t)
	const n, seeds, length, p = 4000, 200, 10, 1. / 3
	sc := scenario(t, clusterXML("", `LoadBalance="Random"`, equal(3, "")))
	sc.Requests, sc.Sessions = n, Sessions{Share: 1, Length: length, Live: 10}
	squares := 0.0
	for seed := range uint64(seeds) {
		sc.Seed = seed
		for _, got := range run(t, sc).answers() {
			d := float64(got)/n - p
			squares += d * d / 3 / seeds
		}
	}
	want := math.Sqrt(p * (1 - p) * (2*length - 1) / n)
	if got := math.Sqrt(squares); math.Abs(got-want) > .1*want {
		t.Errorf("shares deviate by %.5f, want %.5f", got, want)
	}
}

// TestWorkers holds that an answer hangs on the seed, and not on how many workers there are.
func TestWorkers(t *testing.T) {
	for _, routing := range []Routing{randomProcess, roundRobin, sticky} {
		answers := map[string]bool{}
		for _, workers := range []int{1, 2, 3, 8} {
			sc := scenario(t, clusterXML("", "", equal(5, `ConnectTimeout="2" MaxConnections="20"`)))
			sc.Processes, sc.Requests, sc.Routing = 13, 20000, routing
			sc.Arrivals = Arrivals{Rate: 500, Poisson: true}
			if routing != roundRobin {
				sc.Sessions = Sessions{Share: .6, Length: 20, Live: 500}
			}
			sc.Members = []MemberSettings{{Member: "*", Service: Distribution{shape: exponential, mean: 80e6}},
				{Member: "m2"}, {Member: "m3"}}
			sc.Faults = []Fault{down("m1", explain.Timeout, 10, 20), down("m2", explain.NoAnswer, 15, 30),
				down("m4", explain.Refused, 20, 30)}
			r, err := Run(sc, workers)
			if err != nil {
				t.Fatal(err)
			}
			answers[show(r)] = true
		}
		if len(answers) != 1 {
			t.Errorf("%s: %d different answers", routing, len(answers))
		}
	}
}

// show is all of an answer as text.
func show(r *Result) string {
	var b strings.Builder
	longest := *r.Waits.Longest
	fmt.Fprintf(&b, "%+v %+v %+v %+v", r.Outcomes, r.Series, r.Members, r.Sessions)
	fmt.Fprintf(&b, "%v %v %v %+v %+v", r.Waits.P50, r.Waits.P99, r.Waits.Max, longest, r.Faults)
	return b.String()
}
