package watch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// lateLines is how long a file that another one has replaced may be silent before nobody is taken to write to it any
// more: processes go on with the file that they have opened until they end.
const lateLines = time.Minute

// tail reads a log by its name, whatever file that is. Two kinds of rotation are met: the file is moved away and
// another one takes its name, while processes go on with the one that they have open; or it is copied and cut
// (copytruncate), and is the same file, shorter.
type tail struct {
	name    string
	current *source   // nil: there is none yet
	before  *source   // which current has replaced, while lines may still come
	written time.Time // when the current file was last written to, by its file system
	size    int64     // of the current file when it was looked at
}

// source is a file that is being read.
type source struct {
	file   *os.File
	info   fs.FileInfo
	feed   *pluginlog.Feed
	at     int64     // of the next byte to be read, which may be in the middle of a line
	known  int64     // up to here the run before has told of it
	last   time.Time // when something was read
	levels levels    // lines so far
}

type levels = [pluginlog.LevelTrace + 1]int64

// reader gets what a tail reads.
type reader interface {
	event(s *source, e *pluginlog.Event)
	counted(s *source, lines levels) // since the last time
}

// step reads once from each file, or else looks whether another one has taken its place; more says that there may be
// more to read.
func (t *tail) step(now time.Time, to reader) (more bool, err error) {
	for _, s := range [...]*source{t.before, t.current} {
		if s == nil {
			continue
		}
		n, err := s.take(to)
		if n > 0 {
			s.last, more = now, true
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("%s: %w", t.name, bare(err))
		}
	}
	if more {
		return true, nil
	}
	if t.before != nil && now.Sub(t.before.last) > lateLines {
		t.before.end(to)
		t.before = nil
	}
	return t.look(now, to)
}

// look finds out what file has the name now. It is asked when all files are read to their ends, so nothing of one that
// was replaced is missed. A file that was cut and has grown beyond what was read before the next look goes unnoticed.
func (t *tail) look(now time.Time, to reader) (more bool, err error) {
	info, err := os.Stat(t.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil // not yet, or moved away and not there again
	case err != nil:
		return false, fmt.Errorf("%s: %w", t.name, bare(err))
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%s is no plain file: --follow reads files only", t.name)
	case t.current != nil && os.SameFile(info, t.current.info) && info.Size() >= t.current.at:
		t.written, t.size = info.ModTime(), info.Size()
		return info.Size() > t.current.at, nil
	case t.current != nil && os.SameFile(info, t.current.info):
		t.current.end(to) // it was cut, and begins anew
		t.current = nil
	}
	next, err := open(t.name)
	if err != nil {
		return false, err
	}
	if t.before != nil && t.current != nil { // two rotations in a minute: the older one is not waited for
		t.before.end(to)
	}
	if t.current != nil {
		t.before, t.current.last = t.current, now
	}
	t.current, t.written, t.size = next, info.ModTime(), info.Size()
	return true, nil
}

// behind is how much was written and not read yet.
func (t *tail) behind() int64 {
	if t.current == nil {
		return 0
	}
	return max(t.size-t.current.feed.Offset(), 0)
}

func (t *tail) close() {
	for _, s := range [...]*source{t.before, t.current} {
		if s != nil {
			s.file.Close()
		}
	}
}

// open opens a file at its beginning. Where the run before has stopped in it, resume goes there.
func open(name string) (*source, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	return &source{file: f, info: info, feed: pluginlog.NewFeed(requests.SummaryKinds(), 0, 0)}, nil
}

// resume goes back to where lines are read again, of which those before known were told.
func (s *source) resume(from place, known int64) error {
	if _, err := s.file.Seek(from.Offset, io.SeekStart); err != nil {
		return err
	}
	s.at, s.known = from.Offset, known
	s.feed = pluginlog.NewFeed(requests.SummaryKinds(), from.Offset, from.Lines)
	return nil
}

// place is the beginning of a line.
type place struct {
	Offset int64 `json:"offset"`
	Lines  int64 `json:"lines"` // before it
}

func (s *source) place() place { return place{s.feed.Offset(), s.feed.Stats().Lines} }

// take reads once. What was known before and what is new are never read together.
func (s *source) take(to reader) (int, error) {
	var r io.Reader = s.file
	if s.at < s.known {
		r = io.LimitReader(r, s.known-s.at)
	}
	n, err := s.feed.Take(r, func(e *pluginlog.Event) { to.event(s, e) })
	s.count(to)
	s.at += int64(n)
	return n, err
}

// old reports whether the run before has told of what is being read.
func (s *source) old() bool { return s.at < s.known }

// count tells how many lines of each level have come since the last time.
func (s *source) count(to reader) {
	now := s.feed.Stats().Levels
	lines := now
	for level := range lines {
		lines[level] -= s.levels[level]
	}
	s.levels = now
	to.counted(s, lines)
}

// end takes the last line, though it has no end, and lets go of the file.
func (s *source) end(to reader) {
	s.feed.End(func(e *pluginlog.Event) { to.event(s, e) })
	s.count(to)
	s.file.Close()
}

// bare is an error of a file without the path, which is said in front of it.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
