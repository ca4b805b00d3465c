package pluginlog

import (
	"io"
	"sync"
)

// Writer writes events up to a level, each with one call of Write so that lines of several processes do not mix. It
// is safe for concurrent use.
type Writer struct {
	mu    sync.Mutex // guards w and line
	w     io.Writer
	level Level  // lines of a noisier one are not written
	line  []byte // the last line; its memory is used again
}

// NewWriter returns a Writer for LogLevel level. The plug-in's default is Error.
func NewWriter(w io.Writer, level Level) *Writer {
	return &Writer{w: w, level: level, line: make([]byte, 0, 512)}
}

// enabled reports whether events of a kind are written: ask before making one that costs something.
func (w *Writer) enabled(k Kind) bool { return k < numKinds && k.Level() <= w.level }

// Write writes the event's line unless its level is above the Writer's.
func (w *Writer) Write(e *Event) error {
	level := e.Level
	if level == LevelNone {
		level = e.Kind.Level()
	}
	if level > w.level {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = e.Append(w.line[:0])
	_, err := w.w.Write(w.line)
	return err
}
