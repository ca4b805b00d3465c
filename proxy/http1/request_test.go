package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func parseRequest(raw string) (*Request, bool, error) {
	var r Request
	r.Reset()
	done, err := r.Parse([]byte(raw), Limits{})
	return &r, done, err
}

func status(err error) int {
	if e, ok := err.(*Error); ok {
		return e.Status
	}
	return 0
}

func TestRequest(t *testing.T) {
	raw := "POST /shop/cart;jsessionid=1?x=2 HTTP/1.1\r\nHost: Shop:9080\r\nCookie: a=b \r\nCONTENT-length:  12\r\n" +
		"Connection: close, X-Hop\r\nX-Hop: 1\r\n$wsRA: 10.0.0.1\r\nExpect: 100-Continue\r\nX-Empty:\r\n\r\nbody"
	r, done, err := parseRequest(raw)
	if err != nil || !done {
		t.Fatal(done, err)
	}
	buf := []byte(raw)
	if got := string(r.Method(buf)) + " " + string(r.Target(buf)) + " " +
		string(r.Host(buf)); got != "POST /shop/cart;jsessionid=1?x=2 Shop:9080" {
		t.Error(got)
	}
	if r.Length != 12 || !r.Close || !r.Nominates || !r.Continue || r.Minor != 1 || r.Persists() || !r.HasBody() {
		t.Errorf("%+v", r.Head)
	}
	if raw[r.Size:] != "body" {
		t.Errorf("head ends before %q", raw[r.Size:])
	}
	kinds := []Kind{Host, Cookie, ContentLength, Connection, Other, Private, Expect, Other}
	for i := range r.Fields {
		f := &r.Fields[i]
		if f.Kind != kinds[i] {
			t.Errorf("%s has kind %d, want %d", f.Name(buf), f.Kind, kinds[i])
		}
		if nominated := string(f.Name(buf)) == "X-Hop"; r.Nominated(f, buf) != nominated {
			t.Errorf("%s nominated: want %v", f.Name(buf), nominated)
		}
	}
	if got := string(r.Fields[1].Text(buf)); got != "a=b" {
		t.Errorf("value %q", got)
	}
}

// An HTTP/1.0 client knows no interim answer, so it waits for none, whatever it says (RFC 9110, 10.1.1).
func TestExpectationOfOldClient(t *testing.T) {
	r, done, err := parseRequest("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
	if err != nil || !done || r.Continue {
		t.Errorf("%v %v, waits %v", done, err, r.Continue)
	}
}

// The messages that two programs could read in two ways, and what comes of each.
var hostile = []struct {
	name, raw string
	status    int
	reason    string // why net/http accepts what is refused here, "" where it refuses as well
}{
	{"length and chunked", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
		400, "drops the length; whoever reads the length instead sees another message"},
	{"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400, ""},
	{"two equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 400,
		"RFC 9110 allows to repair it; nobody needs it"},
	{"list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", 400, ""},
	{"signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", 400, ""},
	{"negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, ""},
	{"empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400, ""},
	{"huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400, ""},
	{"31 zeros", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + strings.Repeat("0", 31) + "3\r\n\r\n", 400,
		"takes any number of them"},
	{"folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400, "joins the lines; others do not"},
	{"folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, ""},
	{"bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400, "takes LF for a line end"},
	{"bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n", 400, "takes LF for a line end"},
	{"bare CR", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n", 400, ""},
	{"CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400, ""},
	{"blank before colon", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n", 400,
		"leaves the check of names to its server"},
	{"tab before colon", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n", 400, ""},
	{"no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400, ""},
	{"empty name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400, ""},
	{"NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", 400, ""},
	{"NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\x00: a\r\n\r\n", 400, ""},
	{"NUL in the target", "GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"letter beyond ASCII in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\xe4: a\r\n\r\n", 400, ""},
	{"fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400,
		"keeps it in the path; a fragment is never sent"},
	{"blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"two hosts in absolute form", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400,
		"takes the one of the target; others read the field"},
	{"two ports in absolute form", "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "takes the one of the target"},
	{"port of the other scheme", "GET https://a/ HTTP/1.1\r\nHost: a:80\r\n\r\n", 400, "takes the one of the target"},
	{"absolute form with two Hosts", "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, ""},
	{"absolute form without Host", "GET http://a/ HTTP/1.1\r\n\r\n", 400, "takes the one of the target"},
	{"absolute form with an empty Host", "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n", 400,
		"takes the one of the target"},
	{"user in absolute form", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "drops it"},
	{"user like a host", "GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "drops it"},
	{"backslash in absolute form", "GET http://a\\b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"absolute form without a host", "GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400,
		"leaves the check to its server"},
	{"absolute form with a port alone", "GET http://:80/ HTTP/1.1\r\nHost: a\r\n\r\n", 400,
		"leaves the check to its server"},
	{"absolute form with port 99999", "GET http://a:99999/ HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400,
		"leaves the check to its server"},
	{"absolute form without slashes", "GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n", 400,
		"leaves the check to its server"},
	{"other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "leaves the check to its server"},
	{"no scheme", "GET a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"authority form", "GET b:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "takes b for the scheme of a URL"},
	{"connect", "CONNECT b:80 HTTP/1.1\r\nHost: b:80\r\n\r\n", 405, "serves forward proxies too"},
	{"connect to a path", "CONNECT /a HTTP/1.1\r\nHost: b\r\n\r\n", 405, "is a way to RPC that Go has"},
	{"connect to a URL", "CONNECT http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 405, "leaves the check to its handler"},
	{"star", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "leaves the check to the handler"},
	{"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"HTTP/0.9", "GET /\r\n\r\n", 400, ""},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "lets it pass for HTTP/2 servers"},
	{"HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400, ""},
	{"HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "leaves the check to its server"},
	{"HTTP/0.9 with a version", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505, "leaves the check to its server"},
	{"lower case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"no host", "GET / HTTP/1.1\r\n\r\n", 400, "leaves the check to its server"},
	{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, ""},
	{"list of hosts", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "leaves the check to its server"},
	{"path in the host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "leaves the check to its server"},
	{"user in the host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "leaves the check to its server"},
	{"word as port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, "leaves the check to its server"},
	{"two ports", "GET / HTTP/1.1\r\nHost: a:80:81\r\n\r\n", 400, "leaves the check to its server"},
	{"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "leaves the check to its server"},
	{"two dots in Host", "GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", 400, "leaves the check to its server"},
	{"a dot as Host", "GET / HTTP/1.1\r\nHost: .\r\n\r\n", 400, "leaves the check to its server"},
	{"port alone", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400, "leaves the check to its server"},
	{"port 99999", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400, "leaves the check to its server"},
	{"port 65536", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400, "leaves the check to its server"},
	{"port of six digits", "GET / HTTP/1.1\r\nHost: a:000080\r\n\r\n", 400, "leaves the check to its server"},
	{"open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "leaves the check to its server"},
	{"open bracket and port", "GET / HTTP/1.1\r\nHost: [::1:80\r\n\r\n", 400, "leaves the check to its server"},
	{"closed bracket", "GET / HTTP/1.1\r\nHost: ::1]\r\n\r\n", 400, "leaves the check to its server"},
	{"address without brackets", "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400, "leaves the check to its server"},
	{"text behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]a:80\r\n\r\n", 400, "leaves the check to its server"},
	{"name in brackets", "GET / HTTP/1.1\r\nHost: [a]\r\n\r\n", 400, "leaves the check to its server"},
	{"IPv4 in brackets", "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n", 400, "leaves the check to its server"},
	{"address with a zone", "GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n", 400, "leaves the check to its server"},
	{"chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" +
		"\r\n", 400, ""},
	{"chunked in a list", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, ""},
	{"other coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501, ""},
	{"identity coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501, ""},
	{"vertical tab before chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n", 400, ""},
	{"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
		"takes HTTP/1.0 for chunked, or not, by version of Go"},
	{"unknown expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417,
		"leaves the check to its server"},
	{"11 empty lines first", strings.Repeat("\r\n", 11) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"bare LF first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"CR CR LF first", "\r\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"blank line first", " \r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
	{"large head", "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n", 431,
		"leaves the limit to its server"},
	{"many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: 1\r\n", 400) + "\r\n", 431,
		"leaves the limit to its server"},
}

func TestHostileRequests(t *testing.T) {
	for _, c := range hostile {
		_, done, err := parseRequest(c.raw)
		if done || status(err) != c.status {
			t.Errorf("%s: done %v, %v, want status %d", c.name, done, err, c.status)
		}
		_, theirs := http.ReadRequest(bufio.NewReader(strings.NewReader(c.raw)))
		if (theirs == nil) != (c.reason != "") {
			t.Errorf("%s: net/http says %v, noted is the reason %q", c.name, theirs, c.reason)
		}
	}
}

func TestAcceptedRequests(t *testing.T) {
	for _, raw := range []string{
		"GET / HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.0\r\nHost:\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a:65535\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a_b.c-d~\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: [::ffff:1.2.3.4]\r\n\r\n",
		"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET //../%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nX: \xe4\t1\r\n\r\n",
	} {
		if _, done, err := parseRequest(raw); !done || err != nil {
			t.Errorf("%q: %v %v", raw, done, err)
		}
		if _, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw))); err != nil {
			t.Errorf("%q: net/http: %v", raw, err)
		}
	}
}

// Whatever the pieces in which a head arrives, the result is the same.
func TestRequestInPieces(t *testing.T) {
	raw := []byte("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
	var r Request
	r.Reset()
	for n := range len(raw) {
		done, err := r.Parse(raw[:n], Limits{})
		if err != nil || done != (n >= len(raw)-1) {
			t.Fatal(n, done, err)
		}
		if done {
			break
		}
	}
	if r.Length != 1 || string(r.Host(raw)) != "a" || r.Size != len(raw)-1 {
		t.Errorf("%+v", r)
	}
}

func TestRequestAllocatesNothing(t *testing.T) {
	raw := []byte("GET / HTTP/1.1\r\nHost: localhost:18080\r\n" +
		"Cookie: JSESSIONID=0000A2MB4IJozU_VM8IffsMNfdR:clone3\r\n\r\n")
	var r Request
	n := testing.AllocsPerRun(100, func() {
		r.Reset()
		if done, err := r.Parse(raw, Limits{}); !done || err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Each form of a target, and what a member gets of it.
func TestTargets(t *testing.T) {
	for _, c := range []struct{ line, lines, target, host string }{
		{"GET /a?b HTTP/1.1", "Host: Shop:81", "/a?b", "Shop:81"},
		{"GET http://shop/a?b HTTP/1.1", "Host: shop", "/a?b", "shop"},
		{"GET HTTP://Shop:80/ HTTP/1.1", "Host: sHop", "/", "Shop:80"},
		{"GET http://shop/ HTTP/1.1", "Host: shop:80", "/", "shop"},
		{"GET https://shop/ HTTP/1.1", "Host: shop:443", "/", "shop"},
		{"GET http://[::1]:81//b HTTP/1.1", "Host: [::1]:81", "//b", "[::1]:81"},
		{"GET http://shop HTTP/1.1", "Host: shop", "/", "shop"},
		{"GET http://shop?a/b HTTP/1.1", "Host: shop", "/?a/b", "shop"},
		{"GET http://shop/http://other/ HTTP/1.1", "Host: shop", "/http://other/", "shop"},
		{"GET http://shop/a HTTP/1.0", "X: y", "/a", "shop"},
		{"GET http://shop/a HTTP/1.0", "Host:", "/a", "shop"},
		{"OPTIONS * HTTP/1.1", "Host: shop", "*", "shop"},
		{"OPTIONS http://shop HTTP/1.1", "Host: shop", "*", "shop"},
		{"OPTIONS http://shop/ HTTP/1.1", "Host: shop", "/", "shop"},
		{"OPTIONS http://shop?a HTTP/1.1", "Host: shop", "/?a", "shop"},
		{"GET / HTTP/1.0", "Host:", "/", ""},
	} {
		for _, before := range []string{"", "\r\n", strings.Repeat("\r\n", 10)} {
			raw := before + c.line + "\r\n" + c.lines + "\r\n\r\n"
			r, done, err := parseRequest(raw)
			buf := []byte(raw)
			if !done || string(r.Target(buf)) != c.target || string(r.Host(buf)) != c.host ||
				string(r.Line(buf)) != c.line || r.Size != len(raw) {
				t.Errorf("%q: %v %v, target %q, host %q, line %q", raw, done, err, r.Target(buf), r.Host(buf),
					r.Line(buf))
			}
			url := strings.Contains(strings.ToLower(c.line), " http://") || strings.Contains(c.line, " https://")
			if want := c.host != "" && !url; r.HostInField(buf) != want {
				t.Errorf("%q: host in the field: %v", raw, !want)
			}
		}
	}
}

// Until a request line begins nothing has begun; empty lines arrive in any pieces.
func TestEmptyLinesFirst(t *testing.T) {
	raw := []byte("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
	var r Request
	r.Reset()
	for n := range len(raw) + 1 {
		done, err := r.Parse(raw[:n], Limits{})
		if err != nil || done != (n == len(raw)) {
			t.Fatal(n, done, err)
		}
		if began := n > 4 || n == 1 || n == 3; r.Began() != began {
			t.Errorf("after %d bytes: began %v", n, r.Began())
		}
	}
	if string(r.Method(raw)) != "GET" || string(r.Target(raw)) != "/" {
		t.Errorf("%q %q", r.Method(raw), r.Target(raw))
	}
}

// requestDifferences name why net/http refuses a request that is accepted here.
var requestDifferences = []struct {
	err, why string
	of       func(raw []byte) bool
}{
	{"invalid URL escape", "escapes that no host needs, and broken ones of a path, which the core knows of", has("%")},
	{"invalid host", "characters of a host that RFC 3986 has", has("://")},
	{"invalid character", "characters of a host that RFC 3986 has", has("://")},
	{"invalid port", "no leading zeros or such", has("://")},
}

func requestDiffers(err error, raw []byte) bool {
	for _, d := range requestDifferences {
		if strings.Contains(err.Error(), d.err) && d.of(raw) {
			return true
		}
	}
	return false
}

// What is accepted here net/http reads in the same way, one request behind the other: where each ends, and what is
// in it. Empty lines before one it is not shown, for it takes none.
func FuzzRequest(f *testing.F) {
	for _, c := range hostile {
		if len(c.raw) < 2000 {
			f.Add([]byte(c.raw), 7)
		}
	}
	for _, seed := range []string{
		"POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"\r\n\r\nGET / HTTP/1.2\r\nHost: a\r\n\r\n\r\nGET http://b:80/c HTTP/1.1\r\nHost: B\r\n\r\n",
		"GET http://a?b HTTP/1.0\r\n\r\n", "OPTIONS https://[::1]:443 HTTP/1.1\r\nHost: [::1]\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n05 ;x=y\r\nhello\r\n00\t\r\nA: b\r\n\r\n" +
			"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\n\r\n\r\n" +
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb",
	} {
		f.Add([]byte(seed), 20)
	}
	f.Fuzz(func(t *testing.T, raw []byte, cut int) {
		for more := true; more; {
			raw, more = oneRequest(t, raw, cut)
		}
	})
}

// oneRequest compares the first request in raw. rest is what follows it, where there is one.
func oneRequest(t *testing.T, raw []byte, cut int) (rest []byte, more bool) {
	var r, pieces Request
	r.Reset()
	done, err := r.Parse(raw, Limits{})
	pieces.Reset()
	done2, err2 := pieces.Parse(raw[:max(0, min(cut, len(raw)))], Limits{})
	if !done2 && err2 == nil {
		done2, err2 = pieces.Parse(raw, Limits{})
	}
	if done2 != done || err2 != err {
		t.Fatalf("in one piece %v %v, in two %v %v", done, err, done2, err2)
	}
	if !done || err != nil {
		return nil, false
	}
	br := bufio.NewReader(bytes.NewReader(raw[r.start:]))
	theirs, err := http.ReadRequest(br)
	if err != nil {
		if !requestDiffers(err, r.Line(raw)) {
			t.Fatalf("net/http refuses: %v", err)
		}
		return nil, false
	}
	if theirs.Method != string(r.Method(raw)) ||
		theirs.RequestURI != string(raw[r.methodEnd+1:][:len(theirs.RequestURI)]) ||
		theirs.Host != string(r.Host(raw)) {
		t.Fatalf("net/http reads %s %s for %s; we %s %s for %s", theirs.Method, theirs.RequestURI, theirs.Host,
			r.Method(raw), r.Target(raw), r.Host(raw))
	}
	if chunked := len(theirs.TransferEncoding) > 0; chunked != r.Chunked || !chunked &&
		theirs.ContentLength != max(r.Length, 0) {
		t.Fatalf("net/http: chunked %v, length %d", chunked, theirs.ContentLength)
	}
	return oneBody(t, &r, theirs, br, raw[r.Size:])
}

// oneBody compares the body of a request, which begins in raw.
func oneBody(t *testing.T, r *Request, theirs *http.Request, br *bufio.Reader, raw []byte) (rest []byte, more bool) {
	want, used := raw[:min(int64(len(raw)), max(r.Length, 0))], int(max(r.Length, 0))
	if r.Chunked {
		var err error
		if want, used, _, err = pass(raw, len(raw)+1, Chunks{}); err != nil {
			return nil, false
		}
		want = []byte(netBody(t, want, "").content)
	}
	content, err := io.ReadAll(theirs.Body)
	if used > len(raw) || bodyDiffers(err, raw[:used]) {
		return nil, false
	}
	left, _ := io.ReadAll(br)
	if err != nil || !bytes.Equal(content, want) || !bytes.Equal(left, raw[used:]) {
		t.Fatalf("net/http reads %q, rest %q, %v; we %q, rest %q", content, left, err, want, raw[used:])
	}
	return raw[used:], true
}
