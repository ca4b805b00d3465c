package proxy

import (
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wasplug/wasplug/proxy/http1"
)

// decline answers a request that no Route matches. Around the real plug-in there is a web server that serves it (R9): here a folder of
// static files, or nothing but 404.
func (c *client) decline() {
	c.p.counters.declined.Add(1)
	c.entry.declined = true
	if c.p.docroot == nil {
		c.fail(404)
		return
	}
	f, info, err := c.p.openFile(http1.View(c.rq.Target(c.in.b)))
	if err != nil {
		c.fail(404)
		return
	}
	defer f.Close()
	switch http1.View(c.rq.Method(c.in.b)) {
	case "GET", "HEAD":
		c.serveFile(f, info)
	default:
		c.fail(405)
	}
}

var errNoFile = errors.New("no such file")

// openFile finds the file that a target names. os.Root keeps to the folder, whatever dots and links say; hidden files, and the parts of
// a web application that no server shows, do not exist.
func (p *Proxy) openFile(target string) (*os.File, fs.FileInfo, error) {
	target, _, _ = strings.Cut(target, "?")
	name, err := url.PathUnescape(target)
	if err != nil || strings.ContainsAny(name, "\x00\\") {
		return nil, nil, errNoFile
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.EqualFold(part, "WEB-INF") || strings.EqualFold(part, "META-INF") {
			return nil, nil, errNoFile
		}
	}
	clean := strings.TrimPrefix(path.Clean("/"+name), "/")
	if strings.HasSuffix(name, "/") {
		clean = path.Join(clean, "index.html")
	}
	f, err := p.docroot.OpenFile(clean, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe that nobody writes to would wait for ever
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, errNoFile
	}
	return f, info, nil
}

// serveFile sends a file, whole: ranges may be ignored (RFC 9110, 14.2). Its size was taken when it was opened: a file that shrinks meanwhile ends the connection.
func (c *client) serveFile(f *os.File, info fs.FileInfo) {
	modified := info.ModTime().UTC().Truncate(time.Second)
	lines := *c.p.date.Load() + "Last-Modified: " + modified.Format(http.TimeFormat) + "\r\n" + c.keepAliveLine()
	if c.close {
		lines += "Connection: close\r\n"
	}
	if since, err := http.ParseTime(c.field("If-Modified-Since")); err == nil && !modified.After(since) {
		c.entry.status = 304
		c.writeOut([]byte("HTTP/1.1 304 Not Modified\r\n" + lines + "\r\n"))
		return
	}
	kind := mime.TypeByExtension(path.Ext(info.Name()))
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.entry.status = 200
	head := "HTTP/1.1 200 OK\r\n" + lines + "Content-Type: " + kind + "\r\nContent-Length: " + strconv.FormatInt(info.Size(), 10) + "\r\n\r\n"
	if c.writeOut([]byte(head)) != nil || c.isHead() {
		return
	}
	buf := c.p.large.get()
	defer c.p.large.put(buf)
	for left := info.Size(); left > 0; {
		n, err := f.Read(buf.b[:min(left, int64(len(buf.b)))])
		if err != nil && err != io.EOF || n == 0 {
			c.close = true
			return
		}
		if left -= int64(n); c.writeOut(buf.b[:n]) != nil {
			return
		}
	}
}

// field returns the value of a request header, "" when there is none.
func (c *client) field(name string) string {
	for i := range c.rq.Fields {
		if f := &c.rq.Fields[i]; http1.EqualFold(f.Name(c.in.b), name) {
			return string(f.Text(c.in.b))
		}
	}
	return ""
}
