package simulatereport

import (
	"io"
	"math"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
)

// A simulation as simulate.schema.json describes it. Times are seconds after its start, durations seconds; members
// stand by name, as their places mean something within a run alone.
type (
	jsonSimulation struct {
		Version int                 `json:"version"`
		Runs    []jsonSimulationRun `json:"runs"`
	}
	jsonSimulationRun struct {
		Config    string                `json:"config"`
		Seed      uint64                `json:"seed"` // by which the run can be had again
		Processes int                   `json:"processes"`
		Requests  uint64                `json:"requests"`
		Outcomes  jsonOutcomes          `json:"outcomes"`
		Members   []jsonSimulatedMember `json:"members"`
		Sessions  jsonSimulatedSessions `json:"sessions"`
		Waits     jsonWaits             `json:"waits"`
		Faults    []jsonFault           `json:"faults"`
		Forms     []jsonForm            `json:"forms"`
		Expected  []jsonExpected        `json:"expected"`
		Series    jsonSeries            `json:"series"`
	}
	jsonOutcomes struct {
		OK         uint64           `json:"ok"`
		FailedOver uint64           `json:"failedOver"`
		Declined   uint64           `json:"declined"`
		Unended    uint64           `json:"unended"`
		Errors     []jsonErrorCount `json:"errors"`
	}
	jsonErrorCount struct {
		Status int    `json:"status"`
		Count  uint64 `json:"count"`
	}
	jsonSimulatedMember struct {
		Cluster      string             `json:"cluster"`
		Member       string             `json:"member"`
		New          uint64             `json:"new"`
		Affinity     uint64             `json:"affinity"`
		All          uint64             `json:"all"`
		Failed       []jsonFailureCount `json:"failed"`
		Probes       uint64             `json:"probes"`
		FailedProbes uint64             `json:"failedProbes"`
		Waited       uint64             `json:"waited"`
		MostPending  int32              `json:"mostPending"`
	}
	jsonFailureCount struct {
		Outcome string `json:"outcome"`
		Count   uint64 `json:"count"`
	}
	jsonSimulatedSessions struct {
		Began       uint64 `json:"began"`
		Moved       uint64 `json:"moved"`
		Kept        uint64 `json:"kept"`
		Lost        uint64 `json:"lost"`
		Open        uint64 `json:"open"`
		ChangesLost uint64 `json:"changesLost"`
	}
	jsonWaits struct {
		P50 float64           `json:"p50"`
		P95 float64           `json:"p95"`
		P99 float64           `json:"p99"`
		Max float64           `json:"max"`
		Of  *jsonSimulatedOne `json:"of"` // the request that waited longest; null where none waited
	}
	jsonSimulatedOne struct {
		Process  int                    `json:"process"`
		URL      string                 `json:"url"`
		At       float64                `json:"at"`
		Status   int                    `json:"status"`
		Member   string                 `json:"member"`
		Attempts []jsonSimulatedAttempt `json:"attempts"`
	}
	jsonSimulatedAttempt struct {
		Member  string  `json:"member"`
		Outcome string  `json:"outcome"`
		Seconds float64 `json:"seconds"`
		Marked  bool    `json:"marked"`
	}
	jsonFault struct {
		Cluster string      `json:"cluster"`
		Member  string      `json:"member"`
		Do      string      `json:"do"`
		At      float64     `json:"at"`
		Until   *float64    `json:"until"` // null: for ever
		Marked  jsonNoticed `json:"marked"`
		Back    jsonNoticed `json:"back"`
	}
	jsonNoticed struct {
		Processes int      `json:"processes"`
		Half      *float64 `json:"half"`
		All       *float64 `json:"all"`
	}
	jsonForm struct {
		Form     string   `json:"form"`
		Of       string   `json:"of"`
		Member   string   `json:"member"`
		Value    float64  `json:"value"`
		Observed float64  `json:"observed"`
		Sigma    *float64 `json:"sigma"` // null where the formula has no deviation; JSON has no NaN
	}
	jsonExpected struct {
		Name string        `json:"name"`
		Want string        `json:"want"`
		Got  string        `json:"got"`
		Met  bool          `json:"met"`
		At   diag.Position `json:"at"`
	}
	jsonSeries struct {
		Step         float64             `json:"step"`
		Requests     []uint64            `json:"requests"` // of each step, as the next three
		FailedOver   []uint64            `json:"failedOver"`
		Errors       []uint64            `json:"errors"`
		FailedProbes map[string][]uint32 `json:"failedProbes"`
	}
)

var _ = Simulation.Add(forms.AsJSON(simulationJSON))

func simulationJSON(w io.Writer, a *answers.Simulation) error {
	out := jsonSimulation{Version: 1}
	for i := range a.Runs {
		out.Runs = append(out.Runs, jsonSimulationOf(&a.Runs[i]))
	}
	return forms.JSON(w, out)
}

func seconds(d match.Nanos) float64 { return float64(d) / float64(match.Second) }

func jsonSimulationOf(run *answers.SimulationRun) jsonSimulationRun {
	sc, r := run.Scenario, run.Result
	out := jsonSimulationRun{Config: run.Config, Seed: sc.Seed, Processes: sc.Processes, Requests: r.Requests,
		Outcomes: jsonOutcomes{OK: r.OK, FailedOver: r.FailedOver, Declined: r.Declined, Unended: r.Unended,
			Errors: []jsonErrorCount{}},
		Members: []jsonSimulatedMember{}, Faults: []jsonFault{}, Forms: []jsonForm{}, Expected: []jsonExpected{},
		Sessions: jsonSimulatedSessions{r.Sessions.Began, r.Sessions.Moved, r.Sessions.Kept, r.Sessions.Lost,
			r.Sessions.Open, r.Sessions.ChangesLost},
		Waits: jsonWaits{seconds(r.Waits.P50), seconds(r.Waits.P95), seconds(r.Waits.P99), seconds(r.Waits.Max),
			jsonLongest(run)},
		Series: jsonSeriesOf(r)}
	for _, e := range r.Errors {
		out.Outcomes.Errors = append(out.Outcomes.Errors, jsonErrorCount(e))
	}
	for i := range r.Members {
		m := &r.Members[i]
		j := jsonSimulatedMember{Cluster: m.Cluster, Member: m.Member, New: m.New, Affinity: m.Affinity, All: m.All(),
			Failed: []jsonFailureCount{}, Probes: m.Probes, FailedProbes: m.FailedProbes, Waited: m.Waited,
			MostPending: m.MostPending}
		for _, f := range m.Failed {
			j.Failed = append(j.Failed, jsonFailureCount{f.Outcome.String(), f.Count})
		}
		out.Members = append(out.Members, j)
	}
	for i := range r.Faults {
		f := &sc.Faults[i]
		j := jsonFault{Cluster: f.Cluster, Member: f.Member, Do: f.How(), At: seconds(f.From),
			Marked: jsonNoticedOf(r.Faults[i].Marked), Back: jsonNoticedOf(r.Faults[i].Back)}
		if f.To > 0 {
			until := seconds(f.To)
			j.Until = &until
		}
		out.Faults = append(out.Faults, j)
	}
	for _, f := range run.Forms {
		j := jsonForm{f.Name, f.Of, f.Member.Member, f.Value, f.Observed, nil}
		if !math.IsNaN(f.Sigma) {
			j.Sigma = &f.Sigma
		}
		out.Forms = append(out.Forms, j)
	}
	for _, e := range run.Expected {
		out.Expected = append(out.Expected, jsonExpected(e))
	}
	return out
}

// jsonNoticedOf sums rising times up.
func jsonNoticedOf(times []match.Nanos) jsonNoticed {
	out := jsonNoticed{Processes: len(times)}
	if n := len(times); n > 0 {
		half, all := seconds(times[(n-1)/2]), seconds(times[n-1])
		out.Half, out.All = &half, &all
	}
	return out
}

// jsonLongest is the request that waited longest. Processes count from 1, as for people; an URL loses what may be a
// secret.
func jsonLongest(run *answers.SimulationRun) *jsonSimulatedOne {
	l := run.Result.Waits.Longest
	if l == nil {
		return nil
	}
	out := &jsonSimulatedOne{Process: l.Process + 1, URL: withoutQuery(run.Scenario.URLs[l.URL].Text),
		At: seconds(l.Start), Status: l.Status, Member: memberName(run, l.Server), Attempts: []jsonSimulatedAttempt{}}
	for _, a := range l.Attempts {
		out.Attempts = append(out.Attempts, jsonSimulatedAttempt{run.Result.Members[a.Member].Member,
			a.Outcome.String(), seconds(a.End - a.Start), a.Marked})
	}
	return out
}

// jsonSeriesOf turns steps into columns, which do not repeat their names in every step and go into a chart as they are.
// Members without a failed probe are left out.
func jsonSeriesOf(r *simulate.Result) jsonSeries {
	out := jsonSeries{Step: seconds(r.Step), Requests: []uint64{}, FailedOver: []uint64{}, Errors: []uint64{},
		FailedProbes: map[string][]uint32{}}
	for i := range r.Series {
		s := &r.Series[i]
		out.Requests = append(out.Requests, s.Requests)
		out.FailedOver = append(out.FailedOver, s.FailedOver)
		out.Errors = append(out.Errors, s.Failed())
	}
	for i := range r.Members {
		if m := &r.Members[i]; m.ProbesFailed != nil {
			out.FailedProbes[m.Cluster+"/"+m.Member] = m.ProbesFailed
		}
	}
	return out
}
