//go:build linux

package main

import (
	"crypto/tls"
	"io"
	"net"
	"testing"
)

// With --abort-on-close a client that ends its side while its member works gets no answer: the connection ends.
func TestProxyAbortOnClose(t *testing.T) {
	t.Parallel()
	for _, front := range []string{"http", "https"} {
		s := startSite(t, front, "http", "", "--abort-on-close")
		c := s.client()
		io.WriteString(c, "GET /silent HTTP/1.1\r\nHost: shop\r\n\r\n")
		<-s.reached
		inner := c.Conn
		if secure, ok := inner.(*tls.Conn); ok {
			secure.CloseWrite()
			inner = secure.NetConn()
		}
		inner.(*net.TCPConn).CloseWrite()
		if rest, _ := io.ReadAll(c.br); len(rest) > 0 {
			t.Errorf("%s: it gets %q", front, rest)
		}
	}
}
