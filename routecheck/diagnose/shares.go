package diagnose

import (
	"fmt"
	"slices"
)

// The thresholds here are ours; nobody has published any. Each is set so that the planted cases are found, and the
// healthy ones and the excerpts of real logs are not (plants_test.go, traces_test.go).

// perMember is how many requests each member must have had before their spread says anything: with fewer, a round more
// or less is a large part of them.
const perMember = 10

// unevenByAffinity: new requests are spread as they should be, and all requests are not.
func unevenByAffinity(k *Case) opinion {
	return k.ofBalances(func(b *balance) opinion {
		fresh := sum(b.primaries(), func(s *share) float64 { return float64(s.new) })
		switch {
		case fresh < perMember*float64(len(b.primaries())) || !b.fits(newOf):
			return opinion{}
		case b.uneven(totalOf) && !b.uneven(newOf):
			return opinion{stance: proves, share: 1, why: fmt.Sprintf(
				"new requests %s, requests of sessions %s (%s)", b.words(newOf), b.words(affinityOf), b.names()),
				seen: k.counterLines(b)}
		case !b.uneven(totalOf):
			return opinion{stance: denies, why: "all requests together are even"}
		}
		return opinion{}
	})
}

// counterLines are the members' numbers as evidence.
func (k *Case) counterLines(b *balance) (seen sightings) {
	for i := range b.shares {
		s := &b.shares[i]
		k.Log.See(&seen, s.CountedAt, func() string {
			return fmt.Sprintf("%s: %d new requests, %d of sessions, counted by %s", s.Name, s.new, s.affinity,
				processes(len(s.byProcess)))
		})
	}
	return seen
}

// fewSessions: nearly all requests belong to sessions, and hardly any began one, as when a load tool sends the cookie
// of its first user for all. The access log excludes it by itself, where it shows many sessions.
func fewSessions(k *Case) opinion {
	if a := k.Access; a != nil && a.WithCookie >= 100 && k.File != nil {
		if n := int64(len(k.File.Table.AllMembers())); int64(len(a.Sessions)) >= perMember*n {
			return opinion{stance: denies, why: fmt.Sprintf("the access log has %d sessions", len(a.Sessions))}
		}
	}
	return k.ofBalances(func(b *balance) opinion {
		all := b.primaries()
		fresh := sum(all, func(s *share) float64 { return float64(s.new) })
		total := sum(all, func(s *share) float64 { return float64(s.total()) })
		switch {
		case total >= 50 && total-fresh > 0.95*total && fresh < perMember*float64(len(all)):
			return opinion{stance: proves, share: (total - fresh) / total, seen: k.counterLines(b), why: fmt.Sprintf(
				"%.0f of %.0f requests are of sessions, and %.0f began one", total-fresh, total, fresh)}
		case fresh >= perMember*float64(len(all)):
			return opinion{stance: denies, why: fmt.Sprintf("%.0f requests began a session or have none", fresh)}
		}
		return opinion{}
	})
}

// fewForEach: the sum over the processes is even, and each process by itself had hardly one round. As each begins at
// random (R30), what one of them shows then is where it began, and no fault.
func fewForEach(k *Case) opinion {
	return k.ofBalances(func(b *balance) opinion {
		all := b.primaries()
		fresh := sum(all, func(s *share) float64 { return float64(s.new) })
		round := sum(all, func(s *share) float64 { return s.weight })
		perProcess := fresh / float64(max(b.processes, 1))
		switch {
		case b.processes >= 2 && fresh > 0 && perProcess < 2*round && b.unevenInProcess() && b.fits(newOf):
			return opinion{stance: proves, share: 1, seen: k.counterLines(b), why: fmt.Sprintf(
				"%d processes had %.1f new requests each, a round has %.0f", b.processes, perProcess, round)}
		case b.processes == 1:
			return opinion{stance: denies, why: "the counters are of one process"}
		case perProcess >= 10*round:
			return opinion{stance: denies, why: "each process had many rounds"}
		}
		return opinion{}
	})
}

// unevenInProcess reports whether some member got nothing, or twice of what another process gave it.
func (b *balance) unevenInProcess() bool {
	for _, s := range b.primaries() {
		if len(s.byProcess) < b.processes || slices.Min(s.byProcess) == 0 ||
			slices.Max(s.byProcess) >= 2*slices.Min(s.byProcess) {
			return true
		}
	}
	return false
}

// sharesByWeight: the numbers follow the weights, and these differ, so what looks uneven is what was asked for.
// Without a file all weights are taken for 1, and the question is not put.
func sharesByWeight(k *Case) opinion {
	if k.File == nil {
		return opinion{}
	}
	return k.ofBalances(func(b *balance) opinion {
		all := b.primaries()
		fresh := sum(all, func(s *share) float64 { return float64(s.new) })
		differ := false
		for i := range all {
			differ = differ || all[i].weight != all[0].weight
		}
		if !b.random() && differ && fresh >= perMember*float64(len(all)) && b.fits(newOf) {
			return opinion{stance: proves, share: 1, seen: k.counterLines(b),
				why: "new requests are spread by the weights, which differ"}
		}
		return opinion{}
	})
}

// noise: under Random the shares differ by no more than chance makes likely (fits), and by enough to be noticed. 20
// new requests at least, since fewer fit any share.
func noise(k *Case) opinion {
	if k.File == nil {
		return opinion{}
	}
	return k.ofBalances(func(b *balance) opinion {
		fresh := sum(b.primaries(), func(s *share) float64 { return float64(s.new) })
		if b.random() && fresh >= 20 && b.fits(newOf) && b.uneven(newOf) {
			return opinion{stance: proves, share: 1, seen: k.counterLines(b),
				why: "new requests differ by chance alone"}
		}
		return opinion{}
	})
}

// busyStarve: the member with most requests of sessions gets fewest new ones, and they are not spread by weight.
func busyStarve(k *Case) opinion {
	if k.File == nil {
		return opinion{}
	}
	return k.ofBalances(func(b *balance) opinion {
		all := b.primaries()
		busiest, starved := 0, 0
		for i := range all {
			if all[i].affinity > all[busiest].affinity {
				busiest = i
			}
			if float64(all[i].new)/all[i].weight < float64(all[starved].new)/all[starved].weight {
				starved = i
			}
		}
		if b.cluster != nil && b.cluster.CountAffinity && busiest == starved && all[busiest].affinity > 0 &&
			b.uneven(newOf) && !b.fits(newOf) {
			return opinion{stance: proves, share: 1, seen: k.counterLines(b),
				why: all[busiest].Name + " has most requests of sessions and gets fewest new ones"}
		}
		return opinion{}
	})
}
