package proxy

import (
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/proxy/docroot"
	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wire"
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
	r.entry.Bytes += int64(n)
	if err != nil {
		r.close, r.entry.Gone = true, true
	}
	return err
}

// say writes an interim answer. It does not count as a beginning: a status can still follow.
func (r *request) say(text string) error {
	r.c.Within(r.c.p.opt.ClientTimeout)
	_, err := r.c.Write([]byte(text))
	return err
}

// fail answers with a status of the proxy's own and its name, and with no more: why it failed is for the log, not for
// clients.
func (r *request) fail(status int) {
	lines := "Content-Type: text/plain\r\n"
	if status == 405 {
		lines += "Allow: " + r.allowed() + "\r\n"
	}
	r.reply(status, lines, strconv.Itoa(status)+" "+http.StatusText(status)+"\n")
}

// reply is an answer of the proxy's own. lines are further header lines, each with its end. What is refused before
// there is a head gets a body in any case, since nobody knows whether it was a HEAD.
func (r *request) reply(status int, lines, body string) {
	r.entry.Status = status
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

// keepAliveLine is what a client of HTTP/1.0 needs to hear: in that version a connection ends unless both sides say
// otherwise.
func (r *request) keepAliveLine() string {
	if !r.close && r.head.Minor == 0 {
		return "Connection: keep-alive\r\n"
	}
	return ""
}

// decline answers a request that no Route matches. Around the real plug-in there is a web server that serves it (R9):
// here a folder of static files, or nothing but 404.
func (r *request) decline() {
	r.c.p.counters.declined.Add(1)
	r.entry.Declined = true
	if r.c.p.docroot == nil {
		r.fail(404)
		return
	}
	f, info, err := r.c.p.docroot.OpenInTime(r.c.p.ctx, string(r.head.Target(r.c.in.B)))
	switch {
	case wire.IsLocalWant(err):
		r.c.p.logWant(err)
		fallthrough
	case err == docroot.ErrSlow:
		r.fail(503)
		return
	case err != nil:
		r.fail(404)
		return
	}
	defer f.Close()
	switch http1.View(r.head.Method(r.c.in.B)) {
	case "GET", "HEAD":
		r.serveFile(f, info)
	default:
		r.fail(405)
	}
}

// serveFile sends a file, whole: ranges may be ignored (RFC 9110, 14.2). Its size was taken when it was opened: a
// file that shrinks meanwhile ends the connection.
func (r *request) serveFile(f *os.File, info fs.FileInfo) {
	modified := info.ModTime().UTC().Truncate(time.Second)
	lines := *r.c.p.date.Load() + "Last-Modified: " + modified.Format(http.TimeFormat) + "\r\n" + r.keepAliveLine()
	if r.close {
		lines += "Connection: close\r\n"
	}
	if since, err := http.ParseTime(r.field("If-Modified-Since")); err == nil && !modified.After(since) {
		r.entry.Status = 304
		r.writeOut([]byte("HTTP/1.1 304 Not Modified\r\n" + lines + "\r\n"))
		return
	}
	kind := mime.TypeByExtension(path.Ext(info.Name()))
	if kind == "" {
		kind = "application/octet-stream"
	}
	r.entry.Status = 200
	head := "HTTP/1.1 200 OK\r\n" + lines + "Content-Type: " + kind + "\r\n" +
		"Content-Length: " + strconv.FormatInt(info.Size(), 10) + "\r\n\r\n"
	if r.writeOut([]byte(head)) != nil || r.isHead() {
		return
	}
	buf := r.c.p.large.Get()
	defer r.c.p.large.Put(buf)
	for left := info.Size(); left > 0; {
		n, err := f.Read(buf.B[:min(left, int64(len(buf.B)))])
		if err != nil && err != io.EOF || n == 0 { // the length is promised: only a close tells that it is not kept
			r.close = true
			return
		}
		if left -= int64(n); r.writeOut(buf.B[:n]) != nil {
			return
		}
	}
}

// localAnswer appends an answer of the proxy itself. With head the length is told and the body is not sent (RFC 9110,
// 9.3.2).
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
