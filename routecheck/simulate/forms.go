package simulate

import (
	"math"
	"slices"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Form is a figure that a closed form gives, beside what was simulated.
type Form struct {
	Name     string // F1, F3, F7 or F11, as docs/simulate.md numbers them
	Of       string // what it is of: new requests, failed probes, ...
	Member   MemberName
	Value    float64
	Observed float64
	Sigma    float64 // by how many standard deviations the two differ; NaN of a bound, and of a share without any
}

// Forms lists the closed forms that hold for a scenario.
func Forms(sc *Scenario, r *Result) (all []Form) {
	// The forms are about a steady state, and hold of the whole time only where nothing breaks it.
	if len(sc.Faults) == 0 && len(sc.Reloads) == 0 {
		all = append(all, sharesOf(sc, r)...)
		all = append(all, blocked(sc, r)...)
	}
	return append(all, probesOf(sc, r)...)
}

// sharesOf is F1 and F3: how new requests spread over members that are well and take any number of requests.
func sharesOf(sc *Scenario, r *Result) (all []Form) {
	for id := range sc.Table.Clusters {
		c := &sc.Table.Clusters[id]
		name, total := "F1", uint64(0)
		if c.Random {
			name = "F3"
		}
		for i := range r.Members {
			if r.Members[i].Cluster == c.Name {
				total += r.Members[i].New
			}
		}
		// With MaxConnections a full member passes requests on, and shares hang on load.
		if total == 0 || limited(c) {
			continue
		}
		shares := shares(sc, match.ClusterID(id))
		for i := range r.Members {
			m := &r.Members[i]
			at, ok := c.MemberByName(m.Member)
			if m.Cluster != c.Name || !ok || shares[at] == 0 {
				continue
			}
			f := Form{Name: name, Of: "share of new requests", Member: m.MemberName, Value: shares[at],
				Observed: float64(m.New) / float64(total)}
			f.Sigma = sigmas(f.Observed, f.Value, float64(total))
			all = append(all, f)
		}
	}
	return all
}

// sigmas is by how many deviations of a binomial share an observation differs.
func sigmas(observed, share, n float64) float64 {
	if d := math.Sqrt(share * (1 - share) / n); d > 0 {
		return (observed - share) / d
	}
	return math.NaN()
}

func limited(c *match.Cluster) bool {
	return slices.ContainsFunc(c.Members, func(m match.Member) bool { return m.MaxConnections > 0 })
}

// shares asks the core how it spreads requests over members that are well: over a cycle of round robin, or by all
// outcomes of chance.
func shares(sc *Scenario, id match.ClusterID) []float64 {
	c := &sc.Table.Clusters[id]
	out := make([]float64, len(c.Members))
	cs := failover.NewState(c, sc.Sem, 0)
	// The core is asked, so that no formula repeats its rules: one cycle, in which no time passes.
	n := 0
	count := func(a failover.Action) {
		if n++; a.Kind == failover.Send {
			out[a.Member]++
		}
	}
	if c.Random {
		f := failover.NewRequestState(id, nil)
		failover.Outcomes(sc.Table, &cs, &f, 0, sc.Sem, nil,
			func(_ *failover.ClusterState, _ *failover.RequestState, a failover.Action) bool {
				count(a)
				return true
			})
	} else {
		for range failover.FullCycle(c, &cs, sc.Sem) {
			f := failover.NewRequestState(id, nil)
			a := failover.Next(sc.Table, &cs, &f, 0, sc.Sem, nil)
			count(a)
			if a.Kind == failover.Send {
				answer := explain.Healthy.Event(&c.Members[a.Member], false, sc.Sem, nil)
				failover.Observe(sc.Table, &cs, &f, 0, answer, sc.Sem, nil)
				failover.Observe(sc.Table, &cs, &f, 0, failover.Event{Kind: failover.Done}, sc.Sem, nil)
			}
		}
	}
	for i := range out {
		out[i] /= float64(max(n, 1))
	}
	return out
}

// blocked is F11: requests that find every member at MaxConnections, where all are alike and requests come at random.
func blocked(sc *Scenario, r *Result) []Form {
	c := &sc.Table.Clusters[0]
	if len(sc.Table.Clusters) != 1 || !sc.Arrivals.Poisson || sc.closed() || sc.Sessions.Share > 0 ||
		sc.Routing != randomProcess || len(sc.Members) != 1 || sc.Members[0].Member != "*" ||
		sc.Members[0].Threads > 0 ||
		slices.ContainsFunc(sc.URLs, func(u URL) bool { return u.Service != nil }) {
		return nil
	}
	places := 0
	for i := range c.Members {
		m := &c.Members[i]
		hasty := m.IOTimeout > 0 && m.IOTimeout < 20*sc.Members[0].Service.mean // it would end what the formula counts
		if m.MaxConnections <= 0 || hasty || c.Role(match.MemberID(i)) != c.Role(0) {
			return nil
		}
		places += int(m.MaxConnections)
	}
	load := sc.Arrivals.Rate * float64(sc.Members[0].Service.mean) / float64(match.Second) / float64(sc.Processes)
	f := Form{Name: "F11", Of: "share of requests that no member takes", Value: erlangB(places, load),
		Observed: float64(r.Failed()) / float64(max(r.Requests, 1))}
	f.Sigma = sigmas(f.Observed, f.Value, float64(r.Requests))
	return []Form{f}
}

// erlangB is the share of requests that find all of n places taken, when load of them are taken on the average were
// there places without end (F11).
func erlangB(n int, load float64) float64 {
	b := 1.0
	for k := 1; k <= n; k++ {
		b = load * b / (float64(k) + load*b)
	}
	return b
}

// probesOf is F7 without the time until a request picks the member: how many probes fail at most while it is gone.
// Members with threads take no connects beyond their backlog, so that they fail without a fault, too.
func probesOf(sc *Scenario, r *Result) (all []Form) {
	if sc.threads() {
		return nil
	}
	for i := range r.Members {
		m := &r.Members[i]
		var own []Fault
		for _, f := range sc.Faults {
			if f.Cluster == m.Cluster && f.Member == m.Member {
				own = append(own, f)
			}
		}
		id, known := sc.Table.ClusterByName(m.Cluster)
		// Two faults of one member may meet, and one that hangs or answers 503 need not mark it down.
		if len(own) != 1 || !own[0].gone() || !known || len(sc.Reloads) > 0 {
			continue
		}
		c := &sc.Table.Clusters[id]
		at, _ := c.MemberByName(m.Member)
		period := c.RetryInterval
		// The next probe is due an interval after the last one has failed, and that took as long as a connect.
		if own[0].Do == explain.Timeout {
			period += explain.ConnectWait(&c.Members[at], sc.Sem)
		}
		lasts := sc.lasts() - own[0].From
		if own[0].To > 0 {
			lasts = min(lasts, own[0].To-own[0].From)
		}
		if period <= 0 || lasts <= 0 || c.Single() {
			continue
		}
		all = append(all, Form{Name: "F7", Of: "failed probes, at most", Member: m.MemberName,
			Value: float64(sc.Processes) * float64(lasts) / float64(period), Observed: float64(m.FailedProbes),
			Sigma: math.NaN()})
	}
	return all
}
