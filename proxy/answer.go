package proxy

import (
	"net/http"
	"strconv"

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
	r.entry.status = status
	if r.bodyUnderWay() {
		r.close = true
	}
	text := strconv.Itoa(status) + " " + statusText(status) + "\n"
	lines := *r.c.p.date.Load() + "Content-Type: text/plain\r\n" + r.keepAliveLine()
	if status == 405 {
		lines += "Allow: " + r.allowed() + "\r\n"
	}
	r.c.out = localAnswer(r.c.out[:0], status, text, r.head.Size > 0 && r.isHead(), r.close, lines)
	r.writeOut(r.c.out)
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
