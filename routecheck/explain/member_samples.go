package explain

import (
	"iter"
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

// MemberSample is a scenario of one request that one member answers for certain.
type MemberSample struct {
	Member   match.MemberID
	Scenario Scenario

	stage *stage // shared by the samples of a cluster
}

// crowd is how many members of a Random cluster are too many to let all but one refuse: for each member that takes as
// many facts and draws.
const crowd = 32

// MemberSamples finds, for a cluster and a request that it wins, a scenario for each member that can answer: by its
// session, by where round robin stands, or because everybody else refuses. In a large Random cluster chance is pinned
// instead, and backups that have no clone ID have none; nor has a server in neither list (R40).
func MemberSamples(t *match.Table, s space.Sample, sem *choices.Assumptions) []MemberSample {
	var out []MemberSample
	id := s.Match.Cluster
	c := &t.Clusters[id]
	stage := newStage(t)
	var seeds map[match.MemberID]uint64
	if c.Random && len(c.Members) > crowd {
		seeds = seedsFor(t, s, sem, stage)
	}
	for i := range c.Members {
		for sc := range waysTo(t, s, match.MemberID(i), seeds) {
			sc.stage = stage
			// A way is tried, not trusted: CloneIDs that two members share, drained members and backups lead
			// elsewhere.
			answers := sc.runAll(t, sem).answers[0]
			want := Answer{Decision: Forward, Cluster: id, Member: match.MemberID(i)}
			if len(answers) == 1 && answers[0].answer == want {
				sc.stage = nil
				out = append(out, MemberSample{match.MemberID(i), sc, stage})
				break
			}
		}
	}
	return out
}

// seedsFor finds for the primaries of a Random cluster a seed each with which a request without session goes to it.
func seedsFor(t *match.Table, s space.Sample, sem *choices.Assumptions, stage *stage) map[match.MemberID]uint64 {
	found := map[match.MemberID]uint64{}
	rq, err := written.URL(s.URL)
	if err != nil {
		return found
	}
	n := len(t.Clusters[s.Match.Cluster].Primary)
	for seed := uint64(1); len(found) < n && seed < uint64(50*n); seed++ { // n ln n draws find them all, as a rule
		sc := Scenario{Requests: Repeat(rq, 1, 0), Seed: &seed, stage: stage}
		m := sc.runAll(t, sem).answers[0][0].answer.Member
		if _, known := found[m]; !known && m != match.NoMember {
			found[m] = seed
		}
	}
	return found
}

// waysTo lists scenarios that may lead to a member, the plainest first. With seeds chance is pinned.
func waysTo(t *match.Table, s space.Sample, m match.MemberID, seeds map[match.MemberID]uint64) iter.Seq[Scenario] {
	return func(yield func(Scenario) bool) {
		rq, err := written.URL(s.URL)
		if err != nil {
			return
		}
		id := s.Match.Cluster
		c := &t.Clusters[id]
		plain := Scenario{Requests: Repeat(rq, 1, 0)}
		if clone := c.Members[m].CloneID; clone != "" {
			// A session is the plainest way: nothing needs to be assumed of the state of the process.
			rq.Cookies = []string{s.Match.Cookie() + "=0000session" + string(c.Separator) + clone}
			if !yield(Scenario{Requests: Repeat(rq, 1, 0)}) {
				return
			}
		}
		if seeds != nil {
			pinned := plain
			if seed, known := seeds[m]; known {
				pinned.Seed = &seed
				yield(pinned)
			}
			return
		}
		next := plain
		next.Members = []MemberFact{{Cluster: id, Member: m, Next: true}}
		if FitsState(t, next.Members[0]) == nil && !yield(next) || !yield(plain) {
			return
		}
		alone := plain
		for i := range c.Members {
			if match.MemberID(i) != m {
				alone.Conditions = append(alone.Conditions,
					MemberCondition{Cluster: id, Member: match.MemberID(i), Failure: Refused})
			}
		}
		yield(alone)
	}
}

// MemberHangsOn names the open choices and facts on which it hangs that a scenario reaches its member. Samples that
// MemberSamples gave together must not be asked about at the same time.
func MemberHangsOn(t *match.Table, m *MemberSample, sem *choices.Assumptions) (names []string) {
	sc := m.Scenario
	sc.stage = m.stage
	e := explanation{t: t, sc: &sc, sem: *sem}
	e.prove(nil)
	for _, on := range dependences(t, e.alternatives(0)) {
		for name := range on.Assume {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
