package proxy

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
)

// tlsBreaks are ways in which a TLS stream ends: by its own rules, without them, and against them.
var tlsBreaks = map[string]func(c *tls.Conn){
	"close_notify":    func(c *tls.Conn) { c.CloseWrite() },
	"no close_notify": func(*tls.Conn) {},
	"alert in clear":  func(c *tls.Conn) { c.NetConn().Write([]byte("\x15\x03\x03\x00\x02\x02\x50")) },
	"text in clear": func(c *tls.Conn) {
		io.WriteString(c.NetConn(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclear")
	},
	"a record of nonsense": func(c *tls.Conn) {
		io.WriteString(c.NetConn(), "\x17\x03\x03\x00\x20"+"0123456789abcdef0123456789abcdef")
	},
	"a record too large":   func(c *tls.Conn) { io.WriteString(c.NetConn(), "\x17\x03\x03\xff\xff") },
	"half a record":        func(c *tls.Conn) { io.WriteString(c.NetConn(), "\x17\x03\x03\x00\x20half") },
	"a record of SSL 2":    func(c *tls.Conn) { io.WriteString(c.NetConn(), "\x80\x2e\x01\x00\x02") },
	"a handshake in clear": func(c *tls.Conn) { io.WriteString(c.NetConn(), "\x16\x03\x03\x00\x04\x00\x00\x00\x00") },
	"change of cipher spec": func(c *tls.Conn) {
		io.WriteString(c.NetConn(), "\x14\x03\x03\x00\x01\x01\x14\x03\x03\x00\x01\x02")
	},
}

// However a TLS stream of a member breaks, nobody gets a byte that was not protected. In the middle of a body the
// client's answer is cut and the member stays in use; before the head is complete the stream is lost (R50b).
func TestTLSBreaks(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, end := range tlsBreaks {
			for where, sent := range map[string]string{
				"in the head":   "HTTP/1.1 200 OK\r\nContent-Le",
				"in the body":   "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
				"in the chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
				"to the end":    "HTTP/1.1 200 OK\r\n\r\nok",
			} {
				t.Run(fmt.Sprintf("%s/%s/%s", tls.VersionName(version), where, name), func(t *testing.T) {
					h := &malformedWorld{world: startOver(t, version, site{members: 2}, Options{})}
					defer h.stop()
					h.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool {
						if rq.URL.Path != "/" {
							_, err := io.WriteString(c, echoPath(rq))
							return err == nil
						}
						io.WriteString(c, sent)
						end(c.(*tls.Conn))
						c.(*tls.Conn).NetConn().Close()
						return false
					}
					r := h.once(post("body", sticky("m1")))
					lost := where == "in the head"
					want := map[bool]string{false: "200 cut", true: "200 m2"}[lost]
					if where == "to the end" {
						want = "200 ok" // the end of the connection is all that the client can be told
					}
					if got := r.malformedText(); got != want {
						t.Errorf("the client gets %q, want %q", got, want)
					}
					h.atRest("m1")
					if n := h.ran("m1", "/"); n != 1 {
						t.Errorf("m1 ran it %d times", n)
					}
					if marked, _ := h.memberState("m1"); marked != lost {
						t.Errorf("marked down: %v", marked)
					}
					h.well("m2")
					if !lost {
						h.well("m1")
					}
				})
			}
		}
	}
}

// A member that answers before it has read the request, or in single bytes, is answered by its words alone: one
// execution, no mark.
func TestAnswersInTheirOwnTime(t *testing.T) {
	for _, way := range ways {
		for name, act := range map[string]func(c net.Conn, rq *http.Request){
			"in single bytes": func(c net.Conn, rq *http.Request) {
				for _, b := range []byte(echoPath(rq)) {
					c.Write([]byte{b})
				}
			},
			"with interim answers between": func(c net.Conn, rq *http.Request) {
				io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n")
				io.WriteString(c, echoPath(rq))
			},
		} {
			t.Run(way.name+"/"+name, func(t *testing.T) {
				h := &malformedWorld{world: startOver(t, way.version, site{members: 2}, Options{})}
				defer h.stop()
				h.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool { act(c, rq); return true }
				for range 3 {
					h.well("m1")
				}
				if n := h.connects("m1"); n != 1 {
					t.Errorf("%d streams", n)
				}
			})
		}
	}
}
