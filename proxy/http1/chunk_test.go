package http1

import (
	"bytes"
	"io"
	"net/http/httputil"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// content decodes a chunked body that arrives in pieces of the given size.
func content(raw []byte, piece int, lenient bool) (data []byte, used int, err error) {
	c := Chunks{Lenient: lenient}
	for used < len(raw) && !c.Done() {
		n, isData, err := c.Next(raw[used:min(used+piece, len(raw))])
		if isData {
			data = append(data, raw[used:used+n]...)
		}
		if used += n; err != nil {
			return data, used, err
		}
	}
	if !c.Done() {
		return data, used, io.ErrUnexpectedEOF
	}
	return data, used, nil
}

func TestChunks(t *testing.T) {
	raw := []byte("5\r\nhello\r\n0006\r\n world\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\nnext")
	for piece := 1; piece < len(raw); piece++ {
		data, used, err := content(raw, piece, false)
		if string(data) != "hello world" || string(raw[used:]) != "next" || err != nil {
			t.Fatalf("pieces of %d: %q, rest %q, %v", piece, data, raw[used:], err)
		}
	}
	var c Chunks
	if n, err := c.Span(raw); err != nil || string(raw[n:]) != "next" || !c.Done() {
		t.Fatal(n, err)
	}
}

func TestHostileChunks(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		server    bool // accepted from a server
	}{
		{"extension", "5;x=y\r\nhello\r\n0\r\n\r\n", true},
		{"padding", "5  \r\nhello\r\n0\r\n\r\n", true},
		{"LF in an extension", "5;x\n\r\nhello\r\n0\r\n\r\n", false},
		{"no size", "\r\nhello\r\n0\r\n\r\n", false},
		{"prefixed size", "0x5\r\nhello\r\n0\r\n\r\n", false},
		{"signed size", "+5\r\nhello\r\n0\r\n\r\n", false},
		{"huge size", "fffffffffffffffff\r\n", false},
		{"size with 16 digits", "0000000000000005\r\nhello\r\n0\r\n\r\n", false},
		{"bare LF after the size", "5\nhello\r\n0\r\n\r\n", false},
		{"bare LF after the data", "5\r\nhello\n0\r\n\r\n", false},
		{"too much data", "5\r\nhello world\r\n0\r\n\r\n", false},
		{"bare LF at the end", "0\r\n\n", false},
		{"private trailer", "0\r\n$WSRA: 1\r\n\r\n", false},
		{"length as trailer", "0\r\nContent-Length: 1\r\n\r\n", false},
		{"coding as trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n", false},
		{"host as trailer", "0\r\nhost: x\r\n\r\n", false},
		{"blank in a trailer's name", "0\r\nX : x\r\n\r\n", false},
		{"folded trailer", "0\r\nX: x\r\n y\r\n\r\n", false},
		{"trailer without colon", "0\r\nX\r\n\r\n", false},
		{"control character in a trailer", "0\r\nX: \x01\r\n\r\n", false},
		{"endless trailers", "0\r\n" + strings.Repeat("X: y\r\n", 2000) + "\r\n", false},
	} {
		for piece := 1; piece < 9; piece += 3 {
			if _, _, err := content([]byte(c.raw), piece, false); err == nil || err == io.ErrUnexpectedEOF {
				t.Errorf("%s: accepted from a client", c.name)
			}
			if _, _, err := content([]byte(c.raw), piece, true); (err == nil) != c.server {
				t.Errorf("%s: from a server: %v", c.name, err)
			}
		}
	}
}

// A body that is accepted from a client has the content that net/http finds in it.
func FuzzChunks(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"), 3, false)
	f.Add([]byte("5 ;x\r\nhello\r\n0\r\nA: b\r\n\r\n"), 1, true)
	f.Fuzz(func(t *testing.T, raw []byte, piece int, lenient bool) {
		data, used, err := content(raw, 1+abs(piece)%len2(raw), lenient)
		again, used2, err2 := content(raw, len(raw)+1, lenient)
		if (err == nil) != (err2 == nil) || err == nil && (!bytes.Equal(data, again) || used != used2) {
			t.Fatalf("in pieces %q %d %v, whole %q %d %v", data, used, err, again, used2, err2)
		}
		if err != nil || lenient {
			return // net/http's reader of single chunks takes other padding
		}
		theirs, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(raw)))
		if err != nil && !strings.Contains(err.Error(), "excess") || err == nil && !bytes.Equal(theirs, data) {
			t.Fatalf("net/http reads %q, %v; we %q", theirs, err, data)
		}
	})
}

func abs(n int) int { return max(n, -n, 0) }

func len2(b []byte) int { return max(len(b), 1) }
