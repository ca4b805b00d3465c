package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file holds lines that decide nothing against the file: which Uri and alias were found, which clone IDs were
// compared, and where the Transport leads. They tell whether the file was in force.

// walked is how far the comparisons of clone IDs of one session identifier have come.
type walked struct {
	round, list, ids int // which selection and identifier, and how many of its clone IDs are known
	at               int // index of the last comparison, -1 before the first
	walk             []failover.CloneComparison
}

// differs notes that the file cannot give a line.
func (r *result) differs(what What, rule, logged string, ours ...string) {
	r.mismatch = &mismatch{what: what, rule: rule, logged: logged, ours: ours}
}

// found checks a Uri that was found in its group, or an alias (R1, R2, R6).
func (m *machine) found(o *op, r *result) {
	rq := o.rq.request()
	anyHost := o.rq.host == ""
	r.line = true
	// The winner first: nearly always the line is about it, and to list all Uris that match is dear.
	if match, ok := m.matchOf(&rq, anyHost); ok {
		if u, ok := match.URIFound(); ok && o.fits(&u) {
			return
		}
	}
	// A plug-in logs each Uri that it finds, also one that another beats later.
	all := m.t.URIsFound(&rq, anyHost, &m.sem)
	if slices.ContainsFunc(all, func(u match.URIFound) bool { return o.fits(&u) }) {
		return
	}
	what := o.pattern
	if o.group != "" {
		what += " of " + o.group
	}
	if o.kind == opAlias {
		r.differs(patternDiffers, "R6", "virtual host "+what,
			foundWords(all, func(u *match.URIFound) string { return u.Alias + " of " + u.Hosts })...)
		return
	}
	rule := "R1"
	// The Uri is there, and only its score differs.
	for _, u := range all {
		if u.Fits(o.pattern, o.group, 0) {
			rule, what = "R2", fmt.Sprintf("%s with score %d", what, o.weight)
		}
	}
	r.differs(patternDiffers, rule, "Uri "+what, foundWords(all, func(u *match.URIFound) string {
		return fmt.Sprintf("%s of %s with score %d", u.Pattern, u.Group, u.Score)
	})...)
}

// matchOf asks for the winning Route, where the log says enough to ask.
func (m *machine) matchOf(rq *match.Request, anyHost bool) (match.Match, bool) {
	if anyHost {
		return match.Match{}, false
	}
	return m.t.MatchNoted(rq, &m.sem, m.rec.Seen())
}

func (o *op) fits(u *match.URIFound) bool {
	if o.kind == opAlias {
		return strings.EqualFold(o.pattern, u.Alias) && (o.group == "" || o.group == u.Hosts)
	}
	return u.Fits(o.pattern, o.group, int(o.weight))
}

func foundWords(all []match.URIFound, words func(*match.URIFound) string) (out []string) {
	for i := range all {
		if w := words(&all[i]); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if out == nil {
		return []string{"none"}
	}
	return out
}

// compared checks a comparison of clone IDs: every clone ID of the session is held against the primary list from its
// first server (R22).
func (m *machine) compared(o *op, r *result) {
	rs, w := m.walkOf(o)
	if w == nil {
		return
	}
	r.line = true
	here := func(c failover.CloneComparison) bool { return c.Clone == o.clone && c.Server == o.pattern }
	next := w.at + 1
	free := o.rq.partial && w.at < 0 // the log may begin anywhere
	at := slices.IndexFunc(w.walk[min(next, len(w.walk)):], here)
	switch {
	// The next comparison is the one that the file gives; behind the beginning of a log some may be missing.
	case at == 0 || at > 0 && free:
		w.at = next + at
	default:
		r.differs(cloneDiffers, "R22", fmt.Sprintf("clone ID %s is compared with %s", o.clone, o.pattern),
			w.words(m, rs, next))
		// From a later place on that fits, or else one further: so that one line that is missing is told once.
		if w.at = next; at > 0 {
			w.at = next + at
		}
	}
	m.setState(o.thread, rs)
}

// words says which comparison the file gives at a place.
func (w *walked) words(m *machine, rs *requestState, at int) string {
	if at >= len(w.walk) {
		return "no further comparison"
	}
	c := w.walk[at]
	return fmt.Sprintf("clone ID %s is compared with %s of %s", c.Clone, c.Server,
		m.t.MemberName(rs.match.Cluster, c.Member))
}

// matched checks whose clone ID it was (R22).
func (m *machine) matched(o *op, r *result) {
	rs, w := m.walkOf(o)
	if w == nil {
		return
	}
	r.line = true
	name := func(c failover.CloneComparison) string {
		return m.t.Clusters[rs.match.Cluster].Members[c.Member].Name
	}
	var owners []string
	for i, c := range w.walk {
		if c.Matches && (w.at < 0 || c.Clone == w.clone()) {
			if name(c) == o.member && (w.at < 0 || i == w.at) {
				return
			}
			owners = append(owners, fmt.Sprintf("clone ID %s is that of %s", c.Clone, name(c)))
		}
	}
	if owners == nil {
		owners = []string{fmt.Sprintf("clone ID %s is of no primary server", w.clone())}
	}
	r.differs(cloneDiffers, "R22", "the clone ID is that of "+o.member, owners...)
}

// clone returns the clone ID that was compared last.
func (w *walked) clone() string {
	if w.at < 0 || w.at >= len(w.walk) {
		return ""
	}
	return w.walk[w.at].Clone
}

// walkOf returns a copy of the state of the thread's request with the comparisons of the session identifier that the
// log is at; nil when the log does not tell enough to know them.
func (m *machine) walkOf(o *op) (*requestState, *walked) {
	q := o.rq
	if q.list < 0 || q.list >= maxLists || len(q.lists[q.list].ids) >= maxIDs {
		return nil, nil
	}
	rs, _ := m.stateOf(o)
	if rs == nil {
		return nil, nil
	}
	w := rs.walked
	if ids := len(q.lists[q.list].ids); w.walk == nil || w.round != q.round || w.list != q.list || w.ids != ids {
		// prepare makes the request anew: more clone IDs are known than when the walk was made.
		if m.prepare(rs, q); rs.state.Affinity.Len() != len(q.lists) {
			return nil, nil // one of the choices leaves sessions out
		}
		if w.walk == nil || w.round != q.round || w.list != q.list {
			w.at = -1
		}
		c := m.copyOf(clusterKey{o.thread.PID, rs.match.Cluster})
		w.round, w.list, w.ids = q.round, q.list, ids
		w.walk = failover.CloneComparisons(m.t, &c.state, &rs.state, q.list, &m.sem, m.rec)
	}
	rs.walked = w
	return rs, &rs.walked
}

// transport checks the address that the request is sent to (R64).
func (m *machine) transport(o *op, r *result) {
	rs := m.stateToRead(o)
	if rs == nil {
		return
	}
	conf := &m.t.Clusters[rs.match.Cluster]
	member, ok := conf.MemberByName(o.member)
	if !ok {
		return
	}
	r.line = true
	ours := m.addresses(rs, o, member)
	if ours == nil {
		return
	}
	for other := range conf.Members { // where no line names the member that was picked, it may be any
		if o.coarse && !o.named && m.addresses(rs, o, match.MemberID(other)) == nil {
			return
		}
	}
	r.differs(transportDiffers, "R64", address(o.member, o.host, int(o.port)), ours...)
}

// addresses returns where a member would get the request, nil when it is what the log says. Whether the request came
// over TLS is not always logged.
func (m *machine) addresses(rs *requestState, o *op, member match.MemberID) (ours []string) {
	for f := range m.guesses(rs, o.rq) {
		tr, ok := failover.TransportOf(m.t, f, member, &m.sem, m.rec)
		words := o.member + ": no Transport that can be used"
		if ok {
			if strings.EqualFold(tr.Host, o.host) && (o.port == 0 || int(o.port) == tr.Port) {
				return nil
			}
			words = address(o.member, tr.Host, tr.Port)
		}
		if !slices.Contains(ours, words) {
			ours = append(ours, words)
		}
	}
	return ours
}

func address(member, host string, port int) string {
	if port == 0 {
		return member + ": " + host
	}
	return fmt.Sprintf("%s: %s, port %d", member, host, port)
}
