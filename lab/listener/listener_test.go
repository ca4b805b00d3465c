package listener_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/certtest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/listener"
)

// start opens a listener that answers with the path and the body of a request.
func start(t *testing.T) (*listener.Listener, *listener.Recorder) {
	recorder := &listener.Recorder{}
	l, err := listener.Open(listener.Options{Name: "m1", Address: "127.0.0.1:0", Recorder: recorder,
		Serve: func(a *listener.Answer, rq *http.Request) {
			io.WriteString(a, rq.URL.Path+" ")
			io.Copy(a, rq.Body)
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(0) })
	return l, recorder
}

// client is one connection.
type client struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func connect(t *testing.T, l *listener.Listener) *client {
	c, err := net.Dial("tcp", l.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	return &client{t, c, bufio.NewReader(c)}
}

// ask sends a request as it is and returns status and body, or why there is none.
func (c *client) ask(rq string) (int, string, error) {
	if _, err := io.WriteString(c, rq); err != nil {
		return 0, "", err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, "", err
	}
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

// TestSeen: heads are kept as they came, each with its connection, its number there, and the size of its body.
func TestSeen(t *testing.T) {
	l, recorder := start(t)
	heads := []string{
		"GET /one HTTP/1.1\r\nhost:  a\r\n$WSSN: x\r\n$WSSC:http\r\n\r\n",
		"POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
		"POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
	}
	a, b := connect(t, l), connect(t, l)
	for i, rq := range []string{heads[0], heads[1] + "12345", heads[2] + "2\r\nab\r\n0\r\n\r\n"} {
		c := a
		if i == 2 {
			c = b
		}
		want := []string{"/one ", "/two 12345", "/three ab"}[i]
		if status, body, err := c.ask(rq); status != 200 || body != want || err != nil {
			t.Errorf("request %d: got %d %q, %v", i, status, body, err)
		}
	}
	a.ask(heads[0]) // by then the sizes of the ones before are known
	got := recorder.Since(0)
	for i, want := range []listener.Seen{
		{Connection: 1, Request: 1, Head: heads[0]},
		{Connection: 1, Request: 2, Head: heads[1], Size: 5},
		{Connection: 2, Request: 1, Head: heads[2]},
	} {
		want.Order, want.At, want.Member = uint64(i+1), got[i].At, "m1"
		if i == 2 {
			got[i].Size = 0 // its own answer went out before
		}
		if got[i] != want {
			t.Errorf("entry %d: got %+v, want %+v", i, got[i], want)
		}
	}
	if late := recorder.Since(3); len(late) != 1 || late[0].Request != 3 {
		t.Errorf("since 3: got %+v", late)
	}
}

// TestPipelined: what comes in one piece is told apart.
func TestPipelined(t *testing.T) {
	l, recorder := start(t)
	c := connect(t, l)
	first, second := "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", "GET /b HTTP/1.1\r\nHost: b\r\n\r\n"
	c.ask(first + "xyz" + second)
	if status, body, err := c.ask(""); status != 200 || body != "/b " {
		t.Errorf("got %d %q, %v", status, body, err)
	}
	if seen := recorder.Since(0); len(seen) != 2 || seen[0].Head != first || seen[0].Size != 3 ||
		seen[1].Head != second {
		t.Errorf("got %+v", seen)
	}
}

const get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

// TestFaults orders each fault and looks at what a client meets: on a fresh connection, and on one that has served a
// request before.
func TestFaults(t *testing.T) {
	tests := []struct {
		do            string
		fresh, reused string
	}{
		{listener.Reset, "reset", "reset"},
		{listener.ResetReused, "200", "reset"},
		{listener.Unavailable, "503", "503"},
		{listener.Malformed, "malformed", "malformed"},
		{listener.Slow, "200", "200"},
	}
	for _, tt := range tests {
		t.Run(tt.do, func(t *testing.T) {
			l, recorder := start(t)
			fresh, reused := connect(t, l), connect(t, l)
			reused.ask(get)
			const late = 50 * time.Millisecond
			if err := l.Set(listener.Fault{Do: tt.do, For: late}); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			if got := fresh.meet(); got != tt.fresh {
				t.Errorf("fresh connection: got %s, want %s", got, tt.fresh)
			}
			if took := time.Since(begin); tt.do == listener.Slow && took < late {
				t.Errorf("the answer came after %v", took)
			}
			if got := reused.meet(); got != tt.reused {
				t.Errorf("connection used before: got %s, want %s", got, tt.reused)
			}
			if last := recorder.Since(2); len(last) != 1 || last[0].Fault != tt.do {
				t.Errorf("recorded %+v", last)
			}
			l.Set(listener.Fault{})
			if got := connect(t, l).meet(); got != "200" {
				t.Errorf("afterwards: got %s", got)
			}
		})
	}
}

// TestHang: what is asked is read and not answered, until the fault ends.
func TestHang(t *testing.T) {
	l, recorder := start(t)
	fresh, reused := connect(t, l), connect(t, l)
	reused.ask(get)
	l.Set(listener.Fault{Do: listener.Hang})
	for i, c := range []*client{fresh, reused} {
		io.WriteString(c, get)
		saw(recorder, uint64(i+1), listener.Hang)
		c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err := c.in.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("connection %d: %v", i, err)
		}
		c.SetReadDeadline(time.Time{})
	}
	l.Set(listener.Fault{})
	if _, err := fresh.in.ReadByte(); err != io.EOF {
		t.Errorf("let go: %v", err)
	}
	if got := connect(t, l).meet(); got != "200" {
		t.Errorf("afterwards: got %s", got)
	}
}

// TestServletHangs: one that never answers lets its client wait until a fault is set, and the connection ends then.
func TestServletHangs(t *testing.T) {
	hangs := make(chan bool)
	l, err := listener.Open(listener.Options{Name: "m1", Address: "127.0.0.1:0", Recorder: &listener.Recorder{},
		Serve: func(a *listener.Answer, rq *http.Request) {
			hangs <- a.Sent()
			a.Hang()
			hangs <- a.Sent()
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(0) })
	c := connect(t, l)
	io.WriteString(c, get)
	if <-hangs {
		t.Error("sent before anybody said so")
	}
	for over := false; !over; {
		l.Set(listener.Fault{}) // again: the servlet may not have begun to hang yet
		select {
		case sent := <-hangs:
			if over = true; !sent {
				t.Error("there is something left to be sent")
			}
		case <-time.After(time.Millisecond):
		}
	}
	if _, err := c.in.ReadByte(); err != io.EOF {
		t.Errorf("let go: %v", err)
	}
}

// TestHold: one request waits until another order comes, and is answered then; the next one is answered at once.
func TestHold(t *testing.T) {
	l, recorder := start(t)
	held := connect(t, l)
	l.Set(listener.Fault{Do: listener.Hold, Times: 1})
	io.WriteString(held, get)
	saw(recorder, 0, listener.Hold)
	if got := connect(t, l).meet(); got != "200" {
		t.Errorf("the next one: got %s", got)
	}
	held.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := held.in.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("held: %v", err)
	}
	held.SetReadDeadline(time.Time{})
	l.Set(listener.Fault{})
	if answer, err := http.ReadResponse(held.in, nil); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("let go: %+v, %v", answer, err)
	}
}

// saw waits until a request has met a fault. The recorder tells nobody of what comes in, so it is looked at with each
// tick of a clock, which leaves the processor to others.
func saw(recorder *listener.Recorder, since uint64, fault string) {
	met := func(s listener.Seen) bool { return s.Fault == fault }
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !slices.ContainsFunc(recorder.Since(since), met) {
		<-tick.C
	}
}

// meet says in a word what a request meets.
func (c *client) meet() string {
	status, _, err := c.ask(get)
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case err != nil && strings.Contains(err.Error(), "malformed"):
		return "malformed"
	case err != nil:
		return err.Error()
	}
	return strconv.Itoa(status)
}

// TestTimes: a fault with a number is over after so many requests.
func TestTimes(t *testing.T) {
	l, _ := start(t)
	l.Set(listener.Fault{Do: listener.Unavailable, Times: 2})
	c := connect(t, l)
	var got []string
	for range 3 {
		got = append(got, c.meet())
	}
	if want := []string{"503", "503", "200"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestRefuse: the port is really closed, idle connections with it, and is the same when it opens again.
func TestRefuse(t *testing.T) {
	l, _ := start(t)
	idle := connect(t, l)
	idle.ask(get)
	l.Set(listener.Fault{Do: listener.Refuse})
	if c, err := net.Dial("tcp", l.Address()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, %v", c, err)
	}
	if got := idle.meet(); got == "200" {
		t.Error("an idle connection goes on being served")
	}
	address := l.Address()
	if err := l.Set(listener.Fault{}); err != nil || l.Address() != address {
		t.Fatalf("at %s after %s, %v", l.Address(), address, err)
	}
	if got := connect(t, l).meet(); got != "200" {
		t.Errorf("afterwards: got %s", got)
	}
}

// TestExpect: a sender that waits for it is asked for its body, once somebody reads it.
func TestExpect(t *testing.T) {
	l, _ := start(t)
	c := connect(t, l)
	status, _, err := c.ask("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	if status != 100 || err != nil {
		t.Fatalf("got %d, %v", status, err)
	}
	if status, body, err := c.ask("ok"); status != 200 || body != "/a ok" {
		t.Errorf("got %d %q, %v", status, body, err)
	}
}

// TestUnasked: a body that nobody reads is not asked for behind the answer, and stays with its sender.
func TestUnasked(t *testing.T) {
	l, err := listener.Open(listener.Options{Name: "m1", Address: "127.0.0.1:0", Recorder: &listener.Recorder{},
		Serve: func(*listener.Answer, *http.Request) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(0) })
	for rq, closes := range map[string]bool{
		"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n": true,
		"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n": false,
	} {
		c := connect(t, l)
		io.WriteString(c, rq)
		answer, err := http.ReadResponse(c.in, nil)
		if err != nil || answer.StatusCode != 200 || answer.Close != closes {
			t.Fatalf("%q: got %+v, %v", rq, answer, err)
		}
		if closes {
			if rest, err := io.ReadAll(c.in); len(rest) > 0 || err != nil {
				t.Errorf("behind the answer: %q, %v", rest, err)
			}
		} else if got := c.meet(); got != "200" {
			t.Errorf("the next request: %s", got)
		}
	}
}

// TestLastAnswer: a client that ends the connection, or is of HTTP/1.0, is told so.
func TestLastAnswer(t *testing.T) {
	l, _ := start(t)
	for _, rq := range []string{"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"} {
		c := connect(t, l)
		io.WriteString(c, rq)
		all, err := io.ReadAll(c)
		if err != nil || !strings.Contains(string(all), "Connection: close\r\n") {
			t.Errorf("%q: got %q, %v", rq, all, err)
		}
	}
}

// TestControl orders faults and reads what arrived as another program does, which must know the token.
func TestControl(t *testing.T) {
	l, recorder := start(t)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /fault", l.ServeFault)
	mux.HandleFunc("GET /seen", recorder.ServeSeen)
	control := listener.Guard("secret", mux)
	ask := func(method, target, token string) (int, string) {
		rq := httptest.NewRequest(method, target, nil)
		rq.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		control.ServeHTTP(w, rq)
		return w.Code, w.Body.String()
	}
	tests := []struct {
		method, target, token string
		status                int
		text                  string
	}{
		{"POST", "/fault?do=503&times=1", "wrong", 403, "token"},
		{"POST", "/fault?do=503&times=1", "secret", 200, ""},
		{"POST", "/fault?do=sulk", "secret", 400, "want one of refuse hang"},
		{"POST", "/fault", "secret", 400, "do is missing"},
		{"POST", "/fault?do=reset&times=-1", "secret", 400, "times=-1"},
		{"POST", "/fault?do=refuse&times=2", "secret", 400, "with ms"},
		{"POST", "/fault?do=none", "secret", 200, ""},
		{"GET", "/fault?do=none", "secret", 405, ""},
		{"GET", "/seen?since=x", "secret", 400, "since=x"},
	}
	for _, tt := range tests {
		status, text := ask(tt.method, tt.target, tt.token)
		if status != tt.status || !strings.Contains(text, tt.text) {
			t.Errorf("%s %s: got %d %q", tt.method, tt.target, status, text)
		}
	}
	connect(t, l).ask(get)
	if status, text := ask("GET", "/seen", "secret"); status != 200 ||
		!strings.Contains(text, `"head":"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"`) {
		t.Errorf("got %d %s", status, text)
	}
}

// TestTLS: one port serves clients with TLS and without, and resets either.
func TestTLS(t *testing.T) {
	authority := certtest.NewAuthority(t)
	key := certtest.NewKey(t)
	pair := tls.Certificate{Certificate: [][]byte{authority.Sign(t, "m1", key).Raw}, PrivateKey: key}
	recorder := &listener.Recorder{}
	l, err := listener.Open(listener.Options{Address: "127.0.0.1:0", Recorder: recorder,
		TLS:   &tls.Config{Certificates: []tls.Certificate{pair}},
		Serve: func(a *listener.Answer, rq *http.Request) { fmt.Fprint(a, rq.TLS != nil) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(0) })
	roots := x509.NewCertPool()
	roots.AddCert(authority.Cert)
	plain, secure := connect(t, l), connect(t, l)
	secure.Conn = tls.Client(secure.Conn, &tls.Config{ServerName: "m1", RootCAs: roots})
	secure.in = bufio.NewReader(secure.Conn)
	for c, want := range map[*client]string{plain: "false", secure: "true"} {
		if status, body, err := c.ask(get); status != 200 || body != want {
			t.Errorf("TLS %s: got %d %q, %v", want, status, body, err)
		}
	}
	l.Set(listener.Fault{Do: listener.Reset})
	if got := secure.meet(); got != "reset" {
		t.Errorf("got %s", got)
	}
}
