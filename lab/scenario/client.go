package scenario

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/lab/scenario/weblog"
)

// browser is a client: it keeps cookies, follows no redirect by itself and repeats nothing.
type browser struct {
	name string // as scenarios and histories call it
	http *http.Client

	id      string           // of its session
	owner   string           // the member that answered last
	had     bool             // it had an answer with a session
	last    int64            // the count that it saw last
	floor   int64            // the count that it was told to be written
	byWrite map[uint64]int64 // the count that each write of the owner has, by its number; see told
	counts  string           // the servlet whose count it is: the first that showed it one, "": none
	capped  bool             // a change in place may be in no write (W6): nothing more is taken for written
	screen  int              // of /wizard, that it was shown last; 0: none
	note    bool             // it has sent a note
	trail   trail

	served  map[string]bool // the members that have it in memory, perhaps an older state
	hung    map[string]bool // the members that hung with a request of it, in which another one took over
	owed    *[2]int64       // how often requests that nobody answered are predicted to have taken effect
	ended   bool            // it was invalidated
	touched time.Duration   // the last answer, by real time since the stage began
}

// newBrowser is a client that nothing has happened to yet.
func newBrowser(name string, timeout time.Duration) *browser {
	jar, _ := cookiejar.New(nil) // it never fails without a list of public suffixes
	return &browser{name: name, byWrite: map[uint64]int64{}, served: map[string]bool{},
		hung: map[string]bool{}, http: &http.Client{
			Jar: jar, Timeout: timeout,
			// A connection of its own for each request: a client of Go sends again what a kept one loses.
			Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}
}

// answer is what a client got, and what it says of the session. But for what the log of the plug-in tells it is what a
// client can see: nothing of it is asked of a member's control interface.
type answer struct {
	Client, Method, Path string
	Process              int // the web server process that was asked, from 0
	Status               int // 0: none
	Err                  string
	Member               string
	Count                int64 // -1: the page shows none
	Text, Location       string
	Header               http.Header

	Session          string // ID
	CacheID          int
	WriteNo, Written uint64 // Written 0: nothing
	Replicas         int    // that have acknowledged the session's last write

	Before, Cookie string // the session cookie before and after
	Sent, Got      time.Time

	Attempts, Marked []string // of the log of the plug-in; nil where requests overlap
	log              []weblog.Line
}

// send sends a request to a web server process. It gives an answer in any case: one without a status, with the error,
// where none came.
func (b *browser) send(ctx context.Context, base, cookie string, q *request) *answer {
	a := &answer{Client: b.name, Method: q.method, Path: q.path, Process: q.process, Count: -1}
	a.Before = b.cookie(q.host, cookie)
	var body io.Reader
	if q.form != nil {
		body = strings.NewReader(q.form.Encode())
	}
	rq, err := http.NewRequestWithContext(ctx, q.method, base+q.path, body)
	if err != nil {
		a.Err = err.Error()
		return a
	}
	rq.Host = q.host
	if q.form != nil {
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	// A cookie of the request's own replaces the jar for this request; what the answer sets then is not kept.
	client := *b.http
	if q.cookie != "" {
		client.Jar = nil
		rq.Header.Set("Cookie", cookie+"="+q.cookie)
	}
	a.Sent = time.Now()
	receive(&client, rq, a)
	a.Got = time.Now()
	a.Cookie = b.cookie(q.host, cookie)
	return a
}

// receive sends the request and reads its answer, to its last byte: what breaks off in between is no answer, whatever
// its head said.
func receive(client *http.Client, rq *http.Request, a *answer) {
	rs, err := client.Do(rq)
	if err != nil {
		a.Err = err.Error()
		return
	}
	defer rs.Body.Close()
	a.Status, a.Header = rs.StatusCode, rs.Header
	text, err := io.ReadAll(io.LimitReader(rs.Body, 4<<20))
	if err != nil {
		a.Err, a.Status = err.Error(), 0 // half an answer is none
	}
	a.read(string(text))
}

// counted is what /hitcount shows, and /author of a document: "Hit count: 3", "Edits: 3".
var counted = lazy.Regexp(`(?:Hit count|Edits): (\d+)`)

// read takes in the body and what the head says of the session (section 7 of the specification): X-Lab-Session is
// ID;cache ID;write number. What is not there, or no number, stays 0.
func (a *answer) read(text string) {
	a.Text, a.Member, a.Location = text, a.Header.Get("X-Lab-Member"), a.Header.Get("Location")
	if m := counted().FindStringSubmatch(text); m != nil {
		a.Count, _ = strconv.ParseInt(m[1], 10, 64)
	}
	if parts := strings.Split(a.Header.Get("X-Lab-Session"), ";"); len(parts) == 3 {
		a.Session = parts[0]
		a.CacheID, _ = strconv.Atoi(parts[1])
		a.WriteNo, _ = strconv.ParseUint(parts[2], 10, 64)
	}
	a.Written, _ = strconv.ParseUint(a.Header.Get("X-Lab-Written"), 10, 64) // "no" is 0
	a.Replicas, _ = strconv.Atoi(a.Header.Get("X-Lab-Replicas"))
}

// cookie is the value of the session cookie that the client would send to a host: cookies go by the Host header.
func (b *browser) cookie(host, name string) string {
	for _, c := range b.http.Jar.Cookies(&url.URL{Scheme: "http", Host: host, Path: "/"}) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// resumes notes that a member serves again: restarted, without anything in memory, or with what it had when it hung.
// At the end of a service that was under way it writes that, and compares nothing (D5, D12); writes says that there
// was one.
func (b *browser) resumes(name string, writes, restarted bool) {
	if restarted {
		delete(b.served, name)
		delete(b.hung, name)
	} else if b.hung[name] && writes {
		b.trail.covered = true
	}
}

// setCookie gives the client another value.
func (b *browser) setCookie(host, name, value string) {
	b.http.Jar.SetCookies(&url.URL{Scheme: "http", Host: host, Path: "/"},
		[]*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// increments reports a request that counts, as the servlets of lab/member read its parameters.
func (q *request) increments() bool {
	return q.servlet() == "hitcount" && !q.has("get") || q.servlet() == "author" && q.has("edit")
}

// inPlace reports one that does so without setAttribute.
func (q *request) inPlace() bool { return q.has("inplace") || q.has("edit") }

// servlet is the last part of the path: applications have all servlets below their context root.
func (q *request) servlet() string {
	path, _, _ := strings.Cut(q.path, "?")
	path, _, _ = strings.Cut(path, ";")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// showsSession reports a servlet whose answers tell of the session. The others ask for none, so X-Lab-Session is
// missing, and there is nothing to hold a prediction against.
func (q *request) showsSession() bool {
	return !slices.Contains([]string{"login", "logout", "slow", "busy", "hang"}, q.servlet())
}

// has reports a parameter that is set.
func (q *request) has(parameter string) bool { return q.parameter(parameter) != "" }

// number is a parameter's, 0 where it is none.
func (q *request) number(parameter string) int {
	n, _ := strconv.Atoi(q.parameter(parameter))
	return n
}

func (q *request) parameter(name string) string {
	_, query, _ := strings.Cut(q.path, "?")
	values, _ := url.ParseQuery(query) // what cannot be read is not set
	return values.Get(name)
}

// told works out the count that the member tells to be written: the floor that no later answer may be below (C1). The
// member names writes by number; WriteNo is of the write that has, or will have, the session as the answer shows it,
// so each answer tells which count belongs to a number, and Written then says which of them the store has. The write
// of a request that had no answer is not known, and the floor stays where it was.
func (b *browser) told(q *request, a *answer, inPlaceCounts bool) (written int64, known bool) {
	if a.Session != b.id {
		b.floor, b.capped = 0, false
	}
	if a.Session != b.id || a.Member != b.owner { // numbers that one member gives mean nothing at another
		b.byWrite = map[uint64]int64{}
	}
	if a.Count < 0 {
		return 0, false
	}
	// From the first change in place on, a write with a number may lack it, unless the contents are such that it is
	// taken along.
	b.capped = b.capped || q.inPlace() && !inPlaceCounts
	if !b.capped {
		b.byWrite[a.WriteNo] = a.Count
	}
	if v, ok := b.byWrite[a.Written]; ok && a.Written > 0 {
		b.floor = v
		return v, true
	}
	return b.floor, b.floor > 0 && a.Written > 0
}
