package proxy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The ways in which member m1 misbehaves.
var misbehaviours = map[string]func(*fake, net.Conn, *http.Request) bool{
	"hang":      func(_ *fake, c net.Conn, _ *http.Request) bool { c.Read(make([]byte, 1)); return false },
	"reset":     func(*fake, net.Conn, *http.Request) bool { return false },
	"garbage":   answer("SSH-2.0-OpenSSH_9.2\r\n\r\n", false),
	"half head": answer("HTTP/1.1 200 OK\r\nContent-Le", false),
	"flood": func(_ *fake, c net.Conn, _ *http.Request) bool {
		for {
			if _, err := io.WriteString(c, "HTTP/1.1 102 Processing\r\n\r\n"); err != nil {
				return false
			}
		}
	},
	"503":      answer("HTTP/1.1 503 Busy\r\nX-Member: m1\r\nContent-Length: 4\r\n\r\nbusy", true),
	"truncate": answer("HTTP/1.1 200 OK\r\nX-Member: m1\r\nContent-Length: 100\r\n\r\nshort", false),
	"truncate late": answer("HTTP/1.1 200 OK\r\nX-Member: m1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
		false),
	"lie": answer("HTTP/1.1 200 OK\r\nX-Member: m1\r\nContent-Length: 2\r\n\r\nm1 and more", true),
	"trickle": func(_ *fake, c net.Conn, _ *http.Request) bool {
		for _, b := range []byte("HTTP/1.1 200 OK\r\nX-Member: m1\r\nContent-Length: 2\r\n\r\nm1") {
			time.Sleep(time.Second)
			if _, err := c.Write([]byte{b}); err != nil {
				return false
			}
		}
		return true
	},
	"close after": func(f *fake, c net.Conn, rq *http.Request) bool { good(f, c, rq); return false },
}

// failure is what comes of a misbehaviour: who answers, with which status, and whether m1 is then marked down (section
// 4). The four cases are a repeatable request and one with a body that is not buffered, each with affinity to m1 and
// without (then m1 is next).
type failure struct {
	name                             string
	timeout                          int // ServerIOTimeout
	sticky, free, bigSticky, bigFree string
	marked                           bool
	attempts, bigAttempts            int // on m1, of the sticky cases
}

var failures = []failure{
	// R50: nothing was sent, any body may follow
	{"refuse", 5, "200 m2", "200 m2", "200 m2", "200 m2", true, 1, 1},
	// R54: affinity chooses it again, R57
	{"hang", 5, "500", "200 m2", "500", "500", false, 2, 1},
	{"hang", -5, "200 m2", "200 m2", "500", "500", true, 1, 1},     // R55
	{"reset", 5, "200 m2", "200 m2", "500", "500", true, 1, 1},     // R50b, R57
	{"garbage", 5, "502", "502", "502", "502", false, 1, 1},        // R70
	{"half head", 5, "200 m2", "200 m2", "500", "500", true, 1, 1}, // R50b
	{"flood", 5, "502", "502", "502", "502", false, 1, 1},          // R70: over a limit
	// R53: affinity returns to it, then it is passed on
	{"503", 5, "503 m1", "200 m2", "503 m1", "503 m1", false, 2, 1},
	{"truncate", 5, "200 m1 cut", "200 m1 cut", "200 m1 cut", "200 m1 cut", false, 1, 1}, // R58, R70
	{"truncate late", 5, "200 m1 cut", "200 m1 cut", "200 m1 cut", "200 m1 cut", false, 1, 1},
	{"lie", 5, "200 m1", "200 m1", "200 m1", "200 m1", false, 1, 1},
	{"trickle", 5, "200 m1", "200 m1", "200 m1", "200 m1", false, 1, 1},
	{"close after", 5, "200 m1", "200 m1", "200 m1", "200 m1", false, 1, 1},
}

func TestFailures(t *testing.T) {
	bodies := map[string]string{
		"GET": "", "POST small": "p=1", "POST large": strings.Repeat("x", 100<<10), "chunked small": "c=1",
		"chunked large": strings.Repeat("y", 100<<10),
	}
	for _, f := range failures {
		for kind, body := range bodies {
			for _, affine := range []bool{true, false} {
				name := fmt.Sprintf("%s %d/%s/affinity %v", f.name, f.timeout, kind, affine)
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { f.check(t, true, kind, body, affine) })
				})
				if f.name != "hang" && f.name != "trickle" {
					t.Run(name+"/sockets", func(t *testing.T) { f.check(t, false, kind, body, affine) })
				}
			}
		}
	}
}

func (f *failure) check(t *testing.T, pipes bool, kind, body string, affine bool) {
	w := start(t, pipes, site{members: 2, server: fmt.Sprintf(`ServerIOTimeout="%d"`, f.timeout)}, Options{})
	if f.name == "refuse" {
		w.refuse("m1")
	} else {
		w.fakes["m1"].act = misbehaviours[f.name]
	}
	want, attempts := f.expectation(strings.HasSuffix(kind, "large"), affine)
	var lines []string
	if affine {
		lines = []string{sticky("m1")}
	}
	raw := get("/", lines...)
	switch {
	case strings.HasPrefix(kind, "POST"):
		raw = post(body, lines...)
	case strings.HasPrefix(kind, "chunked"):
		raw = postChunked(body, lines...)
	}
	v := w.visit()
	r := v.ask(raw)
	v.Close()
	if got := r.text(); got != want {
		t.Errorf("client got %q, want %q", got, want)
	}
	if got := len(w.fakes["m1"].requests()); affine && f.name != "refuse" && got != attempts {
		t.Errorf("m1 got %d requests, want %d", got, attempts)
	}
	for _, m := range []string{"m1", "m2"} {
		for _, got := range w.fakes[m].bodies {
			if got != body {
				t.Errorf("%s got a body of %d bytes, sent were %d", m, len(got), len(body))
			}
		}
	}
	f.after(t, w)
}

func (f *failure) expectation(large, affine bool) (want string, attempts int) {
	switch {
	case large && affine:
		return f.bigSticky, f.bigAttempts
	case large:
		return f.bigFree, 1
	case affine:
		return f.sticky, f.attempts
	}
	return f.free, 1
}

// after checks that a healthy member still serves, and then, when everything has ended, the state.
func (f *failure) after(t *testing.T, w *world) {
	if r := w.once(get("/", sticky("m2"))); r.status != 200 || r.member != "m2" {
		t.Errorf("afterwards m2 gives %+v", r)
	}
	w.stop()
	if marked, _ := w.memberState("m1"); marked != f.marked {
		t.Errorf("m1 marked down: %v", marked)
	}
	for _, m := range []string{"m1", "m2"} {
		if _, pending := w.memberState(m); pending != 0 {
			t.Errorf("%s has %d pending requests", m, pending)
		}
	}
}

// once asks on a connection of its own, and waits until the proxy is done with it.
func (w *world) once(raw string) reply {
	w.t.Helper()
	v := w.visit()
	defer v.Close()
	r := v.ask(strings.Replace(raw, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	v.br.ReadByte()
	return r
}

func (r reply) text() string {
	s := strings.TrimSpace(fmt.Sprintf("%d %s", r.status, r.member))
	if r.err != nil {
		s += " cut"
	}
	return s
}
