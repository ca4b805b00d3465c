package routecheck

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
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

// inquiry looks for the causes of a session that does not get home. It finds them by changing the request and asking again.
type inquiry struct {
	e      *explanation
	rq     *Request
	m      *Match
	c      *Cluster
	a      Affinity
	ids    []string // what stands behind separators, of all identifiers
	causes []Cause
}

const lost = "the session is lost"

// cause returns the first cause in the order of these rules, and the codes of the others that apply. Nothing is told of an answer that is an
// error, of a request without session, and of one whose session has a home in the primary list: other steps tell why that is not usable.
func (e *explanation) cause(rq *Request, o *Outcome, ends []Answer) (*Cause, []string) {
	also := []string{}
	if len(o.Attempts) == 0 || o.Attempts[0].By == ByAffinity || o.Attempts[0].By == ByNextPrimary ||
		slices.ContainsFunc(ends, func(a Answer) bool { return a.Decision != Forward }) {
		return nil, also
	}
	q := inquiry{e: e, rq: rq, m: &o.Match, c: &e.t.Clusters[o.Match.Cluster], a: e.t.Affinity(rq, &o.Match, &e.sem, nil)}
	for i := range q.a.n {
		q.ids = append(q.ids, CloneIDs(q.a.session(i).value, q.c.Separator)...)
	}
	q.ids = slices.DeleteFunc(q.ids, func(id string) bool { return id == "" })
	q.notWatched()
	if q.a.n > 0 && !q.atHome() {
		for _, look := range []func(){q.separator, q.encoded, q.withoutClones, q.noClone, q.partition, q.letterCase, q.otherCluster, q.unknown, q.unlisted} {
			look()
		}
	}
	if len(q.causes) == 0 {
		return nil, also
	}
	for _, c := range q.causes[1:] {
		also = append(also, c.Code)
	}
	return &q.causes[0], also
}

func (q *inquiry) add(c Cause) {
	if c.Effect == "" {
		c.Effect = lost
	}
	c.Near = append([]Near{}, c.Near[:min(mostNear, len(c.Near))]...)
	q.causes = append(q.causes, c)
}

// owner returns the member of the cluster that has a clone ID, NoMember for none.
func (q *inquiry) owner(id string) MemberID {
	for i := range q.c.Members {
		if own := q.c.Members[i].CloneID; own == id || own != "" && sameButForCase(own, id, &q.e.sem, nil) {
			return MemberID(i)
		}
	}
	return NoMember
}

// atHome reports whether the session has a home in the primary list.
func (q *inquiry) atHome() bool {
	return slices.ContainsFunc(q.ids, func(id string) bool { return slices.Contains(q.c.Primary, q.owner(id)) })
}

// with is the request with another session value, in the affinity cookie that the Uri names.
func (q *inquiry) with(value string) *Request {
	rq := *q.rq
	rq.Cookies = []string{q.m.Cookie() + "=" + value}
	return &rq
}

// home asks who gets a request while all members are well. The near miss is nil unless its session leads there.
func (q *inquiry) home(rq *Request, sem *Semantics, what string) *Near {
	p := NewProcess(q.e.t, sem, 0)
	p.set = func(id ClusterID, cs *ClusterState) { cs.LearnPartition(q.e.sc.partition(id)) }
	o := p.Do(rq, nil)
	if o.By != ByAffinity || o.Status != 0 {
		return nil
	}
	c := &q.e.t.Clusters[o.Match.Cluster]
	m := &c.Members[o.Member]
	return &Near{What: what, Name: m.CloneID, Cluster: c.Name, Member: m.Name, At: q.e.place(m.CloneAt)}
}

// notWatched: the session stands in a cookie, or in a part of the URL, that the winning Uri does not name (R4).
func (q *inquiry) notWatched() {
	if q.a.n > 0 {
		return
	}
	by := "the Route without UriGroup"
	if q.m.pattern != nil {
		by = q.m.Pattern()
	}
	for name, value := range eachCookie(q.rq.Cookies) {
		if near := q.home(q.with(value), &q.e.sem, fmt.Sprintf("in a cookie named %s", q.m.Cookie())); near != nil {
			q.add(Cause{Code: "session-cookie-not-watched", Near: append([]Near{*near}, q.watchers(name)...),
				Text:   fmt.Sprintf("%s watches cookie %s, the browser sent %s", by, q.m.Cookie(), name),
				Advice: q.adviceOnName(name)})
			return
		}
	}
	for name, value := range eachParameter(q.rq.Target) {
		if near := q.home(q.with(value), &q.e.sem, fmt.Sprintf("behind ;%s=", q.m.Identifier())); near != nil {
			q.add(Cause{Code: "session-cookie-not-watched", Near: []Near{*near},
				Text:   fmt.Sprintf("%s watches ;%s= in the URL, the URL carries ;%s=", by, q.m.Identifier(), name),
				Advice: "the AffinityURLIdentifier of this Uri" + q.where(q.m.URIAt()) + " must be the name that the application writes"})
			return
		}
	}
}

// eachParameter yields what stands behind each ";" of a path, as name and value, in the order of the path.
func eachParameter(target string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		path, _, _ := strings.Cut(target, "?")
		parts := strings.FieldsFunc(path, func(r rune) bool { return r == ';' || r == '/' })
		for _, part := range parts {
			if name, value, ok := strings.Cut(part, "="); ok && strings.Contains(path, ";"+part) && !yield(name, value) {
				return
			}
		}
	}
}

func (q *inquiry) adviceOnName(name string) string {
	switch {
	case name == sslCookie:
		return "SSLJSESSION counts on requests that came over TLS (choice ssl-session-cookie)"
	case strings.EqualFold(name, q.m.Cookie()):
		return "the letter case of the name counts (choice letter-case)"
	}
	return "the AffinityCookie of this Uri" + q.where(q.m.URIAt()) + " must be the name of the application's cookie"
}

// where is the place of something, to stand behind its name.
func (q *inquiry) where(s diag.Span) string {
	at := q.e.place(s)
	if at == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d:%d)", at.File, at.Line, at.Column)
}

// watchers are Uris of the same host that name a cookie.
func (q *inquiry) watchers(cookie string) (near []Near) {
	for s := range q.samples(func(r *route, p *pattern) bool { return p.source.AffinityCookie.V == cookie }) {
		near = append(near, Near{What: "watches cookie " + cookie, Name: s.match.Pattern(), Cluster: q.e.t.Clusters[s.match.Cluster].Name,
			URL: s.url, At: q.e.place(s.match.URIAt())})
		if len(near) == mostNear {
			break
		}
	}
	return near
}

// separator: split at the other separator the value leads home (R21).
func (q *inquiry) separator() {
	other := byte('+')
	if q.c.Separator == '+' {
		other = ':'
	}
	for i := range q.a.n {
		x := q.a.session(i)
		value := x.value[:len(x.value)-len(behindCacheID(x.value))] + strings.ReplaceAll(behindCacheID(x.value), string(other), string(q.c.Separator))
		if value == x.value {
			continue
		}
		if near := q.home(q.with(value), &q.e.sem, fmt.Sprintf("with %c as the separator", q.c.Separator)); near != nil {
			q.add(Cause{Code: "session-separator", Near: []Near{*near},
				Text:   fmt.Sprintf("%s separates with %c, cluster %s expects %c (CloneSeparatorChange)", x.short(), other, q.c.Name, q.c.Separator),
				Advice: fmt.Sprintf("CloneSeparatorChange of cluster %s%s must be what its servers do", q.c.Name, q.where(q.c.At))})
			return
		}
	}
}

// short is the source of a session in few words.
func (x *sessionValue) short() string {
	if x.source == SessionURL {
		return "the URL"
	}
	return "the cookie"
}

// encoded: %-decoded, or without quotes, the value leads home.
func (q *inquiry) encoded() {
	for i := range q.a.n {
		x := q.a.session(i)
		plain, refused := decoded(strings.Trim(x.value, `"`))
		if refused != accepted || plain == x.value {
			continue
		}
		if near := q.home(q.with(plain), &q.e.sem, "where the value is "+plain); near != nil {
			how := "%-encoded"
			if plain == strings.Trim(x.value, `"`) {
				how = "in quotes"
			}
			q.add(Cause{Code: "session-encoded", Near: []Near{*near}, Text: fmt.Sprintf("%s arrived %s; a device in front changed it", x.short(), how),
				Advice: "what stands before the web server must pass cookies on as they are"})
			return
		}
	}
}

func (q *inquiry) withoutClones() {
	if !q.c.hasClones && !q.c.GetTable {
		q.add(Cause{Code: "session-servers-without-clone", Effect: "the session stays nowhere", Text: fmt.Sprintf("no server of %s has a CloneID", q.c.Name),
			Advice: "each Server needs the CloneID of its JVM, in this spelling (WP303)"})
	}
}

func (q *inquiry) noClone() {
	if x := q.a.session(0); len(q.ids) == 0 {
		q.add(Cause{Code: "session-no-clone", Text: fmt.Sprintf("%s carries no clone ID", x.describe()),
			Advice: "a standalone server writes none (NoAdditionalSessionInfo), nor do other products"})
	}
}

func (q *inquiry) partition() {
	i := slices.IndexFunc(q.ids, q.e.t.isPartitionID)
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

// letterCase: where letter case did not count, the session would be at home.
func (q *inquiry) letterCase() {
	near := q.home(q.rq, q.ignoringCase(), "in this letter case")
	if near == nil {
		return
	}
	if i := slices.IndexFunc(q.ids, func(id string) bool { return strings.EqualFold(id, near.Name) }); i >= 0 {
		q.add(Cause{Code: "session-case", Near: []Near{*near}, Text: fmt.Sprintf("clone ID %s is not %s of %s; letter case counts", q.ids[i], near.Name, near.Member),
			Advice: "whether it counts is undocumented (choice letter-case)"})
	}
}

func (q *inquiry) ignoringCase() *Semantics {
	sem := q.e.sem.With(LetterCase, caseIgnored)
	return &sem
}

// elsewhere returns the cluster and member, of another cluster, that have a clone ID.
func (q *inquiry) elsewhere(id string) (ClusterID, MemberID) {
	for i := range q.e.t.Clusters {
		for j := range q.e.t.Clusters[i].Members {
			if ClusterID(i) != q.m.Cluster && q.e.t.Clusters[i].Members[j].CloneID == id {
				return ClusterID(i), MemberID(j)
			}
		}
	}
	return -1, NoMember
}

func (q *inquiry) otherCluster() {
	for _, id := range q.ids {
		cluster, member := q.elsewhere(id)
		if member == NoMember {
			continue
		}
		name := q.e.t.Clusters[cluster].Name
		c := Cause{Code: "session-other-cluster", Text: fmt.Sprintf("clone ID %s belongs to %s of cluster %s", id, q.e.t.MemberName(cluster, member), name),
			Advice: "why does the browser send the session of another application here?"}
		for s := range q.samples(func(r *route, p *pattern) bool { return r.cluster == cluster }) {
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
		return folded || elsewhere != NoMember || q.owner(id) != NoMember || q.e.t.isPartitionID(id)
	})
	if len(ids) == 0 {
		return
	}
	file := "this file"
	if at := q.e.place(q.e.t.at); at != nil {
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
		m := q.owner(id)
		if m == NoMember {
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
