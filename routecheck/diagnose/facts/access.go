package facts

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/routecheck/cookie"
)

// mostClients and mostSessions bound what is remembered of an access log.
const (
	mostClients  = 1 << 15
	mostSessions = 1 << 15
	usualTimeout = 1800 // seconds until servers drop an idle session, where nobody says it (S17)
	repeatWithin = 5    // seconds within which the same request of the same client was sent twice
)

// Access is what an access log tells about all causes. Make it by [NewAccess], and feed every record to Add.
type Access struct {
	file   *File
	clones lookups
	name   string

	Requests, WithMember, WithCookie, Errors500 int64
	Sessions                                    map[string]*visit
	clients                                     map[string]*client
	Timeout                                     int64 // of idle sessions, in seconds

	// Cookies: without a clone ID, with one of nobody, in other letter case, joined by a plus; encoded; two of them.
	NoClone, Unknown, CaseTwin, Joined, Encoded, TwoCookies Sightings
	// Answers of members, and of the web server without a member.
	WebServer503, Member503, Member500, TooLarge, NotFound, NoMember404, SlowMember Sightings
	// Sessions: idle for too long, gone after a move, and those of them that were young; moved, and back again.
	TimedOut, ChangedID, YoungLost, Elsewhere, Returns Sightings
	// Clients: cookies of one cluster and another in turn, none at all, the same POST twice.
	Alternates, WithoutCookie, SentTwice Sightings
}

// visit is what is known of one session. A session goes on while its ID does: clone IDs behind it change with each
// take-over (S9), and are kept as tail, with their separators.
type visit struct {
	first, last int64 // seconds
	tail        string
	home, was   string // members' addresses: that of the first request, that of the last
	moves       int
}

// client is what is known of one client. Clients are told apart by address alone: users behind one proxy count as one.
type client struct {
	requests, without int64
	session, tail     string // of the last request that had one
	post              string
	postAt            int64
	cluster           string // whose clone ID came last
	switches          int
}

// NewAccess makes an access log of that name.
func NewAccess(name string, file *File) *Access {
	a := &Access{file: file, clones: lookups{file: file}, name: name, Sessions: map[string]*visit{},
		clients: map[string]*client{},
		Timeout: usualTimeout}
	if file != nil && file.Timeout > 0 {
		a.Timeout = int64(file.Timeout.Seconds())
	}
	return a
}

// see counts a record by its line.
func (a *Access) see(s *Sightings, r *accesslog.Record, what string) {
	s.add(a.name, int64(r.Line), func() string { return strings.TrimSpace(r.Method + " " + r.Target + ": " + what) })
}

// Add takes the next record. What is of a client needs the client in the log, and what is of a session its cookie.
func (a *Access) Add(r *accesslog.Record) {
	if r.Target == "" {
		return
	}
	a.Requests++
	if r.WAS != "" {
		a.WithMember++
	}
	a.status(r)
	id, tail := a.cookie(r)
	c := a.client(r)
	if id != "" {
		a.visited(r, c, id, tail)
	}
	if c != nil {
		a.clientSent(r, c, id, tail)
	}
}

// status takes how the request ended. WAS is only there where the plug-in chose a member, so without one the web
// server answered itself, or the plug-in refused (R59: 413, R60: 503).
func (a *Access) status(r *accesslog.Record) {
	if r.WAS != "" && r.Micros >= slowRequest.Microseconds() {
		a.see(&a.SlowMember, r, fmt.Sprintf("%.1f s, served by %s", float64(r.Micros)/1e6, r.WAS))
	}
	switch {
	case r.Status == 503 && r.WAS == "":
		a.see(&a.WebServer503, r, "503, and no member was chosen")
	case r.Status == 503:
		a.see(&a.Member503, r, "503 of "+r.WAS)
	case r.Status == 500:
		a.Errors500++
		if r.WAS != "" {
			a.see(&a.Member500, r, "500 of "+r.WAS)
		}
	case r.Status == 413 && r.WAS == "":
		a.see(&a.TooLarge, r, "413, and no member was chosen")
	case r.Status == 404 && r.WAS == "":
		a.see(&a.NoMember404, r, "404, and no member was chosen")
	case r.Status == 404:
		a.see(&a.NotFound, r, "404 of "+r.WAS)
	}
}

// cookie returns the session ID of a record, without the cache ID that changes, and the clone IDs behind it. The cache
// ID is its first four characters (S1).
func (a *Access) cookie(r *accesslog.Record) (id, tail string) {
	if r.Cookie == "" {
		return "", ""
	}
	a.WithCookie++
	var q cookie.Question
	if q.Parse("Cookie: "+r.Cookie) != nil || q.Value == "" {
		return "", ""
	}
	if q.Others > 0 {
		a.see(&a.TwoCookies, r, fmt.Sprintf("%d cookies %s", q.Others+1, q.Name))
	}
	end := strings.IndexAny(q.Value, ":+")
	if end < 0 {
		end = len(q.Value)
	}
	id, tail = q.Value[min(4, end):end], q.Value[end:]
	// What the cookie is like was judged at the first request of the session; only a new tail can have new defects.
	if v := a.Sessions[id]; v != nil && v.tail == tail {
		return id, tail // as the last time
	}
	a.defects(r, cookie.Read(q))
	if told := a.clones.of(tail); told != nil {
		a.cloneDefects(r, told)
	}
	return id, tail
}

// defects takes what is wrong with a cookie. The others that package cookie finds say nothing of affinity.
func (a *Access) defects(r *accesslog.Record, told *cookie.Report) {
	for _, p := range told.Problems {
		switch p.Code {
		case "no-clone":
			a.see(&a.NoClone, r, "a session without a clone ID")
		case "encoded", "quoted":
			a.see(&a.Encoded, r, "the cookie came "+p.Code)
		}
	}
}

// cloneDefects takes what is wrong with the clone IDs, held against the file. Of several unknown ones the first is
// told: a list is of one session.
func (a *Access) cloneDefects(r *accesslog.Record, told *cookie.Report) {
	for _, p := range told.Problems {
		if p.Code == "separator" {
			a.see(&a.Joined, r, p.Text)
		}
	}
	for i := range told.IDs {
		id := &told.IDs[i]
		if id.Kind != cookie.Unknown {
			continue
		}
		if twin := caseTwin(id); twin != "" {
			a.see(&a.CaseTwin, r, "clone ID "+id.ID+", and the file has "+twin)
		} else {
			a.see(&a.Unknown, r, "clone ID "+id.ID+" is of no server of the file")
		}
		return
	}
}

// client finds the client of a record; nil where the log does not show it, or where too many came.
func (a *Access) client(r *accesslog.Record) *client {
	if r.Client == "" {
		return nil
	}
	c := a.clients[r.Client]
	if c == nil && len(a.clients) < mostClients {
		c = new(client)
		a.clients[kept(r.Client)] = c
	}
	return c
}

// visited follows a session from member to member. A move back to the first member with the clone IDs of before means
// that the take-over was not recorded (S10, AL13).
func (a *Access) visited(r *accesslog.Record, c *client, id, tail string) {
	v := a.Sessions[id]
	if v == nil {
		if len(a.Sessions) < mostSessions {
			a.Sessions[kept(id)] = &visit{first: r.Time, last: r.Time, tail: kept(tail),
				home: kept(r.WAS), was: kept(r.WAS)}
		}
		return
	}
	if r.Time-v.last > a.Timeout && v.last > 0 {
		a.see(&a.TimedOut, r, fmt.Sprintf("%d s after the request before, and servers keep a session for %d s",
			r.Time-v.last, a.Timeout))
	}
	if r.WAS != "" && v.was != "" && r.WAS != v.was {
		v.moves++
		switch {
		case r.WAS == v.home && tail == v.tail && v.moves > 1:
			a.see(&a.Returns, r, "back at "+r.WAS+" with the cookie of before")
		case v.moves == 1:
			a.see(&a.Elsewhere, r, fmt.Sprintf("a session of %s, %d s old, went to %s", v.home, r.Time-v.first, r.WAS))
		}
	}
	v.last, v.tail = r.Time, kept(tail)
	if r.WAS != "" {
		v.was = kept(r.WAS)
	}
}

// clientSent follows a client from session to session. From the fifth request on a client without a cookie is no first
// visit. One that has another session ID than before has lost the old session where that had moved (S15); an ID that
// changes at the session's own member is a log off or a log in.
func (a *Access) clientSent(r *accesslog.Record, c *client, id, tail string) {
	c.requests++
	if r.Method == "POST" {
		if c.post == r.Target && r.Time-c.postAt <= repeatWithin && c.postAt > 0 {
			a.see(&a.SentTwice, r, "sent twice by the same client")
		}
		c.post, c.postAt = kept(r.Target), r.Time
	}
	if id == "" {
		c.without++
		if c.requests >= 5 && c.without == c.requests && r.WAS != "" {
			a.see(&a.WithoutCookie, r, fmt.Sprintf("request %d of the client, and none had a cookie", c.requests))
		}
		return
	}
	a.clusterOf(r, c, tail)
	if c.session != "" && c.session != id {
		if v := a.Sessions[c.session]; v != nil && v.moves > 0 {
			a.see(&a.ChangedID, r, "another session ID after the session had gone to another member")
			if r.Time-v.first <= a.young() {
				a.see(&a.YoungLost, r, fmt.Sprintf("the session that was lost was %d s old", r.Time-v.first))
			}
		}
	}
	c.session = kept(id)
}

// young is how old a session may be that time based writes have not reached (W4): the interval and one look. Time
// based writes look at a session every ten seconds, and write it when the interval is over.
func (a *Access) young() int64 {
	most := 0
	if a.file != nil && a.file.Policy != nil {
		for i := range a.file.Table.Clusters {
			p := a.file.Policy(a.file.Table.Clusters[i].Name)
			most = max(most, p.Interval+10)
		}
	}
	return int64(most)
}

// clusterOf follows a client whose cookie names members of one cluster and then of another. Three times: who follows a
// link to the other application and comes back has changed twice.
func (a *Access) clusterOf(r *accesslog.Record, c *client, tail string) {
	if c.tail == tail || len(tail) < 2 {
		return
	}
	c.tail = kept(tail)
	told := a.clones.of(tail)
	if told == nil {
		return
	}
	for _, id := range told.IDs {
		if id.Kind != cookie.Clone {
			continue
		}
		if c.cluster != "" && c.cluster != id.Cluster {
			if c.switches++; c.switches >= 3 {
				a.see(&a.Alternates, r, fmt.Sprintf("cluster %s, after %s, for the %d. time",
					id.Cluster, c.cluster, c.switches))
			}
		}
		c.cluster = id.Cluster
		return
	}
}
