package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Every way in which a member can mark the end of an answer, for clients of both versions.
func TestAnswerFraming(t *testing.T) {
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5;x=y\r\nhello\r\n6\r\n" +
		" world\r\n0\r\nX-Sum: 1\r\n\r\n"
	long := strings.Repeat("0123456789", 20000)
	for _, c := range []struct {
		name, raw string
		goOn      bool
		method    string
		body      string
		keeps     bool // an HTTP/1.1 client's connection
		keepsOld  bool // that of an HTTP/1.0 client that asks for it
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true, "GET", "hello", true, true},
		{"large", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(long), long), true, "GET", long,
			true, true},
		{"chunked", chunked, true, "GET", "hello world", true, false},
		{"chunked large", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
			fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(long), long), true, "GET", long, true, false},
		{"end of connection", "HTTP/1.1 200 OK\r\n\r\nhello", false, "GET", "hello", false, false},
		{"old server", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, "GET", "hello", true, true},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", true, "GET", "", true, true},
		{"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", true, "GET", "", true, true},
		{"head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, "HEAD", "", true, true},
		{"interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true, "GET", "ok", true, true},
		{"large head", "HTTP/1.1 200 OK\r\nX-Long: " + long[:40000] + "\r\nContent-Length: 2\r\n\r\nok", true, "GET",
			"ok", true, true},
	} {
		for _, pipes := range []bool{false, true} {
			for version, keeps := range map[string]bool{"1.1": c.keeps, "1.0": c.keepsOld} {
				w := start(t, pipes, site{members: 1}, Options{})
				w.fakes["m1"].act = answer(c.raw, c.goOn)
				v := w.visit()
				for range 2 {
					v.send(c.method + " / HTTP/" + version + "\r\nHost: shop\r\nConnection: keep-alive\r\n\r\n")
					r, err := v.read(c.method)
					if err != nil || r.err != nil || r.body != c.body || r.close == keeps {
						t.Errorf("%s, HTTP/%s: %d bytes, close %v, %v %v", c.name, version, len(r.body), r.close, err,
							r.err)
					}
					if !keeps {
						break
					}
				}
				v.Close()
				w.stop()
			}
		}
	}
}

func TestOldClients(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	r := v.ask("GET / HTTP/1.0\r\n\r\n")
	if r.status != 200 || !r.close {
		t.Errorf("without Host: %+v", r)
	}
	if r := w.once("GET / HTTP/1.0\r\nHost:\r\n\r\n"); r.status != 200 || strings.Count(w.fakes["m1"].raw.String(),
		"Host: 127.0.0.1:") != 2 {
		t.Errorf("with an empty Host: %+v, the member gets %q", r, w.fakes["m1"].raw.String())
	}
	if r := w.once("GET / HTTP/1.0\r\nHost: shop\r\n\r\n"); r.status != 200 || !r.close {
		t.Errorf("%+v", r)
	}
	if raw := w.fakes["m1"].raw.String(); !strings.HasPrefix(raw, "GET / HTTP/1.1\r\nHost: 127.0.0.1:") ||
		!strings.Contains(raw, "$WSPR: HTTP/1.0\r\n") {
		t.Errorf("the member gets %q", raw)
	}
}

// A WebSocket goes both ways until it is idle for too long.
func TestWebSocket(t *testing.T) {
	const handshake = "GET /ws HTTP/1.1\r\nHost: shop\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Key: x\r\n\r\n"
	synctest.Test(t, func(t *testing.T) {
		w := start(t, true, site{members: 1, server: `wsServerIdleTimeout="30" ServerIOTimeout="5"`}, Options{})
		defer w.stop()
		var seen http.Header
		w.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool {
			seen = rq.Header
			io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Accept: y\r\n\r\n")
			io.Copy(c, c)
			return false
		}
		v := w.visit()
		defer v.Close()
		v.send(handshake)
		rs, err := http.ReadResponse(v.br, nil)
		if err != nil || rs.StatusCode != 101 || rs.Header.Get("Upgrade") != "websocket" ||
			rs.Header.Get("Sec-WebSocket-Accept") != "y" || seen.Get("Upgrade") != "websocket" {
			t.Fatalf("%+v %v, member got %v", rs, err, seen)
		}
		buf := make([]byte, 5)
		for range 5 {
			time.Sleep(20 * time.Second)
			v.send("hello")
			if _, err := io.ReadFull(v.br, buf); err != nil || string(buf) != "hello" {
				t.Fatalf("%q %v", buf, err)
			}
		}
		began := time.Now()
		if _, err := v.br.ReadByte(); err == nil || time.Since(began) < 30*time.Second ||
			time.Since(began) > 31*time.Second {
			t.Errorf("idle tunnel ends after %v: %v", time.Since(began), err)
		}
		if _, pending := w.memberState("m1"); pending != 0 {
			synctest.Wait()
		}
	})
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	if r := w.once("GET /ws HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"\r\n"); r.status != 200 {
		t.Errorf("an answer without upgrade: %+v", r)
	}
	w.fakes["m1"].act = answer("HTTP/1.1 101 Switching Protocols\r\n\r\n", true)
	if r := w.once(get("/")); r.status != 502 {
		t.Errorf("an upgrade that nobody asked for: %+v", r)
	}
}

// WaitForContinue: the body follows only when the member wants it.
func TestWaitForContinue(t *testing.T) {
	w := start(t, false, site{members: 1, server: `WaitForContinue="true"`}, Options{})
	defer w.stop()
	if r := w.once(post("hello")); r.status != 200 || w.fakes["m1"].bodies[0] != "hello" ||
		w.fakes["m1"].requests()[0].Header.Get("Expect") == "" {
		t.Errorf("%+v, %q", r, w.fakes["m1"].raw.String())
	}
	l := w.listen(t)
	w.wg.Go(func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
		if n, _ := c.Read(make([]byte, 10)); n > 0 {
			t.Error("the body follows a refusal")
		}
	})
	w.mu.Lock()
	old := w.members["10.0.0.1:9080"]
	w.members["10.0.0.1:9080"] = l
	w.mu.Unlock()
	old.Close()
	w.p.gen.Load().Close() // the idle stream goes to the old listener's connection
	if r := w.once(post("hello")); r.status != 401 {
		t.Errorf("%+v", r)
	}
}

// R60: a full member is passed over; nobody left is 503.
func TestMaxConnections(t *testing.T) {
	w := start(t, false, site{members: 2, server: `MaxConnections="1"`}, Options{})
	defer w.stop()
	reached, release := make(chan string), make(chan bool)
	for _, f := range w.fakes {
		f.act = func(f *fake, c net.Conn, rq *http.Request) bool {
			reached <- f.name
			<-release
			return good(f, c, rq)
		}
	}
	var visitors []*visitor
	for _, want := range []string{"m1", "m2"} {
		v := w.visit()
		defer v.Close()
		v.send(get("/", sticky("m1")))
		visitors = append(visitors, v)
		if got := <-reached; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if r := w.once(get("/")); r.status != 503 {
		t.Errorf("%+v", r)
	}
	close(release)
	for _, v := range visitors {
		if r, err := v.read("GET"); err != nil || r.status != 200 {
			t.Errorf("%+v %v", r, err)
		}
	}
}

// R65: a stream that has been idle for longer than ConnectionTTL is not used again.
func TestConnectionTTL(t *testing.T) {
	var clock atomic.Int64
	now := func() match.Nanos { return match.Nanos(clock.Load()) }
	w := start(t, false, site{members: 1}, Options{Now: now})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	for i, pause := range []time.Duration{0, 20 * time.Second, 27 * time.Second, 30 * time.Second} {
		clock.Add(int64(pause))
		v.ask(get("/"))
		w.atRest("m1")
		if got, want := w.connects("m1"), []int{1, 1, 1, 2}[i]; got != want {
			t.Errorf("after %v: %d connections, want %d", pause, got, want)
		}
	}
}

func TestConnectTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, true, site{members: 2, server: `ConnectTimeout="3"`}, Options{})
		defer w.stop()
		w.mu.Lock()
		w.members["10.0.0.1:9080"].Close()
		// nobody accepts
		w.members["10.0.0.1:9080"] = &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		w.mu.Unlock()
		began := time.Now()
		if r := w.once(get("/", sticky("m1"))); r.member != "m2" || time.Since(began) != 3*time.Second {
			t.Errorf("%+v after %v", r, time.Since(began))
		}
		if marked, _ := w.memberState("m1"); !marked {
			t.Error("m1 is not marked down (R50)")
		}
	})
}

// A client that takes nothing of its answer is cut off and no member's failure.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, true, site{members: 1}, Options{})
		defer w.stop()
		v := w.visit()
		defer v.Close()
		io.WriteString(v.Conn, get("/"))
		time.Sleep(70 * time.Second)
		if _, err := v.br.ReadByte(); err == nil {
			t.Error("the connection lives on")
		}
		if marked, pending := w.memberState("m1"); marked || pending != 0 {
			t.Errorf("marked %v, pending %d", marked, pending)
		}
	})
}

// R59, also where the size shows only while the body is passed on.
func TestPostSizeLimit(t *testing.T) {
	for _, cluster := range []string{`PostSizeLimit="1000"`, `PostSizeLimit="1000" PostBufferSize="0"`} {
		w := start(t, false, site{members: 1, cluster: cluster}, Options{})
		for _, raw := range []string{post(strings.Repeat("x", 2000)), postChunked(strings.Repeat("x", 100000))} {
			v := w.visit()
			v.send(raw)
			if r, err := v.read("POST"); err != nil || r.status != 413 {
				t.Errorf("%s: %+v %v", cluster, r, err)
			}
			v.Close()
		}
		if r := w.once(post(strings.Repeat("x", 1000))); r.status != 200 {
			t.Errorf("%+v", r)
		}
		w.stop()
	}
}

func TestTrustedProxies(t *testing.T) {
	trusted := `<TrustedProxyGroup><TrustedProxy Name="127.0.0.1"/></TrustedProxyGroup>`
	for _, c := range []struct {
		s    site
		want string
	}{
		{site{members: 1, config: `TrustedProxyEnable="true"`, extra: trusted}, "$WSRA: 1.2.3.4"},
		{site{members: 1, config: `TrustedProxyEnable="true"`, extra: strings.Replace(trusted, "127.0.0.1",
			"10.0.0.0/8", 1)}, "$WSRA: 127.0.0.1"},
		{site{members: 1, extra: trusted}, "$WSRA: 127.0.0.1"},
		{site{members: 1, cluster: `RemoveSpecialHeaders="false"`}, "$WSRA: 1.2.3.4"},
	} {
		w := start(t, false, c.s, Options{})
		w.once(get("/", "$WSRA: 1.2.3.4", "$WSRU: jane", "$WSAT: BASIC", "$WSSI: 0a1b"))
		raw := w.fakes["m1"].raw.String()
		// only a front proxy can know these
		for _, line := range []string{"$WSRU: jane\r\n", "$WSAT: BASIC\r\n", "$WSSI: 0a1b\r\n"} {
			if trusts := c.want == "$WSRA: 1.2.3.4"; strings.Contains(raw, line) != trusts {
				t.Errorf("%+v: member gets %q", c.s, raw)
			}
		}
		if !strings.Contains(raw, c.want+"\r\n") || strings.Count(raw, "$WSRA") != 1 ||
			!strings.Contains(raw, "$WSIS: false\r\n") {
			t.Errorf("%+v: member gets %q", c.s, raw)
		}
		w.stop()
	}
}

// The port that a listener stands for takes the place of that in the Host header, for matching alone.
func TestPorts(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	if r := w.once("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"); r.status != 200 {
		t.Errorf("%+v", r)
	}
	if raw := w.fakes["m1"].raw.String(); !strings.Contains(raw, "Host: [::1]:8080\r\n") ||
		!strings.Contains(raw, "$WSSN: [::1]\r\n") || !strings.Contains(raw, "$WSSP: 8080\r\n") {
		t.Errorf("the member gets %q", raw)
	}
	got, idle := w.p.Serves(&Listener{Listener: w.front, Port: 80})
	if idle != "" || len(got) != 1 || got[0] != "*:80" {
		t.Errorf("aliases %v, %v", got, idle)
	}
	for _, c := range []struct{ config, want string }{
		{"", "say which port is meant with " + w.front.Addr().String() + "=PORT"},
		{"<Config/>", "no Route has an alias and a Uri that could match"},
		{"<Config><IntelligentManagement/></Config>", "IntelligentManagement gives the routing"},
	} {
		if c.config != "" {
			w.xml.Store(c.config)
			if err := w.p.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got, idle := w.p.Serves(&Listener{Listener: w.front}); !strings.Contains(idle, c.want) ||
			len(got) != 0 {
			t.Errorf("%s: aliases %v, %s", c.config, got, idle)
		}
	}
	w.stop()
	w = start(t, false, site{members: 1, config: `AppServerPortPreference="WebserverPort"`}, Options{})
	w.once("GET / HTTP/1.1\r\nHost: shop:8080\r\n\r\n")
	if raw := w.fakes["m1"].raw.String(); !strings.Contains(raw, "$WSSP: 80\r\n") {
		t.Errorf("the member gets %q", raw)
	}
	w.stop()
}

// Where a Route without VirtualHostGroup matches nothing, to say which port is meant cannot help.
func TestPortsOfAnOpenRoute(t *testing.T) {
	sem := choices.Latest()
	if _, err := sem.Assume("open-route=never"); err != nil {
		t.Fatal(err)
	}
	w := start(t, false, site{members: 1}, Options{Assumptions: &sem})
	defer w.stop()
	w.xml.Store(strings.Replace(site{members: 1}.xml(), `<Route VirtualHostGroup="vh"`, "<Route", 1))
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, idle := w.p.Serves(&Listener{Listener: w.front}); !strings.Contains(idle, "no Route has an alias") {
		t.Errorf("idle: %s", idle)
	}
}

// R63
func TestFailoverHeader(t *testing.T) {
	w := start(t, false, site{members: 2}, Options{})
	defer w.stop()
	w.refuse("m1")
	w.once(post("body", sticky("m1")))
	if raw := w.fakes["m2"].raw.String(); strings.Count(raw, "$WSFO: true\r\n") != 1 ||
		!strings.HasSuffix(raw, "\r\n\r\nbody") {
		t.Errorf("the member gets %q", raw)
	}
	w.once(post("body"))
	if raw := w.fakes["m2"].raw.String(); strings.Count(raw, "$WSFO") != 1 {
		t.Errorf("a first attempt has $WSFO: %q", raw)
	}
}

func TestDocroot(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write := func(elem ...string) {
		path := filepath.Join(elem...)
		os.MkdirAll(filepath.Dir(path), 0o755)
		os.WriteFile(path, []byte(filepath.Base(path)), 0o644)
	}
	write(dir, "index.html")
	write(dir, "a b.txt")
	write(dir, "big.bin")
	os.WriteFile(filepath.Join(dir, "big.bin"), make([]byte, 200000), 0o644)
	write(dir, ".htaccess")
	write(dir, "sub", "WEB-INF", "web.xml")
	write(outside, "secret")
	os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link"))
	w := start(t, false, site{members: 1, uri: "/app/*"}, Options{Docroot: dir})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	for path, want := range map[string]string{
		"/": "200 index.html", "/a%20b.txt?x": "200 a b.txt", "/none": "404", "/.htaccess": "404",
		"/sub/WEB-INF/web.xml": "404", "/sub/web-inf/web.xml": "404",
		"/../" + filepath.Base(outside) + "/secret": "404", "/%2e%2e/%2e%2e/etc/passwd": "404", "/link": "404",
		"/sub": "404", "/%00": "404", "/%": "404", "/..%5c..%5csecret": "404",
	} {
		r := v.ask(get(path))
		got := fmt.Sprint(r.status)
		if r.status == 200 {
			got += " " + r.body
		}
		if got != want || r.close {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if r := v.ask(get("/big.bin")); len(r.body) != 200000 {
		t.Errorf("%d bytes", len(r.body))
	}
	r := v.ask("HEAD / HTTP/1.1\r\nHost: shop\r\n\r\n")
	if r.status != 200 || r.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%+v", r)
	}
	if r := v.ask(get("/", "If-Modified-Since: "+r.header.Get("Last-Modified"))); r.status != 304 {
		t.Errorf("%+v", r)
	}
	if r := v.ask(strings.Replace(post("x"), "POST /", "POST /index.html", 1)); r.status != 404 && r.status != 405 {
		t.Errorf("%+v", r)
	}
}
