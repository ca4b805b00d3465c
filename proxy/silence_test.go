package proxy

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
)

// ways are how the proxy reaches its members. Each table of what a member may do runs over all of them.
var ways = []struct {
	name    string
	version uint16 // of TLS, 0 none
}{{"plain", 0}, {"TLS 1.2", tls.VersionTLS12}, {"TLS 1.3", tls.VersionTLS13}}

// startOver builds a world whose members are reached over the given version of TLS, 0 for none.
func startOver(t *testing.T, version uint16, s site, opt Options) *world {
	t.Helper()
	if version == 0 {
		return start(t, false, s, opt)
	}
	ca := certtest.NewAuthority(t)
	trust := certtest.WritePEM(t, filepath.Join(t.TempDir(), "trust.pem"), certtest.CertBlock(ca.Cert))
	return start(t, false, s, opt, func(w *world) {
		for name := range w.fakes {
			w.secure(name, &tls.Config{Certificates: []tls.Certificate{ca.Pair(t, name)}, MinVersion: version,
				MaxVersion: version})
		}
		w.adopt(secured(s, keyringProperty(trust)))
	})
}

// echoPath is an answer of which one can see what it answers.
func echoPath(rq *http.Request) string {
	body := rq.URL.Path
	if rq.Method == "HEAD" {
		body = ""
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nX-Member: %s\r\nContent-Length: %d\r\n\r\n%s", rq.URL.Path,
		len(rq.URL.Path), body)
}

const evil = "HTTP/1.1 200 OK\r\nX-Member: evil\r\nContent-Length: 4\r\n\r\nevil"

// Bytes that nobody asked for never become the answer to somebody else's request: the stream is not used again,
// whether they come with the answer, behind it in a record of their own, or while the stream is idle.
func TestUnsolicitedAnswers(t *testing.T) {
	t.Parallel()
	none := func(rq *http.Request) string { return echoPath(rq) }
	without := func(status string) func(*http.Request) string {
		return func(rq *http.Request) string {
			return "HTTP/1.1 " + status + "\r\nX-Member: " + rq.URL.Path + "\r\n\r\n"
		}
	}
	chunked := func(rq *http.Request) string {
		return "HTTP/1.1 200 OK\r\nX-Member: " + rq.URL.Path +
			"\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
	}
	kinds := []struct {
		name, method string
		answer       func(*http.Request) string
		behind       []string // in a record each
		late         string   // when the client has its answer
		reused       bool
	}{
		{"nothing", "GET", none, nil, "", true},
		{"nothing, HEAD", "HEAD", none, nil, "", true},
		{"nothing, 304", "GET", without("304 Not Modified"), nil, "", true},
		{"nothing, chunked", "GET", chunked, nil, "", true},
		{"body of a HEAD", "HEAD", func(rq *http.Request) string { return echoPath(rq) + rq.URL.Path }, nil, "",
			false},
		{"body of a HEAD behind it", "HEAD", none, []string{"/body"}, "", false},
		{"answer as the body of a HEAD", "HEAD", none, []string{evil}, "", false},
		{"body of a 304 behind it", "GET", without("304 Not Modified"), []string{evil}, "", false},
		{"body of a 204 behind it", "GET", without("204 No Content"), []string{evil}, "", false},
		{"one byte too many", "GET", none, []string{"x"}, "", false},
		{"an empty line behind it", "GET", none, []string{"\r\n"}, "", false},
		{"a second answer with it", "GET", func(rq *http.Request) string { return echoPath(rq) + evil }, nil, "",
			false},
		{"a second answer behind it", "GET", none, []string{evil}, "", false},
		{"two more answers behind it", "GET", none, []string{evil, evil}, "", false},
		{"a second answer in pieces", "GET", none, []string{evil[:1], evil[1:30], evil[30:]}, "", false},
		{"behind a chunked one", "GET", chunked, []string{evil}, "", false},
		{"a late second answer", "GET", none, nil, evil, false},
		{"a late byte", "GET", none, nil, "H", false},
		{"a late body of a HEAD", "HEAD", none, nil, evil, false},
		{"much that is late", "GET", none, nil, strings.Repeat(evil, 500), false},
	}
	for _, way := range ways {
		for _, k := range kinds {
			t.Run(way.name+"/"+k.name, func(t *testing.T) {
				w := startOver(t, way.version, site{members: 1}, Options{})
				defer w.stop()
				sent, release := make(chan bool, 10), make(chan bool)
				w.fakes["m1"].act = func(f *fake, c net.Conn, rq *http.Request) bool {
					io.WriteString(c, k.answer(rq))
					for _, more := range k.behind {
						io.WriteString(c, more)
					}
					if k.late != "" {
						<-release
						io.WriteString(c, k.late)
					}
					sent <- true
					return true
				}
				v := w.visit()
				defer v.Close()
				for i := range 4 {
					path := fmt.Sprint("/", i)
					if r := v.ask(k.method + " " + path + " HTTP/1.1\r\nHost: shop\r\n\r\n"); r.member != path ||
						r.err != nil {
						t.Fatalf("request %d: %+v", i, r)
					}
					if k.late != "" {
						release <- true
					}
					<-sent
				}
				want := 4
				if k.reused {
					want = 1
				}
				if n := w.connects("m1"); n != want {
					t.Errorf("%d connections for four requests, want %d", n, want)
				}
			})
		}
	}
}

// socketOf is the connection below TLS.
func socketOf(c net.Conn) *net.TCPConn {
	if s, ok := c.(*tls.Conn); ok {
		c = s.NetConn()
	}
	return c.(*net.TCPConn)
}

// A member that has closed an idle stream, in whatever way, is noticed before anything is sent, also a body that
// could not be sent again. TLS's own messages on an idle stream are no reason to leave it.
func TestIdleStreams(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		for _, k := range []struct {
			name string
			idle func(c net.Conn)
			left bool // the stream can be used again
		}{
			{"left alone", func(net.Conn) {}, true},
			{"closed", func(c net.Conn) { c.Close() }, false},
			{"closed without a word", func(c net.Conn) { socketOf(c).Close() }, false},
			{"reset", func(c net.Conn) { socketOf(c).SetLinger(0); socketOf(c).Close() }, false},
			{"half closed", func(c net.Conn) { c.(interface{ CloseWrite() error }).CloseWrite() }, false},
			{"the beginning of a record", func(c net.Conn) { socketOf(c).Write([]byte{23, 3, 3}) }, false},
			{"half a record", func(c net.Conn) { socketOf(c).Write([]byte{23, 3, 3, 0, 100, 1, 2, 3}) }, false},
			{"no record", func(c net.Conn) { socketOf(c).Write([]byte("HTTP/1.1 200 OK\r\n\r\n")) }, false},
		} {
			for _, swept := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/swept %v", way.name, k.name, swept), func(t *testing.T) {
					w := startOver(t, way.version, site{members: 1}, Options{})
					defer w.stop()
					conns := make(chan net.Conn, 2)
					w.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool {
						io.WriteString(c, echoPath(rq))
						conns <- c
						return true
					}
					v := w.visit()
					defer v.Close()
					for i, raw := range []string{get("/first"), post(strings.Repeat("x", 100<<10)), get("/last")} {
						if r := v.ask(raw); r.status != 200 || r.err != nil {
							t.Fatalf("request %d: %+v", i, r)
						}
						w.atRest("m1")
						k.idle(<-conns)
						if swept {
							w.p.gen.Load().Sweep(w.p.now())
							if n := w.p.Snapshot().Clusters[0].Members[0].Idle; n != map[bool]int{true: 1}[k.left] {
								t.Errorf("%d idle streams", n)
							}
						}
					}
					if n := w.connects("m1"); n != map[bool]int{true: 1, false: 3}[k.left] {
						t.Errorf("%d connections for three requests", n)
					}
				})
			}
		}
	}
}

// atRest waits until no request is under way at a member.
func (w *world) atRest(member string) {
	until(func() bool { _, pending := w.memberState(member); return pending == 0 })
}

// A connection of which nobody can tell what it has received is not used again.
func TestBlindStreams(t *testing.T) {
	for _, way := range ways {
		w := startOver(t, way.version, site{members: 1}, Options{})
		w.mu.Lock()
		w.hidden = true
		w.mu.Unlock()
		v := w.visit()
		for range 3 {
			if r := v.ask(get("/")); r.status != 200 {
				t.Errorf("%+v", r)
			}
		}
		if n := w.connects("m1"); n != 3 {
			t.Errorf("%s: %d connections for three requests", way.name, n)
		}
		v.Close()
		w.stop()
	}
}
