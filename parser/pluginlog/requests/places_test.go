package requests_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// TestPlaces compares Places with a map under random changes; the names fall together in what is remembered.
func TestPlaces(t *testing.T) {
	type at struct {
		member string
		pid    uint64
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var places requests.Places[int]
	want := map[at]int{}
	for step := range 100_000 {
		p := at{[]string{"", "m", "m1", "node01_m1", "node01_m10"}[rng.IntN(5)] + fmt.Sprint(rng.IntN(40)),
			uint64(rng.IntN(3))}
		if p.member == "0" {
			p.member = ""
		}
		switch rng.IntN(8) {
		case 0:
			places.Set(p.member, p.pid, step)
			want[p] = step
		case 1:
			places.Delete(p.member, p.pid)
			delete(want, p)
		default:
			wanted, is := want[p]
			if got, found := places.Get(p.member, p.pid); got != wanted || found != is {
				t.Fatalf("step %d: %v gives %d, %v, want %d, %v", step, p, got, found, wanted, is)
			}
		}
	}
	seen := 0
	places.Each(func(member string, pid uint64, value int) {
		if seen++; want[at{member, pid}] != value {
			t.Errorf("%s in %d has %d", member, pid, value)
		}
	})
	if seen != len(want) || places.Len() != len(want) {
		t.Errorf("%d values, Len says %d, want %d", seen, places.Len(), len(want))
	}
}

// TestPlacesOfNamesThatEndAlike: members whose names differ at their front alone do not take each other's place in
// what is remembered, which would look each of them up in the map and copy its name anew.
func TestPlacesOfNamesThatEndAlike(t *testing.T) {
	var places requests.Places[int]
	names := []string{"nodeA_srv", "nodeB_srv", "nodeC_srv", "nodeD_srv", "cellA_nodeA_srv", "cellB_nodeA_srv"}
	for i, name := range names {
		places.Set(name, 1, i)
	}
	if allocs := testing.AllocsPerRun(100, func() {
		for i, name := range names {
			if got, found := places.Get(name, 1); got != i || !found {
				t.Errorf("%s has %d", name, got)
			}
		}
	}); allocs > 0 {
		t.Errorf("%v names are copied in a round of %d", allocs, len(names))
	}
}
