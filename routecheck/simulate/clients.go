package simulate

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// client is a place for one session after the other: where one ends, the next begins.
type client struct {
	cookie int32       // in cookies, 0 none
	group  int32       // of URLs that the session is for, -1: not yet known
	left   int32       // requests of the session still to come
	number uint32      // of the session at this place: a request that ends late is told from one of the next session
	owner  int32       // who has served it last, in the roster
	last   match.Nanos // when
}

// chooser draws URLs by their weight.
type chooser struct {
	urls  []int32
	below []float64 // sums of the weights
}

func (c *chooser) put(url int32, weight float64) {
	if n := len(c.below); n > 0 {
		weight += c.below[n-1]
	}
	c.urls, c.below = append(c.urls, url), append(c.below, weight)
}

func (c *chooser) pick(s *stream) int32 {
	n := len(c.urls)
	if n == 1 {
		return c.urls[0]
	}
	// A walk, for there are few URLs. Rounding may leave none above at: then it is the last.
	at := s.unit() * c.below[n-1]
	for i, below := range c.below {
		if at < below {
			return c.urls[i]
		}
	}
	return c.urls[n-1]
}

// ask says what a client asks for, and with which cookie.
func (w *world) ask(p *process, g *generation, id int32) (url, cookie int32) {
	url = w.urls.pick(&p.urls)
	// In a closed loop the first of the users have sessions, the others none.
	if id < 0 || w.sc.closed() && float64(id) >= w.sc.Sessions.Share*float64(len(w.clients)) {
		return url, 0
	}
	c := &w.clients[id]
	if c.left == 0 {
		*c = client{group: -1, owner: -1, number: c.number + 1, left: geometric(w.sc.Sessions.Length, &p.lengths)}
	}
	c.left--
	// A session is for the URLs of one cluster and cookie: a URL of another group would show another session.
	switch own := g.groups[c.group+1]; {
	case c.group < 0 || len(own.urls) == 0: // a new session, or what it was for is gone
		c.group, c.cookie, c.owner = g.routes[url].group, 0, -1
	case g.routes[url].group != c.group:
		url = own.pick(&p.urls)
	}
	return url, c.cookie
}

// cookies are the values of session cookies that clients hold, each once. That at 0 is none.
type cookies struct {
	at  map[string]int32
	all []cookie
}

type cookie struct {
	value string
	begun []*failover.RequestState // by generation and URL: a request that carries it, before anything has happened
}

// mostCookies bounds how many are kept: beyond, those that no client holds are forgotten.
const mostCookies = 1 << 16

// of returns the number of a value, a new one where it was not held so far.
func (c *cookies) of(value string) int32 {
	if c.at == nil {
		c.at = map[string]int32{"": 0}
		c.all = []cookie{{}}
	}
	id, known := c.at[value]
	if !known {
		id = int32(len(c.all))
		c.at[value] = id
		c.all = append(c.all, cookie{value: value})
	}
	return id
}

// give lets a client hold a cookie.
func (w *world) give(c *client, value string) {
	if len(w.cookies.all) > mostCookies {
		// Prototypes of requests and fates name cookies by number, so they go with them.
		old := w.cookies.all
		w.cookies = cookies{}
		w.cookies.of("")
		w.fates = nil
		for i := range w.clients {
			w.clients[i].cookie = w.cookies.of(old[w.clients[i].cookie].value)
		}
	}
	c.cookie = w.cookies.of(value)
}

// begun is a request for a URL with a cookie, as Begin makes it: nothing of it hangs on the time but its arrival.
func (w *world) begun(generation int, url, cookie int32) *failover.RequestState {
	c := &w.cookies.all[cookie]
	if c.begun == nil {
		c.begun = make([]*failover.RequestState, len(w.generations)*len(w.sc.URLs))
	}
	at := generation*len(w.sc.URLs) + int(url)
	if c.begun[at] == nil {
		g := w.generations[generation]
		rq, m := w.sc.URLs[url].Request, g.routes[url].match
		if cookie > 0 {
			rq.Cookies = append(slices.Clone(rq.Cookies), m.Cookie()+"="+c.value)
		}
		f := failover.Begin(g.table, &rq, &m, 0, w.sc.Sem, nil)
		c.begun[at] = &f
	}
	return c.begun[at]
}

// sessionID stands for all session IDs: nobody looks at them.
const sessionID = "SIMULATEDSESSIONxxxxxxx"

// served follows what a member that has answered does with the session of its client.
func (w *world) served(f *requestState) {
	c := &w.clients[f.client]
	if f.session != c.number {
		return // that session has ended meanwhile
	}
	// By far the most answers: the session is where it was.
	if c.owner == f.member && !w.roster.members[f.member].goneSince(c.last, w.now) {
		c.last = w.now
		return
	}
	cluster := &f.generation.table.Clusters[f.state.Cluster]
	clone := cluster.Members[f.action.Member].CloneID
	if f.cookie == 0 {
		// The first answer of a session sets its cookie.
		policy := w.policy(cluster.Name)
		w.give(c, policy.Cookie(sessionID, clone, cluster.Separator))
		w.stats.sessions.Began++
	} else {
		w.taken(f, c, cluster)
	}
	c.owner, c.last = f.member, w.now
}

func (w *world) policy(cluster string) session.Policy {
	if w.sc.Policy == nil {
		return session.Policy{}
	}
	return w.sc.Policy(cluster)
}

// fate is what becomes of a session, and the question that it answers.
type fate struct {
	outcome session.Outcome
	cookie  string
	open    bool
}

type fateOf struct {
	table             *match.Table
	cluster           match.ClusterID
	owner, by, cookie int32
	down, anew        string // see troubles
}

// mostFates bounds how many answers are kept.
const mostFates = 1 << 16

// taken is the answer of a member that has not had the session last, or has lost its memory since.
func (w *world) taken(f *requestState, c *client, cluster *match.Cluster) {
	// The key holds all that the answer hangs on. What the owner had written when it failed is no part of the
	// question: that is drawn below.
	down, anew := w.troubles(f, c.last)
	key := fateOf{f.generation.table, f.state.Cluster, c.owner, f.member, c.cookie, string(down), string(anew)}
	out, known := w.fates[key]
	if !known {
		// All are forgotten at once: the questions of one moment are alike, those of a later one others.
		if len(w.fates) > mostFates || w.fates == nil {
			w.fates = map[fateOf]fate{}
		}
		out = w.predict(f, c, cluster)
		w.fates[key] = out
	}
	s := &w.stats.sessions
	if c.owner != f.member {
		s.Moved++
	}
	switch {
	case out.open:
		s.Open++
	case out.outcome.Lost():
		s.Lost++
	case c.owner != f.member:
		s.Kept++
	}
	if !out.open && out.outcome.LosesChanges() {
		// The owner writes every Bound, 0 where the change is lost at any age, and fails anywhere between two writes:
		// a change that is younger than the last write is lost.
		bound := match.Nanos(out.outcome.Bound)
		age := w.roster.members[c.owner].failedAt(c.last, w.now) - c.last
		if bound == 0 || age < match.Nanos(f.process.writes.unit()*float64(bound)) {
			s.ChangesLost++
		}
	}
	if out.cookie != "" {
		w.give(c, out.cookie)
	}
}

// troubles lists, for fateOf, the members of a request's cluster that are down and those that have begun anew since a
// time: two bytes for the place of each, and eight for when it went, since it matters who did before the owner.
func (w *world) troubles(f *requestState, since match.Nanos) (down, anew []byte) {
	for i, at := range f.generation.members[f.state.Cluster] {
		m := &w.roster.members[at]
		if fault := m.fault(w.now); fault != nil && fault.silent() {
			down = binary.LittleEndian.AppendUint64(append(down, byte(i), byte(i>>8)), uint64(fault.From))
		}
		if m.goneSince(since, w.now) {
			went := m.failedAt(since, w.now)
			anew = binary.LittleEndian.AppendUint64(append(anew, byte(i), byte(i>>8)), uint64(went))
		}
	}
	return down, anew
}

// silent reports a member that cannot give a copy of a session to others.
func (f *Fault) silent() bool {
	return f.Slow == 0 && slices.Contains([]explain.FailureMode{explain.Refused, explain.Timeout, explain.NoAnswer,
		explain.Reset}, f.Do)
}

// predict puts the question of a session to the room that knows.
func (w *world) predict(f *requestState, c *client, cluster *match.Cluster) fate {
	q := session.Case{Policy: w.policy(cluster.Name), Owner: -1, Value: w.cookies.all[c.cookie].value,
		Separator: cluster.Separator, Assumed: w.sc.Sem.Session}
	since, ownerWent := map[int]match.Nanos{}, match.Nanos(0)
	for i, at := range f.generation.members[f.state.Cluster] {
		// A ClusterAddress has no sessions of its own, but where it answers.
		if match.MemberID(i) == cluster.Address && at != f.member {
			continue
		}
		place := len(q.Members)
		q.Members = append(q.Members, session.Member{Name: cluster.Members[i].Name, Clone: cluster.Members[i].CloneID})
		if fault := w.roster.members[at].fault(w.now); fault != nil && fault.silent() {
			since[place] = fault.From
		}
		if at == c.owner {
			q.Owner, ownerWent = place, since[place]
		}
		if at == f.member {
			q.Serves = []int{place}
		}
		if w.roster.members[at].goneSince(c.last, w.now) {
			q.Restarted = append(q.Restarted, place)
			if at == c.owner { // it is back, and still it matters who went before it
				ownerWent = w.roster.members[at].failedAt(c.last, w.now)
			}
		}
	}
	if q.Owner < 0 { // a reload has taken it out; its server may be there all the same
		q.Owner = len(q.Members)
		q.Members = append(q.Members, session.Member{Name: w.roster.names[c.owner].Member})
	}
	for place := range q.Members {
		if from, down := since[place]; down {
			q.Down = append(q.Down, session.Death{Member: place, Before: time.Duration(max(0, ownerWent-from))})
		}
	}
	return predicted(q)
}

// predicted asks for the values of choices that hold, and no others.
func predicted(q session.Case) fate {
	// All session choices are settled: a simulation follows one course of things, the one that the scenario assumes.
	const all = ^session.Set(0)
	p := q.Predict(all)
	out := fate{outcome: p.Outcome, open: p.Open()}
	// Nobody can tell whether it was; the simulation must go on with one cookie.
	if out.open { // the client's cookie is that of a session that was kept
		q.Holders = q.Serves
		p = q.Predict(all)
	}
	if p.Cookie != "" {
		out.cookie = plain(session.Fill(p.Cookie, sessionID))
	}
	return out
}

// plain lets the cache ID of a value tell no more than that a session was read from the store: counted on, each would
// be a value of its own.
func plain(value string) string {
	if value > "0002" {
		return "0002" + value[min(4, len(value)):]
	}
	return value
}
