package proxy

import (
	"crypto/tls"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wspt"
	"github.com/wasplug/wasplug/routecheck/match"
)

// appendHead appends the head of the request as a member gets it: hop-by-hop fields and private headers of the client
// dropped, the plug-in's own private headers added, everything else as it came. failover adds $WSFO (R63). Members are
// always spoken to in HTTP/1.1, whatever the client speaks ($WSPR tells them): their streams are to live on.
func (fw *forwarder) appendHead(dst []byte, failover bool) []byte {
	buf := fw.c.in.B
	rq := &fw.r.head
	dst = append(dst, rq.Method(buf)...)
	dst = append(dst, ' ')
	dst = append(dst, rq.Target(buf)...)
	dst = append(dst, " HTTP/1.1\r\n"...)
	upgrade := fw.r.wantsUpgrade()
	from := -1 // where a run of kept lines begins, which is copied whole; -1: in none
	for i := range rq.Fields {
		f := &rq.Fields[i]
		if fw.forwards(f) {
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
		dst = append(dst, buf[from:rq.Size-2]...) // without the empty line
	}
	if !rq.HostInField(buf) {
		dst = append(append(append(dst, "Host: "...), fw.r.hostName()...), "\r\n"...)
	}
	if rq.Loose {
		dst = rq.AppendFraming(dst)
	}
	if rq.Forwards >= 0 { // it is above 0, or the request would have ended here (endHere)
		dst = append(strconv.AppendInt(append(dst, "Max-Forwards: "...), rq.Forwards-1, 10), "\r\n"...)
	}
	if upgrade {
		dst = append(dst, "Connection: Upgrade\r\nUpgrade: websocket\r\n"...)
	}
	dst = fw.appendPrivate(dst)
	if failover {
		dst = append(dst, "$WSFO: true\r\n"...)
	}
	return append(dst, "\r\n"...)
}

// forwards reports whether a field of the request goes on to the member. The fields of the kinds that it drops and
// that the member needs are written anew by appendHead.
func (fw *forwarder) forwards(f *http1.Field) bool {
	switch f.Kind {
	case http1.Other: // the only kind that Connection can name: nobody may take Host or Cookie away by it
		return !fw.r.head.Nominates || !fw.r.head.Nominated(f, fw.c.in.B)
	case http1.Host:
		return fw.r.head.HostInField(fw.c.in.B)
	case http1.MaxForwards:
		return fw.r.head.Forwards < 0
	case http1.ContentLength, http1.TransferEncoding:
		return !fw.r.head.Loose
	case http1.Private:
		return fw.trusted
	case http1.Connection, http1.HopByHop, http1.Upgrade, http1.Expect:
		return false
	}
	return true
}

// appendPrivate appends the private headers that tell the member about the client's side. Three of the plug-in's are
// never sent, for there is nothing to tell: $WSAT and $WSRU carry what the web server has authenticated, which this
// proxy does not do, and $WSSI the TLS session ID, which crypto/tls issues to nobody (sessions are resumed by
// tickets, and TLS 1.3 has no IDs; RFC 8446, 4.1.3).
func (fw *forwarder) appendPrivate(dst []byte) []byte {
	if fw.c.kept == nil {
		fw.c.kept = fw.c.connectionHeaders()
	}
	if fw.trusted && fw.r.hasPrivate() {
		return fw.appendMissing(dst)
	}
	dst = append(dst, fw.c.kept...)
	if fw.r.head.Minor == 1 {
		dst = append(dst, "$WSPR: HTTP/1.1\r\n"...)
	} else {
		dst = append(dst, "$WSPR: HTTP/1.0\r\n"...)
	}
	return fw.appendVersion(fw.appendServer(dst))
}

// connectionHeaders are those that are the same for every request of the connection. $WSRH is the address, as with a
// web server that looks no names up (HostnameLookups Off).
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

// appendServer appends $WSSN and $WSSP: the host of the request, and the port that AppServerPortPreference chooses
// (R10).
func (fw *forwarder) appendServer(dst []byte) []byte {
	rq := fw.r.req
	rq.Host = fw.r.hostName()
	name, _ := match.SplitHost(rq.Host)
	dst = append(append(dst, "$WSSN: "...), name...)
	dst = append(dst, "\r\n$WSSP: "...)
	dst = strconv.AppendInt(dst, int64(fw.x.gen.Table.ToldPort(&rq, &fw.x.gen.Sem)), 10)
	return append(dst, "\r\n"...)
}

// appendMissing appends the private headers that a trusted client has not sent itself. A trusted client is a plug-in
// or proxy in front of this one: what it says of its client holds, and what it does not say is made up for.
func (fw *forwarder) appendMissing(dst []byte) []byte {
	trusted := fw.trusted
	fw.trusted = false // or appendPrivate would call this again
	own := string(fw.appendPrivate(nil))
	fw.trusted = trusted
	for line := range strings.Lines(own) {
		name, _, _ := strings.Cut(line, ":")
		if !fw.r.sends(name) {
			dst = append(dst, line...)
		}
	}
	return dst
}

// appendVersion tells a member which version of the table this process has, -1 for none.
func (fw *forwarder) appendVersion(dst []byte) []byte {
	if fw.c.p.opt.PartitionForm == "" {
		return dst
	}
	dst = append(dst, wspt.VersionField+": "...)
	if v := fw.x.cluster.TableVersion.Load(); v > 0 {
		dst = strconv.AppendUint(dst, v, 10)
	} else {
		dst = append(dst, "-1"...)
	}
	return append(dst, "\r\n"...)
}

// rewrite makes the head of an answer ready for the client where it stands: all[at:at+rs.Size]. Dropped lines close
// up towards the end, extra lines go behind the status line, so the body that follows the head stays in place. It
// returns where the head now begins. The head may grow by what stands before at, wire.Headroom or more: by what extra
// has more bytes than the dropped lines.
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
	dst -= move(all, dst, at, first) // the status line
	copy(all[dst+first-at:], extra)
	all[dst+len("HTTP/1.")] = '1' // a proxy says its own version (RFC 9112, 2.3)
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

// endsHere reports whether a field of an answer does not go on to the client. Framing that not everybody reads alike
// (Loose) is dropped here, and written anew by plainFraming.
func endsHere(f *http1.Field, rs *http1.Response, dechunk bool) bool {
	switch f.Kind {
	case http1.Private, http1.HopByHop:
		return true
	case http1.Connection, http1.Upgrade:
		return rs.Status != 101
	case http1.TransferEncoding:
		return dechunk || rs.Status == 204 || rs.Loose
	case http1.ContentLength:
		// a 204 has no body; a client that believes the length would wait for one (RFC 9110, 8.6)
		return rs.Status == 204 || rs.Loose
	}
	return false
}
