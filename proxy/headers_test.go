package proxy

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wire"
)

// The most that an answer can get, in place of the least that is dropped for it, has room before the head.
func TestHeadroom(t *testing.T) {
	lines := "Connection: keep-alive\r\nDate: " + http.TimeFormat + "\r\n"
	for _, c := range []struct{ field, framing string }{
		{"Content-Length:0", "Content-Length: 0"},
		{"Content-Length:" + strings.Repeat("9", 18), "Content-Length: " + strings.Repeat("9", 18)},
		{"Content-Length: 00", "Content-Length: 0"},
		{"Content-Length:0" + strings.Repeat("9", 18), "Content-Length: " + strings.Repeat("9", 18)},
		{"content-length: 7 ", "Content-Length: 7"},
		{"Transfer-Encoding:chunked", "Transfer-Encoding: chunked"},
		{"Transfer-Encoding:\tChunked", "Transfer-Encoding: chunked"},
	} {
		head := "HTTP/1.0 200\r\n" + c.field + "\r\n\r\n"
		all := append(make([]byte, wire.Headroom), head+"body"...)
		var rs http1.Response
		rs.Reset()
		if done, err := rs.Parse(all[wire.Headroom:], http1.Limits{}); !done || err != nil || !rs.Loose || rs.Odd {
			t.Fatalf("%s: %v, %v, %+v", c.field, done, err, rs)
		}
		start := rewrite(all, wire.Headroom, &rs, false, lines+string(rs.AppendFraming(nil)))
		if got := string(all[start:]); got != "HTTP/1.1 200\r\n"+lines+c.framing+"\r\n\r\nbody" {
			t.Errorf("%s: %q", c.field, got)
		}
	}
}

// So it is with an answer to a client whose connection stays, which it has to be told.
func TestHeadGrowsMost(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{}, func(w *world) {
		w.fakes["m1"].act = answer("HTTP/1.1 200 OK\r\nContent-Length:4\r\n\r\nbody", true)
	})
	defer w.stop()
	v := w.visit()
	for range 2 {
		r := v.ask("GET / HTTP/1.0\r\nHost: shop\r\nConnection: keep-alive\r\n\r\n")
		if r.status != 200 || r.body != "body" || r.header.Get("Date") == "" ||
			r.header.Get("Connection") != "keep-alive" ||
			r.header.Get("Content-Length") != "4" {
			t.Errorf("%+v", r)
		}
	}
}
