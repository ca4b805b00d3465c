package diff

import (
	"cmp"
	"fmt"
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
}

// String words a change as one line.
func (c Change) String() string {
	switch {
	case !c.HasOld:
		return fmt.Sprintf("%s: added: %s", c.Subject, c.New)
	case !c.HasNew:
		return fmt.Sprintf("%s: removed: %s", c.Subject, c.Old)
	}
	return fmt.Sprintf("%s: %s -> %s", c.Subject, c.Old, c.New)
}

// Attributes compares the values in effect: those of Config, Log and Properties, of each cluster that a Route uses with its members,
// and for each alias and URI the cluster and the cookie names. Changes stand in alphabetical order of their subjects.
func Attributes(old, new *parser.Config) []Change {
	before := map[string]fact{}
	for _, f := range state(old) {
		before[f.subject] = f
	}
	var changes []Change
	for _, f := range state(new) {
		o, known := before[f.subject]
		delete(before, f.subject)
		if !known || o.value != f.value {
			changes = append(changes, Change{f.subject, o.value, f.value, known, true, o.at, f.at})
		}
	}
	for _, o := range before {
		changes = append(changes, Change{o.subject, o.value, "", true, false, o.at, diag.Span{}})
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.Subject, b.Subject) })
	return changes
}
