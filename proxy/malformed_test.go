package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// malformed is an answer that is not as HTTP/1.1 wants it. want is what the client gets for GET and POST, head for
// HEAD where that differs: "200 ok" is the body passed on, "cut" in place of it that the connection ends before the
// body does.
type malformed struct {
	name, answer string
	want, head   string
	closes       bool // the member closes its connection behind it
	toHEAD       bool // the body is sent to HEAD, too
	header       string
}

const (
	okLine  = "HTTP/1.1 200 OK\r\n"
	length2 = "Content-Length: 2\r\n"
	ok2     = length2 + "\r\nok"
	chunks  = "\r\n2\r\nok\r\n0\r\n\r\n"
	passed  = "200 ok"
	refused = "502"
)

// malformedAnswers: first those that are passed on, for there is no doubt what they say, then those that are not.
func malformedAnswers() []malformed {
	list := []malformed{
		{name: "two equal lengths", answer: okLine + length2 + ok2, want: passed},
		{name: "three equal lengths", answer: okLine + length2 + "content-length:2\r\n" + ok2, want: passed},
		{name: "a list of equal lengths", answer: okLine + "Content-Length: 2, 2\r\n\r\nok", want: passed},
		{name: "bare LF", answer: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", want: passed},
		{name: "bare LF in a line", answer: okLine + "X: y\n" + ok2, want: passed, header: "X: y"},
		{name: "bare LF behind the head", answer: okLine + "Content-Length: 2\r\n\nok", want: passed},
		{name: "bare LF and chunks", answer: okLine + "Transfer-Encoding: chunked\n" + chunks, want: passed},
		{name: "fold", answer: okLine + "X: y\r\n z\r\n" + ok2, want: passed, header: "X: y z"},
		{name: "fold with a tab", answer: okLine + "X: y\r\n\tz\r\n" + ok2, want: passed, header: "X: y z"},
		{name: "fold of an empty value", answer: okLine + "X:\r\n z\r\n" + ok2, want: passed, header: "X: z"},
		{name: "empty fold", answer: okLine + "X: y\r\n \r\n" + ok2, want: passed, header: "X: y"},
		{name: "two folds", answer: okLine + "X: y\r\n z\n   w\r\n" + ok2, want: passed, header: "X: y z w"},
		{name: "fold that looks like a field", answer: okLine + "X: y\r\n Content-Length: 9\r\n" + ok2, want: passed,
			header: "X: y Content-Length: 9"},
		{name: "control character", answer: okLine + "X: a\x01b\r\n" + ok2, want: passed, header: "X: a\x01b"},
		{name: "escape", answer: okLine + "X: \x1b[0m\r\n" + ok2, want: passed, header: "X: \x1b[0m"},
		{name: "vertical tab", answer: okLine + "X: a\x0bb\r\n" + ok2, want: passed, header: "X: a\x0bb"},
		{name: "DEL", answer: okLine + "X: a\x7f\r\n" + ok2, want: passed, header: "X: a\x7f"},
		{name: "control character in the reason", answer: "HTTP/1.1 200 O\x07K\r\n" + ok2, want: passed},
		{name: "bytes beyond ASCII", answer: okLine + "X: \xff\xe4\r\n" + ok2, want: passed, header: "X: \xff\xe4"},
		{name: "HTTP/2.0", answer: "HTTP/2.0 200 OK\r\n" + ok2, want: passed},
		{name: "HTTP/2", answer: "HTTP/2 200\r\n" + ok2, want: passed},
		{name: "HTTP/1.2", answer: "HTTP/1.2 200 OK\r\n" + ok2, want: passed},
		{name: "no colon", answer: okLine + "nonsense\r\n" + ok2, want: passed},
		{name: "no colon first and last", answer: okLine + "a\r\n" + length2 + "b\r\n\r\nok", want: passed},
		{name: "fold without colon", answer: okLine + "nonsense\r\n more\r\n" + ok2, want: passed},
		{name: "chunked in two fields", answer: okLine +
			"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + chunks, want: passed},
		{name: "chunked twice", answer: okLine + "Transfer-Encoding: chunked, chunked\r\n" + chunks, want: passed},
		{name: "CHUNKED", answer: okLine + "Transfer-Encoding: CHUNKED\r\n" + chunks, want: passed},
		{name: "identity", answer: okLine + "Transfer-Encoding: identity\r\n" + ok2, want: passed},
		{name: "identity and chunked", answer: okLine + "Transfer-Encoding: identity, chunked\r\n" + chunks,
			want: passed},
		{name: "blank before a colon", answer: okLine + "X : y\r\n" + ok2, want: passed, header: "X: y"},
		{name: "blank before the colon of the length", answer: okLine + "Content-Length\t : 2\r\n\r\nok",
			want: passed},
		{name: "length with zeros", answer: okLine + "Content-Length: 00002\r\n\r\nok", want: passed},
		{name: "length with thirty zeros", answer: okLine + "Content-Length: " + strings.Repeat("0", 30) +
			"2\r\n\r\nok", want: passed},
		{name: "no reason", answer: "HTTP/1.1 200\r\n" + ok2, want: passed},
		{name: "no reason, LF", answer: "HTTP/1.1 200 \n" + ok2, want: passed},
		{name: "no end", answer: okLine + "X : y\r\n\r\nok", want: passed, closes: true},
		{name: "chunks of HTTP/1.0", answer: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + chunks,
			want: passed},
		{name: "204 with a length", answer: "HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n", want: "204"},
		{name: "204 with chunked", answer: "HTTP/1.1 204 None\nTransfer-Encoding: chunked\n\n", want: "204"},
		{name: "304 with LF", answer: "HTTP/1.1 304 Same\nContent-Length: 5\n\n", want: "304"},
		{name: "interim with LF", answer: "HTTP/1.1 103 Early\nLink : x\n\n" + okLine + ok2, want: passed},

		{name: "an unknown byte in a chunk's size", answer: okLine + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
			want: refused, head: "200"},
		{name: "negative chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n", want: refused,
			head: "200"},
		{name: "hexadecimal prefix", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n",
			want: refused, head: "200"},
		{name: "chunk that overflows", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n" +
			strings.Repeat("f", 17) + "\r\nok", want: refused, head: "200"},
		{name: "chunk too short", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
			want: refused, head: "200"},
		{name: "chunk ends with LF", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\n0\r\n\r\n",
			want: refused, head: "200"},
		{name: "bad chunk later", want: "200 cut", head: "200",
			answer: okLine + "Transfer-Encoding: chunked\r\n\r\n10000\r\n" + strings.Repeat("x", 1<<16) +
				"\r\nzz\r\n"},
		{name: "length and chunked", answer: okLine + length2 + "Transfer-Encoding: chunked\r\n" + chunks,
			want: refused},
		{name: "fold of the first line", answer: okLine + " X: y\r\n" + ok2, want: refused},
		{name: "fold of the length", answer: okLine + "Content-Length:\r\n 2\r\n\r\nok", want: refused},
		{name: "fold of the coding", answer: okLine + "Transfer-Encoding:\r\n chunked\r\n" + chunks, want: refused},
		{name: "NUL", answer: okLine + "X: a\x00b\r\n" + ok2, want: refused},
		{name: "NUL in a name", answer: okLine + "X\x00: y\r\n" + ok2, want: refused},
		{name: "NUL in the reason", answer: "HTTP/1.1 200 O\x00K\r\n" + ok2, want: refused},
		{name: "bare CR", answer: okLine + "X: y\rTransfer-Encoding: chunked\r\n" + ok2, want: refused},
		{name: "two CR", answer: okLine + "X: y\r\r\n" + ok2, want: refused},
		{name: "bare CR in the reason", answer: "HTTP/1.1 200 O\rK\r\n" + ok2, want: refused},
		{name: "blank in a name", answer: okLine + "X Y: z\r\n" + ok2, want: refused},
		{name: "no name", answer: okLine + ": z\r\n" + ok2, want: refused},
		{name: "control character in a name", answer: okLine + "Content\x01-Length: 2\r\n" + ok2, want: refused},
		{name: "an HTML page alone", answer: "<html><body>ok</body></html>\r\n", want: refused},
		{name: "another protocol", answer: "SSH-2.0-OpenSSH_9.2\r\n", want: refused},
		{name: "an alert of TLS", answer: "\x15\x03\x03\x00\x02\x02\x28", want: refused},
		{name: "an empty line first", answer: "\r\n" + okLine + ok2, want: refused},
		{name: "ICY", answer: "ICY 200 OK\r\n" + ok2, want: refused},
		{name: "small letters", answer: "http/1.1 200 OK\r\n" + ok2, want: refused},
		{name: "large line", answer: okLine + "X: " + strings.Repeat("x", 200<<10) + "\r\n" + ok2, want: refused},
		{name: "endless line", answer: okLine + "X: " + strings.Repeat("x", 300<<10), want: refused},
		{name: "endless status line", answer: "HTTP/1.1 200 " + strings.Repeat("x", 300<<10), want: refused},
		{name: "many fields", answer: okLine + strings.Repeat("X: y\r\n", 2000) + ok2, want: refused},
		{name: "many odd fields", answer: okLine + strings.Repeat("X : y\n", 2000) + ok2, want: refused},
		{name: "upgrade that nobody asked for",
			answer: "HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", want: refused},
		{name: "many interim answers", answer: strings.Repeat("HTTP/1.1 102 Wait\r\n\r\n", 50) + okLine + ok2,
			want: refused},
		{name: "interim with a body", answer: "HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\nbody" + okLine + ok2,
			want: refused},
		{name: "no status, and no end of the head", answer: "HTTP/1.1 OK\r\nX: y\r\n", want: refused, closes: true},
		{name: "NUL, and no end of the head", answer: okLine + "X: \x00y\r\n", want: refused, closes: true},
		{name: "CR alone, and no end", answer: "HTTP/1.1 200 OK\rContent-Length: 2\r\rok", want: refused},
		{name: "CR alone behind a line", answer: okLine + "Content-Length: 2\r\rok", want: refused},
		{name: "no name, and no end of the head", answer: okLine + length2 + ": y\n", want: refused, closes: true},
		{name: "reflected line break", answer: okLine + "X: a\r\r\nSet-Cookie: b=c\r\n" + ok2, want: refused},
	}
	list = append(list, surplusAnswers()...)
	list = append(list, cutAnswers()...)
	list = append(list, strangeAnswers()...)
	for _, v := range []string{"", "+2", "-2", "0x2", "2 2", "2;", "2,3", "2,", "two", "2.0", "18446744073709551618",
		"\x0b2", ",2", "2,2,3", "9223372036854775807",
		"1e1", "2_0", "\uff12", "2\x01", "\xa02", "2 , ", "-0", "NaN"} {
		list = append(list, malformed{name: fmt.Sprintf("length %q", v), answer: okLine + "Content-Length: " + v +
			"\r\n" + "X: y\r\n\r\nok", want: refused})
	}
	for _, v := range []string{"", "gzip", "gzip, chunked", "chunked, gzip", "xchunked", "chunked;a=b", "\x0bchunked",
		"chunked\x01", "chunked x", "chunked,", ",chunked", "chunked, gzip, chunked", "\"chunked\"",
		"chunke", "chunked=1", "identity;q=1", "br", "\xa0chunked"} {
		list = append(list, malformed{name: fmt.Sprintf("coding %q", v), answer: okLine + "Transfer-Encoding: " + v +
			"\r\n" + chunks, want: refused})
	}
	for _, v := range []string{"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK", "HTTP/1.1 abc OK",
		"HTTP/1.1  200 OK", "HTTP/1.1", "HTTP/x.y 200 OK",
		"HTTP/0.9 200 OK", "HTTP 200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200OK", "HTTP/11 200 OK", "HTTP/1.1 -20 OK"} {
		list = append(list, malformed{name: fmt.Sprintf("status line %q", v), answer: v + "\r\n" + ok2, want: refused})
	}
	return list
}

// surplusAnswers have more bytes than belong to them: nobody ever gets those.
func surplusAnswers() []malformed {
	const chunkedLine, glued = "Transfer-Encoding: chunked\r\n", okLine + "X-Member: stray\r\n" + ok2
	return []malformed{
		{name: "HEAD with a body", answer: okLine + ok2, want: passed, toHEAD: true},
		{name: "HEAD with chunks", answer: okLine + chunkedLine + chunks, want: passed, toHEAD: true},
		{name: "HEAD with a body of its own length", answer: okLine + "Content-Length: 4096\r\n\r\n" +
			strings.Repeat("x", 4096),
			want: passed[:4] + strings.Repeat("x", 4096), head: "200", toHEAD: true},
		{name: "204 with a body", answer: "HTTP/1.1 204 None\r\n\r\nok", want: "204", toHEAD: true},
		{name: "204 with a length and a body", answer: "HTTP/1.1 204 None\r\n" + ok2, want: "204", toHEAD: true},
		{name: "204 with chunks", answer: "HTTP/1.1 204 None\r\n" + chunkedLine + chunks, want: "204", toHEAD: true},
		{name: "304 with a body", answer: "HTTP/1.1 304 Same\r\n" + ok2, want: "304", toHEAD: true},
		{name: "304 with chunks", answer: "HTTP/1.1 304 Same\r\n" + chunkedLine + chunks, want: "304", toHEAD: true},
		{name: "304 and an answer", answer: "HTTP/1.1 304 Same\r\n\r\n" + glued, want: "304", toHEAD: true},
		{name: "205 with a body", answer: "HTTP/1.1 205 Reset\r\n" + ok2, want: "205"},
		{name: "two answers", answer: okLine + ok2 + glued, want: passed, head: "200", toHEAD: true},
		{name: "two answers in chunks", answer: okLine + chunkedLine + chunks + okLine + chunkedLine + chunks,
			want: passed, head: "200", toHEAD: true},
		{name: "an interim answer behind", answer: okLine + ok2 + "HTTP/1.1 100 Continue\r\n\r\n", want: passed,
			head: "200", toHEAD: true},
		{name: "more than the length", answer: okLine + ok2 + "more", want: passed, head: "200", toHEAD: true},
		{name: "length 0 with a body", answer: okLine + "Content-Length: 0\r\n\r\nok", want: "200", toHEAD: true},
		{name: "line feeds behind", answer: okLine + ok2 + "\r\n\r\n", want: passed, head: "200", toHEAD: true},
		{name: "close and more", answer: okLine + "Connection: close\r\n" + ok2 + glued, want: passed, head: "200",
			toHEAD: true},
		{name: "HTTP/1.0 with keep-alive and more", answer: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + ok2 +
			glued, want: passed, head: "200", toHEAD: true},
	}
}

// cutAnswers end before their body does: the client learns that.
func cutAnswers() []malformed {
	list := []malformed{
		{name: "shorter than the length", answer: okLine + "Content-Length: 10\r\n\r\nok"},
		{name: "no body at all", answer: okLine + "Content-Length: 10\r\n\r\n"},
		{name: "length of 18 digits", answer: okLine + "Content-Length: 999999999999999999\r\n\r\nok"},
		{name: "end in a chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n5\r\nok"},
		{name: "end in the size of a chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1"},
		{name: "end behind a chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"},
		{name: "end before the first chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n"},
		{name: "end in the last chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"},
		{name: "end in a large chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\nok"},
	}
	for i := range list {
		list[i].want, list[i].head, list[i].closes = "200 cut", "200", true
	}
	return list
}

// strangeAnswers are of other protocols, of versions that nobody speaks, or say of themselves what is not so.
func strangeAnswers() []malformed {
	const chunkedLine = "Transfer-Encoding: chunked\r\n"
	list := []malformed{
		{name: "length ends here", answer: okLine + "Connection: content-length\r\n" + ok2, want: passed},
		{name: "chunks end here", answer: okLine + "Connection: Transfer-Encoding, close\r\n" + chunkedLine + chunks,
			want: passed},
		{name: "upgrade without 101", answer: okLine + "Connection: upgrade\r\nUpgrade: h2c\r\n" + ok2, want: passed},
		{name: "HTTP/1.0 with keep-alive", answer: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + ok2,
			want: passed},
		{name: "HTTP/1.0 to its end", answer: "HTTP/1.0 200 OK\r\n\r\nok", want: passed, closes: true},
		{name: "identity to its end", answer: okLine + "Transfer-Encoding: identity\r\n\r\nok", want: passed,
			closes: true},
		{name: "chunked and identity in two fields", answer: okLine + chunkedLine +
			"Transfer-Encoding: identity\r\n" + chunks, want: passed},
		{name: "status 999", answer: "HTTP/1.1 999 Odd\r\n" + ok2, want: "999"},
		{name: "status 600", answer: "HTTP/1.1 600\r\n" + ok2, want: "600"},
		{name: "interim of an unknown status", answer: "HTTP/1.1 199 Hm\r\nX: y\r\n\r\n" + okLine + ok2, want: passed},
		{name: "fifteen interim answers", answer: strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 15) + okLine + ok2,
			want: passed},
		{name: "blanks behind the reason", answer: "HTTP/1.1 200 OK  \r\n" + ok2, want: passed},
		{name: "two blanks before the reason", answer: "HTTP/1.1 200  OK\r\n" + ok2, want: passed},
		{name: "UTF-8 in the reason", answer: "HTTP/1.1 200 d\u00e9j\u00e0\r\n" + ok2, want: passed},
		{name: "blanks around a length", answer: okLine + "Content-Length: \t 2 \t \r\n\r\nok", want: passed},
		{name: "a thousand cookies", answer: okLine + strings.Repeat("Set-Cookie: a=b\r\n", 900) + ok2, want: passed},

		{name: "an end of a chunk is missing", answer: okLine + chunkedLine + "\r\n2\r\nok0\r\n\r\n"},
		{name: "the end of a size is missing", answer: okLine + chunkedLine + "\r\n2ok\r\n0\r\n\r\n"},
		{name: "an empty size", answer: okLine + chunkedLine + "\r\n\r\nok\r\n0\r\n\r\n"},
		{name: "a size with a sign", answer: okLine + chunkedLine + "\r\n+2\r\nok\r\n0\r\n\r\n"},
		{name: "a size with NUL", answer: okLine + chunkedLine + "\r\n2\x00\r\nok\r\n0\r\n\r\n"},
		{name: "a size that ends with CR", answer: okLine + chunkedLine + "\r\n2\rok\r\n0\r\n\r\n"},
		{name: "no chunks at all", answer: okLine + chunkedLine + "\r\nok, this is no chunk\r\n"},
	}
	for i := range list {
		if list[i].want == "" {
			list[i].want, list[i].head = refused, "200"
		}
	}
	for name, answer := range map[string]string{
		"garbage behind an interim answer": "HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n",
		"101 behind an interim answer":     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Go\r\n\r\n",
		"a header of 1 MiB":                okLine + "X: " + strings.Repeat("x", 1<<20) + "\r\n" + ok2,
		"an interim answer of 1 MiB": "HTTP/1.1 103 Early\r\nLink: " + strings.Repeat("x", 1<<20) + "\r\n\r\n" +
			okLine + ok2,
		"CR before a name":          okLine + "\rX: y\r\n" + ok2,
		"CR before the colon":       okLine + "X\r: y\r\n" + ok2,
		"a name of blanks":          okLine + "X: y\r\n" + "\x0b : z\r\n" + ok2,
		"two codings in two fields": okLine + "Transfer-Encoding: gzip\r\n" + chunkedLine + chunks,
		"length and two codings":    okLine + length2 + chunkedLine + chunkedLine + chunks,
		"a byte order mark":         "\xef\xbb\xbf" + okLine + ok2,
		"UTF-16":                    "\xff\xfeH\x00T\x00T\x00P\x00/\x001\x00.\x001\x00",
		"a blank first":             " " + okLine + ok2,
		"a line feed first":         "\n" + okLine + ok2,
		"a gzip file":               "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
		"settings of HTTP/2":        "\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80",
		"a hello of TLS":            "\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03",
		"FTP":                       "220 ready\r\n",
		"a request":                 "GET / HTTP/1.1\r\nHost: shop\r\n\r\n",
		"NULs":                      strings.Repeat("\x00", 100),
	} {
		list = append(list, malformed{name: name, answer: answer, want: refused})
	}
	for _, v := range []string{"HTTP/1.1 OK", "HTTP/1.1 1000 OK", "HTTP/1.1 99 OK", "HTTP/1.1 +200 OK",
		"HTTP/1.1: 200 OK", "HTTP/1.10 200 OK", "HTTP/01.1 200 OK",
		"HTTP/1,1 200 OK", "HTTP/-1.1 200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 2 00 OK", "HTTPS/1.1 200 OK",
		"HTTP/1.1 \xb2\xb0\xb0 OK", "HTTP/ 200 OK", "HTTP/1. 200 OK"} {
		list = append(list, malformed{name: fmt.Sprintf("status line %q", v), answer: v + "\r\n" + ok2, want: refused})
	}
	return list
}

// One malformed answer harms one request: its member runs it once, is not marked down, and nobody else notices. What
// is certain to be meant is passed on, everything else is 502. The long form asks for each kind by each method
// over each way.
func TestMalformedAnswers(t *testing.T) {
	t.Parallel()
	kinds := malformedAnswers()
	if len(kinds) < 60 {
		t.Fatal("too few kinds")
	}
	tried := 0
	for _, way := range ways {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			if method != "GET" && way.version != 0 && !sharedtest.Long() {
				continue
			}
			for _, reused := range []bool{false, true} {
				third := tried // each way tries another third of the kinds
				tried++
				t.Run(fmt.Sprintf("%s/%s/reused %v", way.name, method, reused), func(t *testing.T) {
					t.Parallel()
					h := newMalformedWorld(t, way.version, kinds, reused)
					defer h.stop()
					for i := range kinds {
						if (i+third)%3 == 0 || sharedtest.Long() {
							h.try(method, i, reused)
						}
					}
				})
			}
		}
	}
}

type malformedWorld struct {
	*world
	kinds []malformed
}

// newMalformedWorld has a member m1 that answers /bad/N with the kind of that number, and everything else well.
func newMalformedWorld(t *testing.T, version uint16, kinds []malformed, keep bool) *malformedWorld {
	h := &malformedWorld{startOver(t, version, site{members: 2, server: `ServerIOTimeout="20"`}, Options{}), kinds}
	h.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool {
		if n, ok := strings.CutPrefix(rq.URL.Path, "/bad/"); ok {
			i, _ := strconv.Atoi(n)
			answer := kinds[i].answer
			if rq.Method == "HEAD" && kinds[i].want != refused && !kinds[i].toHEAD {
				answer = strings.TrimSuffix(strings.TrimSuffix(answer, "ok"), chunks[2:])
			}
			_, err := io.WriteString(c, answer)
			return err == nil && !kinds[i].closes
		}
		_, err := io.WriteString(c, echoPath(rq))
		return err == nil && keep
	}
	return h
}

func (h *malformedWorld) try(method string, i int, reused bool) {
	t, k := h.t, &h.kinds[i]
	path, length := fmt.Sprint("/bad/", i), ""
	if method == "POST" {
		length = "Content-Length: 4\r\n"
	}
	if reused {
		h.well("m1")
	}
	h.atRest("m1")
	before := h.connects("m1")
	v := h.visit()
	defer v.Close()
	v.send(method + " " + path + " HTTP/1.1\r\nHost: shop\r\n" + sticky("m1") + "\r\n" + length + "\r\n" +
		"body"[:min(len(length), 4)])
	head := v.tame()
	r, err := v.read(method)
	if err != nil {
		t.Fatalf("%s: %v", k.name, err)
	}
	want := k.want
	if method == "HEAD" {
		if want = k.head; want == "" {
			want = strings.TrimSuffix(k.want, " ok")
		}
	}
	if got := r.malformedText(); got != want {
		t.Errorf("%s: the client gets %q, want %q (%+v)", k.name, got, want, r)
	}
	if !strings.Contains(head, k.header+"\r\n") {
		t.Errorf("%s: the head is %q, want %q in it", k.name, head, k.header)
	}
	if got := h.connects("m1") - before; got != map[bool]int{false: 1}[reused] {
		t.Errorf("%s: %d new streams", k.name, got)
	}
	h.atRest("m1")
	if ran := h.ran("m1", path) + h.ran("m2", path); ran != 1 {
		t.Errorf("%s: members ran it %d times", k.name, ran)
	}
	if marked, _ := h.memberState("m1"); marked {
		t.Fatalf("%s: m1 is marked down", k.name)
	}
	h.well("m1")
	h.well("m2")
}

// A stream on which anything odd came is not used again, even when the last head was well formed.
func TestOddInterimEndsItsStream(t *testing.T) {
	for answer, want := range map[string]int{
		"HTTP/1.1 103 Early\r\n\r\n" + okLine + ok2: 0,
		"HTTP/1.1 103 Early\n\n" + okLine + ok2:     1,
	} {
		h := newMalformedWorld(t, 0, []malformed{{answer: answer}}, true)
		if r := h.once(get("/bad/0", sticky("m1"))); r.body != "ok" {
			t.Errorf("%q: %+v", answer, r)
		}
		h.atRest("m1")
		before := h.connects("m1")
		h.well("m1")
		if got := h.connects("m1") - before; got != want {
			t.Errorf("%q: %d new streams for the next request, want %d", answer, got, want)
		}
		h.stop()
	}
}

// What frames an answer goes to the client as everybody reads it, in any form in which the member may write it.
func TestFramingOfAnswersIsWrittenPlainly(t *testing.T) {
	kinds := []malformed{
		{name: "Content-Length: 2", answer: okLine + ok2},
		{name: "Content-Length: 2", answer: okLine + "Content-Length:2\r\n\r\nok"},
		{name: "Content-Length: 2", answer: okLine + "A: b\r\nContent-Length: \t2 \r\nX: y\r\n\r\nok"},
		{name: "Content-Length: 2", answer: okLine + "content-length: " + strings.Repeat("0", 30) + "2\r\n\r\nok"},
		{name: "Transfer-Encoding: chunked", answer: okLine + "Transfer-Encoding:chunked\r\n" + chunks},
		{name: "Transfer-Encoding: chunked", answer: okLine + "Transfer-Encoding: chunked\t\r\n" + chunks},
		{answer: "HTTP/1.1 204 None\r\nContent-Length:2\r\n\r\n"},
	}
	h := newMalformedWorld(t, 0, kinds, true)
	defer h.stop()
	for i, k := range kinds {
		for _, method := range []string{"GET", "HEAD"} {
			v := h.visit()
			v.send(fmt.Sprintf("%s /bad/%d HTTP/1.1\r\nConnection: close\r\n%s\r\n%s", method, i, sticky("m1"), end))
			head := v.tame()
			var framing []string
			for line := range strings.SplitSeq(head, "\r\n") {
				name, _, _ := strings.Cut(strings.ToLower(line), ":")
				if name == "content-length" || name == "transfer-encoding" {
					framing = append(framing, line)
				}
			}
			if strings.Join(framing, " ") != k.name {
				t.Errorf("%s %q: the client gets %q", method, k.answer, head)
			}
			if r, err := v.read(method); err != nil || method == "GET" && k.name != "" && r.body != "ok" {
				t.Errorf("%s %q: %+v %v", method, k.answer, r, err)
			}
			v.Close()
		}
	}
}

// tame reads the next head and hides its control characters, which net/http would not take.
func (v *visitor) tame() (head string) {
	for !strings.HasSuffix(head, "\r\n\r\n") {
		line, err := v.br.ReadString('\n')
		if head += line; err != nil {
			break
		}
	}
	hidden := strings.Map(func(c rune) rune {
		if c < ' ' && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
			return '?'
		}
		return c
	}, head)
	v.br = bufio.NewReader(io.MultiReader(strings.NewReader(hidden), v.br))
	return head
}

func (r reply) malformedText() string {
	switch {
	case r.err != nil:
		return fmt.Sprint(r.status, " cut")
	case r.status == 200 && r.body != "":
		return fmt.Sprint(r.status, " ", r.body)
	}
	return fmt.Sprint(r.status)
}

// well makes a request to a member that answers it well.
func (h *malformedWorld) well(member string) {
	h.t.Helper()
	path := fmt.Sprint("/well/", member, len(h.fakes[member].requests()))
	if r := h.once(get(path, sticky(member))); r.status != 200 || r.member != path && r.member != "m2" {
		h.t.Errorf("%s afterwards: %+v, want %s", member, r, path)
	}
}

// ran counts how often a member got a path.
func (h *malformedWorld) ran(member, path string) (n int) {
	for _, rq := range h.fakes[member].requests() {
		if rq.URL.Path == path {
			n++
		}
	}
	return n
}

// malformed-answer=stream-lost lets such an answer count as a stream that is closed too early (R50b).
func TestMalformedAsLost(t *testing.T) {
	sem, err := choices.Defaults("latest", "proxy")
	if err == nil {
		_, err = sem.Assume("malformed-answer=stream-lost")
	}
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, false, site{members: 2}, Options{Assumptions: &sem})
	defer w.stop()
	w.fakes["m1"].act = misbehaviours["garbage"]
	if r := w.once(get("/", sticky("m1"))); r.member != "m2" {
		t.Errorf("%+v", r)
	}
	if marked, _ := w.memberState("m1"); !marked {
		t.Error("m1 is not marked down")
	}
}
