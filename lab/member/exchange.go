package member

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/lab/session"
)

// call is a request on its way through a servlet. One goroutine has it; as the answer it collects what the servlet
// writes.
type call struct {
	*listener.Answer
	m       *server
	rq      *http.Request
	x       *session.Exchange
	s       *session.Session // nil until somebody asks for it
	reached bool             // the moment during the service has passed
}

// serve is the way of a request past the failpoints. The session is written before the last byte goes out (W1),
// unless the servlet has flushed, or the choice is that the answer comes first. What stands at each failpoint:
//
//	before-service   the request was read, its session found and touched, nothing of the servlet has run
//	during           the servlet has made its change, in memory only
//	before-write     the servlet has ended; under end of service the change is written next
//	after-write      it is written, and the client knows nothing of it: the case in which a retry counts twice (W9)
//	before-answer    the head is made; the first byte goes out next
//	mid-answer       one half of the body is out, so that nobody sends the request again
//
// Where the answer comes first, by a flush or by choice, the last two come before the two of the write (row 10).
func (m *server) serve(a *listener.Answer, rq *http.Request) {
	a.Header().Set("X-Lab-Member", m.spec.Name)
	if m.busy.isBusy() {
		a.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if rq.URL.Path == tablePath {
		m.serveTable(a, rq)
		return
	}
	root, servlet := m.find(rq.URL.Path)
	if servlet == nil {
		a.WriteHeader(http.StatusNotFound)
		return
	}
	c := &call{Answer: a, m: m, rq: rq, x: m.managers[root].Begin(rq)}
	// before the session is asked for, which may belong to somebody else (S19)
	c.x.User = m.tokens.user(rq)
	m.points.reach(beforeService)
	if err := servlet(c); err != nil {
		c.fail(err)
	}
	c.during()
	if m.spec.Session.AnswerBeforeWrite == "yes" {
		c.flush()
	}
	m.points.reach(beforeWrite)
	c.x.End()
	m.points.reach(afterWrite)
	c.flush()
}

// flush sends the whole answer, with what is known of the session at that moment.
func (c *call) flush() {
	if c.Sent() {
		return
	}
	h := c.Header()
	if cookie := c.x.Commit(); cookie != "" {
		h.Add("Set-Cookie", cookie)
	}
	if c.s != nil {
		c.describe(h)
	}
	c.m.addTable(h, c.rq.Header.Get(versionHeader))
	c.m.points.reach(beforeAnswer)
	c.SendWith(func() { c.m.points.reach(midAnswer) })
}

// describe says in the head what the driver of an experiment wants to know. X-Lab-Written is the last write that the
// store has acknowledged; under end of service it is "no" while this request's own change is not among it, as when
// the store is down.
func (c *call) describe(h http.Header) {
	st := c.s.State()
	h.Set("X-Lab-Session", fmt.Sprintf("%s;%04d;%d", st.ID, st.CacheID, st.WriteNo))
	written := "no"
	if st.Written > 0 && !(st.Unwritten && c.m.spec.Session.WriteFrequency == session.EndOfService) {
		written = strconv.FormatUint(st.Written, 10)
	}
	h.Set("X-Lab-Written", written)
	h.Set("X-Lab-Replicas", strconv.Itoa(st.Replicas))
}

// during is the moment at which the servlet has made its change. A servlet calls it there; for one that does not, the
// moment comes at its end.
func (c *call) during() {
	if !c.reached {
		c.reached = true
		c.m.points.reach(during)
	}
}

// session is that of the request; it is made where there is none.
func (c *call) session() (*session.Session, error) {
	s, err := c.x.Get(true)
	if err == nil {
		c.s = s
	}
	return s, err
}

// fail answers 500, as a servlet does whose exception nobody catches.
func (c *call) fail(err error) {
	status := http.StatusInternalServerError
	var wrong badRequest
	if errors.As(err, &wrong) {
		status = http.StatusBadRequest
	}
	c.WriteHeader(status)
	c.printf("%v\n", err)
}

func (c *call) printf(format string, args ...any) { fmt.Fprintf(c, format, args...) }

// badRequest is an error of a parameter.
type badRequest struct{ error }

// number reads a parameter, 0 where it is not given.
func (c *call) number(name string, most int) (int, error) {
	text := c.rq.FormValue(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, badRequest{fmt.Errorf("%s=%s: want a number from 0 to %d", name, text, most)}
	}
	return n, nil
}

// find says which application and which servlet serve a path. The longest context root counts; a last part that names
// no servlet is for snoop, so that every URI of a file has somebody who answers. An empty root: no application has
// the path.
func (m *server) find(p string) (root string, serve servlet) {
	p, _, _ = strings.Cut(p, ";")
	for _, r := range m.spec.roots() {
		if (r == "/" || p == r || strings.HasPrefix(p, r+"/")) && len(r) >= len(root) {
			root = r
		}
	}
	if root == "" {
		return "", nil
	}
	name := path.Base(p)
	all := servlets()
	if all[name] == nil {
		name = "snoop"
	}
	if !m.spec.runs(name) {
		return root, nil
	}
	return root, all[name]
}

// busy is a member that answers 503 for a while, by real time, whatever its clock says.
type busy struct {
	mu    sync.Mutex
	until time.Time
}

func (b *busy) set(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = time.Now().Add(d)
}

func (b *busy) isBusy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Before(b.until)
}

// memory is what servlets keep in this member alone: gone with it, and unknown to the others.
type memory struct {
	mu     sync.Mutex
	values map[string]any
}

// change gives the value of a key to a function, and keeps what it returns.
func (m *memory) change(key string, do func(old any) any) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string]any{}
	}
	m.values[key] = do(m.values[key])
	return m.values[key]
}

func (m *memory) get(key string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key]
}
