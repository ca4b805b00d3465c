// Package proof bears witness for a merge: it reads inputs and output by itself, asks package routecheck what names
// mean, and shares no line with the code that merges, so that an error there shows here.
package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// A mismatch is an endpoint that the merged file has and the inputs have not, or the other way round. It means a bug
// of the merge itself.
type mismatch struct {
	Member, Alias, URI string
	Added              bool // the output has it, no input does
}

func (e *mismatch) Error() string {
	what := "is lost"
	if e.Added {
		what = "is in no input"
	}
	return diag.Sprintf("the merged file would be wrong: endpoint %s of URI %q under %q %s; nothing is written",
		e.Member, e.URI, e.Alias, what)
}

// Check compares the endpoints of the output, the triples of member, alias and URI that its Routes give, with the
// union of the inputs', both ways. With firstKeeps a URI under an alias belongs to the members of the first input that
// has it.
func Check(inputs []*parser.Config, output *parser.Config, firstKeeps bool) error {
	w := &witness{members: map[string]int32{}, sets: newSets()}
	want, got := endpoints{}, endpoints{}
	for _, in := range inputs {
		w.read(in, want, firstKeeps)
	}
	w.read(output, got, false)
	if err := w.lacking(want, got, false); err != nil {
		return err
	}
	return w.lacking(got, want, true)
}

// place is a URI under an alias; "*" as a whole stands for what a Route does not restrict (R17).
type place struct{ alias, uri string }

// endpoints holds for each place the number of a set of members.
type endpoints map[place]int32

// witness numbers members and sets of them, so that sets are compared as numbers.
type witness struct {
	members map[string]int32
	labels  []string
	sets    *sets
}

// read adds the endpoints of a file. Routes that lead nowhere give none (R18).
func (w *witness) read(cfg *parser.Config, into endpoints, firstKeeps bool) {
	names := resolve.New(cfg)
	own := into
	if firstKeeps {
		own = endpoints{}
	}
	setOf := map[*parser.ServerCluster]int32{}
	for _, r := range cfg.Routes {
		vhosts, uris, cluster := names.RouteParts(r)
		if cluster == nil || vhosts == nil && r.VirtualHostGroup.Set() || uris == nil && r.UriGroup.Set() {
			continue
		}
		set, known := setOf[cluster]
		if !known {
			set = w.sets.of(w.numbers(cluster))
			setOf[cluster] = set
		}
		for _, alias := range aliasesOf(vhosts) {
			for _, uri := range urisOf(uris) {
				at := place{alias, uri}
				own[at] = w.sets.union(own[at], set)
			}
		}
	}
	if !firstKeeps {
		return
	}
	for at, set := range own {
		if _, taken := into[at]; !taken {
			into[at] = set
		}
	}
}

// numbers returns the members of a cluster. A member is its clone ID with its addresses: one process under two names
// is one.
func (w *witness) numbers(cluster *parser.ServerCluster) (all []int32) {
	for _, s := range cluster.Servers {
		var addresses []string
		for _, t := range s.Transports {
			addresses = append(addresses, strings.ToLower(parser.Address(t.Hostname.V, t.Port.Raw())))
		}
		slices.Sort(addresses)
		key := fmt.Sprintf("%q %q", s.CloneID.V, addresses)
		n, known := w.members[key]
		if !known {
			n = int32(len(w.labels))
			w.members[key] = n
			w.labels = append(w.labels, label(s.CloneID.V, addresses))
		}
		all = append(all, n)
	}
	return all
}

// label is the clone ID, or the first address of a member that has none.
func label(clone string, addresses []string) string {
	if clone == "" && len(addresses) > 0 {
		return addresses[0]
	}
	return clone
}

// lacking returns the least endpoint of a that b lacks.
// The least in the order of aliases, then of Uris, so that the same bug gives the same message.
func (w *witness) lacking(a, b endpoints, added bool) error {
	var worst *mismatch
	for at, set := range a {
		has := b[at]
		if set == has || w.sets.union(has, set) == has {
			continue
		}
		if worst != nil && (at.alias > worst.Alias || at.alias == worst.Alias && at.uri > worst.URI) {
			continue
		}
		for _, m := range w.sets.lists[set] {
			if !slices.Contains(w.sets.lists[has], m) {
				worst = &mismatch{w.labels[m], at.alias, at.uri, added}
				break
			}
		}
	}
	if worst == nil {
		return nil
	}
	return worst
}

// aliasesOf and urisOf are the names of a group. They, and sets, are written a second time on purpose: a witness that
// used those of package merge would share their mistakes.
func aliasesOf(g *parser.VirtualHostGroup) []string {
	if g == nil {
		return []string{"*"}
	}
	var all []string
	for _, a := range g.Aliases {
		all = append(all, a.Name.V)
	}
	return all
}

func urisOf(g *parser.UriGroup) []string {
	if g == nil {
		return []string{"*"}
	}
	var all []string
	for _, u := range g.Uris {
		all = append(all, u.Name.V)
	}
	return all
}

// sets numbers sets of members; the empty one is 0. The union of two is computed once.
type sets struct {
	numbers map[string]int32
	lists   [][]int32
	unions  map[[2]int32]int32
}

func newSets() *sets {
	return &sets{numbers: map[string]int32{"[]": 0}, lists: [][]int32{nil}, unions: map[[2]int32]int32{}}
}

func (s *sets) of(members []int32) int32 {
	members = slices.Compact(slices.Sorted(slices.Values(members)))
	key := fmt.Sprint(members)
	n, known := s.numbers[key]
	if !known {
		n = int32(len(s.lists))
		s.numbers[key] = n
		s.lists = append(s.lists, members)
	}
	return n
}

// union: 0 is empty, so the other one is the union already. Where a is 0 it is computed, and found by of.
func (s *sets) union(a, b int32) int32 {
	if a == b || b == 0 {
		return a
	}
	key := [2]int32{a, b}
	n, known := s.unions[key]
	if !known {
		n = s.of(append(slices.Clone(s.lists[a]), s.lists[b]...))
		s.unions[key] = n
	}
	return n
}
