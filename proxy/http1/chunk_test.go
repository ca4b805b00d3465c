package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// pass passes on a chunked body that arrives in pieces of the given size: what goes on, how much of raw it took,
// and the content.
func pass(raw []byte, piece int, c Chunks) (out []byte, used int, content int64, err error) {
	for used < len(raw) && !c.Done() {
		got, n, err := c.Pass(bytes.Clone(raw[used:min(used+piece, len(raw))]))
		out, used = append(out, got...), used+n
		if err != nil {
			return out, used, c.Content, err
		}
	}
	if !c.Done() {
		return out, used, c.Content, io.ErrUnexpectedEOF
	}
	return out, used, c.Content, nil
}

const hello = "5\r\nhello\r\n"

// What is accepted, and what goes on in its place.
func TestChunks(t *testing.T) {
	for _, c := range []struct {
		name, raw, want string
		answer          string // what goes on of an answer, "" for the same
	}{
		{"plain", hello + "0\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"capitals", "00A\r\nhello worl\r\n0\r\n\r\n", "0A\r\nhello worl\r\n0\r\n\r\n", ""},
		{"extension", "5;x=y\r\nhello\r\n0\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"extensions", "5;x;y=\"a;b\" ; z\r\nhello\r\n0;last\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"extension that looks like a size", "5;5\r\nhello\r\n0;1\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"empty extension", "5;\r\nhello\r\n0\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"padding", "5  \r\nhello\r\n0 \r\n\r\n", hello + "0\r\n\r\n", ""},
		{"padding with a tab", "5\t \r\nhello\r\n0\t\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"padding and extension", "5 ;x\r\nhello\r\n0\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"zeros", strings.Repeat("0", 30) + "5\r\nhello\r\n" + strings.Repeat("0", 31) + "\r\n\r\n",
			"05\r\nhello\r\n0\r\n\r\n", ""},
		{"trailer", hello + "0\r\nX-Sum: 1\r\nY:\r\n\r\n", hello + "0\r\nX-Sum: 1\r\nY:\r\n\r\n", ""},
		{"trailer and extension", "5;longer than the trailer\r\nhello\r\n0\r\nX: 1\r\n\r\n", hello +
			"0\r\nX: 1\r\n\r\n", ""},
		{"trailers that end here", hello +
			"0\r\nDate: x\r\nauthorization: y\r\nConnection: z\r\nTE: a\r\nProxy-Authorization: b\r\nTrailer: c\r\n" +
			"Content-Type: d\r\nX-Forwarded-For: e\r\nExpect: f\r\nUpgrade: g\r\n\r\n", hello + "0\r\n\r\n", ""},
		{"trailers around one that ends here", hello + "0\r\nA: 1\r\nDate: x\r\nB: 2\r\n\r\n", hello +
			"0\r\nA: 1\r\nB: 2\r\n\r\n", ""},
		{"private trailers", hello + "0\r\n$WSRA: x\r\n_WS_HAPRT: y\r\nCookie: z\r\nA: 1\r\n\r\n", "", hello +
			"0\r\nA: 1\r\n\r\n"},
	} {
		raw := []byte(c.raw + "next")
		for piece := 1; piece <= len(raw); piece++ {
			for _, answer := range []bool{false, true} {
				want := c.want
				if answer && c.answer != "" {
					want = c.answer
				}
				out, used, _, err := pass(raw, piece, Chunks{Answer: answer})
				if want == "" {
					if status(err) != 400 {
						t.Errorf("%s in pieces of %d: %v", c.name, piece, err)
					}
				} else if string(out) != want || string(raw[used:]) != "next" || err != nil {
					t.Errorf("%s in pieces of %d, answer %v: %q, rest %q, %v", c.name, piece, answer, out,
						raw[used:], err)
				}
			}
			bare, used, n, err := pass(raw, piece, Chunks{Answer: true, Bare: true})
			if !bytes.HasPrefix(bare, []byte("hello")) || int64(len(bare)) != n || string(raw[used:]) != "next" ||
				err != nil {
				t.Errorf("%s in pieces of %d: content %q (%d), rest %q, %v", c.name, piece, bare, n, raw[used:], err)
			}
		}
	}
}

func TestHostileChunks(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		answer    bool // accepted as an answer
	}{
		{"LF in an extension", "5;x\n\r\nhello\r\n0\r\n\r\n", false},
		{"LF ends an extension", "5;x\nhello\r\n0\r\n\r\n", false},
		{"CR in an extension", "5;x\ry\r\nhello\r\n0\r\n\r\n", false},
		{"NUL in an extension", "5;x\x00\r\nhello\r\n0\r\n\r\n", false},
		{"LF behind padding", "5 \nhello\r\n0\r\n\r\n", false},
		{"a word behind padding", "5 x\r\nhello\r\n0\r\n\r\n", false},
		{"another size behind padding", "5 6\r\nhello\r\n0\r\n\r\n", false},
		{"padding before", " 5\r\nhello\r\n0\r\n\r\n", false},
		{"extension alone", ";x\r\nhello\r\n0\r\n\r\n", false},
		{"no size", "\r\nhello\r\n0\r\n\r\n", false},
		{"prefixed size", "0x5\r\nhello\r\n0\r\n\r\n", false},
		{"signed size", "+5\r\nhello\r\n0\r\n\r\n", false},
		{"huge size", "fffffffffffffffff\r\n", false},
		{"size of 16 digits", "1000000000000000\r\n", false},
		{"size of 16 digits behind a zero", "01000000000000000\r\n", false},
		{"31 zeros", strings.Repeat("0", 31) + "5\r\nhello\r\n0\r\n\r\n", false},
		{"32 zeros at the end", hello + strings.Repeat("0", 32) + "\r\n\r\n", false},
		{"endless zeros", strings.Repeat("0", 1<<20), false},
		{"endless padding", "5" + strings.Repeat(" ", 1<<20), false},
		{"endless extension", "5;" + strings.Repeat("x", 1<<20), false},
		{"more extensions than content", strings.Repeat("1;"+strings.Repeat("x", 100)+"\r\nx\r\n", 200), false},
		{"long extension in a long body", "20000\r\n" + strings.Repeat("x", 0x20000) + "\r\n0;" +
			strings.Repeat("x", 9<<10) + "\r\n\r\n", false},
		{"bare LF after the size", "5\nhello\r\n0\r\n\r\n", false},
		{"bare LF after the data", "5\r\nhello\n0\r\n\r\n", false},
		{"too much data", "5\r\nhello world\r\n0\r\n\r\n", false},
		{"bare LF at the end", "0\r\n\n", false},
		{"CR CR LF at the end", "0\r\n\r\r\n", false},
		{"bare LF after a trailer", "0\r\nX: y\n\r\n", false},
		{"bare CR in a trailer", "0\r\nX: y\rZ: 1\r\n\r\n", false},
		{"private trailer", "0\r\n$WSRA: 1\r\n\r\n", true},
		{"another private trailer", "0\r\n_ws_x: 1\r\n\r\n", true},
		{"cookie as trailer", "0\r\nCookie: JSESSIONID=1\r\n\r\n", true},
		{"length as trailer", "0\r\nContent-Length: 1\r\n\r\n", false},
		{"coding as trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n", false},
		{"host as trailer", "0\r\nhost: x\r\n\r\n", false},
		{"host behind a good trailer", "0\r\nX: y\r\nHost: x\r\n\r\n", false},
		{"blank in a trailer's name", "0\r\nX : x\r\n\r\n", false},
		{"blank before a trailer's name", "0\r\n X: x\r\n\r\n", false},
		{"folded trailer", "0\r\nX: x\r\n y\r\n\r\n", false},
		{"trailer without colon", "0\r\nX\r\n\r\n", false},
		{"trailer without name", "0\r\n: x\r\n\r\n", false},
		{"control character in a trailer", "0\r\nX: \x01\r\n\r\n", false},
		{"endless trailers", "0\r\n" + strings.Repeat("X: y\r\n", 2000) + "\r\n", false},
		{"endless trailers that are dropped", "0\r\n" + strings.Repeat("Date: y\r\n", 2000) + "\r\n", false},
		{"endless trailer", "0\r\nX: " + strings.Repeat("y", 1<<20), false},
	} {
		for _, piece := range []int{1, 4, 7, len(c.raw)} {
			if _, _, _, err := pass([]byte(c.raw), piece, Chunks{}); err == nil || err == io.ErrUnexpectedEOF {
				t.Errorf("%s: accepted from a client: %v", c.name, err)
			}
			if _, _, _, err := pass([]byte(c.raw), piece, Chunks{Answer: true}); (err == nil) != c.answer {
				t.Errorf("%s: of an answer: %v", c.name, err)
			}
		}
	}
}

// Extensions may come with every chunk of a long body, as long as they are not most of it.
func TestManyExtensions(t *testing.T) {
	raw := strings.Repeat("64;signature="+strings.Repeat("f", 64)+"\r\n"+strings.Repeat("x", 100)+"\r\n", 1000) +
		"0\r\n\r\n"
	if _, _, n, err := pass([]byte(raw), 1000, Chunks{}); err != nil || n != 100000 {
		t.Error(n, err)
	}
}

func TestChunksAllocateNothing(t *testing.T) {
	raw := []byte("5;x=y\r\nhello\r\n0005\r\nworld\r\n0\r\n\r\n")
	p := make([]byte, len(raw))
	n := testing.AllocsPerRun(100, func() {
		var c Chunks
		copy(p, raw)
		if _, used, err := c.Pass(p); err != nil || used != len(raw) {
			t.Fatal(used, err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever the pieces, the same goes on; what goes on is plain: it is taken again as it is, net/http's strictest
// reader finds the same content in it, and net/http takes the original for the same, but for what is named.
func FuzzChunks(f *testing.F) {
	for _, seed := range []string{hello + "0\r\n\r\n", "5 ;x\r\nhello\r\n0\r\nA: b\r\n\r\n",
		"0000000000000000005\r\nhello\r\n00\r\nDate: x\r\nA: b\r\n\r\nnext",
		"5;a=\"b;c\"\r\nhello\r\n0 \r\n$WSRA: 1\r\nCookie: x\r\n\r\n",
		"1\t\r\nx\r\n0;y\r\nAuthorization: z\r\nB:\r\n\r\nGET / HTTP/1.1\r\n"} {
		f.Add([]byte(seed), 1, false)
		f.Add([]byte(seed), 3, true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, piece int, answer bool) {
		out, used, n, err := pass(raw, 1+abs(piece)%max(len(raw), 1), Chunks{Answer: answer})
		again, used2, n2, err2 := pass(raw, len(raw)+1, Chunks{Answer: answer})
		if (err == nil) != (err2 == nil) || err == nil && (!bytes.Equal(out, again) || used != used2 || n != n2) {
			t.Fatalf("in pieces %q %d %v, whole %q %d %v", out, used, err, again, used2, err2)
		}
		whole := Chunks{Answer: answer}
		if checked := whole.Check(raw); (checked == nil) != (err == nil || err == io.ErrUnexpectedEOF) {
			t.Fatalf("checked %v, passed %v", checked, err)
		}
		if err != nil {
			return
		}
		if twice, used, _, err := pass(out, 2, Chunks{}); !bytes.Equal(twice, out) || used != len(out) || err != nil {
			t.Fatalf("%q goes on as %q, %v", out, twice, err)
		}
		ours, theirs := netBody(t, out, ""), netBody(t, raw[:used], "next")
		if ours.err != nil || int64(len(ours.content)) != n {
			t.Fatalf("net/http reads %q of what goes on, %v; content %d", ours.content, ours.err, n)
		}
		if !bodyDiffers(theirs.err, raw[:used]) && (ours.content != theirs.content || theirs.rest != "next") {
			t.Fatalf("net/http reads %q, rest %q, %v; we pass on %q", theirs.content, theirs.rest, theirs.err, out)
		}
		for name := range ours.trailer {
			if f := (&Field{NameEnd: uint32(len(name)), Kind: kindOf([]byte(name))}); f.Kind != Other {
				t.Fatalf("trailer %q goes on", name)
			}
		}
	})
}

// read is what net/http finds in a chunked request.
type read struct {
	content, rest string
	trailer       http.Header
	err           error
}

func netBody(t *testing.T, raw []byte, behind string) (r read) {
	head := "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	br := bufio.NewReader(io.MultiReader(strings.NewReader(head), bytes.NewReader(raw), strings.NewReader(behind)))
	rq, err := http.ReadRequest(br)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(rq.Body)
	rest, _ := io.ReadAll(br)
	return read{string(content), string(rest), rq.Trailer, err}
}

// bodyDifferences name why net/http refuses a chunked body that is accepted here.
var bodyDifferences = []struct {
	err, why string
	of       func(raw []byte) bool
}{
	{"chunk length too large", "16 digits at most, zeros included; nginx, HAProxy and httpd take thirty zeros",
		has("000")},
	{"invalid byte in chunk length", "no blank before a semicolon; RFC 9112, 7.1.1 has it", has(" ;", "\t;")},
	{"too much non-data", "another bound of what is no content", anyBody},
	{"line too long", "4 KiB for a size line, 8 here", anyBody},
	{"suspiciously long trailer after chunk", "4 KiB for trailers, 8 here", anyBody},
	{"malformed MIME header", "trailers as in mail: it takes fewer characters", anyBody},
}

func anyBody([]byte) bool { return true }

func has(parts ...string) func([]byte) bool {
	return func(raw []byte) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return bytes.Contains(raw, []byte(part)) })
	}
}

// bodyDiffers reports whether it has a name that net/http refuses a body.
func bodyDiffers(err error, raw []byte) bool {
	for _, d := range bodyDifferences {
		if err != nil && strings.Contains(err.Error(), d.err) && d.of(raw) {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n, 0) }
