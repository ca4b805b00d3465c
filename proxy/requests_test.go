package proxy

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// kind is a request as somebody may send it.
type kind struct {
	name, raw string
	status    int    // 0: the connection ends without an answer
	member    string // METHOD TARGET HOST as a member got it, once; "" no member got anything
	wire      string // the body as it went to the member, framing included
	closes    bool   // the connection ends behind the answer
}

const (
	host      = "Host: shop\r\n"
	end       = host + "\r\n"
	chunkedTo = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + end
	fiveBytes = "5\r\nhello\r\n"
	lastChunk = "0\r\n\r\n"
)

// served are requests that a member gets, each in the one way in which everybody reads it.
func served() []kind {
	zeros := strings.Repeat("0", 30)
	kinds := []kind{
		{name: "plain", raw: "GET /a HTTP/1.1\r\n" + end},
		{name: "HTTP/1.0", raw: "GET /a HTTP/1.0\r\n" + end, closes: true},
		{name: "HTTP/1.0 kept", raw: "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n" + end},
		{name: "HTTP/1.2", raw: "GET /a HTTP/1.2\r\n" + end},
		{name: "HTTP/1.9", raw: "GET /a HTTP/1.9\r\n" + end},
		{name: "HTTP/1.2 with chunks", raw: strings.Replace(chunkedTo, "1.1", "1.2", 1) + fiveBytes + lastChunk,
			wire: fiveBytes + lastChunk},
		{name: "close", raw: "GET /a HTTP/1.1\r\nConnection: close\r\n" + end, closes: true},
		{name: "method of its own", raw: "FROB /a HTTP/1.1\r\n" + end, member: "FROB /a shop"},
		{name: "PUT", raw: "PUT /a HTTP/1.1\r\nContent-Length: 5\r\n" + end + "hello", member: "PUT /a shop",
			wire: "hello"},
		{name: "GET with a body", raw: "GET /a HTTP/1.1\r\nContent-Length: 5\r\n" + end + "hello", wire: "hello"},
		{name: "body that looks like a request", raw: "POST /a HTTP/1.1\r\nContent-Length: 35\r\n" + end +
			"GET /evil HTTP/1.1\r\nHost: shop\r\n\r\nx",
			wire: "GET /evil HTTP/1.1\r\nHost: shop\r\n\r\nx"},
		{name: "POST without a length", raw: "POST /a HTTP/1.1\r\n" + end},
		{name: "expectation", raw: "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + end + "hello",
			wire: "hello"},

		{name: "absolute form", raw: "GET http://shop/a HTTP/1.1\r\n" + end},
		{name: "absolute form in capitals", raw: "GET HTTP://SHOP/a HTTP/1.1\r\n" + end, member: "GET /a SHOP"},
		{name: "absolute form with the port", raw: "GET http://shop:80/a HTTP/1.1\r\n" + end,
			member: "GET /a shop:80"},
		{name: "absolute form, port in Host", raw: "GET http://shop/a HTTP/1.1\r\nHost: shop:80\r\n\r\n"},
		{name: "absolute form of https", raw: "GET https://shop/a HTTP/1.1\r\nHost: shop:443\r\n\r\n"},
		{name: "absolute form with an address", raw: "GET http://[::1]:81/a HTTP/1.1\r\nHost: [::1]:81\r\n\r\n",
			member: "GET /a [::1]:81"},
		{name: "absolute form without a path", raw: "GET http://shop HTTP/1.1\r\n" + end, member: "GET / shop"},
		{name: "absolute form with a query alone", raw: "GET http://shop?q HTTP/1.1\r\n" + end,
			member: "GET /?q shop"},
		{name: "absolute form of HTTP/1.0", raw: "GET http://shop/a HTTP/1.0\r\n\r\n", closes: true},
		{name: "absolute form with a body", raw: "POST http://shop/a?q HTTP/1.1\r\nContent-Length: 5\r\n" + end +
			"hello", member: "POST /a?q shop",
			wire: "hello"},
		{name: "absolute form with chunks", raw: "POST http://shop/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" +
			end + "5;x\r\nhello\r\n" + lastChunk,
			wire: fiveBytes + lastChunk},
		{name: "absolute form within a path", raw: "GET /http://evil/ HTTP/1.1\r\n" + end,
			member: "GET /http://evil/ shop"},

		{name: "an empty line first", raw: "\r\nGET /a HTTP/1.1\r\n" + end},
		{name: "ten empty lines first", raw: strings.Repeat("\r\n", 10) + "GET /a HTTP/1.1\r\n" + end},
		{name: "an empty line behind a body", raw: "POST /a HTTP/1.1\r\nContent-Length: 5\r\n" + end + "hello\r\n",
			wire: "hello"},
		{name: "an empty line behind chunks", raw: chunkedTo + fiveBytes + lastChunk + "\r\n",
			wire: fiveBytes + lastChunk},

		{name: "Host with a port", raw: "GET /a HTTP/1.1\r\nHost: shop:65535\r\n\r\n", member: "GET /a shop:65535"},
		{name: "Host with an empty port", raw: "GET /a HTTP/1.1\r\nHost: shop:\r\n\r\n", member: "GET /a shop:"},
		{name: "Host with an address", raw: "GET /a HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n",
			member: "GET /a [2001:db8::1]:80"},
		{name: "escapes", raw: "GET /%41%2F%c3%A4 HTTP/1.1\r\n" + end, member: "GET /%41%2F%c3%A4 shop"},
		{name: "broken escape in the query", raw: "GET /a?%zz%00% HTTP/1.1\r\n" + end, member: "GET /a?%zz%00% shop"},
		{name: "dots and slashes", raw: "GET //a/../b/. HTTP/1.1\r\n" + end, member: "GET //a/../b/. shop"},
		{name: "blanks around a value", raw: "GET /a HTTP/1.1\r\nX: \t y \t\r\n" + end},
		{name: "upgrade that nobody knows", raw: "GET /a HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n" + end},

		{name: "chunks", raw: chunkedTo + fiveBytes + "6\r\n world\r\n" + lastChunk,
			wire: fiveBytes + "6\r\n world\r\n" + lastChunk},
		{name: "no chunk", raw: chunkedTo + lastChunk, wire: lastChunk},
		{name: "capitals", raw: chunkedTo + "A\r\nhello worl\r\n" + lastChunk,
			wire: "A\r\nhello worl\r\n" + lastChunk},
		{name: "extension", raw: chunkedTo + "5;a=b\r\nhello\r\n" + lastChunk, wire: fiveBytes + lastChunk},
		{name: "quoted extension", raw: chunkedTo + "5;a=\"b;c\\\"\"\r\nhello\r\n" + lastChunk,
			wire: fiveBytes + lastChunk},
		{name: "extension of the last chunk", raw: chunkedTo + fiveBytes + "0;a\r\n\r\n", wire: fiveBytes + lastChunk},
		{name: "extension that looks like a chunk", raw: chunkedTo + "5;0\r\nhello\r\n" + lastChunk,
			wire: fiveBytes + lastChunk},
		{name: "long extension", raw: chunkedTo + "5;" + strings.Repeat("x", 4000) + "\r\nhello\r\n" + lastChunk,
			wire: fiveBytes + lastChunk},
		{name: "padding", raw: chunkedTo + "5  \r\nhello\r\n0 \r\n\r\n", wire: fiveBytes + lastChunk},
		{name: "padding with a tab", raw: chunkedTo + "5\t\r\nhello\r\n" + lastChunk, wire: fiveBytes + lastChunk},
		{name: "padding and extension", raw: chunkedTo + "5 ;x\r\nhello\r\n" + lastChunk, wire: fiveBytes + lastChunk},
		{name: "thirty zeros", raw: chunkedTo + zeros + "5\r\nhello\r\n" + lastChunk,
			wire: "05\r\nhello\r\n" + lastChunk},
		{name: "thirty zeros at the end", raw: chunkedTo + fiveBytes + zeros + "0\r\n\r\n",
			wire: fiveBytes + lastChunk},
		{name: "zeros, padding and extension", raw: chunkedTo + "0005 ;x\r\nhello\r\n00;y\r\n\r\n",
			wire: "05\r\nhello\r\n" + lastChunk},

		{name: "trailer", raw: chunkedTo + fiveBytes + "0\r\nX-Sum: 1\r\n\r\n",
			wire: fiveBytes + "0\r\nX-Sum: 1\r\n\r\n"},
		{name: "trailer and extensions", raw: chunkedTo + "5;x\r\nhello\r\n0;y\r\nX-Sum: 1\r\n\r\n",
			wire: fiveBytes + "0\r\nX-Sum: 1\r\n\r\n"},
		{name: "trailers around one that ends here", raw: chunkedTo + fiveBytes +
			"0\r\nA: 1\r\nDate: x\r\nB: 2\r\n\r\n",
			wire: fiveBytes + "0\r\nA: 1\r\nB: 2\r\n\r\n"},
		{name: "trailers that Connection names", raw: strings.Replace(chunkedTo, "\r\n",
			"\r\nConnection: x-hop, close-by\r\nConnection: B\r\n", 1) + fiveBytes +
			"0\r\nX-Hop: 1\r\nA: 1\r\nb: 2\r\nX-Hop-2: 3\r\n\r\n",
			wire: fiveBytes + "0\r\nA: 1\r\nX-Hop-2: 3\r\n\r\n"},
		{name: "many trailers", raw: chunkedTo + fiveBytes + "0\r\n" + strings.Repeat("X: y\r\n", 300) + "\r\n",
			wire: fiveBytes + "0\r\n" + strings.Repeat("X: y\r\n", 300) + "\r\n"},
	}
	for _, name := range []string{"Authorization", "DATE", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
		"Expect", "Proxy-Authorization", "Content-Type", "Forwarded"} {
		kinds = append(kinds, kind{name: "trailer " + name, raw: chunkedTo + fiveBytes + "0\r\n" + name +
			": x\r\n\r\n",
			wire: fiveBytes + lastChunk})
	}
	for i := range kinds {
		k := &kinds[i]
		if k.status = 200; k.member == "" {
			method, _, _ := strings.Cut(strings.TrimLeft(k.raw, "\r\n"), " ")
			k.member = method + " /a shop"
		}
	}
	return kinds
}

// turnedDown are requests that no member gets.
func turnedDown() []kind {
	get := func(target string) string { return "GET " + target + " HTTP/1.1\r\n" + end }
	hosted := func(value string) string { return "GET /a HTTP/1.1\r\nHost: " + value + "\r\n\r\n" }
	posted := func(lines string) string { return "POST /a HTTP/1.1\r\n" + lines + end + "x" }
	kinds := []kind{
		{name: "TRACE", raw: "TRACE /a HTTP/1.1\r\n" + end, status: 405},
		{name: "TRACE with a body", raw: "TRACE /a HTTP/1.1\r\nContent-Length: 5\r\n" + end + "hello", status: 405,
			closes: true},
		{name: "TRACE in absolute form", raw: "TRACE http://shop/a HTTP/1.1\r\n" + end, status: 405},
		{name: "OPTIONS *", raw: "OPTIONS * HTTP/1.1\r\n" + end, status: 404},
		{name: "OPTIONS of a URL without a path", raw: "OPTIONS http://shop HTTP/1.1\r\n" + end, status: 404},

		{name: "CONNECT", raw: "CONNECT shop:80 HTTP/1.1\r\n" + end, status: 405, closes: true},
		{name: "CONNECT to a path", raw: "CONNECT /a HTTP/1.1\r\n" + end, status: 405, closes: true},
		{name: "CONNECT to a URL", raw: "CONNECT http://shop/a HTTP/1.1\r\n" + end, status: 405, closes: true},
		{name: "HTTP/2.0", raw: "GET /a HTTP/2.0\r\n" + end, status: 505, closes: true},
		{name: "the preface of HTTP/2", raw: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 505, closes: true},
		{name: "other coding", raw: posted("Transfer-Encoding: gzip, chunked\r\n"), status: 501, closes: true},
		{name: "other expectation", raw: posted("Expect: magic\r\nContent-Length: 1\r\n"), status: 417, closes: true},
		{name: "large head", raw: "GET /a HTTP/1.1\r\nX: " + strings.Repeat("x", 70<<10) + "\r\n" + end,
			status: 431, closes: true},
		{name: "many fields", raw: "GET /a HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 400) + end, status: 431,
			closes: true},
	}
	for name, raw := range map[string]string{
		"another host in absolute form":  "GET http://other/a HTTP/1.1\r\n" + end,
		"another port in absolute form":  "GET http://shop:81/a HTTP/1.1\r\n" + end,
		"the port of https":              "GET http://shop:443/a HTTP/1.1\r\n" + end,
		"absolute form without Host":     "GET http://shop/a HTTP/1.1\r\n\r\n",
		"absolute form, empty Host":      "GET http://shop/a HTTP/1.1\r\nHost:\r\n\r\n",
		"absolute form, two Hosts":       "GET http://shop/a HTTP/1.1\r\n" + host + end,
		"absolute form with a user":      "GET http://shop@other/a HTTP/1.1\r\nHost: other\r\n\r\n",
		"absolute form without a host":   "GET http:///a HTTP/1.1\r\n" + end,
		"absolute form of ftp":           "GET ftp://shop/a HTTP/1.1\r\n" + end,
		"absolute form, port 99999":      "GET http://shop:99999/a HTTP/1.1\r\nHost: shop:99999\r\n\r\n",
		"authority form":                 "GET shop:80 HTTP/1.1\r\n" + end,
		"%00":                            get("/a%00"),
		"%00 in absolute form":           get("http://shop/a%00"),
		"broken escape":                  get("/a%zz"),
		"half an escape":                 get("/a%4"),
		"escape alone":                   get("/%?%41"),
		"escape of JavaScript":           get("/%u0041"),
		"fragment":                       get("/a#b"),
		"NUL":                            get("/a\x00"),
		"no Host":                        "GET /a HTTP/1.1\r\n\r\n",
		"empty Host":                     hosted(""),
		"blank Host":                     hosted("  "),
		"port alone":                     hosted(":80"),
		"open bracket":                   hosted("[::1"),
		"closed bracket":                 hosted("::1]"),
		"address without brackets":       hosted("::1"),
		"name in brackets":               hosted("[shop]"),
		"port 99999":                     hosted("shop:99999"),
		"port 65536":                     hosted("shop:65536"),
		"word as port":                   hosted("shop:http"),
		"two Hosts":                      "GET /a HTTP/1.1\r\n" + host + end,
		"two dots in Host":               hosted("shop..example"),
		"a dot as Host":                  hosted("."),
		"a dot and a port as Host":       hosted(".:80"),
		"path in Host":                   hosted("shop/a"),
		"two values in Host":             hosted("shop, other"),
		"eleven empty lines":             strings.Repeat("\r\n", 11) + get("/a"),
		"endless empty lines":            strings.Repeat("\r\n", 40000),
		"bare LF first":                  "\n" + get("/a"),
		"blank line first":               " \r\n" + get("/a"),
		"HTTP/1.10":                      "GET /a HTTP/1.10\r\n" + end,
		"HTTP/0.9":                       "GET /a\r\n",
		"bare LF":                        "GET /a HTTP/1.1\nHost: shop\n\n",
		"fold":                           "GET /a HTTP/1.1\r\nX: y\r\n z\r\n" + end,
		"blank before a colon":           "GET /a HTTP/1.1\r\nX : y\r\n" + end,
		"length and chunked":             posted("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
		"two lengths":                    posted("Content-Length: 1\r\nContent-Length: 1\r\n"),
		"list of lengths":                posted("Content-Length: 1, 1\r\n"),
		"signed length":                  posted("Content-Length: +1\r\n"),
		"Max-Forwards that is no number": "OPTIONS /a HTTP/1.1\r\nMax-Forwards: -1\r\n" + end,
		"two Max-Forwards":               "OPTIONS /a HTTP/1.1\r\nMax-Forwards: 1\r\nMax-Forwards: 1\r\n" + end,
		"chunked twice":                  posted("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
		"chunked in HTTP/1.0":            strings.Replace(chunkedTo, "1.1", "1.0", 1) + fiveBytes + lastChunk,
	} {
		kinds = append(kinds, kind{name: name, raw: raw, status: 400, closes: true})
	}
	for name, body := range map[string]string{
		"LF ends an extension":        "5;x\nhello\r\n" + lastChunk,
		"CR in an extension":          "5;x\ry\r\nhello\r\n" + lastChunk,
		"NUL in an extension":         "5;\x00\r\nhello\r\n" + lastChunk,
		"LF behind padding":           "5 \nhello\r\n" + lastChunk,
		"another size behind padding": "5 6\r\nhello\r\n" + lastChunk,
		"padding before a size":       " 5\r\nhello\r\n" + lastChunk,
		"31 zeros":                    strings.Repeat("0", 31) + "5\r\nhello\r\n" + lastChunk,
		"endless zeros":               strings.Repeat("0", 4000),
		"endless padding":             "5" + strings.Repeat(" ", 20000),
		"endless extension":           "5;" + strings.Repeat("x", 20000),
		"more extensions than chunks": strings.Repeat("1;"+strings.Repeat("x", 100)+"\r\nx\r\n", 200) + lastChunk,
		"size that overflows":         "10000000000000005\r\nhello\r\n" + lastChunk,
		"prefixed size":               "0x5\r\nhello\r\n" + lastChunk,
		"no size":                     "\r\nhello\r\n" + lastChunk,
		"chunk too long":              "2\r\nhello\r\n" + lastChunk,
		"chunk too short":             "9\r\nhello\r\n" + lastChunk + "more",
		"LF ends a chunk":             "5\r\nhello\n" + lastChunk,
		"LF ends the body":            fiveBytes + "0\r\n\n",
		"trailer Content-Length":      fiveBytes + "0\r\nContent-Length: 5\r\n\r\n",
		"trailer Transfer-Encoding":   fiveBytes + "0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"trailer Host":                fiveBytes + "0\r\nHost: other\r\n\r\n",
		"trailer Cookie":              fiveBytes + "0\r\nCookie: JSESSIONID=0000a:c2\r\n\r\n",
		"trailer $WSRA":               fiveBytes + "0\r\n$WSRA: 1.2.3.4\r\n\r\n",
		"trailer $wsis":               fiveBytes + "0\r\nX: y\r\n$wsis: true\r\n\r\n",
		"trailer _WS_":                fiveBytes + "0\r\n_WS_HAPRT_WLMVERSION: 1\r\n\r\n",
		"folded trailer":              fiveBytes + "0\r\nX: y\r\n $WSRA: 1\r\n\r\n",
		"bare LF in trailers":         fiveBytes + "0\r\nX: y\n$WSRA: 1\r\n\r\n",
		"trailer without a colon":     fiveBytes + "0\r\nnonsense\r\n\r\n",
		"endless trailers":            fiveBytes + "0\r\n" + strings.Repeat("X: y\r\n", 3000) + "\r\n",
		"endless trailers that drop":  fiveBytes + "0\r\n" + strings.Repeat("Date: y\r\n", 3000) + "\r\n",
	} {
		kinds = append(kinds, kind{name: name, raw: chunkedTo + body, status: 400, closes: true})
	}
	return kinds
}

// Each kind of request: what the client gets, what a member gets, once, and what becomes of the connection,
// whatever the next request on it is. The long form crosses both kinds of clients with both kinds of streams, and
// each with all kinds of requests.
func TestRequests(t *testing.T) {
	t.Parallel()
	kinds := append(served(), turnedDown()...)
	if len(kinds) < 60 {
		t.Fatal("too few kinds")
	}
	ways := 0
	for _, front := range []string{"http", "https"} {
		for _, back := range []uint16{0, tls.VersionTLS13} {
			if (front == "https") != (back != 0) && !sharedtest.Long() {
				continue
			}
			for _, reused := range []bool{false, true} {
				for _, body := range []string{"together", "in pieces", "unbuffered"} {
					t.Run(fmt.Sprintf("%s/TLS %x/reused %v/%s", front, back, reused, body), func(t *testing.T) {
						h := newRequestWorld(t, front, back, reused, body)
						defer h.stop()
						for i := range kinds {
							if (i+ways)%3 == 0 || sharedtest.Long() {
								h.try(&kinds[i])
							}
						}
						ways++
					})
				}
			}
		}
	}
}

type requestWorld struct {
	*world
	door   *Listener
	reused bool // streams to members
	body   string
}

func newRequestWorld(t *testing.T, front string, back uint16, reused bool, body string) *requestWorld {
	s := site{members: 1}
	if body == "unbuffered" {
		s.cluster = `PostBufferSize="0"`
	}
	h := &requestWorld{world: startOver(t, back, s, Options{}), reused: reused, body: body}
	h.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool {
		text := echoPath(rq)
		if !reused {
			text = strings.Replace(text, "\r\n", "\r\nConnection: close\r\n", 1)
		}
		_, err := io.WriteString(c, text)
		return err == nil && reused
	}
	l := &Listener{Listener: h.listen(t), Port: 80}
	if front == "https" {
		l.TLS = &tls.Config{Certificates: []tls.Certificate{certtest.NewAuthority(t).Pair(t, "shop")}}
	}
	h.door = l
	h.wg.Go(func() { h.p.Serve(l) })
	return h
}

// client is a visitor, over TLS where the listener is.
func (h *requestWorld) client() *visitor {
	c, err := connect(h.t.Context(), h.door.Listener)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.door.TLS != nil {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	return &visitor{c, bufio.NewReader(c), h.t}
}

const next = "GET /next HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"

func (h *requestWorld) try(k *kind) {
	t, m := h.t, h.fakes["m1"]
	if h.reused {
		v := h.client()
		v.ask("GET /well HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
		v.Close()
	}
	h.atRest("m1")
	m.mu.Lock()
	m.seen, m.bodies = nil, nil
	m.mu.Unlock()
	m.raw.reset()
	v := h.client()
	defer v.Close()
	sent := h.write(v, k.raw)
	method, _, _ := strings.Cut(strings.TrimLeft(k.raw, "\r\n"), " ")
	r, err := v.read(method)
	for err == nil && r.status == 100 {
		r, err = v.read(method)
	}
	if err != nil && k.status != 0 || r.status != k.status || r.err != nil {
		t.Errorf("%s: %+v %v, want %d", k.name, r, err, k.status)
		return
	}
	if allow := r.header.Get("Allow"); (r.status == 405) != strings.HasPrefix(allow, "GET, HEAD, POST") {
		t.Errorf("%s: Allow %q", k.name, allow)
	}
	h.checkMember(k)
	if !r.close {
		<-sent
	}
	h.checkNext(k, v, r)
}

// write sends a request and, where one may follow at once, the next one. Pieces are all sent when the channel closes:
// what stands behind a body may still be on its way when the answer comes.
func (h *requestWorld) write(v *visitor, raw string) <-chan struct{} {
	sent := make(chan struct{})
	if h.body == "together" {
		v.send(raw + next)
		close(sent)
		return sent
	}
	go func() { // a refused client finds the connection closed
		defer close(sent)
		for piece := range pieces(raw, 1+len(raw)/40) {
			if _, err := io.WriteString(v.Conn, piece); err != nil {
				return
			}
		}
	}()
	return sent
}

func pieces(s string, size int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(s) > 0 {
			n := min(size, len(s))
			if !yield(s[:n]) {
				return
			}
			s = s[n:]
		}
	}
}

// checkMember looks at what a member got before the next request: nothing, or one request whose bytes are as they
// should be.
func (h *requestWorld) checkMember(k *kind) {
	t, m := h.t, h.fakes["m1"]
	raw, _, _ := strings.Cut(m.raw.String(), "GET /next ")
	if k.member == "" {
		if h.body == "unbuffered" { // its head may have gone out before the failure came
			raw = ""
		}
		for _, rq := range m.requests() {
			if rq.URL.Path != "/next" {
				t.Errorf("%s: a member ran %s %s", k.name, rq.Method, rq.RequestURI)
			}
		}
		if raw != "" {
			t.Errorf("%s: a member got %q", k.name, raw)
		}
		return
	}
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	rq, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
	if err != nil {
		t.Errorf("%s: a member got %q: %v", k.name, raw, err)
		return
	}
	if got := rq.Method + " " + rq.RequestURI + " " + rq.Host; got != k.member || rq.Proto != "HTTP/1.1" ||
		strings.Count(head, "\r\nHost: ") != 1 {
		t.Errorf("%s: a member got %q, want %s", k.name, raw, k.member)
	}
	if body != k.wire {
		t.Errorf("%s: a member got the body %q, want %q", k.name, body, k.wire)
	}
}

// checkNext finds out what becomes of the connection, and that a member ran nothing but what it should have.
func (h *requestWorld) checkNext(k *kind, v *visitor, r reply) {
	t, m := h.t, h.fakes["m1"]
	if h.body != "together" && !r.close {
		v.send(next)
	}
	after, err := v.read("GET")
	switch {
	case k.closes != r.close:
		t.Errorf("%s: close %v, want %v", k.name, r.close, k.closes)
	case k.closes && err == nil:
		t.Errorf("%s: behind the last answer came %+v", k.name, after)
	case !k.closes && (err != nil || after.status != 200 || after.member != "/next"):
		t.Errorf("%s: the next request got %+v %v", k.name, after, err)
	}
	if _, err := v.br.ReadByte(); err == nil {
		t.Errorf("%s: something follows", k.name)
	}
	var ran []string
	for _, rq := range m.requests() {
		ran = append(ran, rq.URL.Path)
	}
	want := 0
	if k.member != "" {
		want++
	}
	if !k.closes {
		want++
	}
	if len(ran) != want {
		t.Errorf("%s: a member ran %q, want %d", k.name, ran, want)
	}
	if marked, _ := h.memberState("m1"); marked {
		t.Errorf("%s: m1 is marked down", k.name)
	}
}

// All kinds in one go: each is answered in its turn, and members get them in order, as they should be.
func TestPipelinedRequests(t *testing.T) {
	for _, body := range []string{"together", "unbuffered"} {
		h := newRequestWorld(t, "http", 0, true, body)
		var raw, want strings.Builder
		count := 0
		for _, k := range served() {
			if !k.closes && !strings.Contains(k.raw, "100-continue") {
				raw.WriteString(k.raw)
				want.WriteString(k.member + "\n" + k.wire + "\n")
				count++
			}
		}
		v := h.client()
		v.send(raw.String() + next)
		for i := range count + 1 {
			if r, err := v.read("GET"); err != nil || r.status != 200 {
				t.Fatalf("%s, answer %d: %+v %v", body, i, r, err)
			}
		}
		var got strings.Builder
		rest := h.fakes["m1"].raw.String()
		for range count {
			got.WriteString(h.cutRequest(&rest))
		}
		if got.String() != want.String() || !strings.HasPrefix(rest, "GET /next ") {
			t.Errorf("%s: the member got %q, want %q", body, got.String(), want.String())
		}
		v.Close()
		h.stop()
	}
}

// cutRequest takes the first request from what a member got: METHOD TARGET HOST, and its body as it stands there.
func (h *requestWorld) cutRequest(raw *string) string {
	head, rest, _ := strings.Cut(*raw, "\r\n\r\n")
	rq, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
	if err != nil {
		h.t.Fatalf("%q: %v", *raw, err)
	}
	n := int(rq.ContentLength)
	if len(rq.TransferEncoding) > 0 {
		body := strings.NewReader(rest)
		whole := bufio.NewReader(io.MultiReader(strings.NewReader(head+"\r\n\r\n"), body))
		again, _ := http.ReadRequest(whole)
		io.Copy(io.Discard, again.Body)
		n = len(rest) - body.Len() - whole.Buffered()
	}
	*raw = rest[n:]
	return rq.Method + " " + rq.RequestURI + " " + rq.Host + "\n" + rest[:n] + "\n"
}

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

// Trailers of an answer that end here are dropped, whatever division into pieces they come in, and harm nobody.
func TestTrailersOfMembers(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct{ body, want string }{
		{fiveBytes + "0\r\nX-Sum: 1\r\n\r\n", fiveBytes + "0\r\nX-Sum: 1\r\n\r\n"},
		{fiveBytes + "0\r\nDate: x\r\n\r\n", fiveBytes + lastChunk},
		{fiveBytes + "0\r\n$WSEP: x\r\nA: b\r\n$wspt: y\r\n\r\n", fiveBytes + "0\r\nA: b\r\n\r\n"},
		{fiveBytes + "0\r\n_WS_HAPRT_WLMVERSION: x\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n", fiveBytes +
			lastChunk},
		{"005 ;x=y\r\nhello\r\n0;z\r\nA: b\r\n\r\n", "05\r\nhello\r\n0\r\nA: b\r\n\r\n"},
		{"5;x=y\r\nhello\r\n" + "10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n0;z\r\nA: b\r\nDate: c\r\n\r\n",
			fiveBytes + "10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n0\r\nA: b\r\n\r\n"},
	} {
		for _, way := range ways {
			for _, size := range []int{1 + len(c.body)/30, 1 << 20} {
				w := startOver(t, way.version, site{members: 2}, Options{})
				for _, f := range w.fakes {
					f.act = func(_ *fake, conn net.Conn, _ *http.Request) bool {
						for piece := range pieces(head+c.body, size) {
							if _, err := io.WriteString(conn, piece); err != nil {
								return false
							}
						}
						return true
					}
				}
				v := w.visit()
				for range 3 { // on a new stream, and on a reused one
					v.send(get("/", sticky("m1")))
					got := make([]byte, len(head)+len(c.want))
					if _, err := io.ReadFull(v.br, got); err != nil || string(got) != head+c.want {
						t.Errorf("%s, pieces of %d: %.200q, want %.200q: %v", way.name, size, got, head+c.want, err)
						break
					}
				}
				if marked, _ := w.memberState("m1"); marked || w.connects("m1") != 1 {
					t.Errorf("%.60q: marked %v, %d streams", c.body, marked, w.connects("m1"))
				}
				v.Close()
				old := w.once("GET / HTTP/1.0\r\n" + host + sticky("m1") + "\r\n\r\n")
				if !strings.HasPrefix(old.body, "hello") || strings.Contains(old.body, "\r\n") {
					t.Errorf("HTTP/1.0 gets %.100q", old.body)
				}
				w.stop()
			}
		}
	}
}

// Trailers that Connection names end here, as fields of the head do (RFC 9110, 7.6.1).
func TestNominatedTrailersOfMembers(t *testing.T) {
	for _, way := range ways {
		for _, first := range []string{"", fiveBytes} { // with the head, or behind it
			w := startOver(t, way.version, site{members: 2}, Options{})
			w.fakes["m1"].act = func(_ *fake, conn net.Conn, _ *http.Request) bool {
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Hop: 0\r\nConnection: x-hop\r\nDate: x\r\n"+
					"Transfer-Encoding: chunked\r\n\r\n"+first)
				_, err := io.WriteString(conn,
					strings.TrimPrefix(fiveBytes, first)+"0\r\nX-HOP: 1\r\nX-Sum: 2\r\n\r\n")
				return err == nil
			}
			v := w.visit()
			for range 2 {
				v.send(get("/", sticky("m1")))
				want := "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
					fiveBytes + "0\r\nX-Sum: 2\r\n\r\n"
				got := make([]byte, len(want))
				if _, err := io.ReadFull(v.br, got); err != nil || string(got) != want {
					t.Errorf("%s: %q, %v", way.name, got, err)
				}
			}
			v.Close()
			w.stop()
		}
	}
}

// A chunked body with extensions that is larger than the buffer, and one that is kept in a file, reach the member
// as plain chunks.
func TestLargeChunkedBodies(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	var raw strings.Builder
	for range 12 {
		fmt.Fprintf(&raw, "%06x ;signature=%064d\r\n%s\r\n", len(content), 7, content)
	}
	raw.WriteString("0;x\r\nX-Sum: 1\r\nDate: y\r\n\r\n")
	for _, size := range []string{"0", "64", "-1"} {
		for _, piece := range []int{1000, 1 << 20} {
			w := start(t, false, site{members: 1, cluster: `PostBufferSize="` + size + `"`}, Options{})
			v := w.visit()
			go func() {
				for p := range pieces(chunkedTo+raw.String(), piece) {
					io.WriteString(v.Conn, p)
				}
			}()
			r, err := v.read("POST")
			if err != nil || r.status != 200 {
				t.Errorf("PostBufferSize %s: %+v %v", size, r, err)
			}
			got := w.fakes["m1"].raw.String()
			if strings.Contains(got, "signature") || strings.Contains(got, "Date: y") || !strings.HasSuffix(got,
				"\r\n0\r\nX-Sum: 1\r\n\r\n") {
				t.Errorf("PostBufferSize %s: the member gets %d bytes that end with %q", size, len(got), got[max(0,
					len(got)-60):])
			}
			if body := w.fakes["m1"].bodies; len(body) != 1 || body[0] != strings.Repeat(string(content), 12) {
				t.Errorf("PostBufferSize %s: another content", size)
			}
			v.Close()
			w.stop()
		}
	}
}
