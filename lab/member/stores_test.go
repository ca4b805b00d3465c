package member_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/session"
)

// onTable is a member whose sessions are in a table that others share, written as it is told.
func onTable(t *testing.T, dsn, name string, frequency session.Frequency) *running {
	t.Helper()
	s := spec()
	s.Name, s.CloneID = name, name
	s.Session.WriteFrequency, s.Session.WriteContents = frequency, session.OnlyUpdated
	s.Store = member.StoreSpec{Kind: "database", DSN: dsn}
	return start(t, s)
}

// says is what an answer's head tells of the session: "cache ID;write number written by copies".
func says(h http.Header) string {
	_, rest, _ := strings.Cut(h.Get("X-Lab-Session"), ";")
	return rest + " " + h.Get("X-Lab-Written") + " " + h.Get("X-Lab-Replicas")
}

// shows gets a page and compares what it and the end of its head say.
func (m *running) shows(path, text, head string) {
	m.t.Helper()
	status, body, h := m.ask("GET", path, nil)
	if status != 200 || !strings.Contains(body, text) || !strings.HasSuffix(says(h), head) {
		m.t.Errorf("%s: got %d %s, %q, want %q, %q", path, status, body, says(h), text, head)
	}
}

// orders orders what must succeed.
func (m *running) orders(path string) {
	m.t.Helper()
	if status, text := m.order("POST", path, token); status != 200 {
		m.t.Errorf("%s: got %d %s", path, status, text)
	}
}

// moves lets a client that has been at another member go on at this one.
func (m *running) moves(from *running) {
	at, _ := url.Parse(from.url)
	to, _ := url.Parse(m.url)
	m.Jar.SetCookies(to, from.Jar.Cookies(at)) // cookies go by the host, which is one; ports do not matter
	m.Jar = from.Jar
}

// TestWritten: what the head of an answer says to be written is written: at the end of service with the answer, time
// based when the write thread has looked, by hand when the servlet says so.
func TestWritten(t *testing.T) {
	for frequency, steps := range map[session.Frequency][][3]string{
		session.EndOfService: {{"/hitcount", "Hit count: 1", "0001;1 1 1"},
			{"/hitcount", "Hit count: 2", "0001;2 2 1"},
			{"/hitcount?flush=1", "Hit count: 3", "0001;3 no 1"}, // the head goes out before the write
			{"/hitcount?get=1", "Hit count: 3", "0001;3 3 1"}},
		session.TimeBased: {{"/hitcount", "Hit count: 1", "0001;1 no 0"}, {"/hitcount", "Hit count: 2", "0001;1 no 0"},
			{"tick", "", ""}, {"/hitcount?get=1", "Hit count: 2", "0001;1 1 1"},
			{"/hitcount", "Hit count: 3", "0001;2 1 1"}},
		session.Manual: {{"/hitcount", "Hit count: 1", "0001;1 no 0"}, {"tick", "", ""},
			{"/hitcount", "Hit count: 2", "0001;1 no 0"}, {"/hitcount?sync=1", "Hit count: 3", "0001;1 1 1"}},
	} {
		t.Run(string(frequency), func(t *testing.T) {
			m := onTable(t, filepath.Join(t.TempDir(), "sessions.db"), "m1", frequency)
			for _, s := range steps {
				if s[0] == "tick" {
					m.orders("/clock?add=11s")
					m.orders("/tick")
					continue
				}
				m.shows(s[0], s[1], s[2])
			}
		})
	}
}

// TestStoreDown: a member whose database is away serves from memory and says that nothing is written; another one,
// whose database is there, finds what had been written before.
func TestStoreDown(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "sessions.db")
	a, b := onTable(t, dsn, "a", session.EndOfService), onTable(t, dsn, "b", session.EndOfService)
	a.shows("/hitcount", "Hit count: 1", "0001;1 1 1")
	a.orders("/store?down=1")
	if _, text := a.order("GET", "/state", token); !strings.Contains(text, `"storeDown":true`) {
		t.Errorf("state %s", text)
	}
	a.shows("/hitcount", "Hit count: 2", " no 1")
	a.shows("/hitcount?get=1", "Hit count: 2", " no 1")
	b.moves(a)
	b.shows("/hitcount?get=1", "Hit count: 1", "0002;1 1 0")
	a.orders("/store?down=0")
	a.Jar, _ = cookiejar.New(nil)
	a.shows("/hitcount", "Hit count: 1", "0001;1 1 1")
}

// TestOrderlyStop: a member that is stopped in order writes what it has to write, and another one goes on with it
// (D11).
func TestOrderlyStop(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "sessions.db")
	a, b := onTable(t, dsn, "a", session.TimeBased), onTable(t, dsn, "b", session.TimeBased)
	a.shows("/hitcount", "Hit count: 1", "0001;1 no 0")
	a.stop()
	if err := <-a.ended; err != nil {
		t.Error(err)
	}
	b.moves(a)
	b.want("GET", "/hitcount", nil, 200, "Hit count: 2")
}

// TestLoginEnds: a login is good for 120 minutes of the member's clock, and for the key of its run alone.
func TestLoginEnds(t *testing.T) {
	m := start(t, spec())
	m.want("POST", "/login", url.Values{"user": {"bob"}}, 200, "bob is logged in")
	other := spec()
	other.LTPAKey = []byte("key of another run")
	stranger := start(t, other)
	stranger.moves(m)
	stranger.want("GET", "/me", nil, 401, "log in first")
	m.want("GET", "/me", nil, 200, "you are bob")
	m.orders("/clock?add=120m")
	m.want("GET", "/me", nil, 200, "you are bob")
	m.orders("/clock?add=1s")
	m.want("GET", "/me", nil, 401, "log in first")
}
