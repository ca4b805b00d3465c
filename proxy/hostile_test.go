package proxy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Messages that two programs could read in two ways never reach a member; the connection ends with a 4xx or without a
// word.
func TestSmuggling(t *testing.T) {
	for name, raw := range map[string]string{
		"length and chunked": "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: shop\r\n\r\n",
		"two lengths": "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 1\r\nContent-Length: 50\r\n\r\n" +
			"xGET /evil HTTP/1.1\r\nHost: shop\r\n\r\n",
		"folded":               "GET / HTTP/1.1\r\nHost: shop\r\nX: 1\r\n Transfer-Encoding: chunked\r\n\r\n",
		"bare LF":              "GET / HTTP/1.1\nHost: shop\n\n",
		"bare LF in a head":    "GET / HTTP/1.1\r\nHost: shop\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n",
		"bare CR":              "GET / HTTP/1.1\r\nHost: shop\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n",
		"blank before colon":   "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"NUL":                  "GET / HTTP/1.1\r\nHost: shop\r\nX: a\x00b\r\n\r\n",
		"absolute form":        "GET http://other/ HTTP/1.1\r\nHost: shop\r\n\r\n",
		"authority form":       "CONNECT m2:9080 HTTP/1.1\r\nHost: m2:9080\r\n\r\n",
		"two hosts":            "GET / HTTP/1.1\r\nHost: shop\r\nHost: other\r\n\r\n",
		"100 KB head":          "GET / HTTP/1.1\r\nHost: shop\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n",
		"endless request line": "GET /" + strings.Repeat("x", 200<<10),
		"TLS on a plain port":  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
		"HTTP/2 preface":       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"LF ends an extension": "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\n" +
			"hello\r\n0\r\n\r\n",
		"oversized chunk": "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"ffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
		"chunk too long": "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n" +
			"0\r\n\r\n",
		"private trailer": "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" +
			"$WSRA: 1.2.3.4\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, false, site{members: 2}, Options{})
			defer w.stop()
			v := w.visit()
			defer v.Close()
			v.send(raw)
			r, err := v.read("GET")
			if err == nil && (r.status < 400 || r.status > 499) && r.status != 505 || err == nil && !r.close {
				t.Errorf("answered %+v", r)
			}
			if _, err := v.br.ReadByte(); err == nil {
				t.Error("something follows the refusal")
			}
			for _, f := range w.fakes {
				if len(f.requests()) > 0 {
					t.Errorf("%s got a request", f.name)
				}
			}
			if r := w.once(get("/")); r.status != 200 {
				t.Errorf("others are not served: %+v", r)
			}
		})
	}
}

// A bad chunk in a body that is being passed on unbuffered ends the request, and no member is to blame.
func TestBadChunkOnTheWay(t *testing.T) {
	w := start(t, false, site{members: 2, cluster: `PostBufferSize="0"`}, Options{})
	v := w.visit()
	r := v.ask("POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n" + "5\r\nhello\r\n" + "xyz\r\n")
	if r.status != 400 || !r.close {
		t.Errorf("%+v", r)
	}
	v.Close()
	if r := w.once(get("/")); r.status != 200 {
		t.Errorf("%+v", r)
	}
	w.stop()
	for _, m := range []string{"m1", "m2"} {
		if marked, pending := w.memberState(m); marked || pending != 0 {
			t.Errorf("%s: marked %v, pending %d", m, marked, pending)
		}
	}
}

// Private headers of clients never pass, however they are written.
func TestPrivateHeadersOfClients(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	if r := w.once(get("/", "$WSRA: 1.2.3.4", "$wsis: true", "$WSFO: true", "$WSUnknown: x",
		"_WS_HAPRT_WLMVERSION: -1",
		"Connection: $WSRA, $WSPR, Host, X-Hop", "X-Hop: 1", "X-Stay: 1", "Keep-Alive: 5", "TE: trailers",
		"Upgrade: h2c", "Proxy-Connection: x")); r.status != 200 {
		t.Fatalf("%+v", r)
	}
	want := "GET / HTTP/1.1\r\nHost: shop\r\nX-Stay: 1\r\n$WSIS: false\r\n$WSSC: http\r\n$WSRA: 127.0.0.1\r\n" +
		"$WSRH: 127.0.0.1\r\n" +
		"$WSPR: HTTP/1.1\r\n$WSSN: shop\r\n$WSSP: 80\r\n\r\n"
	if got := w.fakes["m1"].raw.String(); got != want {
		t.Errorf("member got %q", got)
	}
}

func TestPrivateHeadersOfMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where it is always the same second
		w := start(t, true, site{members: 1}, Options{})
		defer w.stop()
		w.fakes["m1"].act = answer("HTTP/1.1 200 Fine\r\n$WSEP: x\r\nX-Other: 1\r\nX-Hop: 1\r\nSet-Cookie: a=b\r\n"+
			"Connection: keep-alive, x-hop, x-other\r\n$wspt: 1\r\nContent-Length: 2\r\nKeep-Alive: 5\r\n\r\nok", true)
		v := w.visit()
		defer v.Close()
		v.send(get("/"))
		got := make([]byte, 200)
		want := "HTTP/1.1 200 Fine\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\nSet-Cookie: a=b\r\n" +
			"Content-Length: 2\r\n\r\nok"
		n, _ := io.ReadAtLeast(v.br, got, len(want))
		if string(got[:n]) != want {
			t.Errorf("client got %q", got[:n])
		}
	})
}

// An answer has one Date: that of the member, else one of the proxy's own (RFC 9110, 6.6.1), and room for it also in
// the longest case.
func TestDate(t *testing.T) {
	for _, c := range []struct{ answer, want string }{
		{"HTTP/1.1 200 OK\r\nDATE: then\r\nContent-Length: 0\r\n\r\n", "then"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "Sat, 01 Jan 2000 00:00:00 GMT"},
		{"HTTP/1.1 200 OK\r\n\r\n", "Sat, 01 Jan 2000 00:00:00 GMT"},
	} {
		for _, raw := range []string{get("/"), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", get("/none"),
			"nonsense\r\n\r\n"} {
			synctest.Test(t, func(t *testing.T) {
				w := start(t, true, site{members: 1, uri: "/"}, Options{})
				defer w.stop()
				w.fakes["m1"].act = answer(c.answer, false)
				v := w.visit()
				defer v.Close()
				r, want := v.ask(raw), c.want
				if r.status != 200 {
					want = "Sat, 01 Jan 2000 00:00:00 GMT"
				}
				if got := r.header["Date"]; len(got) != 1 || got[0] != want {
					t.Errorf("%q, %q: Date %q", c.answer, raw, got)
				}
			})
		}
	}
}

// Slow heads and bodies are cut off in time; the answer is 408 where something was sent.
func TestSlowClients(t *testing.T) {
	for _, c := range []struct {
		name, first, slow string
		status            int // 0: closed without a word
		after             time.Duration
	}{
		{"silent", "", "", 0, 60 * time.Second},
		{"slow head", "GET / HTTP/1.1\r\nX: ", "x", 408, 30 * time.Second},
		{"body that never comes", "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n", "", 408,
			60 * time.Second},
		{"large body that never comes", "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 500000\r\n\r\n", "", 408,
			60 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := start(t, true, site{members: 1}, Options{})
				defer w.stop()
				v := w.visit()
				defer v.Close()
				began := time.Now()
				w.wg.Go(func() {
					io.WriteString(v.Conn, c.first)
					for c.slow != "" {
						time.Sleep(time.Second)
						if _, err := io.WriteString(v.Conn, c.slow); err != nil {
							return
						}
					}
				})
				r, err := v.read("GET")
				if c.status == 0 && err == nil || r.status != c.status {
					t.Errorf("%+v %v", r, err)
				}
				if d := time.Since(began); d < c.after || d > c.after+time.Second {
					t.Errorf("after %v", d)
				}
				if _, pending := w.memberState("m1"); pending != 0 && c.status != 408 {
					t.Errorf("%d pending", pending)
				}
			})
		})
	}
}

// Clients that hang in every stage of a request hold nobody else up: while fifty of them do, others are served by
// every member.
func TestOthersAreServedMeanwhile(t *testing.T) {
	t.Parallel()
	head := "GET / HTTP/1.1\r\nHost: shop\r\n"
	for name, sent := range map[string]string{
		"nothing":                "",
		"half a request line":    "GET /",
		"half a head":            head + "X: ",
		"60 KB of a head":        head + "X: " + strings.Repeat("x", 60<<10),
		"100 KB of a head":       head + "X: " + strings.Repeat("x", 100<<10),
		"no body":                "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n",
		"no body after continue": "POST / HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
		"half of a large body": "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 400000\r\n\r\n" +
			strings.Repeat("x", 200000),
		"half a chunk":        "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
		"answers left unread": strings.Repeat(get("/"), 100),
	} {
		t.Run(name, func(t *testing.T) { servedMeanwhile(t, false, sent) })
		t.Run(name+", without time passing", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				servedMeanwhile(t, true, sent)
				if d := time.Since(began); d > 0 {
					t.Errorf("served after %v: somebody waited for a time limit", d)
				}
			})
		})
	}
}

func servedMeanwhile(t *testing.T, pipes bool, sent string) {
	w := start(t, pipes, site{members: 3}, Options{})
	defer w.stop()
	for range 50 {
		v := w.visit()
		defer v.Close()
		v.send(sent)
		if pipes {
			synctest.Wait() // the proxy has taken what it takes
		}
	}
	for i := range 30 {
		member := fmt.Sprint("m", 1+i%3)
		v := w.visit()
		if r := v.ask(post("body", sticky(member))); r.status != 200 || r.member != member {
			t.Errorf("%+v, want %s", r, member)
		}
		v.Close()
	}
}

// A client that leaves while it waits is no member's failure (R52), and the member's connection ends.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	eachKind(t, Options{}, func(t *testing.T, w *idlers) {
		t.Parallel()
		reached, released := make(chan bool), make(chan bool)
		w.fakes["m1"].act = func(_ *fake, c net.Conn, _ *http.Request) bool {
			close(reached)
			c.Read(make([]byte, 1))
			close(released)
			return false
		}
		c := w.connect()
		io.WriteString(c, get("/", sticky("m1")))
		<-reached
		socketOf(c).SetLinger(0) // a reset: an end alone tells of nobody who has left
		socketOf(c).Close()
		<-released
		w.atRest("m1")
		if marked, _ := w.memberState("m1"); marked {
			t.Error("m1 is marked down")
		}
	})
}

// Idle connections hold no buffers; others are served meanwhile.
func TestManyIdleConnections(t *testing.T) {
	n := 1500
	switch {
	case testing.Short():
		n = 200
	case sharedtest.Long():
		n = min(9500, openFiles()/2-200)
	}
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		v := w.visit()
		defer v.Close()
		if i%10 == 0 {
			if r := v.ask(get("/")); r.status != 200 {
				t.Fatal(r)
			}
		}
	}
	if r := w.once(get("/")); r.status != 200 {
		t.Error(r)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc+after.StackInuse) - int64(before.HeapAlloc+before.StackInuse)) / int64(n)
	if each > 15<<10 { // both ends of the connection; a buffer alone has 16 KiB
		t.Errorf("%d bytes for each idle connection", each)
	}
}

// openFiles is how many files the process may have open, as far as the system tells.
func openFiles() (n int) {
	limits, _ := os.ReadFile("/proc/self/limits")
	_, line, _ := strings.Cut(string(limits), "Max open files")
	if fmt.Sscan(line, &n); n == 0 {
		return 4400
	}
	return n
}

// Requests that come together are answered in order, each by its own.
func TestPipelining(t *testing.T) {
	w := start(t, false, site{members: 2}, Options{})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	raw := ""
	for i := range 50 {
		raw += get(fmt.Sprint("/", i), sticky(fmt.Sprint("m", 1+i%2))) + post(strings.Repeat("b", i*10),
			sticky("m1")) + postChunked("chunk", sticky("m2"))
	}
	v.send(raw)
	for i := range 50 {
		for _, want := range []string{fmt.Sprint("m", 1+i%2), "m1", "m2"} {
			r, err := v.read("GET")
			if err != nil || r.member != want {
				t.Fatalf("%d: %+v %v", i, r, err)
			}
		}
	}
}
