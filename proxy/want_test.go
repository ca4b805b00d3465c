package proxy

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/proxy/logs"
)

// What this process lacks is no member's failure: 503, nobody is marked or asked in its place, and when it is there
// again all is as before.
func TestLocalWant(t *testing.T) {
	for _, lacking := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS,
		syscall.ENOMEM} {
		var log, access syncBuffer
		opt := Options{PluginLog: &log, AccessLog: logs.NewAccess(&access, false, time.Now)}
		w := start(t, false, site{members: 2, extra: traceLog}, opt)
		set := func(e syscall.Errno) {
			w.mu.Lock()
			w.lacking = e
			w.mu.Unlock()
		}
		set(lacking)
		for _, raw := range []string{get("/"), get("/", sticky("m1")), post("body", sticky("m2")),
			post(strings.Repeat("x", 100<<10)), postChunked("x")} {
			if r := w.once(raw); r.status != 503 {
				t.Errorf("%v, %.20q: %+v", lacking, raw, r)
			}
		}
		set(0)
		for _, m := range []string{"m1", "m2"} {
			w.atRest(m)
			if marked, _ := w.memberState(m); marked {
				t.Errorf("%v: %s is marked down", lacking, m)
			}
			if r := w.once(get("/", sticky(m))); r.status != 200 || r.member != m {
				t.Errorf("%v: afterwards %+v", lacking, r)
			}
		}
		if n := strings.Count(w.logs.String(), "lacks descriptors, ports or memory"); n != 1 {
			t.Errorf("%v: said %d times", lacking, n)
		}
		w.stop()
		text := log.String()
		if n := strings.Count(text, "Attempt dropped: this process lacks descriptors, ports or memory"); n != 5 ||
			strings.Contains(text, "client is gone") {
			t.Errorf("%v: the plug-in log says it %d times:\n%s", lacking, n, text)
		}
		replays(t, w.p.gen.Load().Table, &w.p.gen.Load().Sem, text)
		if text := access.String(); strings.Count(text, ` 503 `) != 5 || strings.Contains(text, "client-gone") {
			t.Errorf("%v: the access log says\n%s", lacking, text)
		}
	}
}

// Clients beyond MaxClients are told so; when one leaves the next is served.
func TestMaxClients(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{MaxClients: 3})
	defer w.stop()
	var served []*visitor
	for range 3 {
		v := w.visit()
		if r := v.ask(get("/")); r.status != 200 {
			t.Errorf("%+v", r)
		}
		served = append(served, v)
	}
	for range 5 {
		v := w.visit()
		if r := v.ask(get("/")); r.status != 503 || !r.close || r.body != "503 Service Unavailable\n" ||
			r.header.Get("Retry-After") == "" {
			t.Errorf("%+v", r)
		}
		if rest, _ := io.ReadAll(v.br); len(rest) > 0 {
			t.Errorf("behind it %q", rest)
		}
		v.Close()
	}
	for _, v := range served {
		if r := v.ask(get("/")); r.status != 200 {
			t.Errorf("%+v", r)
		}
		v.Close()
	}
	until(func() bool { return !w.p.full() })
	if r := w.once(get("/")); r.status != 200 {
		t.Errorf("afterwards %+v", r)
	}
}
