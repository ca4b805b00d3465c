package diagnose

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

	requests, withMember, withCookie, errors500 int64
	sessions                                    map[string]*visit
	clients                                     map[string]*client
	timeout                                     int64

	noClone, unknown, caseTwin, joined, encoded, twoCookies   sightings
	webServer503, member503, member500, tooLarge, notFound    sightings
	noMember404, timedOut, changedID, youngLost, sentTwice    sightings
	slowMember, alternates, returns, withoutCookie, elsewhere sightings
}

// visit is what is known of one session.
type visit struct {
	first, last int64 // seconds
	tail        string
	home, was   string // members' addresses: that of the first request, that of the last
	moves       int
}

// client is what is known of one client.
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
	a := &Access{file: file, clones: lookups{file: file}, name: name, sessions: map[string]*visit{}, clients: map[string]*client{},
		timeout: usualTimeout}
	if file != nil && file.Timeout > 0 {
		a.timeout = int64(file.Timeout.Seconds())
	}
	return a
}

// see counts a record by its line.
func (a *Access) see(s *sightings, r *accesslog.Record, what string) {
	s.add(a.name, int64(r.Line), func() string { return strings.TrimSpace(r.Method + " " + r.Target + ": " + what) })
}

// Add takes the next record.
func (a *Access) Add(r *accesslog.Record) {
	if r.Target == "" {
		return
	}
	a.requests++
	if r.WAS != "" {
		a.withMember++
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

func (a *Access) status(r *accesslog.Record) {
	if r.WAS != "" && r.Micros >= slowRequest.Microseconds() {
		a.see(&a.slowMember, r, fmt.Sprintf("%.1f s, served by %s", float64(r.Micros)/1e6, r.WAS))
	}
	switch {
	case r.Status == 503 && r.WAS == "":
		a.see(&a.webServer503, r, "503, and no member was chosen")
	case r.Status == 503:
		a.see(&a.member503, r, "503 of "+r.WAS)
	case r.Status == 500:
		a.errors500++
		if r.WAS != "" {
			a.see(&a.member500, r, "500 of "+r.WAS)
		}
	case r.Status == 413 && r.WAS == "":
		a.see(&a.tooLarge, r, "413, and no member was chosen")
	case r.Status == 404 && r.WAS == "":
		a.see(&a.noMember404, r, "404, and no member was chosen")
	case r.Status == 404:
		a.see(&a.notFound, r, "404 of "+r.WAS)
	}
}

// cookie returns the session ID of a record, without the cache ID that changes, and the clone IDs behind it.
func (a *Access) cookie(r *accesslog.Record) (id, tail string) {
	if r.Cookie == "" {
		return "", ""
	}
	a.withCookie++
	var q cookie.Question
	if q.Parse("Cookie: "+r.Cookie) != nil || q.Value == "" {
		return "", ""
	}
	if q.Others > 0 {
		a.see(&a.twoCookies, r, fmt.Sprintf("%d cookies %s", q.Others+1, q.Name))
	}
	end := strings.IndexAny(q.Value, ":+")
	if end < 0 {
		end = len(q.Value)
	}
	id, tail = q.Value[min(4, end):end], q.Value[end:]
	if v := a.sessions[id]; v != nil && v.tail == tail {
		return id, tail // as the last time
	}
	a.defects(r, cookie.Read(q))
	if told := a.clones.of(tail); told != nil {
		a.cloneDefects(r, told)
	}
	return id, tail
}

// defects takes what is wrong with a cookie.
func (a *Access) defects(r *accesslog.Record, told *cookie.Report) {
	for _, p := range told.Problems {
		switch p.Code {
		case "no-clone":
			a.see(&a.noClone, r, "a session without a clone ID")
		case "encoded", "quoted":
			a.see(&a.encoded, r, "the cookie came "+p.Code)
		}
	}
}

// cloneDefects takes what is wrong with the clone IDs, held against the file.
func (a *Access) cloneDefects(r *accesslog.Record, told *cookie.Report) {
	for _, p := range told.Problems {
		if p.Code == "separator" {
			a.see(&a.joined, r, p.Text)
		}
	}
	for i := range told.IDs {
		id := &told.IDs[i]
		if id.Kind != cookie.Unknown {
			continue
		}
		if twin := caseTwin(id); twin != "" {
			a.see(&a.caseTwin, r, "clone ID "+id.ID+", and the file has "+twin)
		} else {
			a.see(&a.unknown, r, "clone ID "+id.ID+" is of no server of the file")
		}
		return
	}
}

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

// visited follows a session from member to member.
func (a *Access) visited(r *accesslog.Record, c *client, id, tail string) {
	v := a.sessions[id]
	if v == nil {
		if len(a.sessions) < mostSessions {
			a.sessions[kept(id)] = &visit{first: r.Time, last: r.Time, tail: kept(tail),
				home: kept(r.WAS), was: kept(r.WAS)}
		}
		return
	}
	if r.Time-v.last > a.timeout && v.last > 0 {
		a.see(&a.timedOut, r, fmt.Sprintf("%d s after the request before, and servers keep a session for %d s",
			r.Time-v.last, a.timeout))
	}
	if r.WAS != "" && v.was != "" && r.WAS != v.was {
		v.moves++
		switch {
		case r.WAS == v.home && tail == v.tail && v.moves > 1:
			a.see(&a.returns, r, "back at "+r.WAS+" with the cookie of before")
		case v.moves == 1:
			a.see(&a.elsewhere, r, fmt.Sprintf("a session of %s, %d s old, went to %s", v.home, r.Time-v.first, r.WAS))
		}
	}
	v.last, v.tail = r.Time, kept(tail)
	if r.WAS != "" {
		v.was = kept(r.WAS)
	}
}

// clientSent follows a client from session to session.
func (a *Access) clientSent(r *accesslog.Record, c *client, id, tail string) {
	c.requests++
	if r.Method == "POST" {
		if c.post == r.Target && r.Time-c.postAt <= repeatWithin && c.postAt > 0 {
			a.see(&a.sentTwice, r, "sent twice by the same client")
		}
		c.post, c.postAt = kept(r.Target), r.Time
	}
	if id == "" {
		c.without++
		if c.requests >= 5 && c.without == c.requests && r.WAS != "" {
			a.see(&a.withoutCookie, r, fmt.Sprintf("request %d of the client, and none had a cookie", c.requests))
		}
		return
	}
	a.clusterOf(r, c, tail)
	if c.session != "" && c.session != id {
		if v := a.sessions[c.session]; v != nil && v.moves > 0 {
			a.see(&a.changedID, r, "another session ID after the session had gone to another member")
			if r.Time-v.first <= a.young() {
				a.see(&a.youngLost, r, fmt.Sprintf("the session that was lost was %d s old", r.Time-v.first))
			}
		}
	}
	c.session = kept(id)
}

// young is how old a session may be that time based writes have not reached (W4): the interval and one look.
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

// clusterOf follows a client whose cookie names members of one cluster and then of another.
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
				a.see(&a.alternates, r, fmt.Sprintf("cluster %s, after %s, for the %d. "+
					"time", id.Cluster, c.cluster, c.switches))
			}
		}
		c.cluster = id.Cluster
		return
	}
}
