package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Cause says why the session of a request does not reach its home: what it means for the user, and why.
type Cause struct {
	Code   string    `json:"code"`
	Effect string    `json:"effect"` // "the session is lost"
	Text   string    `json:"text"`   // the cause; with the effect and a colon before it, it is the first line of `why`
	Near   []Near    `json:"near"`   // at most three
	Margin *struct{} `json:"margin"` // of a Route that beats the expected one: not told yet
	Until  *float64  `json:"until"`  // seconds until a retry is due: not told yet
	Advice string    `json:"advice"` // what to look at
}

// Near is a near miss: a name, or a URL, for which the answer is another one. Each was asked again before it is told.
type Near struct {
	What    string         `json:"what"` // what is different
	Name    string         `json:"name"` // a clone ID, or a Uri
	Cluster string         `json:"cluster"`
	Member  string         `json:"member"` // "" where the near miss leads to a cluster only
	URL     string         `json:"url"`
	At      *diag.Position `json:"at"`
}

const mostNear = 3

// inquiry looks for the causes of a session that does not get home. It finds them by changing the request and asking
// again.
type inquiry struct {
	e      *explanation
	rq     *match.Request
	m      *match.Match
	c      *match.Cluster
	a      failover.Affinity
	ids    []string // what stands behind separators, of all identifiers, or of the one that a remedy made readable
	causes []Cause
}

const lost = "the session is lost"

// cause returns the first cause in the order of these rules, and the codes of the others that apply. Nothing is told
// of an answer that is an error, of a request without session, and of one whose session has a home in the primary
// list: other steps tell why that is not usable.
func (e *explanation) cause(rq *match.Request, o *Result, ends []failover.Answer) (*Cause, []string) {
	also := []string{}
	if len(o.Attempts) == 0 || o.Attempts[0].By == failover.ByAffinity || o.Attempts[0].By == failover.ByNextPrimary ||
		slices.ContainsFunc(ends, func(a failover.Answer) bool { return a.Decision != failover.Forward }) {
		return nil, also
	}
	q := inquiry{e: e, rq: rq, m: &o.Match, c: &e.t.Clusters[o.Match.Cluster], a: failover.AffinityOf(e.t, rq, &o.Match, &e.sem, nil)}
	for i := range q.a.Len() {
		q.ids = append(q.ids, cloneIDs(q.c, q.a.ID(i).Value)...)
	}
	if !q.atHome(ends) {
		q.look()
	}
	if len(q.causes) == 0 {
		return nil, also
	}
	for _, c := range q.causes[1:] {
		also = append(also, c.Code)
	}
	return &q.causes[0], also
}

// look goes through the causes in their order. A session that stands where nobody looks for it is told of only where
// it has a home here; to the only server of a cluster its sessions come whatever they carry.
func (q *inquiry) look() {
	watched := q.watched()
	switch {
	case len(q.c.Members) == 1:
		q.otherCluster()
		q.unknown()
		return
	case q.a.Len() == 0:
		q.mend(q.unwatched(), append([]remedies{otherPlace, otherCoding, otherSeparator, otherCase}, several...)...)
		return
	}
	separator, coding := q.mend(watched, otherSeparator), q.mend(watched, otherCoding)
	if !separator && !coding {
		q.mend(watched, several...)
	}
	q.withoutClones()
	q.noClone()
	q.partition()
	q.mend(watched, otherCase)
	q.otherCluster()
	q.unknown()
	q.unlisted()
}

func (q *inquiry) add(c Cause) {
	if c.Effect == "" {
		c.Effect = lost
	}
	c.Near = append([]Near{}, c.Near[:min(mostNear, len(c.Near))]...)
	q.causes = append(q.causes, c)
}

// owner returns the member of the cluster that has a clone ID, NoMember for none.
func (q *inquiry) owner(id string, sem *choices.Assumptions) match.MemberID {
	for i := range q.c.Members {
		if own := q.c.Members[i].CloneID; own != "" && (own == id || failover.SameButForCase(own, id, sem, nil)) {
			return match.MemberID(i)
		}
	}
	return match.NoMember
}

// atHome reports whether the session has a home in the primary list, the partition table names one (R28), or its
// member gets the request all the same, such as a backup while no primary is usable.
func (q *inquiry) atHome(ends []failover.Answer) bool {
	table := q.e.sc.partition(q.m.Cluster)
	return slices.ContainsFunc(q.ids, func(id string) bool {
		_, named := table[id]
		owner := q.owner(id, &q.e.sem)
		return named && failover.IsPartitionID(q.e.t, id) || slices.Contains(q.c.Primary, owner) || len(ends) == 1 && ends[0].Member == owner
	})
}

// with is the request with another session value, in the affinity cookie that the Uri names.
func (q *inquiry) with(value string) *match.Request {
	rq := *q.rq
	rq.Cookies = []string{q.m.Cookie() + "=" + value}
	return &rq
}

// home asks who gets a request while all members are well. The near miss is nil unless its session leads there.
func (q *inquiry) home(rq *match.Request, sem *choices.Assumptions, what string) *Near {
	p := NewProcess(q.e.t, sem, 0)
	p.set = func(id match.ClusterID, cs *failover.ClusterState) { cs.LearnPartition(q.e.sc.partition(id)) }
	o := p.Do(rq, nil)
	if o.By != failover.ByAffinity || o.Status != 0 {
		return nil
	}
	c := &q.e.t.Clusters[o.Match.Cluster]
	m := &c.Members[o.Member]
	return &Near{What: what, Name: m.CloneID, Cluster: c.Name, Member: m.Name, At: q.e.place(m.CloneAt)}
}

// where is the place of something, to stand behind its name.
func (q *inquiry) where(s diag.Span) string {
	at := q.e.place(s)
	if at == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d:%d)", at.File, at.Line, at.Column)
}

func (q *inquiry) withoutClones() {
	if !q.c.HasClones && !q.c.GetTable {
		q.add(Cause{Code: "session-servers-without-clone", Effect: "the session stays nowhere", Text: fmt.Sprintf("no server of %s has a CloneID", q.c.Name),
			Advice: "each Server needs the CloneID of its JVM, in this spelling (WP303)"})
	}
}

func (q *inquiry) noClone() {
	if x := q.a.ID(0); len(q.ids) == 0 {
		q.add(Cause{Code: "session-no-clone", Text: fmt.Sprintf("%s carries no clone ID", x.Describe()),
			Advice: "a standalone server writes none (NoAdditionalSessionInfo), nor do other products"})
	}
}

func (q *inquiry) partition() {
	i := slices.IndexFunc(q.ids, func(id string) bool { return failover.IsPartitionID(q.e.t, id) })
	if i < 0 {
		return
	}
	c := Cause{Code: "session-partition", Text: fmt.Sprintf("%s is a partition ID, and GetDWLMTable is not true (PK48101)", q.ids[i]),
		Advice: fmt.Sprintf("GetDWLMTable of cluster %s%s lets the plug-in learn which member has a partition", q.c.Name, q.where(q.c.At))}
	switch {
	case q.e.sc.partition(q.m.Cluster) != nil:
		c.Text = fmt.Sprintf("the partition table names no member for partition ID %s", q.ids[i])
		c.Advice = "does the table come from these servers?"
	case q.c.GetTable:
		c.Effect, c.Text = "it is not known where the session lives", fmt.Sprintf("partition ID %s, give --partition", q.ids[i])
		c.Advice = fmt.Sprintf("--partition %s=MEMBER tells what the plug-in has learned from the servers", q.ids[i])
	}
	q.add(c)
}

func (q *inquiry) ignoringCase() *choices.Assumptions {
	sem := q.e.sem.With(choices.LetterCase, choices.CaseIgnored)
	return &sem
}

// elsewhere returns the cluster and member, of another cluster, that have a clone ID.
func (q *inquiry) elsewhere(id string) (match.ClusterID, match.MemberID) {
	for i := range q.e.t.Clusters {
		for j := range q.e.t.Clusters[i].Members {
			if match.ClusterID(i) != q.m.Cluster && q.e.t.Clusters[i].Members[j].CloneID == id {
				return match.ClusterID(i), match.MemberID(j)
			}
		}
	}
	return -1, match.NoMember
}

func (q *inquiry) otherCluster() {
	for _, id := range q.ids {
		cluster, member := q.elsewhere(id)
		if member == match.NoMember {
			continue
		}
		name := q.e.t.Clusters[cluster].Name
		c := Cause{Code: "session-other-cluster", Text: fmt.Sprintf("clone ID %s belongs to %s of cluster %s", id, q.e.t.MemberName(cluster, member), name),
			Advice: "why does the browser send the session of another application here?"}
		for s := range q.samples(func(r *match.Route, p *match.Pattern) bool { return r.Cluster == cluster }) {
			c.Near = []Near{{What: s.url + " goes there", Name: id, Cluster: name, Member: q.e.t.MemberName(cluster, member), URL: s.url, At: q.e.place(s.match.URIAt())}}
			if s.match.Cookie() == q.m.Cookie() {
				c.Advice = fmt.Sprintf("both applications use cookie %s on one host, so each overwrites that of the other (WP302)", q.m.Cookie())
			}
			break
		}
		q.add(c)
		return
	}
}

func (q *inquiry) unknown() {
	folded := q.home(q.rq, q.ignoringCase(), "") != nil
	ids := slices.DeleteFunc(slices.Clone(q.ids), func(id string) bool {
		_, elsewhere := q.elsewhere(id)
		return folded || elsewhere != match.NoMember || q.owner(id, &q.e.sem) != match.NoMember || failover.IsPartitionID(q.e.t, id)
	})
	if len(ids) == 0 {
		return
	}
	file := "this file"
	if at := q.e.place(q.e.t.At); at != nil {
		file = at.File
	}
	text := fmt.Sprintf("clone ID %s is nowhere in %s", ids[0], file)
	if len(ids) > 1 {
		text = fmt.Sprintf("clone IDs %s are nowhere in %s", strings.Join(ids, " and "), file)
	}
	q.add(Cause{Code: "session-unknown-clone", Text: text, Near: q.similar(ids[0]), Advice: fmt.Sprintf("does another cell or an older file use %s?", ids[0])})
}

// similar lists the members of the cluster whose clone ID is nearest: one character away, or two of a long one.
func (q *inquiry) similar(id string) (near []Near) {
	const short = 6
	limit := min(1, len(id)-1)
	if len(id) > short {
		limit = 2
	}
	for i := range q.c.Members {
		own := q.c.Members[i].CloneID
		d := diag.Distance(id, own, limit)
		if own == "" || d > limit || d == limit && len(near) == mostNear {
			continue
		}
		what := "one character differs"
		if d == 2 {
			what = "two characters differ"
		}
		if n := q.home(q.with("0000"+string(q.c.Separator)+own), &q.e.sem, what); n != nil {
			if d < limit {
				near, limit = nil, d
			}
			near = append(near, *n)
		}
	}
	return near
}

// unlisted: the session's member is a backup, or in neither list (R39, R40).
func (q *inquiry) unlisted() {
	for _, id := range q.ids {
		m := q.owner(id, &q.e.sem)
		if m == match.NoMember {
			continue
		}
		c := Cause{Code: "session-in-no-list", Effect: "the session loses its home", Text: q.c.Members[m].Name + " stands in neither list (drained)",
			Advice: fmt.Sprintf("PrimaryServers of cluster %s%s must name it to bring its sessions back", q.c.Name, q.where(q.c.At))}
		if slices.Contains(q.c.Backup, m) {
			c.Code, c.Text = "session-on-backup", q.c.Members[m].Name+" is a backup and a primary is usable"
			c.Advice = "affinity looks at the primary list only (choice affinity-to-backup)"
		}
		q.add(c)
		return
	}
}
