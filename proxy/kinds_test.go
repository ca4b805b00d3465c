package proxy

import (
	"strings"
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
		{name: "empty expectation", raw: "POST /a HTTP/1.1\r\nExpect: \r\nContent-Length: 5\r\n" + end + "hello",
			wire: "hello"},
		{name: "length behind zeros", raw: "POST /a HTTP/1.1\r\nContent-Length: " + zeros + "5\r\n" + end + "hello",
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
		"above the root":                 get("/../a"),
		"above the root, escaped":        get("/a/%2e%2E/%2E./b"),
		"above the root, in the end":     get("/a/../.."),
		"above the root, slashes":        get("//..//a"),
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
		"length behind endless zeros":    posted("Content-Length: " + strings.Repeat("0", 48) + "1\r\n"),
		"length of 19 digits":            posted("Content-Length: 1000000000000000000\r\n"),
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
