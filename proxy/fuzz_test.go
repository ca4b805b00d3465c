package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Whatever a client sends, it gets HTTP or an end, the proxy goes on, and members get whole requests only.
func FuzzClient(f *testing.F) {
	for _, seed := range []string{get("/"), post("hello"), postChunked("hello"), get("/") + post("x"), "GET / HTTP/1.0\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"} {
		f.Add([]byte(seed))
	}
	var w *world
	f.Cleanup(func() {
		if w != nil {
			w.stop()
		}
	})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if w == nil {
			w = start(t, false, site{members: 1}, Options{HeadTimeout: second, BodyTimeout: second, IdleTimeout: second})
		}
		w.t = t
		v := w.visit()
		defer v.Close()
		v.SetDeadline(time.Now().Add(10 * time.Second))
		v.Conn.Write(raw)
		v.Conn.(*net.TCPConn).CloseWrite()
		for {
			rs, err := http.ReadResponse(v.br, nil)
			if err != nil {
				if ne, ok := err.(net.Error); ok && ne.Timeout() {
					t.Fatal("the proxy hangs")
				}
				break
			}
			if rs.StatusCode != 100 {
				io.Copy(io.Discard, rs.Body)
			}
		}
		if r := w.once(get("/")); r.status != 200 {
			t.Fatalf("others are not served: %+v", r)
		}
	})
}

// withoutControls replaces control characters in the values of fields: the proxy passes them on, net/http refuses them.
func withoutControls(answer []byte) []byte {
	value := false
	return bytes.Map(func(c rune) rune {
		value = c != '\n' && (value || c == ':')
		if value && (c < ' ' && c != '\t' && c != '\r' || c == 0x7f) {
			return '.'
		}
		return c
	}, answer)
}

// FuzzMember: whatever a member sends, the client gets a whole answer or sees that it is cut.
func FuzzMember(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 No\r\n\r\nx", "HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n",
		"HTTP/1.1 503 Busy\r\nX:\f9\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	var w *world
	f.Cleanup(func() {
		if w != nil {
			w.stop()
		}
	})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if w == nil {
			w = start(t, false, site{members: 1}, Options{})
		}
		w.t = t
		m := w.fakes["m1"]
		m.mu.Lock()
		m.act = answer(string(raw), false)
		m.mu.Unlock()
		v := w.visit()
		defer v.Close()
		v.SetDeadline(time.Now().Add(10 * time.Second))
		v.Conn.Write([]byte(get("/", "Connection: close")))
		all, err := io.ReadAll(v.br)
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Fatal("the proxy hangs")
			}
			return
		}
		if len(all) == 0 {
			return
		}
		if _, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(withoutControls(all))), nil); err != nil {
			t.Fatalf("the client gets %q: %v", all, err)
		}
	})
}
