package cause

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// lookForHome: nothing is told of an answer that is an error, of a request without session, and of one whose session
// has a home in the primary list: other steps tell why that is not usable.
func (q *inquiry) lookForHome() {
	o := q.d.Result
	if len(o.Attempts) == 0 || o.Attempts[0].By == failover.ByAffinity || o.Attempts[0].By == failover.ByNextPrimary ||
		slices.ContainsFunc(q.d.Ends, func(a explain.Answer) bool { return a.Decision != explain.Forward }) {
		return
	}
	q.m, q.c = &o.Match, &q.t.Clusters[o.Match.Cluster]
	// Asked once more, without a recorder: what was consulted is known, the IDs are wanted.
	q.a = affinity.Of(q.t, q.rq, &o.Match, &q.sem, nil)
	for i := range q.a.Len() {
		q.ids = append(q.ids, cloneIDs(q.c, q.a.ID(i).Value)...)
	}
	if !q.atHome(q.d.Ends) {
		q.look()
	}
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
	// No identifier where the plug-in looks: perhaps elsewhere, as it is or changed on the way.
	case q.a.Len() == 0:
		q.mend(q.unwatched(), append([]remedies{otherPlace, otherCoding, otherSeparator, otherCase}, several...)...)
		return
	}
	// Each is tried alone, and both are told where both help; several together only where neither does.
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

// owner returns the member of the cluster that has a clone ID, NoMember for none.
func (q *inquiry) owner(id string, sem *choices.Assumptions) match.MemberID {
	for i := range q.c.Members {
		if own := q.c.Members[i].CloneID; own != "" && (own == id || affinity.SameButForCase(own, id, sem, nil)) {
			return match.MemberID(i)
		}
	}
	return match.NoMember
}

// atHome reports whether the session has a home in the primary list, the partition table names one (R28), or its
// member gets the request all the same, such as a backup while no primary is usable.
func (q *inquiry) atHome(ends []explain.Answer) bool {
	table := q.sc.PartitionOf(q.m.Cluster)
	return slices.ContainsFunc(q.ids, func(id string) bool {
		_, named := table[id]
		owner := q.owner(id, &q.sem)
		return named && affinity.IsPartitionID(q.t, id) || slices.Contains(q.c.Primary, owner) ||
			len(ends) == 1 && ends[0].Member == owner
	})
}

// with is the request with another session value, in the affinity cookie that the Uri names.
func (q *inquiry) with(value string) *match.Request {
	rq := *q.rq
	// Other cookies are left out: an identifier before this one could lead elsewhere.
	rq.Cookies = []string{q.m.Cookie() + "=" + value}
	return &rq
}

// home asks who gets a request while all members are well. The near miss is nil unless its session leads there.
func (q *inquiry) home(rq *match.Request, sem *choices.Assumptions, what string) *explain.Near {
	if q.asked++; q.asked > mostAsked {
		return nil
	}
	// Healthy, for whether a session has a home does not hang on who is down now.
	o := q.sc.Healthy(q.t, sem).Do(rq, nil)
	if o.By != failover.ByAffinity || o.Status != 0 {
		return nil
	}
	c := &q.t.Clusters[o.Match.Cluster]
	m := &c.Members[o.Member]
	return &explain.Near{What: what, Name: m.CloneID, Cluster: c.Name, Member: m.Name, At: q.place(m.CloneAt)}
}

// withoutClones: no server of the cluster has a CloneID, so nobody has affinity (R25).
func (q *inquiry) withoutClones() {
	if !q.c.HasClones && !q.c.GetTable {
		q.add("session-servers-without-clone", "", nil)
	}
}

// noClone: there is an identifier, and it holds no separator, as that of a standalone server.
func (q *inquiry) noClone() {
	if x := q.a.ID(0); len(q.ids) == 0 {
		q.add("session-no-clone", "", nil, "carrier", words.Source(x.Source, x.Name))
	}
}

// partition: the value names a partition (R28). Three forms: GetDWLMTable is not true, it is and nobody says what the
// table holds, or the table that was given does not name it.
func (q *inquiry) partition() {
	i := slices.IndexFunc(q.ids, func(id string) bool { return affinity.IsPartitionID(q.t, id) })
	if i < 0 {
		return
	}
	when := ""
	switch {
	case q.sc.PartitionOf(q.m.Cluster) != nil:
		when = "table"
	case q.c.GetTable:
		when = "unknown"
	}
	q.add("session-partition", when, nil, "id", q.ids[i])
}

// ignoringCase is for asking what would be if the letter case of clone IDs did not count.
func (q *inquiry) ignoringCase() *choices.Assumptions {
	sem := q.sem.With(choices.LetterCase, choices.CaseIgnored)
	return &sem
}

// elsewhere returns the cluster and member, of another cluster, that have a clone ID.
func (q *inquiry) elsewhere(id string) (match.ClusterID, match.MemberID) {
	for i := range q.t.Clusters {
		for j := range q.t.Clusters[i].Members {
			if match.ClusterID(i) != q.m.Cluster && q.t.Clusters[i].Members[j].CloneID == id {
				return match.ClusterID(i), match.MemberID(j)
			}
		}
	}
	return -1, match.NoMember
}

// otherCluster: the clone ID is that of a server of another cluster. The first such tells: where one application has
// overwritten the cookie of another, all IDs are of that.
func (q *inquiry) otherCluster() {
	for _, id := range q.ids {
		cluster, member := q.elsewhere(id)
		if member == match.NoMember {
			continue
		}
		name, server, when := q.t.Clusters[cluster].Name, q.t.MemberName(cluster, member), ""
		var near []explain.Near
		for s := range q.samples(func(r *match.Route, p *match.Pattern) bool { return r.Cluster == cluster }) {
			near = []explain.Near{{What: s.url + " goes there", Name: id, Cluster: name, Member: server, URL: s.url,
				At: q.place(s.match.URIAt())}}
			if s.match.Cookie() == q.m.Cookie() {
				when = "shared"
			}
			break
		}
		q.add("session-other-cluster", when, near, "id", id, "member", server, "other", name, "cookie", q.m.Cookie())
		return
	}
}

// unknown: no server of the file has the clone ID (R27). IDs that another cause explains are left out.
func (q *inquiry) unknown() {
	// An ID in another letter case is told by session-case.
	folded := q.home(q.rq, q.ignoringCase(), "") != nil
	ids := slices.DeleteFunc(slices.Clone(q.ids), func(id string) bool {
		_, elsewhere := q.elsewhere(id)
		return folded || elsewhere != match.NoMember || q.owner(id, &q.sem) != match.NoMember ||
			affinity.IsPartitionID(q.t, id)
	})
	if len(ids) == 0 {
		return
	}
	file := "this file"
	if at := q.place(q.t.At); at != nil {
		file = at.File
	}
	when := ""
	if len(ids) > 1 {
		when = "several"
	}
	q.add("session-unknown-clone", when, q.similar(ids[0]), "id", ids[0], "ids", strings.Join(ids, " and "),
		"file", file)
}

// similar lists the members of the cluster whose clone ID is nearest: one character away, or two of a long one.
func (q *inquiry) similar(id string) (near []explain.Near) {
	const short = 6
	// Two characters that differ are too many for an ID of up to six, and one for an ID of one.
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
		if n := q.home(q.with("0000"+string(q.c.Separator)+own), &q.sem, what); n != nil {
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
		m := q.owner(id, &q.sem)
		if m == match.NoMember {
			continue
		}
		code := "session-in-no-list"
		if slices.Contains(q.c.Backup, m) {
			code = "session-on-backup"
		}
		q.add(code, "", nil, "member", q.c.Members[m].Name)
		return
	}
}
