package member_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/session"
)

const token = "0123456789abcdef"

// running is a member in this process, and a client with cookies.
type running struct {
	t *testing.T
	http.Client
	url, control string
	stdin        *io.PipeWriter
	stop         context.CancelFunc
	ended        chan error
}

// spec is a member with sessions in memory.
func spec() member.Spec {
	return member.Spec{Name: "m1", CloneID: "clone1", Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Token: token,
		LTPAKey: []byte("key of the run"), Session: session.Default(), ManualClock: true, Start: 1000000}
}

// start runs a member until the test ends.
func start(t *testing.T, s member.Spec) *running {
	t.Helper()
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	jar, _ := cookiejar.New(nil)
	m := &running{t: t, stdin: stdin, stop: stop, ended: make(chan error, 1)}
	m.Jar = jar
	m.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	go func() {
		err := member.Run(ctx, in, out)
		out.CloseWithError(err)
		m.ended <- err
	}()
	if err := json.NewEncoder(stdin).Encode(s); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadBytes('\n')
	var ready struct{ HTTP, Control string }
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, lines)
	m.url, m.control = "http://"+ready.HTTP, "http://"+ready.Control
	t.Cleanup(func() { stop(); m.CloseIdleConnections() })
	return m
}

// ask gives the status and the body of an answer.
func (m *running) ask(method, path string, form url.Values) (int, string, http.Header) {
	m.t.Helper()
	rq, err := http.NewRequest(method, m.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		m.t.Fatal(err)
	}
	if form != nil {
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := m.Do(rq)
	if err != nil {
		m.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), answer.Header
}

// want asks, and looks for a text in the answer.
func (m *running) want(method, path string, form url.Values, status int, text string) {
	m.t.Helper()
	if got, body, _ := m.ask(method, path, form); got != status || !strings.Contains(body, text) {
		m.t.Errorf("%s %s: got %d %s, want %d %q", method, path, got, body, status, text)
	}
}

// order orders something of the control interface.
func (m *running) order(method, path, withToken string) (int, string) {
	m.t.Helper()
	rq, _ := http.NewRequest(method, m.control+path, nil)
	rq.Header.Set("Authorization", "Bearer "+withToken)
	answer, err := http.DefaultClient.Do(rq)
	if err != nil {
		m.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body)
}

// step is a request of a browser and what its answer says.
type step struct {
	method, path string
	form         url.Values
	status       int
	text         string
}

// TestServlets asks each servlet as a browser does.
func TestServlets(t *testing.T) {
	choose := func(choice string) url.Values { return url.Values{"choice": {choice}} }
	tests := map[string][]step{
		"hitcount": {
			{"GET", "/hitcount", nil, 200, "Hit count: 1\n"},
			{"GET", "/hitcount?inplace=1", nil, 200, "Hit count: 2\n"},
			{"GET", "/hitcount?other=1&bytes=10", nil, 200, "by setAttribute 2, in place 1"},
			{"GET", "/hitcount?get=1", nil, 200, "Hit count: 3\n"},
			{"GET", "/hitcount?flush=1", nil, 200, "Hit count: 4\n"},
			{"GET", "/hitcount?bytes=1048577", nil, 400, "want a number from 0 to 1048576"},
			{"GET", "/hitcount?invalidate=1", nil, 200, ""}, {"GET", "/hitcount?sync=1", nil, 200, "Hit count: 1\n"},
		},
		"snoop": {
			{"GET", "/shop/cart.jsp?a=b", nil, 200, "m1 (clone ID clone1) answers"},
			{"GET", "/snoop?a=b", nil, 200, "a = b"},
			{"GET", "/snoop", nil, 200, "   GET /snoop HTTP/1.1\n"},
		},
		"wizard": {
			{"GET", "/wizard", nil, 200, "Screen 1 of 4"}, {"POST", "/wizard", choose("red"), 200, "Screen 2 of 4"},
			{"POST", "/wizard", choose("<b>"), 200, "Chosen so far: red, &lt;b&gt;"},
			{"POST", "/wizard", choose("x"), 200, "Screen 4 of 4"},
			{"POST", "/wizard", choose("y"), 200, "Committed: red, "},
			{"GET", "/wizard", nil, 200, "Screen 1 of 4"},
		},
		"note": {
			{"GET", "/note", nil, 200, "send the form again"},
			{"POST", "/note", url.Values{"text": {"buy <milk>"}}, 303, ""},
			{"GET", "/note", nil, 200, "Note: buy &lt;milk&gt;"},
		},
		"nofailover": {{"GET", "/nofailover", nil, 200, "visit 1"}, {"GET", "/nofailover", nil, 200, "visit 2"}},
		"partial": {{"GET", "/partial", nil, 200, "session: 1\nin memory: 1"},
			{"GET", "/partial", nil, 200, "session: 2\nin memory: 2"}},
		"author": {
			{"GET", "/author?edit=body", nil, 200, "Edits: 1\nSaves: 0"},
			{"GET", "/author?edit=title&save=1", nil, 200, "Edits: 2\nSaves: 1"},
		},
		"login": {
			{"GET", "/login", nil, 200, "<form"}, {"GET", "/me", nil, 401, "log in first"},
			{"GET", "/hitcount", nil, 200, "Hit count: 1"}, // an anonymous session, which gets an owner (S19)
			{"POST", "/login", url.Values{"user": {"bob"}}, 200, "bob is logged in"},
			{"GET", "/me", nil, 200, "you are bob, the session belongs to bob"},
			{"POST", "/login", url.Values{"user": {"eve"}}, 200, "eve is logged in"},
			{"GET", "/me", nil, 500, "SESN0008E"},
			{"GET", "/logout", nil, 200, "logged out"}, {"GET", "/me", nil, 401, ""},
		},
		"slow": {{"GET", "/slow?ms=1", nil, 200, "1 ms"}, {"GET", "/slow?ms=x", nil, 400, "ms=x"}},
		"busy": {{"GET", "/busy?for=60000", nil, 200, "busy for"}, {"GET", "/hitcount", nil, 503, ""}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			m := start(t, spec())
			for _, s := range steps {
				m.want(s.method, s.path, s.form, s.status, s.text)
			}
		})
	}
}

// TestHeaders: every answer says who gave it, and what is written of its session.
func TestHeaders(t *testing.T) {
	m := start(t, spec())
	_, _, h := m.ask("GET", "/hitcount", nil)
	id, rest, _ := strings.Cut(h.Get("X-Lab-Session"), ";")
	if got := h.Get("X-Lab-Member") + " " + rest + " " + h.Get("X-Lab-Written") + " " +
		h.Get("X-Lab-Replicas"); len(id) != 23 ||
		got != "m1 0000;1 no 0" {
		t.Errorf("session %s: got %s", id, got)
	}
	if want := fmt.Sprintf("JSESSIONID=0000%s:clone1; Path=/; HttpOnly", id); h.Get("Set-Cookie") != want {
		t.Errorf("got %s, want %s", h.Get("Set-Cookie"), want)
	}
}

// TestApplications: each context root has a session of its own under one ID (S15), and a member runs no servlet that
// it is not told to.
func TestApplications(t *testing.T) {
	s := spec()
	s.Roots, s.Apps = []string{"/", "/shop"}, []string{"hitcount"}
	m := start(t, s)
	m.want("GET", "/hitcount", nil, 200, "Hit count: 1")
	m.want("GET", "/shop/hitcount", nil, 200, "Hit count: 1")
	m.want("GET", "/hitcount", nil, 200, "Hit count: 2")
	m.want("GET", "/shopping/hitcount", nil, 200, "Hit count: 3")
	m.want("GET", "/wizard", nil, 404, "")
}

// TestControl: orders need the token, and wrong ones are refused in words.
func TestControl(t *testing.T) {
	m := start(t, spec())
	m.ask("GET", "/hitcount", nil)
	tests := []struct {
		method, path string
		status       int
		text         string
	}{
		{"POST", "/tick", 200, ""}, {"POST", "/reap", 200, ""}, {"GET", "/tick", 405, ""},
		{"POST", "/clock?add=10s", 200, ""}, {"POST", "/clock?add=-1s", 400, "want a duration"},
		{"POST", "/clock", 400, "want a duration"},
		{"POST", "/failpoint?at=lunch&do=kill", 400, "want one of before-service"},
		{"POST", "/failpoint?at=during&do=sulk", 400, "want kill, stop, delay or none"},
		{"POST", "/failpoint?at=during&do=delay&ms=x", 400, ""},
		{"POST", "/failpoint?at=during&do=delay&ms=1", 200, ""},
		{"POST", "/store?down=1", 400, "neither a database"}, {"POST", "/store?down=x", 400, "want 1 or 0"},
		{"GET", "/state", 200, `"at":1010000`}, {"GET", "/state", 200, `"sessions":[{`},
		{"GET", "/seen", 200, "GET /hitcount HTTP/1.1"},
		{"POST", "/fault?do=503&times=1", 200, ""},
	}
	for _, tt := range tests {
		if status, text := m.order(tt.method, tt.path, token); status != tt.status ||
			!strings.Contains(text, tt.text) {
			t.Errorf("%s %s: got %d %s", tt.method, tt.path, status, text)
		}
		if status, _ := m.order(tt.method, tt.path, "guess"); status != 403 {
			t.Errorf("%s %s without the token: got %d", tt.method, tt.path, status)
		}
	}
	m.want("GET", "/hitcount", nil, 503, "")
	m.want("GET", "/hitcount", nil, 200, "Hit count: 2")
}

// TestFailpoints: a failpoint waits for the first request that comes to its moment, whatever that asks for, and is
// gone then; it can be taken back before.
func TestFailpoints(t *testing.T) {
	m := start(t, spec())
	waits := func(want ...string) {
		t.Helper()
		var st struct{ Failpoints []string }
		_, text := m.order("GET", "/state", token)
		if err := json.Unmarshal([]byte(text), &st); err != nil || !slices.Equal(st.Failpoints, want) {
			t.Errorf("got %v, %v, want %v", st.Failpoints, err, want)
		}
	}
	m.order("POST", "/failpoint?at=before-write&do=delay&ms=1", token)
	m.order("POST", "/failpoint?at=after-write&do=delay&ms=1000", token)
	waits("after-write", "before-write")
	m.order("POST", "/failpoint?at=after-write&do=none", token)
	waits("before-write")
	m.want("GET", "/lab/partition-table", nil, 200, "")
	waits("before-write") // what is no request of a client comes to no moment
	m.want("GET", "/snoop", nil, 200, "m1")
	waits()
}

// TestTimeout: a session over its time is gone once the reaper has run (S17).
func TestTimeout(t *testing.T) {
	m := start(t, spec())
	m.want("GET", "/hitcount", nil, 200, "Hit count: 1")
	m.order("POST", "/clock?add=31m", token)
	m.order("POST", "/reap", token)
	m.want("GET", "/hitcount", nil, 200, "Hit count: 1")
}

// TestEnd: a member ends in order when it is told to, and with an error when nobody holds its input any more.
func TestEnd(t *testing.T) {
	m := start(t, spec())
	m.stop()
	if err := <-m.ended; err != nil {
		t.Error(err)
	}
	m = start(t, spec())
	m.stdin.Close()
	if err := <-m.ended; err == nil || !strings.Contains(err.Error(), "standard input has ended") {
		t.Errorf("got %v", err)
	}
}

// TestRefused: what a member cannot be is said.
func TestRefused(t *testing.T) {
	for text, change := range map[string]func(*member.Spec){
		"loopback addresses only": func(s *member.Spec) { s.Listen = "0.0.0.0:0" },
		"without a name":          func(s *member.Spec) { s.Name = "" },
		"too short":               func(s *member.Spec) { s.Token = "x" },
		"kind oracle":             func(s *member.Spec) { s.Store.Kind = "oracle" },
		"8 to 128":                func(s *member.Spec) { s.Session.IDLength = 3 },
		"certificate":             func(s *member.Spec) { s.Cert = "none" },
	} {
		s := spec()
		change(&s)
		told, _ := json.Marshal(s)
		err := member.Run(t.Context(), strings.NewReader(string(told)), io.Discard)
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v", text, err)
		}
	}
	if err := member.Run(t.Context(), strings.NewReader("{"), io.Discard); err == nil {
		t.Error("half a document is taken for one")
	}
}
