package proxy

import (
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/routecheck"
)

// appendHead appends the head of the request as a member gets it: hop-by-hop fields and private headers of the client dropped, the
// plug-in's own private headers added, everything else as it came. failover adds $WSFO (R63).
func (c *client) appendHead(dst []byte, failover bool) []byte {
	buf := c.in.b
	rq := &c.rq
	dst = append(dst, rq.Method(buf)...)
	dst = append(dst, ' ')
	dst = append(dst, rq.Target(buf)...)
	dst = append(dst, " HTTP/1.1\r\n"...)
	upgrade := c.wantsUpgrade()
	from := -1 // a run of lines that are kept
	for i := range rq.Fields {
		f := &rq.Fields[i]
		if c.forwards(f) {
			if from < 0 {
				from = int(f.Start)
			}
			continue
		}
		if from >= 0 {
			dst = append(dst, buf[from:f.Start]...)
			from = -1
		}
	}
	if from >= 0 {
		dst = append(dst, buf[from:rq.Size-2]...)
	}
	if !rq.HostInField(buf) {
		dst = append(append(append(dst, "Host: "...), c.hostName()...), "\r\n"...)
	}
	if upgrade {
		dst = append(dst, "Connection: Upgrade\r\nUpgrade: websocket\r\n"...)
	}
	dst = c.appendPrivate(dst)
	if failover {
		dst = append(dst, "$WSFO: true\r\n"...)
	}
	return append(dst, "\r\n"...)
}

// hostName is the host that the request is for, and the listener's own where it names none.
func (c *client) hostName() string {
	if host := c.rq.Host(c.in.b); host != nil {
		return http1.View(host)
	}
	return c.from.name
}

// forwards reports whether a field of the request goes on to the member.
func (c *client) forwards(f *http1.Field) bool {
	switch f.Kind {
	case http1.Other:
		return !c.rq.Nominates || !c.rq.Nominated(f, c.in.b)
	case http1.Host:
		return c.rq.HostInField(c.in.b)
	case http1.Private:
		return c.trusted
	case http1.Connection, http1.HopByHop, http1.Upgrade, http1.Expect:
		return false
	}
	return true
}

// wantsUpgrade reports whether the client asks for a WebSocket. No other protocol is let through: h2c would carry requests that nobody sees.
func (c *client) wantsUpgrade() bool {
	if !c.rq.Upgrades || c.rq.Minor == 0 || c.rq.HasBody() {
		return false
	}
	for i := range c.rq.Fields {
		if f := &c.rq.Fields[i]; f.Kind == http1.Upgrade {
			return http1.EqualFold(f.Text(c.in.b), "websocket")
		}
	}
	return false
}

// appendPrivate appends the private headers that tell the member about the client's side. Three of the plug-in's are never sent, for there is
// nothing to tell: $WSAT and $WSRU carry what the web server has authenticated, which this proxy does not do, and $WSSI the TLS session ID,
// which crypto/tls issues to nobody (sessions are resumed by tickets, and TLS 1.3 has no IDs; RFC 8446, 4.1.3).
func (c *client) appendPrivate(dst []byte) []byte {
	if c.kept == nil {
		c.kept = c.connectionHeaders()
	}
	if c.trusted && c.hasPrivate() {
		return c.appendMissing(dst)
	}
	dst = append(dst, c.kept...)
	if c.rq.Minor == 1 {
		dst = append(dst, "$WSPR: HTTP/1.1\r\n"...)
	} else {
		dst = append(dst, "$WSPR: HTTP/1.0\r\n"...)
	}
	return c.appendServer(dst)
}

// connectionHeaders are those that are the same for every request of the connection. $WSRH is the address, as with a web server that looks
// no names up (HostnameLookups Off).
func (c *client) connectionHeaders() []byte {
	var b strings.Builder
	addr := c.addr.String()
	if c.tls == nil {
		b.WriteString("$WSIS: false\r\n$WSSC: http\r\n")
	} else {
		b.WriteString("$WSIS: true\r\n$WSSC: https\r\n$WSCS: " + tls.CipherSuiteName(c.tls.CipherSuite) + "\r\n")
		if len(c.tls.PeerCertificates) > 0 {
			b.WriteString("$WSCC: " + base64.StdEncoding.EncodeToString(c.tls.PeerCertificates[0].Raw) + "\r\n")
		}
	}
	if c.addr.IsValid() {
		b.WriteString("$WSRA: " + addr + "\r\n$WSRH: " + addr + "\r\n")
	}
	return []byte(b.String())
}

// appendServer appends $WSSN and $WSSP: the host of the request, and the port that AppServerPortPreference chooses (R10).
func (c *client) appendServer(dst []byte) []byte {
	rq := c.req
	rq.Host = c.hostName()
	name, _ := routecheck.SplitHost(rq.Host)
	dst = append(append(dst, "$WSSN: "...), name...)
	dst = append(dst, "\r\n$WSSP: "...)
	dst = strconv.AppendInt(dst, int64(c.x.gen.table.ToldPort(&rq, &c.x.gen.sem)), 10)
	return append(dst, "\r\n"...)
}

func (c *client) hasPrivate() bool {
	for i := range c.rq.Fields {
		if c.rq.Fields[i].Kind == http1.Private {
			return true
		}
	}
	return false
}

// appendMissing appends the private headers that a trusted client has not sent itself.
func (c *client) appendMissing(dst []byte) []byte {
	trusted := c.trusted
	c.trusted = false
	own := string(c.appendPrivate(nil))
	c.trusted = trusted
	for line := range strings.Lines(own) {
		name, _, _ := strings.Cut(line, ":")
		if !c.sends(name) {
			dst = append(dst, line...)
		}
	}
	return dst
}

func (c *client) sends(name string) bool {
	for i := range c.rq.Fields {
		if http1.EqualFold(c.rq.Fields[i].Name(c.in.b), name) {
			return true
		}
	}
	return false
}

// rewrite makes the head of an answer ready for the client where it stands: all[at:at+rs.Size]. Dropped lines close up towards the end,
// extra lines go behind the status line, so the body that follows the head stays in place. It returns where the head now begins;
// there must be headroom bytes before at, and extra must be shorter.
func rewrite(all []byte, at int, rs *http1.Response, dechunk bool, extra string) (start int) {
	high := at + rs.Size
	dst := high
	markNominated(rs, all[at:high])
	for i := len(rs.Fields) - 1; i >= 0; i-- {
		f := &rs.Fields[i]
		if !endsHere(f, rs, dechunk) {
			continue
		}
		dst -= move(all, dst, at+int(f.End), high)
		high = at + int(f.Start)
	}
	first := at + rs.StatusLineEnd()
	dst -= move(all, dst, first, high)
	dst -= len(extra)
	dst -= move(all, dst, at, first)
	copy(all[dst+first-at:], extra)
	all[dst+len("HTTP/1.")] = '1'
	return dst
}

// move copies all[from:to] so that it ends at end, and returns its length.
func move(all []byte, end, from, to int) int {
	if end != to {
		copy(all[end-(to-from):end], all[from:to])
	}
	return to - from
}

// markNominated makes the fields that Connection names hop-by-hop ones, before lines begin to move.
func markNominated(rs *http1.Response, head []byte) {
	if !rs.Nominates {
		return
	}
	for i := range rs.Fields {
		if f := &rs.Fields[i]; f.Kind == http1.Other && rs.Nominated(f, head) {
			f.Kind = http1.HopByHop
		}
	}
}

// endsHere reports whether a field of an answer does not go on to the client.
func endsHere(f *http1.Field, rs *http1.Response, dechunk bool) bool {
	switch f.Kind {
	case http1.Private, http1.HopByHop:
		return true
	case http1.Connection, http1.Upgrade:
		return rs.Status != 101
	case http1.TransferEncoding:
		return dechunk || rs.Status == 204
	case http1.ContentLength:
		return rs.Status == 204 // which has no body; a client that believes the length would wait for one (RFC 9110, 8.6)
	}
	return false
}

// setDate renews the Date line once a second: to format one for each answer would cost more than all its other lines.
func (p *Proxy) setDate() {
	line := "Date: " + time.Now().UTC().Format(http.TimeFormat) + "\r\n"
	p.date.Store(&line)
}

// missingDate is what a gateway adds to an answer that has no Date (RFC 9110, 6.6.1).
func (p *Proxy) missingDate(rs *http1.Response) string {
	for i := range rs.Fields {
		if rs.Fields[i].Kind == http1.Date {
			return ""
		}
	}
	return *p.date.Load()
}

// localAnswer is an answer of the proxy itself.
func localAnswer(dst []byte, status int, body string, head, closes bool, extra string) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(append(dst, ' '), http.StatusText(status)...)
	dst = append(dst, "\r\n"...)
	dst = append(dst, extra...)
	if closes {
		dst = append(dst, "Connection: close\r\n"...)
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\n\r\n"...)
	if head {
		return dst
	}
	return append(dst, body...)
}
