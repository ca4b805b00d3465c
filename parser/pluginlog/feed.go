package pluginlog

import (
	"bytes"
	"io"
)

// Feed reads a log that is being written: piece by piece, on the goroutine of its caller. A line counts once its end
// has come; one that is longer than a block is cut there. [Read] is for logs that have an end.
type Feed struct {
	scanner scanner
	buf     []byte   // as large as a block
	have    int      // bytes of buf
	offset  int64    // of buf in the file
	skip    bool     // buf begins inside a line that was cut
	block   block    // for the scanner, which knows blocks only; its buf is a part of ours
	stats   Stats    // of all that was handed out
	times   timeline // likewise
}

// NewFeed returns a Feed that hands out events of the given kinds. The file is read from an offset on, before which it
// has so many lines.
func NewFeed(want Kinds, offset, lines int64) *Feed {
	return &Feed{scanner: newScanner(want), buf: make([]byte, blockSize), offset: offset, stats: Stats{Lines: lines}}
}

// Take reads once from r and hands out the events of the lines that are whole. The event is yield's only until it
// returns. The error is that of r.
func (f *Feed) Take(r io.Reader, yield func(*Event)) (n int, err error) {
	// There is room: what filled the buffer was handed out.
	n, err = r.Read(f.buf[f.have:])
	f.have += n
	if end := bytes.LastIndexByte(f.buf[:f.have], '\n') + 1; end > 0 {
		f.hand(end, yield)
	} else if f.have == len(f.buf) {
		f.hand(f.have, yield)
	}
	return n, err
}

// End hands out the line that has no end: the file will not grow any more.
func (f *Feed) End(yield func(*Event)) {
	if f.have > 0 {
		f.hand(f.have, yield)
	}
}

// Offset returns where in the file the first line begins of which the end has not come.
func (f *Feed) Offset() int64 { return f.offset }

// Stats returns what was counted so far; Lines holds those before the first offset, too.
func (f *Feed) Stats() Stats { return f.stats }

// hand scans the buffer up to an end, and keeps what follows.
func (f *Feed) hand(end int, yield func(*Event)) {
	from := 0
	if f.skip {
		if from = bytes.IndexByte(f.buf[:end], '\n') + 1; from == 0 {
			from = end
		}
	}
	f.skip = f.buf[end-1] != '\n'
	b := &f.block
	b.buf, b.used, b.offset = f.buf[from:end], end-from, f.offset+int64(from)
	f.scanner.scan(b)
	for i := range b.events {
		b.events[i].Line += f.stats.Lines
		yield(&b.events[i])
	}
	f.stats.follow(&f.times, b)
	f.have = copy(f.buf, f.buf[end:f.have])
	f.offset += int64(end)
}
