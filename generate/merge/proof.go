package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// ProofError is an endpoint that the merged file has and the inputs have not, or the other way round. It means a fault of the merge itself.
type ProofError struct {
	Member, Alias, URI string
	Added              bool // the output has it, no input does
}

func (e *ProofError) Error() string {
	what := "is lost"
	if e.Added {
		what = "is in no input"
	}
	return fmt.Sprintf("the merged file would be wrong: endpoint %s of URI %q under %q %s; nothing is written", e.Member, e.URI, e.Alias, what)
}

// endpoints are the triples of member, alias and URI that a file's Routes give; a member is its clone ID and its addresses. It is computed straight from the file and shares nothing with
// the merge, so that it can bear witness.
type endpoints struct {
	members table
	sets    *memberSets
	units   map[[2]string]int32 // alias and URI -> set of members
}

func newEndpoints() *endpoints {
	return &endpoints{sets: newMemberSets(), units: map[[2]string]int32{}}
}

// add adds the triples of a file; one that knows a unit already adds nothing to it when first is set.
func (e *endpoints) add(cfg *parser.Config, first bool) {
	names := index(cfg)
	var before map[[2]string]bool
	if first {
		before = make(map[[2]string]bool, len(e.units))
		for u := range e.units {
			before[u] = true
		}
	}
	ofCluster := map[*parser.ServerCluster]int32{}
	for _, r := range cfg.Routes {
		host, group, cluster := names.of(r)
		if cluster == nil || r.VirtualHostGroup.Set() && host == nil || r.UriGroup.Set() && group == nil {
			continue
		}
		set, known := ofCluster[cluster]
		if !known {
			var ids []int32
			for _, s := range cluster.Servers {
				ids = append(ids, e.members.id(identity(s)))
			}
			set = e.sets.of(ids)
			ofCluster[cluster] = set
		}
		for _, alias := range aliasNames(host) {
			for _, uri := range uriNames(group) {
				if u := [2]string{alias, uri}; !before[u] {
					e.units[u] = e.sets.union(e.units[u], set)
				}
			}
		}
	}
}

func uriNames(g *parser.UriGroup) []string {
	if g == nil {
		return []string{every}
	}
	var all []string
	for _, u := range g.Uris {
		all = append(all, u.Name.V)
	}
	return all
}

// prove compares the triples of the output with the union of the inputs', both ways.
func prove(inputs []Input, output *parser.Config, mode Mode) error {
	want, got := newEndpoints(), newEndpoints()
	got.sets = want.sets
	for _, in := range inputs {
		want.add(in.Config, mode == Precedence)
	}
	got.members = want.members
	got.add(output, false)
	for _, dir := range []struct {
		a, b  *endpoints
		added bool
	}{{want, got, false}, {got, want, true}} {
		if err := missing(dir.a, dir.b, dir.added); err != nil {
			return err
		}
	}
	return nil
}

// missing returns the least triple of a that b lacks.
func missing(a, b *endpoints, added bool) error {
	var lacking [][2]string
	for u, set := range a.units {
		if other := b.units[u]; other != set && b.sets.union(other, set) != other {
			lacking = append(lacking, u)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	slices.SortFunc(lacking, func(x, y [2]string) int { return strings.Compare(x[0]+"\x00"+x[1], y[0]+"\x00"+y[1]) })
	u := lacking[0]
	has := b.sets.lists[b.units[u]]
	for _, id := range a.sets.lists[a.units[u]] {
		if !slices.Contains(has, id) {
			return &ProofError{memberName(a.members.names[id]), plain(u[0]), plain(u[1]), added}
		}
	}
	return nil
}

// memberName says an identity: the clone ID, or the first address of a member that has none.
func memberName(identity string) string {
	parts := strings.Split(identity, "\x00")
	if parts[0] != "" {
		return parts[0]
	}
	return parts[1]
}

func plain(name string) string {
	if name == every {
		return "*"
	}
	return name
}

// memberSets numbers sets of members; the union of two is computed once.
type memberSets struct {
	ids    map[string]int32
	lists  [][]int32
	unions map[[2]int32]int32
}

func newMemberSets() *memberSets {
	return &memberSets{map[string]int32{"": 0}, [][]int32{nil}, map[[2]int32]int32{}}
}

func (s *memberSets) of(ids []int32) int32 {
	sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
	key := idKey(sorted)
	id, known := s.ids[key]
	if !known {
		id = int32(len(s.lists))
		s.ids[key] = id
		s.lists = append(s.lists, sorted)
	}
	return id
}

func (s *memberSets) union(a, b int32) int32 {
	if a == b || b == 0 {
		return a
	}
	key := [2]int32{a, b}
	u, known := s.unions[key]
	if !known {
		u = s.of(append(slices.Clone(s.lists[a]), s.lists[b]...))
		s.unions[key] = u
	}
	return u
}
