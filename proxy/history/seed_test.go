package history

import (
	"fmt"
	"testing"

	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// A client may choose its IDs: of many the one with the rarest hash for each register. With another seed these are
// sessions like others.
func TestChosenIDsCountAsOne(t *testing.T) {
	chosen, rarest := map[uint64]string{}, map[uint64]uint64{}
	for i := range 100_000 {
		id := fmt.Sprintf("A2MB8IJ7EJaFGbXpz%06d", i)
		hash := spread(texthash.Of(0, id))
		register, rest := hash>>(64-indexBits), hash<<indexBits
		if least, ok := rarest[register]; !ok || rest < least {
			chosen[register], rarest[register] = id, rest
		}
	}
	for _, c := range []struct{ seed, least, most uint64 }{{0, 90_000, 110_000}, {1, 900, 1150}} {
		s := NewSessions(c.seed)
		for _, id := range chosen {
			s.Seen(id, 0)
		}
		if got := s.Status(0).Recent; got < c.least || got > c.most {
			t.Errorf("seed %d: %d chosen sessions are told as %d", c.seed, len(chosen), got)
		}
	}
}
