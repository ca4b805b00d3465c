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

	"github.com/wasplug/wasplug/routecheck"
)

// malformed is an answer that is not as HTTP/1.1 wants it. want is what the client gets for GET and POST, head for HEAD where that differs:
// "200 ok" is the body passed on, "cut" in place of it that the connection ends before the body does.
type malformed struct {
	name, answer string
	want, head   string
	closes       bool // the member closes its connection behind it
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
		{name: "fold that looks like a field", answer: okLine + "X: y\r\n Content-Length: 9\r\n" + ok2, want: passed, header: "X: y Content-Length: 9"},
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
		{name: "chunked in two fields", answer: okLine + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + chunks, want: passed},
		{name: "chunked twice", answer: okLine + "Transfer-Encoding: chunked, chunked\r\n" + chunks, want: passed},
		{name: "CHUNKED", answer: okLine + "Transfer-Encoding: CHUNKED\r\n" + chunks, want: passed},
		{name: "identity", answer: okLine + "Transfer-Encoding: identity\r\n" + ok2, want: passed},
		{name: "identity and chunked", answer: okLine + "Transfer-Encoding: identity, chunked\r\n" + chunks, want: passed},
		{name: "blank before a colon", answer: okLine + "X : y\r\n" + ok2, want: passed, header: "X: y"},
		{name: "blank before the colon of the length", answer: okLine + "Content-Length\t : 2\r\n\r\nok", want: passed},
		{name: "length with zeros", answer: okLine + "Content-Length: 00002\r\n\r\nok", want: passed},
		{name: "no reason", answer: "HTTP/1.1 200\r\n" + ok2, want: passed},
		{name: "no reason, LF", answer: "HTTP/1.1 200 \n" + ok2, want: passed},
		{name: "no end", answer: okLine + "X : y\r\n\r\nok", want: passed, closes: true},
		{name: "chunks of HTTP/1.0", answer: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + chunks, want: passed},
		{name: "204 with a length", answer: "HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n", want: "204"},
		{name: "204 with chunked", answer: "HTTP/1.1 204 None\nTransfer-Encoding: chunked\n\n", want: "204"},
		{name: "304 with LF", answer: "HTTP/1.1 304 Same\nContent-Length: 5\n\n", want: "304"},
		{name: "interim with LF", answer: "HTTP/1.1 103 Early\nLink : x\n\n" + okLine + ok2, want: passed},

		{name: "an unknown byte in a chunk's size", answer: okLine + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", want: refused, head: "200"},
		{name: "negative chunk", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n", want: refused, head: "200"},
		{name: "hexadecimal prefix", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n", want: refused, head: "200"},
		{name: "chunk that overflows", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("f", 17) + "\r\nok", want: refused, head: "200"},
		{name: "chunk too short", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n", want: refused, head: "200"},
		{name: "chunk ends with LF", answer: okLine + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\n0\r\n\r\n", want: refused, head: "200"},
		{name: "bad chunk later", want: "200 cut", head: "200",
			answer: okLine + "Transfer-Encoding: chunked\r\n\r\n10000\r\n" + strings.Repeat("x", 1<<16) + "\r\nzz\r\n"},
		{name: "length and chunked", answer: okLine + length2 + "Transfer-Encoding: chunked\r\n" + chunks, want: refused},
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
		{name: "upgrade that nobody asked for", answer: "HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", want: refused},
		{name: "many interim answers", answer: strings.Repeat("HTTP/1.1 102 Wait\r\n\r\n", 50) + okLine + ok2, want: refused},
		{name: "interim with a body", answer: "HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\nbody" + okLine + ok2, want: refused},
		{name: "reflected line break", answer: okLine + "X: a\r\r\nSet-Cookie: b=c\r\n" + ok2, want: refused},
	}
	for _, v := range []string{"", "+2", "-2", "0x2", "2 2", "2;", "2,3", "2,", "two", "2.0", "18446744073709551618", "\x0b2"} {
		list = append(list, malformed{name: fmt.Sprintf("length %q", v), answer: okLine + "Content-Length: " + v + "\r\n" + "X: y\r\n\r\nok", want: refused})
	}
	for _, v := range []string{"", "gzip", "gzip, chunked", "chunked, gzip", "xchunked", "chunked;a=b", "\x0bchunked", "chunked\x01", "chunked x"} {
		list = append(list, malformed{name: fmt.Sprintf("coding %q", v), answer: okLine + "Transfer-Encoding: " + v + "\r\n" + chunks, want: refused})
	}
	for _, v := range []string{"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK", "HTTP/1.1 abc OK", "HTTP/1.1  200 OK", "HTTP/1.1", "HTTP/x.y 200 OK",
		"HTTP/0.9 200 OK", "HTTP 200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200OK", "HTTP/11 200 OK", "HTTP/1.1 -20 OK"} {
		list = append(list, malformed{name: fmt.Sprintf("status line %q", v), answer: v + "\r\n" + ok2, want: refused})
	}
	return list
}

// One malformed answer harms one request: its member runs it once, is not marked down, and nobody else notices. What is certain to be meant
// is passed on, everything else is 502.
func TestMalformedAnswers(t *testing.T) {
	kinds := malformedAnswers()
	if len(kinds) < 60 {
		t.Fatal("too few kinds")
	}
	for _, way := range ways {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			for _, reused := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/reused %v", way.name, method, reused), func(t *testing.T) {
					h := newMalformedWorld(t, way.version, kinds, reused)
					defer h.stop()
					for i := range kinds {
						h.try(method, i, reused)
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
			if rq.Method == "HEAD" && kinds[i].want != refused {
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
	v.send(method + " " + path + " HTTP/1.1\r\nHost: shop\r\n" + sticky("m1") + "\r\n" + length + "\r\n" + "body"[:min(len(length), 4)])
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

// tame reads the next head and hides its control characters, which net/http would not take.
func (v *visitor) tame() (head string) {
	for !strings.HasSuffix(head, "\r\n\r\n") {
		line, err := v.br.ReadString('\n')
		if head += line; err != nil {
			break
		}
	}
	hidden := strings.Map(func(c rune) rune {
		if c < ' ' && c != '\r' && c != '\n' || c == 0x7f {
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
	sem, err := routecheck.Defaults("latest", "proxy")
	if err == nil {
		_, err = sem.Assume("malformed-answer=stream-lost")
	}
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, false, site{members: 2}, Options{Semantics: &sem})
	defer w.stop()
	w.fakes["m1"].act = misbehaviours["garbage"]
	if r := w.once(get("/", sticky("m1"))); r.member != "m2" {
		t.Errorf("%+v", r)
	}
	if marked, _ := w.memberState("m1"); !marked {
		t.Error("m1 is not marked down")
	}
}
