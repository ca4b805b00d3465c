package batch

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Agreement says how often the member that a log names is one of those that the file gives: whether the file was in
// force.
type Agreement struct {
	Told, Agreed int64
	Others       Top // "m9 at h9:9080, not m1 or m2 of C"
}

func (g *Agreement) merge(o *Agreement) {
	g.Told, g.Agreed = g.Told+o.Told, g.Agreed+o.Agreed
	g.Others.merge(&o.Others, topKept)
}

// Share is how many of a hundred agree; ok is false where the log names nobody.
func (g *Agreement) Share() (percent float64, ok bool) {
	if g.Told == 0 {
		return 0, false
	}
	return 100 * float64(g.Agreed) / float64(g.Told), true
}

// addresses are the members by the addresses of their Transports, as CLUSTER/MEMBER.
type addresses map[string][]string

// Several members may have one address, as where two clusters have a server each for the same JVM.
func addressesOf(t *match.Table) addresses {
	all := addresses{}
	for i := range t.Clusters {
		c := &t.Clusters[i]
		for _, m := range c.Members {
			for j := range m.Transports {
				at := strings.ToLower(m.Transports[j].Address())
				all[at] = append(all[at], c.Name+"/"+m.Name)
			}
		}
	}
	return all
}

// logged says which members a record names, as CLUSTER/MEMBER; declined for none. ok is false where it says nothing.
func (all addresses) logged(r *accesslog.Record) (members []string, label string, ok bool) {
	switch {
	case r.Member != "":
		return []string{r.Member}, r.Member, true
	case r.WAS != "":
		members = all[strings.ToLower(r.WAS)]
		return members, r.WAS, true
	}
	return nil, "", false
}

// compare counts whether the member that a record names is one of the answer.
func (g *Agreement) compare(all addresses, r *accesslog.Record, a *Answer) {
	members, label, ok := all.logged(r)
	// Only where both the log and the file say something they can agree.
	if !ok || a.Kind == unplaced || a.Kind == empty {
		return
	}
	g.Told++
	agrees := slices.ContainsFunc(members, func(m string) bool {
		if a.Kind == declined {
			return m == "declined"
		}
		return slices.ContainsFunc(a.Members, func(name string) bool { return m == a.Cluster+"/"+name })
	})
	if agrees {
		g.Agreed++
		return
	}
	// Where the log names an address, the members that have it are told, too.
	if r.Member == "" {
		label = strings.Join(append([]string{label}, members...), " ")
		if members == nil {
			label += " (no member of this file)"
		}
	}
	g.Others.add(label+", not "+a.Label, 1)
}
