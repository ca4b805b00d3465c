package simulate

import (
	"testing"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

func BenchmarkRun(b *testing.B) {
	three := clusterXML("", "", equal(3, ""))
	for _, c := range []struct {
		name string
		set  func(*Scenario)
	}{
		{"plain", func(*Scenario) {}},
		{"poisson", func(sc *Scenario) { sc.Arrivals.Poisson = true }},
		{"service", func(sc *Scenario) {
			sc.Members = []MemberSettings{{Member: "*", Service: Distribution{shape: exponential, mean: 80e6}}}
		}},
		{"sessions", func(sc *Scenario) { sc.Sessions = Sessions{Share: .7, Length: 20, Live: 1000} }},
		{"all", func(sc *Scenario) {
			sc.Arrivals.Poisson = true
			sc.Sessions = Sessions{Share: .7, Length: 20, Live: 1000}
			sc.Members = []MemberSettings{{Member: "*", Service: Distribution{shape: exponential, mean: 80e6}}}
			sc.Faults = []Fault{down("m1", explain.Timeout, 10, 300)}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			sc := scenario(b, three)
			sc.Requests = 1000000
			c.set(sc)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Run(sc, 1); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(sc.Requests), "ns/request")
		})
	}
}

// BenchmarkLarge is the large scenario of the figures: 100 processes, 50 members, faults.
func BenchmarkLarge(b *testing.B) {
	sc := scenario(b, clusterXML("", "", equal(50, "")))
	sc.Processes, sc.Requests = 100, 10000000
	sc.Arrivals = Arrivals{Rate: 5000, Poisson: true}
	sc.Sessions = Sessions{Share: .7, Length: 20, Live: 10000}
	sc.Members = []MemberSettings{{Member: "*", Service: Distribution{shape: exponential, mean: 80e6}}}
	for m := range 5 {
		sc.Faults = append(sc.Faults, down(equal(50, "")[m].name, explain.Timeout, 100*match.Nanos(m+1),
			100*match.Nanos(m+1)+120))
	}
	for b.Loop() {
		if _, err := Run(sc, 1); err != nil {
			b.Fatal(err)
		}
	}
}
