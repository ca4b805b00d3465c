// Package docroot is a folder of static files, from which a proxy serves the requests that no Route takes: what the
// web server around the plug-in does with them.
//
// It knows names of files, and that a folder can hang. It knows neither HTTP nor requests: who asks has a target, and
// gets an open file, or why there is none.
package docroot

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

// errNone is for whatever is not served, whether or not it exists: a client cannot tell.
var errNone = errors.New("no such file")

// ErrSlow is why a file of a folder that hangs is not served.
var ErrSlow = errors.New("the file could not be opened in time")

const (
	// Limit is how long opening a file may take.
	Limit = 10 * time.Second
	// MostOpening bounds the files that are being opened: each can hold a thread of this process for as long as a
	// folder of the network is gone.
	MostOpening = 64
)

// Folder is a folder of static files.
type Folder struct {
	Find func(target string) (*os.File, fs.FileInfo, error) // opens the file that a target names; tests replace it

	root    *os.Root
	opening chan struct{} // holds one for each file that is being opened
}

// Open makes a folder ready.
func Open(name string) (*Folder, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	f := &Folder{root: root, opening: make(chan struct{}, MostOpening)}
	f.Find = f.find
	return f, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// OpenInTime opens a file aside, within Limit. What has not ended in time may end later, and is closed then.
func (f *Folder) OpenInTime(ctx context.Context, target string) (*os.File, fs.FileInfo, error) {
	limit := time.NewTimer(Limit)
	defer limit.Stop()
	select {
	case f.opening <- struct{}{}:
	case <-limit.C:
		return nil, nil, ErrSlow
	case <-ctx.Done():
		return nil, nil, ErrSlow
	}
	type opened struct {
		file *os.File
		info fs.FileInfo
		err  error
	}
	done := make(chan opened, 1)
	go func() { // target is a copy of the caller's: this may outlive the request
		file, info, err := f.Find(target)
		<-f.opening
		done <- opened{file, info, err}
	}()
	select {
	case o := <-done:
		return o.file, o.info, o.err
	case <-limit.C:
	case <-ctx.Done():
	}
	go func() {
		if o := <-done; o.err == nil {
			o.file.Close()
		}
	}()
	return nil, nil, ErrSlow
}

// find opens the file that a target names. os.Root keeps to the folder, whatever dots and links say; hidden files,
// and the parts of a web application that no server shows, do not exist.
func (f *Folder) find(target string) (*os.File, fs.FileInfo, error) {
	target, _, _ = strings.Cut(target, "?")
	name, err := url.PathUnescape(target)
	if err != nil || strings.ContainsAny(name, "\x00\\") { // a backslash separates folders on Windows
		return nil, nil, errNone
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.EqualFold(part, "WEB-INF") || strings.EqualFold(part, "META-INF") {
			return nil, nil, errNone
		}
	}
	clean := strings.TrimPrefix(path.Clean("/"+name), "/")
	if strings.HasSuffix(name, "/") {
		clean = path.Join(clean, "index.html")
	}
	// a pipe that nobody writes to would wait for ever
	file, err := f.root.OpenFile(clean, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, nil, errNone
	}
	return file, info, nil
}
