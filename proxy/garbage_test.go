//go:build !race

package proxy

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
)

// rawMember answers every request with the same bytes and makes no garbage.
func rawMember(c net.Conn) {
	defer c.Close()
	buf, n := make([]byte, 16<<10), 0
	reply := []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	for {
		got, err := c.Read(buf[n:])
		if err != nil {
			return
		}
		if n += got; bytes.HasSuffix(buf[:n], []byte("\r\n\r\n")) || bytes.HasSuffix(buf[:n], []byte("bodybody")) {
			if _, err := c.Write(reply); err != nil {
				return
			}
			n = 0
		}
	}
}

var exchanges = map[string]string{
	"plain":  get("/"),
	"sticky": get("/", sticky("m1")),
	"post":   post(strings.Repeat("body", 64)),
}

// turns makes one exchange after the other on one connection.
func turns(t *testing.T, raw string, run func(turn func())) {
	w := start(t, false, site{members: 1}, Options{}, func(w *world) {
		l := w.listen(w.t)
		w.wg.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				w.wg.Go(func() { rawMember(c) })
			}
		})
		w.members["10.0.0.1:9080"].Close()
		w.members["10.0.0.1:9080"] = l
	})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	rq, answer := []byte(raw), make([]byte, len("HTTP/1.1 200 OK\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n"+
		"Content-Length: 2\r\n\r\nok"))
	run(func() {
		v.Write(rq)
		if _, err := io.ReadFull(v.Conn, answer); err != nil {
			t.Fatal(err)
		}
	})
}

// A request costs no garbage (the pools of a program built with -race give some), from the first byte to the
// counters: that keeps the proxy's memory flat and its CPU time near nginx's.
func TestNoGarbage(t *testing.T) {
	for name, raw := range exchanges {
		turns(t, raw, func(turn func()) {
			for range 10 {
				turn()
			}
			if n := testing.AllocsPerRun(500, turn); n > 0 {
				t.Errorf("%s: %v allocations for a request", name, n)
			}
		})
	}
}
