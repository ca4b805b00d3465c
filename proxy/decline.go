package proxy

import (
	"context"
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

// decline answers a request that no Route matches. Around the real plug-in there is a web server that serves it (R9):
// here a folder of static files, or nothing but 404.
func (r *request) decline() {
	r.c.p.counters.declined.Add(1)
	r.entry.declined = true
	if r.c.p.docroot == nil {
		r.fail(404)
		return
	}
	f, info, err := r.c.p.docroot.openInTime(r.c.p.ctx, string(r.head.Target(r.c.in.B)))
	switch {
	case isLocalWant(err):
		r.c.p.logWant(err)
		fallthrough
	case err == errSlowFile:
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

var (
	errNoFile   = errors.New("no such file")
	errSlowFile = errors.New("the file could not be opened in time")
)

// mostOpening bounds the files that are being opened: each can hold a thread of this process for as long as a folder
// of the network is gone.
const mostOpening = 64

// docroot is a folder of static files.
type docroot struct {
	*os.Root
	open    func(target string) (*os.File, fs.FileInfo, error) // find, but for tests
	opening chan struct{}                                      // holds one for each file that is being opened
}

func openDocroot(folder string) (*docroot, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	d := &docroot{Root: root, opening: make(chan struct{}, mostOpening)}
	d.open = d.find
	return d, nil
}

// openInTime opens a file aside, within readLimit. What has not ended in time may end later, and is closed then.
func (d *docroot) openInTime(ctx context.Context, target string) (*os.File, fs.FileInfo, error) {
	limit := time.NewTimer(readLimit)
	defer limit.Stop()
	select {
	case d.opening <- struct{}{}:
	case <-limit.C:
		return nil, nil, errSlowFile
	case <-ctx.Done():
		return nil, nil, errSlowFile
	}
	type opened struct {
		f    *os.File
		info fs.FileInfo
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		f, info, err := d.open(target)
		<-d.opening
		done <- opened{f, info, err}
	}()
	select {
	case o := <-done:
		return o.f, o.info, o.err
	case <-limit.C:
	case <-ctx.Done():
	}
	go func() {
		if o := <-done; o.err == nil {
			o.f.Close()
		}
	}()
	return nil, nil, errSlowFile
}

// find opens the file that a target names. os.Root keeps to the folder, whatever dots and links say; hidden files,
// and the parts of a web application that no server shows, do not exist.
func (d *docroot) find(target string) (*os.File, fs.FileInfo, error) {
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
	f, err := d.OpenFile(clean, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe that nobody writes to would wait for ever
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

// serveFile sends a file, whole: ranges may be ignored (RFC 9110, 14.2). Its size was taken when it was opened: a
// file that shrinks meanwhile ends the connection.
func (r *request) serveFile(f *os.File, info fs.FileInfo) {
	modified := info.ModTime().UTC().Truncate(time.Second)
	lines := *r.c.p.date.Load() + "Last-Modified: " + modified.Format(http.TimeFormat) + "\r\n" + r.keepAliveLine()
	if r.close {
		lines += "Connection: close\r\n"
	}
	if since, err := http.ParseTime(r.field("If-Modified-Since")); err == nil && !modified.After(since) {
		r.entry.status = 304
		r.writeOut([]byte("HTTP/1.1 304 Not Modified\r\n" + lines + "\r\n"))
		return
	}
	kind := mime.TypeByExtension(path.Ext(info.Name()))
	if kind == "" {
		kind = "application/octet-stream"
	}
	r.entry.status = 200
	head := "HTTP/1.1 200 OK\r\n" + lines + "Content-Type: " + kind + "\r\n" +
		"Content-Length: " + strconv.FormatInt(info.Size(), 10) + "\r\n\r\n"
	if r.writeOut([]byte(head)) != nil || r.isHead() {
		return
	}
	buf := r.c.p.large.Get()
	defer r.c.p.large.Put(buf)
	for left := info.Size(); left > 0; {
		n, err := f.Read(buf.B[:min(left, int64(len(buf.B)))])
		if err != nil && err != io.EOF || n == 0 {
			r.close = true
			return
		}
		if left -= int64(n); r.writeOut(buf.B[:n]) != nil {
			return
		}
	}
}
