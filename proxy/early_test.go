package proxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/proxy/wire"
)

// answeringMember answers each connection once, when a part of the request is there, and closes it.
func answeringMember(answers *atomic.Int32, text string, head bool) func(net.Conn) {
	return func(c net.Conn) {
		if head {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
		}
		answers.Add(1)
		io.WriteString(c, text)
		if !head {
			io.Copy(io.Discard, c)
		}
	}
}

// A member that closes the connection as soon as it has refused a large body has answered: its answer is passed on,
// nobody else gets the request, and it is not marked.
func TestAnswerBeforeTheBody(t *testing.T) {
	for _, version := range []uint16{0, tls.VersionTLS12, tls.VersionTLS13} {
		for _, size := range []string{"-1", "1", "0"} {
			w := startOver(t, version, site{members: 2, cluster: `PostBufferSize="` + size + `"`}, Options{})
			var answers atomic.Int32
			for _, f := range w.fakes {
				f.serveBy(answeringMember(&answers,
					"HTTP/1.1 413 Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig", true))
			}
			w.onDial(func(c net.Conn) { c.(*net.TCPConn).SetWriteBuffer(4 << 10) }) // the body has no place on its way
			v := w.visit()
			v.send(post(strings.Repeat("x", 250_000)))
			r, err := v.read("POST")
			if err != nil || r.status != 413 || r.body != "big" || answers.Load() != 1 {
				t.Errorf("TLS %x, PostBufferSize %s: %+v %v, %d executions", version, size, r, err, answers.Load())
			}
			for name := range w.fakes {
				if marked, _ := w.memberState(name); marked {
					t.Errorf("TLS %x, PostBufferSize %s: %s is marked", version, size, name)
				}
			}
			v.Close()
			w.stop()
		}
	}
}

// An answer that stands there before the request goes out is found: nothing else comes that would wake whoever waits
// for it.
func TestAnswerBeforeTheRequest(t *testing.T) {
	for _, version := range []uint16{0, tls.VersionTLS13} {
		for _, raw := range []string{get("/"), post("body"), post(strings.Repeat("x", 50_000))} {
			w := startOver(t, version, site{members: 1, server: `ServerIOTimeout="5"`}, Options{})
			var answers atomic.Int32
			w.fakes["m1"].serveBy(answeringMember(&answers,
				"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false))
			if version == 0 {
				w.onDial(awaitBytes)
			}
			v := w.visit()
			v.send(raw)
			method, _, _ := strings.Cut(raw, " ")
			if r, err := v.read(method); err != nil || r.status != 200 || r.body != "ok" || answers.Load() != 1 {
				t.Errorf("TLS %x, %.20q: %+v %v, %d attempts", version, raw, r, err, answers.Load())
			}
			v.Close()
			w.stop()
		}
	}
}

// awaitBytes waits until there is something to read, and takes the news of it from the poller.
func awaitBytes(c net.Conn) {
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return
	}
	var l wire.Link
	l.Init(c, wire.NewSweeper())
	raw.Read(func(uintptr) bool { return l.Readable() })
	l.Leave()
}

// An answer may take longer than the client may for its body, though it began before the body had come.
func TestAnswerOutlastsBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, true, site{members: 1, cluster: `PostBufferSize="0"`}, Options{})
		defer w.stop()
		w.fakes["m1"].serveBy(func(c net.Conn) {
			rq, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab")
			io.Copy(io.Discard, rq.Body)
			for _, rest := range []string{"cd", "ef"} {
				time.Sleep(2 * time.Minute)
				io.WriteString(c, rest)
			}
		})
		v := w.visit()
		defer v.Close()
		head, body, _ := strings.Cut(post("hello"), "\r\n\r\n")
		v.send(head + "\r\n\r\n")
		if _, err := v.br.Peek(1); err != nil {
			t.Fatal(err)
		}
		v.send(body)
		if r, err := v.read("POST"); err != nil || r.err != nil || r.body != "abcdef" {
			t.Errorf("%+v %v", r, err)
		}
	})
}

// A connection that ends because the answer came before the body ends cleanly, whatever the client has sent since: a
// reset could destroy the answer.
func TestAnswerOvertakesBody(t *testing.T) {
	for _, secure := range []bool{false, true} {
		w := startOver(t, 0, site{members: 1, cluster: `PostBufferSize="0"`}, Options{})
		var answers atomic.Int32
		w.fakes["m1"].serveBy(answeringMember(&answers, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", true))
		v := w.visit()
		if secure {
			v.Close()
			c, err := w.secureFront(t)()
			if err != nil {
				t.Fatal(err)
			}
			v = &visitor{c, bufio.NewReader(c), t}
		}
		head, body, _ := strings.Cut(post(strings.Repeat("x", 1000)), "\r\n\r\n")
		if r := v.ask(head + "\r\n\r\n"); r.status != 403 || !r.close {
			t.Errorf("%+v", r)
		}
		io.WriteString(v.Conn, body+get("/next"))
		if _, err := v.br.ReadByte(); err != io.EOF {
			t.Errorf("TLS %v: the connection ends with %v", secure, err)
		}
		v.Close()
		w.stop()
	}
}

// What follows a body that exceeds PostSizeLimit is the next request, whole.
func TestRequestBehindTooLargeBody(t *testing.T) {
	for _, secure := range []bool{false, true} {
		w := startOver(t, 0, site{members: 1, cluster: `PostSizeLimit="10"`}, Options{})
		v := w.visit()
		if secure {
			c, err := w.secureFront(t)()
			if err != nil {
				t.Fatal(err)
			}
			v.Close()
			v = &visitor{c, bufio.NewReader(c), t}
		}
		r := v.ask("POST /large HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
		if r.status != 100 {
			t.Fatalf("%+v", r)
		}
		v.send("14\r\n" + strings.Repeat("x", 20) + "\r\n0\r\n\r\n" + get("/next", "X: GET /evil HTTP/1.1"))
		large, err := v.read("POST")
		if err != nil || large.status != 413 {
			t.Errorf("%+v %v", large, err)
		}
		if r, err := v.read("GET"); err != nil || r.status != 200 {
			t.Errorf("behind it: %+v %v", r, err)
		}
		if got := w.fakes["m1"].requests(); len(got) != 1 || got[0].URL.Path != "/next" {
			t.Errorf("TLS %v: a member got %v", secure, got)
		}
		v.Close()
		w.stop()
	}
}

// A client that sends its request and closes its sending side gets the answer, however long it takes: the member waits
// until the sweeper has looked after the client.
func TestHalfClosedClients(t *testing.T) {
	t.Parallel()
	eachKind(t, Options{}, func(t *testing.T, w *idlers) {
		t.Parallel()
		reached, release := make(chan bool), make(chan bool)
		w.fakes["m2"].act = func(f *fake, c net.Conn, rq *http.Request) bool {
			if rq.URL.Path == "/long" {
				reached <- true
				<-release
			}
			return good(f, c, rq)
		}
		v := w.visit()
		defer v.Close()
		io.WriteString(v.Conn, get("/long", sticky("m2")))
		v.saysAll()
		<-reached
		w.swept()
		close(release)
		if r, err := v.read("GET"); err != nil || r.member != "m2" {
			t.Errorf("an answer that takes long: %+v, %v", r, err)
		}
		if rest, err := io.ReadAll(v.br); len(rest) > 0 || err != nil {
			t.Errorf("behind it: %q, %v", rest, err)
		}
		for name, raw := range map[string]string{
			"GET": get("/"), "the last one": get("/", "Connection: close"), "POST": post("body"),
			"chunks": postChunked("body"), "several": get("/1") + post("body"),
		} {
			v := w.visit()
			io.WriteString(v.Conn, raw)
			v.saysAll()
			for range strings.Count(raw, "HTTP/1.1\r\n") {
				if r, err := v.read("GET"); err != nil || r.status != 200 {
					t.Errorf("%s: %+v, %v", name, r, err)
				}
			}
			if rest, err := io.ReadAll(v.br); len(rest) > 0 || err != nil {
				t.Errorf("%s: more comes: %q, %v", name, rest, err)
			}
			v.Close()
		}
	})
}

// With AbortOnClose a client that ends its side, or all of the connection, is gone: its member hears of it while it
// still works, whatever else the client has sent. It is not marked, and serves the others.
func TestAbortOnClose(t *testing.T) {
	t.Parallel()
	ends := map[string]func(*visitor){
		"half": (*visitor).saysAll,
		"all":  func(v *visitor) { v.Close() },
	}
	eachKind(t, Options{AbortOnClose: true}, func(t *testing.T, w *idlers) {
		t.Parallel()
		reached, ended := make(chan bool), make(chan bool)
		w.fakes["m2"].act = func(f *fake, c net.Conn, rq *http.Request) bool {
			if rq.URL.Path == "/long" {
				reached <- true
				io.Copy(io.Discard, c) // until the proxy gives it up
				ended <- true
				return false
			}
			return good(f, c, rq)
		}
		left := map[*visitor]string{}
		for name, end := range ends {
			for _, more := range []string{"", get("/next")} {
				v := w.visit()
				defer v.Close()
				io.WriteString(v.Conn, get("/long", sticky("m2"))+more)
				<-reached
				end(v)
				left[v] = name
			}
		}
		for range left {
			<-ended
		}
		for v, name := range left {
			if rest, _ := io.ReadAll(v.br); len(rest) > 0 {
				t.Errorf("%s: it gets %q", name, rest)
			}
		}
		if marked, _ := w.memberState("m2"); marked {
			t.Error("the member is marked down")
		}
		if r := w.once(get("/", sticky("m2"))); r.member != "m2" {
			t.Errorf("another client: %+v", r)
		}
	})
}

// saysAll closes the sending side, that of TLS first.
func (v *visitor) saysAll() {
	v.Conn.(interface{ CloseWrite() error }).CloseWrite()
	socketOf(v.Conn).CloseWrite()
}

// swept returns when the sweeper has looked after all clients, which it does before it renews the date.
func (w *world) swept() {
	for range 2 { // the first look may have begun before
		date := w.p.date.Load()
		until(func() bool { return date != w.p.date.Load() })
	}
}
