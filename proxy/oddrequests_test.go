package proxy

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// With AllowTrace a member gets TRACE.
func TestAllowTrace(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{AllowTrace: true})
	defer w.stop()
	if r := w.once("TRACE / HTTP/1.1\r\nHost: shop\r\n\r\n"); r.status != 200 ||
		w.fakes["m1"].requests()[0].Method != "TRACE" {
		t.Errorf("%+v", r)
	}
}

// Max-Forwards of OPTIONS and TRACE is one less for the member, and at 0 the proxy answers itself; no other method
// heeds it. TRACE shows no secret.
func TestMaxForwards(t *testing.T) {
	const trace = "TRACE /a HTTP/1.1\r\nHost: shop\r\nMax-Forwards: 0\r\nX: y\r\n"
	eachKind(t, Options{AllowTrace: true}, func(t *testing.T, w *idlers) {
		for _, c := range []struct {
			raw, member, body string // member: the field as it gets it, "" it gets nothing
		}{
			{get("/", "max-forwards: 0"), "max-forwards: 0", "m1"},
			{post("body", "Max-Forwards: x"), "Max-Forwards: x", "m1"},
			{"OPTIONS / HTTP/1.1\r\nHost: shop\r\nMAX-FORWARDS: 10\r\n\r\n", "Max-Forwards: 9", "m1"},
			{"OPTIONS / HTTP/1.1\r\nHost: shop\r\nMax-Forwards: 1\r\n\r\n", "Max-Forwards: 0", "m1"},
			{"OPTIONS / HTTP/1.1\r\nHost: shop\r\nMax-Forwards: 0\r\n\r\n", "", ""},
			{"OPTIONS / HTTP/1.1\r\nHost: shop\r\nMax-Forwards: 0\r\nContent-Length: 4\r\n\r\nbody", "", ""},
			{"TRACE / HTTP/1.1\r\nHost: shop\r\nMax-Forwards: 3\r\n\r\n", "Max-Forwards: 2", "m1"},
			{trace + "Cookie: a=b\r\nAuthorization: c\r\nproxy-authorization: d\r\n$WSRA: e\r\n\r\n", "",
				trace + "\r\n"},
		} {
			m := w.fakes["m1"]
			m.raw.reset()
			v := w.visit()
			r := v.ask(strings.Replace(c.raw, host, host+sticky("m1")+"\r\n", 1))
			if method, _, _ := strings.Cut(c.raw, " "); r.status != 200 || r.body != c.body ||
				(method == "OPTIONS" && c.member == "") != (r.header.Get("Allow") != "") {
				t.Errorf("%q: %+v", c.raw, r)
			}
			if raw := m.raw.String(); (raw != "") != (c.member != "") || strings.Count(raw, c.member+"\r\n") != 1 &&
				raw != "" || strings.Count(strings.ToLower(raw), "max-forwards") > 1 {
				t.Errorf("%q: the member gets %q", c.raw, raw)
			}
			if r := v.ask(get("/next")); r.status != 200 {
				t.Errorf("behind %q: %+v", c.raw, r)
			}
			v.Close()
		}
	})
}

// What frames a request goes to a member as everybody reads it: not everybody takes off a tab, or a blank behind it.
func TestFramingIsWrittenPlainly(t *testing.T) {
	eachKind(t, Options{}, func(t *testing.T, w *idlers) {
		for _, c := range []struct{ field, body, want string }{
			{"Content-Length: 4", "body", "Content-Length: 4"},
			{"CONTENT-LENGTH: 4", "body", "CONTENT-LENGTH: 4"},
			{"Content-Length:4", "body", "Content-Length: 4"},
			{"Content-Length:\t4", "body", "Content-Length: 4"},
			{"content-length: \t 4", "body", "Content-Length: 4"},
			{"Content-Length: 4 \t", "body", "Content-Length: 4"},
			{"Content-Length: 0004", "body", "Content-Length: 4"},
			{"Content-Length: 00", "", "Content-Length: 0"},
			{"Transfer-Encoding: CHUNKED", "0\r\n\r\n", "Transfer-Encoding: CHUNKED"},
			{"Transfer-Encoding:\tchunked", "0\r\n\r\n", "Transfer-Encoding: chunked"},
			{"Transfer-Encoding: chunked ", "0\r\n\r\n", "Transfer-Encoding: chunked"},
		} {
			m := w.fakes["m1"]
			m.raw.reset()
			v := w.visit()
			r := v.ask("POST / HTTP/1.1\r\n" + host + sticky("m1") + "\r\n" + c.field + "\r\n\r\n" + c.body)
			raw := m.raw.String()
			name, _, _ := strings.Cut(strings.ToLower(c.want), ":")
			if r.status != 200 || strings.Count(raw, "\r\n"+c.want+"\r\n") != 1 ||
				strings.Count(strings.ToLower(raw), name) != 1 {
				t.Errorf("%q: %+v, the member gets %q", c.field, r, raw)
			}
			v.Close()
		}
	})
}

// A request without Host is one for the address of the listener, and the port that it stands for.
func TestNoHostAtStandIn(t *testing.T) {
	eachKind(t, Options{}, func(t *testing.T, w *idlers) {
		v := w.visit()
		defer v.Close()
		if r := v.ask("GET / HTTP/1.0\r\n" + sticky("m1") + "\r\n\r\n"); r.status != 200 {
			t.Errorf("%+v", r)
		}
		raw := w.fakes["m1"].raw.String()
		for _, line := range []string{"Host: 127.0.0.1:80\r\n", "$WSSN: 127.0.0.1\r\n", "$WSSP: 80\r\n"} {
			if !strings.Contains(raw, line) {
				t.Errorf("the member gets %q, without %q", raw, line)
			}
		}
	})
}

// What a web server refuses itself under another path-normalisation has that one's status, and no file is looked
// for (R16).
func TestRefusedPaths(t *testing.T) {
	for target, want := range map[string]int{"/a%2Fb": 404, "/a%00": 404, "/a%zz": 400, "/../a": 400, "/none": 404,
		"/app/a%2Fb": 404} {
		sem := choices.Latest()
		if _, err := sem.Assume("path-normalisation=decode-and-clean"); err != nil {
			t.Fatal(err)
		}
		w := start(t, false, site{members: 1, uri: "/app/*"}, Options{Assumptions: &sem, Docroot: t.TempDir()})
		if r := w.once(get(target)); r.status != want || len(w.fakes["m1"].requests()) > 0 {
			t.Errorf("%s: %+v, want %d", target, r, want)
		}
		declined, refused := w.p.counters.declined.Load(), w.p.counters.refused.Load()
		if none := target == "/none"; (declined == 1) != none || (refused == 1) == none {
			t.Errorf("%s: %d declined, %d refused", target, declined, refused)
		}
		w.stop()
	}
}

// What the proxy refuses for its path is what the core says of it, and its status page.
func TestRefusedPathsAsExplained(t *testing.T) {
	w := start(t, false, site{members: 1, uri: "/app/*"}, Options{Docroot: t.TempDir()})
	defer w.stop()
	for _, target := range []string{"/app/x", "/app/%00", "/app/%zz", "/app/%4", "/app/%2F", "/app/../%",
		"/app/;jsessionid=%zz",
		"/app/?%00", "/%00", "/%", "/none"} {
		d := w.p.Explain(routecheck.Request{Host: "shop", Port: 80, Target: target})[0]
		want := map[string]int{"forward": 200, "declined": 404}[d.Decision]
		if d.Refused != "" {
			want = 400
		}
		r := w.once(get(target))
		if r.status != want {
			t.Errorf("%s: %d, but explained as %s %q", target, r.status, d.Decision, d.Refused)
		}
	}
}

// A client that sends nothing but an empty line is idle, and gets no answer for it.
func TestEmptyLineAlone(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{HeadTimeout: second / 10})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	v.ask(post("body"))
	v.send("\r\n")
	if r, err := v.read("GET"); err == nil {
		t.Errorf("%+v", r)
	}
}
