package reverse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// Answer says what leads to a cluster or member, as `why --to --format json` prints it (schemas/why-to.schema.json).
type Answer struct {
	Version     int      `json:"version"`
	To          Target   `json:"to"`
	NewSessions float64  `json:"newSessions"` // part of the new sessions of its cluster, 0 to 1
	Routes      int      `json:"routes"`      // through how many Routes
	Rows        []Row    `json:"rows"`
	Cookies     []Cookie `json:"cookies"`
	Failover    []string `json:"failover"` // members whose sessions may come while they are down
	Never       []Never  `json:"never"`
	Nothing     string   `json:"nothing"` // why it gets no new session, "" where it does
}

// Target is whom it is about. Of a cluster only its name is told.
type Target struct {
	Cluster string `json:"cluster"`
	Member  string `json:"member"`
	Role    string `json:"role"` // primary, backup, cluster-address or none
	Place   int    `json:"place"`
	Weight  int    `json:"weight"`
	Of      int    `json:"of"` // all weights of its list
	CloneID string `json:"cloneId"`
}

// Cookie is a session that comes home by itself.
type Cookie struct {
	Name     string   `json:"name"`  // of the cookie, or ;NAME= of the URL
	Value    string   `json:"value"` // ….:c2
	Patterns []string `json:"patterns"`
}

// Never is what does not lead there.
type Never struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// question is a cluster or a member of a table.
type question struct {
	t      *match.Table
	files  *diag.Files
	sem    choices.Assumptions
	host   string // in lower case, "" all
	unused space.UnusedNames
	id     match.ClusterID
	c      *match.Cluster
	m      match.MemberID // NoMember: the cluster
	out    *Answer
	sent   match.Request // a request that the cluster gets, without a session; see some
	some   bool          // there is such a request
}

// To says what leads to a member, or with NoMember to a cluster; host cuts the answer to one host.
func To(t *match.Table, files *diag.Files, sem choices.Assumptions, cluster match.ClusterID, m match.MemberID,
	host string) *Answer {
	q := &question{t: t, files: files, sem: sem, host: strings.ToLower(host), unused: space.Unused(t), id: cluster,
		c: &t.Clusters[cluster], m: m}
	q.out = &Answer{Version: 1, Cookies: []Cookie{}, Failover: []string{}, Never: []Never{}, Rows: []Row{}}
	if m == match.NoMember || q.c.Role(m) != "none" { // who stands in neither list gets nothing by any Uri (R40)
		q.out.Rows = append(q.out.Rows, q.rowsOf(cluster)...)
	}
	// The order counts: sent is looked for among the rows, and share, cookies and failover ask about sent.
	q.target()
	q.findRequest()
	q.routes()
	q.share()
	if m != match.NoMember {
		q.cookies()
		q.failover()
		q.never()
	}
	q.nothing()
	return q.out
}

// target tells what the file says of a member: its role, its place in its list from 1 on, and its weight among those
// of that list.
func (q *question) target() {
	t := Target{Cluster: q.c.Name}
	if q.m != match.NoMember {
		member := &q.c.Members[q.m]
		t.Member, t.Role, t.Weight, t.CloneID = member.Name, q.c.Role(q.m), int(member.Weight), member.CloneID
		for _, list := range [][]match.MemberID{q.c.Primary, q.c.Backup} {
			if i := slices.Index(list, q.m); i >= 0 {
				t.Place = i + 1
				for _, o := range list {
					t.Of += int(q.c.Members[o].Weight)
				}
			}
		}
	}
	q.out.To = t
}

// findRequest looks for a request that the cluster gets.
func (q *question) findRequest() {
	for i := range q.out.Rows {
		// A row may hold under another choice alone, so its sample is asked.
		rq, ok := q.sample(&q.out.Rows[i].entry)
		if m, takes := q.t.Match(&rq, &q.sem); ok && takes && m.Cluster == q.id {
			q.sent, q.some = rq, true
			return
		}
	}
}

func (q *question) routes() {
	var routes []int
	for i := range q.out.Rows {
		if r := q.out.Rows[i].entry.Route; !slices.Contains(routes, r) {
			routes = append(routes, r)
		}
	}
	q.out.Routes = len(routes)
}

// share asks how new sessions spread.
func (q *question) share() {
	if !q.some {
		return
	}
	if q.m == match.NoMember {
		// All of its own, unless each gets an error: a cluster without servers is matched all the same.
		d := q.ask(q.sent, nil, 0)
		if slices.ContainsFunc(d.Ends, func(a explain.Answer) bool { return a.Decision == explain.Forward }) {
			q.out.NewSessions = 1
		}
		return
	}
	// Shares of the long run: which member a process begins with is chance.
	d := q.ask(q.sent, nil, explain.WithShares)
	for _, p := range d.Possible {
		if p.Member == q.c.Members[q.m].Name {
			q.out.NewSessions = p.Share
		}
	}
}

// ask explains one request with conditions.
func (q *question) ask(rq match.Request, conditions []explain.MemberCondition,
	detail explain.Detail) *explain.Decision {
	sc := &explain.Scenario{Requests: explain.Repeat(rq, 1, 0), Conditions: conditions}
	return &explain.Explain(q.t, q.files, sc, q.sem, nil, detail)[0]
}

// withSession is the request with a session of a member.
// Its cookie is the one that the winning Uri watches (R4).
func (q *question) withSession(rq match.Request, m match.MemberID) (match.Request, bool) {
	won, ok := q.t.Match(&rq, &q.sem)
	clone := q.c.Members[m].CloneID
	if !ok || clone == "" {
		return rq, false
	}
	rq.Cookies = []string{won.Cookie() + "=0000session" + string(q.c.Separator) + clone}
	return rq, true
}

// reaches reports whether a decision may end at the member.
func (q *question) reaches(d *explain.Decision) bool {
	return slices.ContainsFunc(d.Ends, func(a explain.Answer) bool {
		return a.Decision == explain.Forward && a.Cluster == q.id && a.Member == q.m
	})
}

// cookies lists the sessions that come home, as far as one does when it is asked for.
func (q *question) cookies() {
	if !q.some {
		return
	}
	// One session is asked about, and stands for those of all rows that hold: the cluster's members are the same behind
	// each.
	rq, ok := q.withSession(q.sent, q.m)
	if d := q.ask(rq, nil, explain.WithSteps); !ok || len(d.Ends) != 1 || !q.reaches(d) ||
		d.Result.By != failover.ByAffinity {
		return
	}
	value := "…" + string(q.c.Separator) + q.c.Members[q.m].CloneID
	for i := range q.out.Rows {
		r := &q.out.Rows[i]
		if strings.Contains(r.Choice, "=") {
			continue // the row is of another choice: as things are its sessions go to another cluster
		}
		for _, name := range []string{r.entry.Cookie, ";" + r.entry.Identifier} {
			j := slices.IndexFunc(q.out.Cookies, func(c Cookie) bool { return c.Name == name })
			if j < 0 {
				q.out.Cookies = append(q.out.Cookies, Cookie{Name: name, Value: value})
				j = len(q.out.Cookies) - 1
			}
			if c := &q.out.Cookies[j]; !slices.Contains(c.Patterns, r.Pattern) {
				c.Patterns = append(c.Patterns, r.Pattern)
			}
		}
	}
}

const mostAsked = 100 // members that are let fail

// failover asks whose sessions may come here while their members are down.
func (q *question) failover() {
	if !q.some {
		return
	}
	for i := range q.c.Members[:min(len(q.c.Members), mostAsked)] {
		other := match.MemberID(i)
		if other == q.m {
			continue
		}
		rq, ok := q.withSession(q.sent, other)
		down := []explain.MemberCondition{{Cluster: q.id, Member: other, Failure: explain.Refused}}
		// Sessions of others have no home that could fail (R39, R40).
		if ok && q.c.Role(other) == "primary" && q.reaches(q.ask(rq, down, 0)) {
			q.out.Failover = append(q.out.Failover, q.c.Members[i].Name)
		}
	}
}

// never lists what people expect and does not happen; each has a code for programs.
func (q *question) never() {
	add := func(code, text string) { q.out.Never = append(q.out.Never, Never{code, text}) }
	role := q.c.Role(q.m)
	switch {
	case role == "none":
		add("in-no-list", "anything: it stands in neither list")
		return
	case role == "backup":
		add("backup", "anything while a primary is usable")
	case role == "primary" && len(q.c.Backup) > 0:
		add("no-backup", "as a backup")
	}
	if q.c.Drained(q.m) {
		add("weight-zero", "new sessions while another primary is usable")
	}
	transports := q.c.Members[q.m].Transports
	if !slices.ContainsFunc(transports, func(t match.Transport) bool { return t.HTTPS && t.Usable }) {
		add("no-https", "over an https Transport")
	}
	if !slices.ContainsFunc(transports, func(t match.Transport) bool { return !t.HTTPS }) {
		add("no-http", "over an http Transport")
	}
}

// nothing says why the target gets no new session.
func (q *question) nothing() {
	n := &q.out.Nothing
	// The plainest reason first: a member in no list gets nothing whatever its cluster gets.
	hasRoute := slices.ContainsFunc(q.t.Routes, func(r match.Route) bool { return r.Cluster == q.id })
	switch {
	case q.m != match.NoMember && q.c.Role(q.m) == "none":
		*n = "it stands in neither list"
	case !hasRoute:
		*n = "no Route leads to cluster " + q.c.Name
	case len(q.out.Rows) == 0 && q.host != "":
		*n = "no Uri of cluster " + q.c.Name + " is served on host " + q.host + ", or others take all of it"
	case !q.some:
		*n = fmt.Sprintf("every Uri of cluster %s is taken by others%s", q.c.Name, q.takers())
	case q.out.NewSessions > 0:
	case len(q.c.Members) == 0:
		*n = "it has no server, and every request for it gets an error"
	case q.m == match.NoMember:
		*n = "none of its servers can get a request, and every request for it gets an error"
	case q.c.Role(q.m) == "backup":
		*n = "it is a backup, and gets requests only while no primary is usable"
	case q.c.Drained(q.m):
		*n = "its LoadBalanceWeight is 0"
	default:
		*n = "balancing never chooses it"
	}
}

// takers names who takes the requests of the cluster's Uris.
func (q *question) takers() string {
	var names []string
	for i := range q.t.Routes {
		rt := &q.t.Routes[i]
		if rt.Cluster != q.id {
			continue
		}
		for _, e := range newList(q.t, &q.sem, q.host).entries {
			if e.Route != rt.Index {
				continue
			}
			rq, ok := q.sample(&e)
			if m, takes := q.t.Match(&rq, &q.sem); ok && takes {
				if name := q.t.Clusters[m.Cluster].Name; !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", by " + strings.Join(names, ", ")
}
