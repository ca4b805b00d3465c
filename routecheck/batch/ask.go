package batch

import (
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Kind says what became of a request.
type Kind uint8

const (
	forwarded Kind = iota + 1
	declined       // no Route: the web server serves it itself
	rejected       // the web server refuses the path, and asks nobody (R16)
	unplaced       // the log does not say the host, and hosts differ
	empty          // the line holds none, as those of connections that were closed
)

// Target is who may get a request: all members that may be the first choice of a fresh process, or the one that has
// the session. Targets of one Asker are equal where their pointers are.
type Target struct {
	Kind    Kind
	Cluster string
	Members []string // in file order
	Home    bool     // it is the member that the session names
	Label   string   // it in words
}

// Answer is what is said of one request.
type Answer struct {
	*Target
	Pattern string // the Uri that decided, "" for none
	Session string // the ID of the session without its first four characters, which change; "" for none
	Cause   string // code of why the session does not get home, "" where it does, or there is none
	Text    string // the cause in words
}

// Asker asks one table. One goroutine at a time may use it.
type Asker struct {
	t      *match.Table
	sem    choices.Assumptions
	places places
	// home tells who has the session of a request, see explain.Home.
	home    func(*match.Request) (match.ClusterID, match.MemberID, bool)
	all     []*Target        // by cluster
	one     [][]*Target      // by cluster and member: who has the session
	process *explain.Process // that gets all requests in turn; nil: each is the first of a fresh one
	turn    [][]*Target      // by cluster and member: who gets a request in turn, with process alone
	kinds   [empty + 1]*Target
	known   map[string]session // by all that the answer to a session hangs on
	key     []byte             // of the request at hand; kept for its memory
	request match.Request      // at hand, likewise
	cookies [1]string
}

// session is what became of a session.
type session struct {
	target      *Target
	cause, text string
}

// maxSessions bounds how many answers about sessions are remembered: a log may hold any number of cookies.
const maxSessions = 1 << 14

// NewAsker prepares to ask a table. where says what the log does not.
func NewAsker(t *match.Table, sem choices.Assumptions, where Where) *Asker {
	a := &Asker{t: t, sem: sem, known: map[string]session{}}
	a.home = explain.Home(t, &a.sem)
	a.places = newPlaces(t, &a.sem, where)
	for k := range a.kinds {
		a.kinds[k] = labelled(Target{Kind: Kind(k)})
	}
	for i := range t.Clusters {
		c := &t.Clusters[i]
		all := Target{Kind: forwarded, Cluster: c.Name}
		var one []*Target
		for m, share := range explain.NewSessions(t, match.ClusterID(i), &a.sem) {
			if share > 0 {
				all.Members = append(all.Members, c.Members[m].Name)
			}
			one = append(one, labelled(Target{Kind: forwarded, Cluster: c.Name, Members: []string{c.Members[m].Name},
				Home: true}))
		}
		a.all, a.one = append(a.all, labelled(all)), append(a.one, one)
	}
	return a
}

// Keep has one process get all requests in turn, as their times say, in place of a fresh one each. Where round robin
// begins is drawn from seed.
func (a *Asker) Keep(seed uint64) {
	a.process = explain.NewProcess(a.t, &a.sem, seed)
	for _, one := range a.one {
		var turn []*Target
		for _, t := range one {
			turn = append(turn, labelled(Target{Kind: forwarded, Cluster: t.Cluster, Members: t.Members}))
		}
		a.turn = append(a.turn, turn)
	}
}

// inTurn is who gets the request at hand, of a process that got those before it.
func (a *Asker) inTurn(r *accesslog.Record, out *Answer) {
	a.process.Now = max(a.process.Now, match.Nanos(r.Time)*match.Second)
	// Asked also where a session has a home: the process must live through every request.
	o := a.process.Do(&a.request, nil)
	if o.Member != match.NoMember && !out.Home {
		out.Target = a.turn[o.Match.Cluster][o.Member]
	}
}

// ask answers about a record.
func (a *Asker) ask(r *accesslog.Record) Answer {
	// A connection that was closed before it asked for anything has a line, too.
	if r.Target == "" {
		return Answer{Target: a.kinds[empty]}
	}
	a.request = match.Request{Target: r.Target, Normalised: r.Normalised}
	if r.Cookie != "" {
		a.cookies[0] = r.Cookie
		a.request.Cookies = a.cookies[:]
	}
	if !a.places.of(r, &a.request) {
		return Answer{Target: a.kinds[unplaced]}
	}
	m, refused := a.t.Decide(&a.request, &a.sem, nil)
	switch {
	case refused == match.NoRoute:
		return Answer{Target: a.kinds[declined]}
	case refused != match.Accepted:
		return Answer{Target: a.kinds[rejected]}
	}
	// Most requests have no session: their answer is that of the cluster.
	out := Answer{Target: a.all[m.Cluster], Pattern: m.Pattern()}
	if r.Cookie != "" || hasParameter(r.Target) {
		a.session(&out, &m)
	}
	if a.process != nil {
		a.inTurn(r, &out)
	}
	return out
}

// session finds out what becomes of the session of the request at hand.
func (a *Asker) session(out *Answer, m *match.Match) {
	var id string
	a.key, id = appendKey(a.key[:0], &a.request, m)
	s, known := a.known[string(a.key)]
	if !known {
		s = a.inquire(out.Target)
		if len(a.known) >= maxSessions {
			clear(a.known)
		}
		a.known[string(a.key)] = s
	}
	out.Target, out.Cause, out.Text = s.target, s.cause, s.text
	// A value that leads nowhere, and has no cause to tell of, is not counted as a session.
	if s.target.Home || s.cause != "" {
		out.Session = id
	}
}

// inquire asks who has the session, and where nobody has it why.
func (a *Asker) inquire(all *Target) session {
	// The request at hand is used again for the next record, so what is asked about is a copy.
	rq := a.request
	rq.Cookies = append([]string{}, rq.Cookies...)
	if c, m, ok := a.home(&rq); ok {
		return session{target: a.one[c][m]}
	}
	sc := &explain.Scenario{Requests: explain.Repeat(rq, 1, 0)}
	d := cause.Explain(a.t, diag.NewFiles(), sc, a.sem, nil, explain.WithSteps|explain.WithRoutes)[0]
	if d.Cause == nil {
		return session{target: all}
	}
	return session{all, d.Cause.Code, d.Cause.Effect}
}
