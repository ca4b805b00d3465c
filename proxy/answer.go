package proxy

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/proxy/http1"
)

// writeOut writes to the client, whose time limit is the pump's to set while a body comes in. A client that takes
// nothing for ClientTimeout is gone.
func (r *request) writeOut(p []byte) error {
	r.started = true
	free := !r.body.coming()
	if free {
		r.c.Within(r.c.p.opt.ClientTimeout)
	}
	n, err := r.c.Write(p)
	if free {
		r.c.Within(0)
	}
	r.entry.bytes += int64(n)
	if err != nil {
		r.close, r.entry.gone = true, true
	}
	return err
}

// say writes an interim answer.
func (r *request) say(text string) error {
	r.c.Within(r.c.p.opt.ClientTimeout)
	_, err := r.c.Write([]byte(text))
	return err
}

// fail answers with a status of the proxy's own.
func (r *request) fail(status int) {
	lines := "Content-Type: text/plain\r\n"
	if status == 405 {
		lines += "Allow: " + r.allowed() + "\r\n"
	}
	r.reply(status, lines, strconv.Itoa(status)+" "+statusText(status)+"\n")
}

// reply is an answer of the proxy's own.
func (r *request) reply(status int, lines, body string) {
	r.entry.status = status
	if r.bodyUnderWay() {
		r.close = true
	}
	lines = *r.c.p.date.Load() + r.keepAliveLine() + lines
	r.c.out = localAnswer(r.c.out[:0], status, body, r.head.Size > 0 && r.isHead(), r.close, lines)
	r.writeOut(r.c.out)
}

// endHere answers an OPTIONS or a TRACE that may not be passed on any further (RFC 9110, 7.6.2).
func (r *request) endHere() {
	r.skipBody()
	if r.isTrace() {
		r.reply(200, "Content-Type: message/http\r\n", r.echo())
	} else {
		r.reply(200, "Allow: "+r.allowed()+"\r\n", "")
	}
}

// echo is the head as it came, without what may be a secret (RFC 9110, 9.3.8).
func (r *request) echo() string {
	var b strings.Builder
	buf := r.c.in.B
	b.Write(r.head.Line(buf))
	b.WriteString("\r\n")
	for i := range r.head.Fields {
		f := &r.head.Fields[i]
		name := f.Name(buf)
		if f.Kind != http1.Cookie && f.Kind != http1.Private && !http1.EqualFold(name, "authorization") &&
			!http1.EqualFold(name, "proxy-authorization") {
			b.Write(buf[f.Start:f.End])
		}
	}
	return b.String() + "\r\n"
}

// keepAliveLine is what a client of HTTP/1.0 needs to hear.
func (r *request) keepAliveLine() string {
	if !r.close && r.head.Minor == 0 {
		return "Connection: keep-alive\r\n"
	}
	return ""
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

// setDate renews the Date line once a second: to format one for each answer would cost more than all its other lines.
func (p *Proxy) setDate() {
	line := "Date: " + p.sweeper.WallTime().UTC().Format(http.TimeFormat) + "\r\n"
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
