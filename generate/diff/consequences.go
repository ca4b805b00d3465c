package diff

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Kinds of consequences, in the order in which they are told. They name the sections too.
const (
	sessions    = "sessions"     // who loses the members that hold the sessions
	newSessions = "new-sessions" // who gets no, more or fewer new sessions
	routes      = "routes"       // which requests go elsewhere
	renamed     = "renamed"      // which members have another name
	outage      = "outage"       // what the failure of a member costs
	reload      = "reload"       // what needs more than a reload of the file
	values      = "values"       // which values in effect differ
)

// Sections are the names of the parts of a report.
var Sections = []string{sessions, newSessions, routes, renamed, outage, reload, values}

// Consequence is what a change does to users.
type Consequence struct {
	Kind            string
	Cluster, Member string // Member "": of the whole cluster; Cluster "": of the whole file
	Text            string
	// of the cluster's sessions, or of its new sessions from now on; 0 to 1, NaN where it is not known
	Share    float64
	Old, New diag.Span

	before *float64 // the share of new sessions until now; nil of other kinds, and where there was no such member
	none   bool     // the member gets no new sessions any more
	covers []string // subjects of changes that need not be reported again
}

// comparison is what both files do with the same requests.
type comparison struct {
	old, new   *side
	samples    []*sample         // of the clusters that requests of the old file reach
	reached    map[string]sample // by name, of the clusters that requests of the new file reach
	attributes []Change
	renamed    renames
	recorded   []Consequence
}

// sample is a request that the old file leads to a cluster, if possible one that the new file leads to the cluster of
// the same name. If there is none but the new file leads others there, it takes one of them in place of the first.
// asked leads old to its cluster, newAsk is what the new file is asked about it: mostly the same request.
type sample struct {
	asked, newAsk ask
	old, new      target
}

// target is where a side leads a request.
type target struct {
	described
	id    match.ClusterID
	match match.Match
}

// note keeps a request as the sample of its cluster if it says more than the one before.
// A cluster of which some requests stay and others move is judged by one that stays: that others move is a class.
func (c *comparison) note(asked ask, old, new target) {
	if _, known := c.reached[new.Cluster]; !known && !new.Declined {
		c.reached[new.Cluster] = sample{asked, asked, old, new}
	}
	if old.Declined {
		return
	}
	if s := c.samples[old.id]; s == nil || closeness(old, new) > closeness(old, s.new) {
		c.samples[old.id] = &sample{asked, asked, old, new}
	}
}

// closeness says how near a request of an old cluster comes to that in the new file: declined, to another one, or to
// the one of its name.
func closeness(old, new target) int {
	switch {
	case new.Declined:
		return 0
	case new.Cluster != old.Cluster:
		return 1
	}
	return 2
}

func (c *comparison) record(k Consequence) { c.recorded = append(c.recorded, k) }

// consequences tells what the files do differently to sessions, what a failure costs, and what a reload does not do.
// Sessions are told of all clusters that requests reached; what concerns members by themselves only where the cluster
// is still reached by its name, since else all of them are gone.
func (c *comparison) consequences() []Consequence {
	for _, s := range c.samples {
		if s == nil {
			continue
		}
		// all requests that the old file led there go elsewhere, but others come: the cluster and its sessions live on
		if by, known := c.reached[s.old.Cluster]; known && s.new.Cluster != s.old.Cluster {
			s.newAsk, s.new = by.newAsk, by.new
		}
		c.sessions(s)
	}
	c.cookies()
	c.platform()
	for _, s := range c.samples {
		if s != nil && !s.new.Declined && s.new.Cluster == s.old.Cluster {
			c.newSessions(s)
			c.renamings(s)
			c.outage(s)
		}
	}
	c.reload()
	slices.SortStableFunc(c.recorded, func(a, b Consequence) int {
		return cmp.Compare(slices.Index(Sections, a.Kind), slices.Index(Sections, b.Kind))
	})
	return c.recorded
}

// newSessions compares how the new sessions of a cluster spread.
// The shares are those of a process in which nobody is down, over a full cycle of the weights. What tells of a member
// covers its weight; its role in the lists only where that changed.
func (c *comparison) newSessions(s *sample) {
	type member struct {
		id    match.MemberID
		share float64
	}
	a, b := &c.old.table.Clusters[s.old.id], &c.new.table.Clusters[s.new.id]
	before, after := explain.NewSessions(c.old.table, s.old.id, &c.old.sem),
		explain.NewSessions(c.new.table, s.new.id, &c.new.sem)
	left := map[string]member{}
	for i := range a.Members {
		left[a.Members[i].Name] = member{match.MemberID(i), before[i]}
	}
	for i := range b.Members {
		m := &b.Members[i]
		name := c.renamed.before(b.Name, m.Name)
		was, known := left[name]
		delete(left, name)
		if alike(was.share, after[i]) && known {
			continue
		}
		k := Consequence{Kind: newSessions, Cluster: b.Name, Member: m.Name, Share: after[i], New: m.At,
			none: known && after[i] == 0}
		k.covers = []string{subjectOf(b.Name, name) + " LoadBalanceWeight"}
		switch {
		case !known && after[i] == 0:
			continue // a new member that gets none is no news for users
		case !known:
			k.Text = "new: " + percent(after[i])
			k.covers = append(k.covers, subjectOf(b.Name, m.Name))
		default:
			k.Old, k.before = a.Members[was.id].At, &was.share
			if a.Role(was.id) != b.Role(match.MemberID(i)) {
				k.covers = append(k.covers, listsOf(b.Name)...)
			}
			k.Text = fmt.Sprintf("%s -> %s%s", percent(was.share), percent(after[i]),
				why(b, match.MemberID(i), after[i]))
		}
		c.record(k)
	}
	for i := range a.Members {
		m := &a.Members[i]
		if was, gone := left[m.Name]; gone && !alike(was.share, 0) {
			c.record(Consequence{Kind: newSessions, Cluster: a.Name, Member: m.Name, Old: m.At,
				before: &was.share, Text: percent(was.share) + " -> 0 %, the member is gone",
				none: true, covers: []string{subjectOf(a.Name, m.Name)}})
		}
	}
}

// why says for what reason a member gets no new sessions.
func why(c *match.Cluster, m match.MemberID, share float64) string {
	switch {
	case share > 0:
		return ""
	case c.Drained(m):
		return ", LoadBalanceWeight is 0"
	case c.Role(m) == "primary":
		return ""
	}
	return ", " + words.Role(c, m)
}

// listsOf are the subjects of the two lists of a cluster: what became of the members in them is told.
func listsOf(cluster string) (subjects []string) {
	for _, list := range []string{"PrimaryServers", "BackupServers"} {
		subjects = append(subjects, diag.Sprintf("ServerCluster %q %s", cluster, list))
	}
	return subjects
}

// subjectOf is the subject of a server's facts.
func subjectOf(cluster, member string) string {
	return diag.Sprintf("ServerCluster %q Server %q", cluster, member)
}

// alike reports whether two shares are one when they are told: to a tenth of a per cent.
func alike(a, b float64) bool { return math.Abs(a-b) < 0.001 }

func percent(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*share), ".0") + " %"
}
