package reverse

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

// Row is a pair of an alias and a Uri whose requests go to the cluster, less what is excepted.
type Row struct {
	Alias   string         `json:"alias"`   // as written, "" any (R17)
	Pattern string         `json:"pattern"` // a Uri, * without one
	Bare    bool           `json:"bare"`    // "/x/*" stands for "/x", too (R3, choice slash-star-serves-bare)
	Except  []Exception    `json:"except"`
	Choice  string         `json:"choice"` // the open choices on which the row hangs, or under which alone it holds
	At      *diag.Position `json:"at"`

	entry  match.Entry   // what the row is about
	except []match.Entry // before entry in the list, of other clusters, and meet it
}

// Exception is what another cluster takes inside of a row.
type Exception struct {
	Alias   string `json:"alias"`
	Pattern string `json:"pattern"`
	Bare    bool   `json:"bare"`
	Cluster string `json:"cluster"`
}

// list is the ordered list, cut to the host that was asked for, with the places of its entries by the head of their
// patterns: two patterns meet only where one head begins the other.
type list struct {
	entries []match.Entry
	heads   []string         // sorted
	places  map[string][]int // ascending
}

func newList(t *match.Table, sem *choices.Assumptions, host string) *list {
	l := &list{entries: t.Ordered(sem), places: map[string][]int{}}
	if host != "" {
		l.entries = slices.DeleteFunc(l.entries, func(e match.Entry) bool { return !e.TakesHost(host) })
	}
	for i := range l.entries {
		head := l.entries[i].Head()
		if l.places[head] == nil {
			l.heads = append(l.heads, head)
		}
		l.places[head] = append(l.places[head], i)
	}
	slices.Sort(l.heads)
	return l
}

// around lists the places of the entries that can meet one, in order.
func (l *list) around(e *match.Entry) (all []int) {
	head := e.Head()
	// Shorter heads, "" among them: those that begin the head of the entry.
	for i := range len(head) {
		all = append(all, l.places[head[:i]]...)
	}
	// Heads that the entry's begins stand together where heads are sorted.
	for i := sort.SearchStrings(l.heads, head); i < len(l.heads) && strings.HasPrefix(l.heads[i], head); i++ {
		all = append(all, l.places[l.heads[i]]...)
	}
	slices.Sort(all)
	return all
}

// rows lists the least entries that together take what a cluster gets. An entry that never decides is left out, and
// one that another of the cluster takes as well.
func (l *list) rows(cluster match.ClusterID) (rows []Row) {
	// Entries are dropped in the order of the list, and each is judged by those that were dropped before: of two that
	// cover each other one stays.
	dropped := make([]bool, len(l.entries))
	for i := range l.entries {
		if e := &l.entries[i]; e.Cluster == cluster {
			dropped[i] = l.spare(i, dropped)
		}
	}
	for i := range l.entries {
		if e := &l.entries[i]; e.Cluster == cluster && !dropped[i] {
			rows = append(rows, Row{entry: *e, except: l.exceptions(i)})
		}
	}
	return rows
}

// spare reports whether an entry can be left out: an earlier one takes all of it, or a later one of the cluster does,
// with nothing of another cluster between them.
func (l *list) spare(i int, dropped []bool) bool {
	e := &l.entries[i]
	taken := false // by another cluster, behind e
	for _, j := range l.around(e) {
		o := &l.entries[j]
		switch {
		case j < i:
			if o.Covers(e) && !(dropped[j] && o.Cluster == e.Cluster) { // of two that are alike, one stays
				return true
			}
		case j == i:
		case o.Cluster != e.Cluster:
			taken = taken || o.Meets(e)
		case !taken && o.Covers(e):
			return true
		}
	}
	return false
}

// exceptions lists what other clusters take inside of an entry. What an entry of the same cluster takes before them is
// none, nor is what a wider exception to the same cluster names.
func (l *list) exceptions(i int) (out []match.Entry) {
	e := &l.entries[i]
	around := l.around(e)
	var found []int
	for _, j := range around {
		if o := &l.entries[j]; j < i && o.Cluster != e.Cluster && o.Meets(e) && !l.takenBefore(j, e.Cluster) {
			found = append(found, j)
		}
	}
	for k, j := range found {
		o := &l.entries[j]
		if !slices.ContainsFunc(found, func(w int) bool {
			wide := &l.entries[w]
			return w != j && wide.Cluster == o.Cluster && wide.Covers(o) && (!o.Covers(wide) || w < j)
		}) {
			out = append(out, l.entries[found[k]])
		}
	}
	return out
}

// takenBefore reports whether an earlier entry of a cluster takes all that an entry takes.
func (l *list) takenBefore(i int, cluster match.ClusterID) bool {
	e := &l.entries[i]
	return slices.ContainsFunc(l.around(e), func(j int) bool {
		o := &l.entries[j]
		return j < i && o.Cluster == cluster && o.Covers(e)
	})
}

// rowsOf are the rows of the usual choices, and those that another value of one brings.
func (q *question) rowsOf(cluster match.ClusterID) []Row {
	rows := newList(q.t, &q.sem, q.host).rows(cluster)
	for i := range rows {
		rows[i].Choice = q.hangsOn(&rows[i].entry)
	}
	// One choice at a time: rows under two together would be many, and hardly of use to anybody.
	for c := range choices.NumChoices {
		if choices.OfRoutes&(1<<c) == 0 {
			continue
		}
		for v := range c.NumValues() {
			other := q.sem.With(c, v)
			if other.Value(c) == q.sem.Value(c) {
				continue
			}
			for _, r := range newList(q.t, &other, q.host).rows(cluster) {
				if q.isNew(&r.entry, rows, &other) {
					r.Choice = c.String() + "=" + other.Value(c)
					rows = append(rows, r)
				}
			}
		}
	}
	for i := range rows {
		q.describe(&rows[i])
	}
	return foldRows(rows)
}

// isNew reports whether a request of an entry goes to its cluster under another choice alone, and no row speaks of it.
func (q *question) isNew(e *match.Entry, rows []Row, other *choices.Assumptions) bool {
	if slices.ContainsFunc(rows,
		func(r Row) bool { return r.entry.Alias == e.Alias && r.entry.Pattern == e.Pattern }) {
		return false
	}
	rq, ok := q.sample(e)
	if !ok {
		return false
	}
	m, takes := q.t.Match(&rq, other)
	now, has := q.t.Match(&rq, &q.sem)
	// By Match under both, not by the lists alone: the row may only be written otherwise.
	return takes && m.Cluster == e.Cluster && (!has || now.Cluster != e.Cluster)
}

// hangsOn names the open choices of which another value gives the sample of an entry to another cluster.
func (q *question) hangsOn(e *match.Entry) string {
	rq, ok := q.sample(e)
	if !ok {
		return ""
	}
	m, ok := q.t.Match(&rq, &q.sem)
	if !ok || m.Cluster != e.Cluster {
		return ""
	}
	s := space.Sample{URL: urlOf(&rq), Match: m}
	return strings.Join(space.ClusterHangsOn(q.t, &s, &q.sem), ", ")
}

// sample is a request that an entry takes, and nothing longer.
func (q *question) sample(e *match.Entry) (match.Request, bool) {
	// The path holds a text that no Uri has, where * stands, so that no longer Uri takes it.
	p := match.Compile(e.Pattern)
	path, ok := q.unused.Path(&p)
	if e.Pattern == "*" {
		path = "/" + q.unused.Text
	}
	host := e.Host
	switch {
	case host == "*" && q.host != "":
		host = q.host
	case host == "*":
		host = q.unused.Host
	}
	port := e.Port
	if port == 0 {
		port = 80
	}
	rq, err := written.URL(space.MatchKey{Host: host, Port: port, Path: "/"}.URL())
	rq.Target = space.MatchKey{Path: path}.TargetIn(&q.sem)
	return rq, ok && err == nil
}

func urlOf(rq *match.Request) string {
	scheme := "http://"
	if rq.TLS {
		scheme = "https://"
	}
	return scheme + rq.Host + rq.Target
}

// describe fills in what people and programs read.
func (q *question) describe(r *Row) {
	r.Alias, r.Pattern, r.Except, r.At = r.entry.Alias, r.entry.Pattern, []Exception{}, explain.Place(q.files,
		r.entry.Span)
	bare := madeOf(r.except)
	for i := range r.except {
		o := &r.except[i]
		if !bare.has(o) {
			r.Except = append(r.Except, Exception{o.Alias, o.Pattern, bare.of(o), q.t.Clusters[o.Cluster].Name})
		}
	}
}

// made are the Uris of R3 among some entries whose origin is among them, too.
type made struct {
	bare   map[string]bool // by alias and path
	origin map[string]bool
}

func key(e *match.Entry, pattern string) string {
	return fmt.Sprint(e.Route, " ", e.Alias, " ", pattern)
}

// madeOf finds them by their form alone: the entry "/x" of a Route and an alias beside "/x/*" of both. One that the
// file writes itself is told likewise, since "/x/*" stands for it just as well.
func madeOf(entries []match.Entry) made {
	m := made{map[string]bool{}, map[string]bool{}}
	for i := range entries {
		m.bare[key(&entries[i], entries[i].Pattern)] = true
	}
	for i := range entries {
		if e := &entries[i]; strings.HasSuffix(e.Pattern, "/*") {
			path := strings.TrimSuffix(e.Pattern, "/*")
			m.origin[key(e, path)] = m.bare[key(e, path)]
		}
	}
	return m
}

// has reports whether an entry is a Uri of R3 that its origin stands for.
func (m made) has(e *match.Entry) bool { return m.origin[key(e, e.Pattern)] }

// of reports whether an entry stands for a Uri of R3, too.
func (m made) of(e *match.Entry) bool {
	path, wide := strings.CutSuffix(e.Pattern, "/*")
	return wide && m.origin[key(e, path)]
}

// foldRows lets "/x/*" stand for "/x", where nothing else is excepted from that and both hold under the same choice.
func foldRows(rows []Row) []Row {
	// By the choice under which rows hold: one that holds by default must not vanish in one that may not.
	entries, bare := map[string][]match.Entry{}, map[string]made{}
	for i := range rows {
		// "/x" with exceptions of its own cannot be said by "/x/*".
		if r := &rows[i]; r.entry.Kind != match.Exact || len(r.except) == 0 {
			entries[r.onlyWith()] = append(entries[r.onlyWith()], r.entry)
		}
	}
	for choice := range entries {
		bare[choice] = madeOf(entries[choice])
	}
	out := rows[:0]
	for _, r := range rows {
		m := bare[r.onlyWith()]
		if len(r.except) > 0 || !m.has(&r.entry) {
			r.Bare = m.of(&r.entry)
			out = append(out, r)
		}
	}
	return out
}

// onlyWith is the choice under which alone a row holds, "" for one that holds by default.
func (r *Row) onlyWith() string {
	if strings.Contains(r.Choice, "=") {
		return r.Choice
	}
	return ""
}
