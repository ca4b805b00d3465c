package proxy

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/wasplug/wasplug/proxy/http1"
)

// clientSeeds are requests in the forms that are accepted, and some of those that are not, alone and behind each
// other.
func clientSeeds() (seeds []string) {
	seeds = []string{get("/"), post("hello"), postChunked("hello"), get("/") + post("x"), "GET / HTTP/1.0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"}
	kinds := append(served(), turnedDown()...)
	for i, k := range kinds {
		if len(k.raw) < 500 {
			seeds = append(seeds, k.raw, k.raw+kinds[(i+7)%len(kinds)].raw+get("/next"))
		}
	}
	return seeds
}

// Whatever a client sends, it gets HTTP or an end, the proxy goes on, and members get the requests that it sent:
// whole, in order, none twice, and no other.
func FuzzClient(f *testing.F) {
	for _, seed := range clientSeeds() {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	worlds := map[bool]*world{}
	f.Cleanup(func() {
		for _, w := range worlds {
			w.stop()
		}
	})
	f.Fuzz(func(t *testing.T, raw []byte, unbuffered bool) {
		w := worlds[unbuffered]
		if w == nil {
			s := site{members: 1}
			if unbuffered {
				s.cluster = `PostBufferSize="0"`
			}
			w = start(t, false, s, Options{HeadTimeout: second, BodyTimeout: second, IdleTimeout: second})
			worlds[unbuffered] = w
		}
		w.t = t
		m := w.fakes["m1"]
		m.mu.Lock()
		m.seen, m.bodies = nil, nil
		m.mu.Unlock()
		w.converse(raw)
		sent := messages(raw, "127.0.0.1:80")
		for i, rq := range m.requests() {
			got := rq.Method + " " + rq.RequestURI + " " + rq.Host + " " + m.bodies[i]
			at := slices.Index(sent, got)
			if at < 0 {
				t.Fatalf("of %q a member got %q, which is not among what is left, %q", raw, got, sent)
			}
			sent = sent[at+1:]
		}
		if r := w.once(get("/")); r.status != 200 {
			t.Fatalf("others are not served: %+v", r)
		}
	})
}

// converse sends raw, reads all that comes back, and waits until the proxy is done with it.
func (w *world) converse(raw []byte) {
	v := w.visit()
	v.SetDeadline(time.Now().Add(time.Minute)) // a machine may have much else to do
	v.Conn.Write(raw)
	v.Conn.(*net.TCPConn).CloseWrite()
	for {
		rs, err := http.ReadResponse(v.br, nil)
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				w.t.Fatal("the proxy hangs")
			}
			break
		}
		if rs.StatusCode != 100 {
			io.Copy(io.Discard, rs.Body)
		}
	}
	v.Close()
	until(func() bool {
		w.p.mu.Lock()
		defer w.p.mu.Unlock()
		return len(w.p.clients) == 0
	})
	w.atRest("m1")
}

// messages divides what a client sent into requests: METHOD TARGET HOST BODY. name is the host of those that have
// none.
func messages(raw []byte, name string) (list []string) {
	for {
		var rq http1.Request
		rq.Reset()
		if done, err := rq.Parse(raw, http1.Limits{}); err != nil || !done {
			return list
		}
		message := fmt.Sprintf("%s %s %s ", rq.Method(raw), rq.Target(raw), cmp.Or(string(rq.Host(raw)), name))
		rest := bytes.Clone(raw[rq.Size:])
		if !rq.Chunked {
			n := int(min(max(rq.Length, 0), int64(len(rest))))
			list, raw = append(list, message+string(rest[:n])), rest[n:]
			continue
		}
		chunks := http1.Chunks{Bare: true}
		content, n, err := chunks.Pass(rest)
		if err != nil || !chunks.Done() {
			return list
		}
		list, raw = append(list, message+string(content)), rest[n:]
	}
}

// withoutControls replaces control characters in the values of fields: the proxy passes them on, net/http refuses
// them.
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
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 No\r\n\r\nx", "HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n",
		"HTTP/1.1 101 X\r\n\r\n",
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
		v.SetDeadline(time.Now().Add(time.Minute)) // a machine may have much else to do
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
