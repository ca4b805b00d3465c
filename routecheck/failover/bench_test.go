package failover

import (
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// BenchmarkNext is one assignment and its answer, with affinity and without.
func BenchmarkNext(b *testing.B) {
	table := mustTable(b, clusterXML("", "", threeServers("")))
	sem := choices.Latest()
	for name, cookies := range map[string][]string{"affinity": {affinityTo + "b1"}, "balance": nil} {
		b.Run(name, func(b *testing.B) {
			rq := get("/x", cookies...)
			m, _ := table.Match(&rq, &sem)
			cs := NewState(&table.Clusters[0], &sem, 1)
			begun := Begin(table, &rq, &m, 0, &sem, nil)
			b.ReportAllocs()
			for b.Loop() {
				f := begun
				if a := Next(table, &cs, &f, 0, &sem, nil); a.Kind != Send {
					b.Fatal(a)
				}
				cs.Members[f.Last].Pending--
			}
		})
	}
}
