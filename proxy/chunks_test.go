package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

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
