package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Change is something that two files say differently. HasOld and HasNew tell whether each says anything at all.
type Change struct {
	Subject        string // `ServerCluster "c" Server "m" ConnectTimeout`, or `*:80 /shop/*`
	Old, New       string
	HasOld, HasNew bool
	OldAt, NewAt   diag.Span
	Route          bool // the subject is an alias and a URI, the values are where it leads

	cluster        string // of a Route: where it leads by the new file
	oldURI, newURI *parser.Uri
}

// String words a change as one line.
func (c Change) String() string {
	switch {
	case !c.HasOld && c.New == "":
		return c.Subject + ": added"
	case !c.HasOld:
		return fmt.Sprintf("%s: added: %s", c.Subject, c.New)
	case !c.HasNew && c.Old == "":
		return c.Subject + ": removed"
	case !c.HasNew:
		return fmt.Sprintf("%s: removed: %s", c.Subject, c.Old)
	}
	return fmt.Sprintf("%s: %s -> %s", c.Subject, c.Old, c.New)
}

// Attributes compares the values in effect: those of Config, Log and Properties, of each cluster that a Route uses
// with its members, and for each alias and URI the cluster and the cookie names. A cluster or server that is new or
// gone is one change. Changes stand in alphabetical order of their subjects.
func Attributes(old, new *parser.Config) []Change {
	return attributes(old, new, findRenames(old, new))
}

// Both files are folded where one must be, since else no subject would fit. A fact of an entity that the other file
// does not know becomes one change of that entity, the outermost.
func attributes(old, new *parser.Config, renamed renames) []Change {
	folded := pairs(old) > maxPairs || pairs(new) > maxPairs
	before, after := state(old, folded, nil), state(new, folded, renamed)
	hadEntity, hasEntity := entities(before), entities(after)
	byOld := map[string]fact{}
	for _, f := range before {
		byOld[f.subject] = f
	}
	changes := map[string]Change{}
	for _, f := range after {
		o, known := byOld[f.subject]
		delete(byOld, f.subject)
		if entity := f.first(hadEntity); entity != "" {
			if _, noted := changes[entity]; !noted {
				changes[entity] = Change{Subject: entity, HasNew: true, NewAt: f.at}
			}
		} else if !known || !o.same(f) && !sameMembers(o, f, hadEntity, hasEntity) {
			changes[f.subject] = Change{f.subject, o.value, f.value, known, true, o.at, f.at, f.route,
				f.cluster, o.uri, f.uri}
		}
	}
	for _, o := range before {
		if _, gone := byOld[o.subject]; !gone {
			continue
		}
		if entity := o.first(hasEntity); entity != "" {
			if _, noted := changes[entity]; !noted {
				changes[entity] = Change{Subject: entity, HasOld: true, OldAt: o.at}
			}
			continue
		}
		changes[o.subject] = Change{Subject: o.subject, Old: o.value, HasOld: true, OldAt: o.at, Route: o.route}
	}
	return slices.SortedFunc(maps.Values(changes), func(a, b Change) int { return cmp.Compare(a.Subject, b.Subject) })
}

// same reports whether two facts about one thing come to the same. Weights do where all of the cluster keep their
// proportions.
func (f fact) same(g fact) bool {
	return f.value == g.value || f.weights != "" && f.weights == g.weights
}

// sameMembers reports whether two lists of servers differ only by members that are new or gone, which is said of
// themselves.
func sameMembers(old, new fact, had, has map[string]bool) bool {
	if old.servers == nil || new.servers == nil {
		return false
	}
	stays := func(all []string) (stay []string) {
		for _, name := range all {
			if s := diag.Sprintf("%s Server %q", old.within[0], name); had[s] == has[s] {
				stay = append(stay, name)
			}
		}
		return stay
	}
	return slices.Equal(stays(old.servers), stays(new.servers))
}

// entities are the clusters and servers of which a file states anything.
func entities(list []fact) map[string]bool {
	all := map[string]bool{}
	for _, f := range list {
		for _, e := range f.within {
			all[e] = true
		}
	}
	return all
}

// first returns the outermost cluster or server of a fact that the other file does not know, "" when it knows them
// all.
func (f fact) first(known map[string]bool) string {
	for _, e := range f.within {
		if !known[e] {
			return e
		}
	}
	return ""
}
