package diagnose

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
)

// share is what one member of a cluster got, as the counters of the log say it.
type share struct {
	*facts.Member
	weight float64 // start weight, 1 where no file says it
	// Counted since the log began. New requests are all less those of sessions (plugin.md 7): only these are balanced.
	new, affinity int64
	byProcess     []int64 // new requests in each process
	role          string
}

func (s *share) total() int64 { return s.new + s.affinity }

// balance is how a cluster's requests were spread.
type balance struct {
	cluster   *match.Cluster // nil where no file says which members are one
	shares    []share        // of the primaries that balance
	processes int
}

// balances spreads the counters over the clusters of the file; without one all members are taken for one cluster. A
// member of no cluster of the file, or of two, is left out: neither its weight nor its rivals are known.
func (k *Case) balances() (all []balance) {
	if k.Log == nil {
		return nil
	}
	byCluster := map[*match.Cluster]int{}
	for _, m := range k.Log.Order {
		c := k.clusterOf(m.Name)
		if k.File != nil && c == nil {
			continue
		}
		s, counted := k.shareOf(m, c)
		if !counted {
			continue
		}
		i, known := byCluster[c]
		if !known {
			i = len(all)
			byCluster[c] = i
			all = append(all, balance{cluster: c})
		}
		all[i].shares = append(all[i].shares, s)
	}
	for i := range all {
		slices.SortFunc(all[i].shares, func(a, b share) int { return strings.Compare(a.Name, b.Name) })
		all[i].processes = processesOf(k.Log, all[i].shares)
	}
	return all
}

// shareOf adds up what all processes counted for a member. counted is false where no line of counters names it, which
// is so below LogLevel Stats: nothing is known then, and that is not 0.
func (k *Case) shareOf(m *facts.Member, c *match.Cluster) (s share, counted bool) {
	s = share{Member: m, weight: 1}
	if c != nil {
		id, _ := c.MemberByName(m.Name)
		s.weight, s.role = float64(c.Members[id].Start), c.Role(id)
		// weights mean nothing under Random (R35)
		if c.Random {
			s.weight = 1
		}
	}
	for key, p := range k.Log.Procs {
		if key.Member == m.Name && p.Counts.Lines > 0 {
			t := p.Counts.Total()
			s.new += t.New()
			s.affinity += t.Affinity
			s.byProcess = append(s.byProcess, t.New())
			counted = true
		}
	}
	slices.Sort(s.byProcess)
	return s, counted
}

// processesOf counts the processes that have counted a request of these members.
func processesOf(l *facts.Log, shares []share) int {
	pids := map[uint64]bool{}
	for key, p := range l.Procs {
		if p.Counts.Lines > 0 && slices.ContainsFunc(shares, func(s share) bool { return s.Name == key.Member }) {
			pids[key.PID] = true
		}
	}
	return len(pids)
}

// primaries are the members that new requests are spread over. Without a file nobody has a role, and all count; a
// member of weight 0 gets no new requests by intent (R36).
func (b *balance) primaries() (out []share) {
	for _, s := range b.shares {
		if (s.role == "" || s.role == "primary") && s.weight > 0 {
			out = append(out, s)
		}
	}
	return out
}

func (b *balance) random() bool { return b.cluster != nil && b.cluster.Random }

func sum(all []share, of func(*share) float64) (total float64) {
	for i := range all {
		total += of(&all[i])
	}
	return total
}

// fits reports whether numbers are spread by the weights: within one round of each process under Round Robin (F1),
// within 4 standard deviations under Random (F3), which chance alone exceeds once in some 16,000 times.
func (b *balance) fits(of func(*share) int64) bool {
	all := b.primaries()
	n := sum(all, func(s *share) float64 { return float64(of(s)) })
	w := sum(all, func(s *share) float64 { return s.weight })
	for i := range all {
		p := all[i].weight / w
		bound := all[i].weight * float64(max(b.processes, 1))
		if b.random() {
			bound = 4 * math.Sqrt(n*p*(1-p))
		}
		if math.Abs(float64(of(&all[i]))-n*p) >= max(bound, 1) {
			return false
		}
	}
	return true
}

// uneven reports whether the largest number is more than a quarter above the smallest, by weight: about what somebody
// who looks at the counters calls uneven. One request more never is.
func (b *balance) uneven(of func(*share) int64) bool {
	least, most := math.Inf(1), 0.0
	for _, s := range b.primaries() {
		v := float64(of(&s)) / s.weight
		least, most = min(least, v), max(most, v)
	}
	return most > 1.25*least+1
}

func newOf(s *share) int64      { return s.new }
func totalOf(s *share) int64    { return s.total() }
func affinityOf(s *share) int64 { return s.affinity }

// words are the numbers of a balance.
func (b *balance) words(of func(*share) int64) string {
	var parts []string
	for i := range b.shares {
		parts = append(parts, fmt.Sprint(of(&b.shares[i])))
	}
	return strings.Join(parts, ":")
}

// names are the members in the order of words.
func (b *balance) names() string {
	var parts []string
	for i := range b.shares {
		parts = append(parts, b.shares[i].Name)
	}
	return strings.Join(parts, ":")
}

// mostClusters is how many clusters are told of.
const mostClusters = 5

// sizeOfBalance says what each member got.
func sizeOfBalance(k *Case, m map[string]int64) string {
	var parts []string
	for _, b := range k.balances() {
		parts = append(parts, fmt.Sprintf("new requests %s, total %s (%s)",
			b.words(newOf), b.words(totalOf), b.names()))
		for i := range b.shares {
			m["new "+b.shares[i].Name], m["total "+b.shares[i].Name] = b.shares[i].new, b.shares[i].total()
		}
	}
	switch {
	case k.Log == nil:
		return "no log of the plug-in was given"
	case len(parts) == 0:
		return "the log has no counters (needs LogLevel Stats)"
	}
	return strings.Join(parts[:min(len(parts), mostClusters)], "; ")
}

// ofBalances is the opinion of the first cluster about which a test says something. A cluster that proves comes before
// any that denies: one uneven cluster is what the administrator sees. One that has a single primary has nothing to
// balance.
func (k *Case) ofBalances(test func(*balance) opinion) opinion {
	var best opinion
	for _, b := range k.balances() {
		if len(b.primaries()) < 2 {
			continue
		}
		o := test(&b)
		if o.stance == proves {
			return o
		}
		if o.stance != silent && best.stance == silent {
			best = o
		}
	}
	return best
}
