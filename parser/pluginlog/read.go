package pluginlog

import (
	"bytes"
	"errors"
	"io"
	"runtime"
)

// blockSize is how much is read and parsed at a time. A longer line is cut there.
const blockSize = 512 << 10

// Options of [Read]. The zero value reads every kind with as many goroutines as there are processors, at most four.
type Options struct {
	Want    Kinds // which kinds to hand out; the zero set means all
	Workers int
	// Where the reader begins in its file, and how many lines stand before it; both 0 at the beginning.
	Offset, Lines int64
}

// block is a piece of the log on its way from the reader through a parser to the caller.
type block struct {
	buf    []byte
	used   int   // bytes of buf that are of the log
	offset int64 // of buf in the file
	// what the parser makes of it; line numbers count from the start of the block, as nobody knows yet how many
	// lines stand before it
	events []Event
	stats  Stats
	times  timeline
	done   chan struct{} // that the parser is ready; it has room for one, so that no parser waits for the caller
}

// Read hands the events of r to yield, in order. The event is yield's only until it returns; its strings stay valid.
// Read ends with the first error of r or yield; errors.Is(err, io.ErrUnexpectedEOF) says that a packed file is cut,
// and all events before the cut were handed out. Blocks of lines are parsed in parallel; memory does not grow with
// the log.
func Read(r io.Reader, opt Options, yield func(*Event) error) (Stats, error) {
	if opt.Want == (Kinds{}) {
		opt.Want = AllKinds()
	}
	if opt.Workers <= 0 {
		opt.Workers = min(runtime.GOMAXPROCS(0), 4)
	}
	p := newPipeline(opt)
	defer p.stop()
	go p.read(blockReader{r: r, offset: opt.Offset})
	return p.deliver(opt.Lines, yield)
}

// pipeline: free blocks go to the reader, filled ones to the parsers and, in order, to the caller, who frees them.
type pipeline struct {
	free, parse, ordered chan *block
	quit                 chan struct{}
	err                  error // of the reader; valid once ordered is closed
}

// newPipeline starts the parsers; the reader is started by Read.
func newPipeline(opt Options) *pipeline {
	// A parser has one block in hand and one that waits, and the reader one. Each channel has room for all of them, so
	// that nobody ever waits to send: the reader waits for a free block alone.
	n := 2*opt.Workers + 1
	p := &pipeline{
		free:    make(chan *block, n),
		parse:   make(chan *block, n),
		ordered: make(chan *block, n),
		quit:    make(chan struct{}),
	}
	for range n {
		p.free <- &block{done: make(chan struct{}, 1)}
	}
	for range opt.Workers {
		go func() {
			s := newScanner(opt.Want)
			for b := range p.parse {
				s.scan(b)
				b.done <- struct{}{}
			}
		}()
	}
	return p
}

// stop releases the reader, which closes the channel of the parsers. The reader may still be inside a Read of its
// source.
func (p *pipeline) stop() { close(p.quit) }

// deliver hands the events out and numbers their lines, of which some stand before the first block.
func (p *pipeline) deliver(before int64, yield func(*Event) error) (Stats, error) {
	total := Stats{Lines: before}
	var times timeline
	for b := range p.ordered {
		<-b.done
		for i := range b.events {
			e := &b.events[i]
			e.Line += total.Lines
			if err := yield(e); err != nil {
				// The block is not counted. But whoever stops early, having seen what kind of log it is, wants to know
				// its level.
				total.Noisiest = max(total.Noisiest, b.stats.Noisiest)
				return total, err
			}
		}
		total.follow(&times, b)
		p.free <- b
	}
	return total, p.err
}

// read cuts the source at line ends.
func (p *pipeline) read(src blockReader) {
	defer close(p.parse)
	defer close(p.ordered)
	for {
		var b *block
		select {
		case b = <-p.free:
		case <-p.quit:
			return
		}
		more, err := src.fill(b)
		if b.used > 0 {
			p.parse <- b
			p.ordered <- b
		} else {
			p.free <- b // all of it was the rest of a line that is too long
		}
		if err != nil {
			p.err = err
		}
		if !more {
			return
		}
	}
}

// blockReader fills blocks with whole lines.
type blockReader struct {
	r      io.Reader
	rest   []byte // the beginning of a line that the last block had no room for
	offset int64  // in the file, of rest or else of what is read next
	skip   bool   // inside a line that was cut because it is longer than a block
	eof    bool
}

// fill reads the next block; more is false after the last one. The end of the file is no error.
func (s *blockReader) fill(b *block) (more bool, err error) {
	if b.buf == nil {
		b.buf = make([]byte, blockSize)
	}
	n := copy(b.buf, s.rest)
	s.rest = s.rest[:0]
	// A pipe gives little at a time: a block is filled whatever the source is.
	for !s.eof && n < len(b.buf) {
		var got int
		got, err = s.r.Read(b.buf[n:])
		n += got
		if err != nil {
			// What came before an error, as where a packed file is cut, is handed out like all else.
			s.eof = true
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	b.offset, b.used = s.offset, n
	if !s.eof {
		s.cutAtLineEnd(b)
	}
	s.offset += int64(b.used)
	s.dropTail(b)
	return !s.eof, err
}

// cutAtLineEnd keeps what follows the last line end for the next block.
func (s *blockReader) cutAtLineEnd(b *block) {
	if end := bytes.LastIndexByte(b.buf[:b.used], '\n'); end >= 0 {
		s.rest = append(s.rest, b.buf[end+1:b.used]...)
		b.used = end + 1
	}
}

// dropTail removes the rest of a line that was longer than a block, and notes when this block ends inside one.
func (s *blockReader) dropTail(b *block) {
	// A full block without a line end at its end: cutAtLineEnd found none.
	full := b.used == len(b.buf) && b.buf[b.used-1] != '\n'
	if s.skip {
		end := bytes.IndexByte(b.buf[:b.used], '\n') + 1
		if end == 0 {
			end = b.used
		}
		b.offset += int64(end)
		b.used = copy(b.buf, b.buf[end:b.used])
	}
	s.skip = full
}

// ReadLines hands the lines of r to yield, in order, split but not parsed; blank lines are left out. A glued line
// comes as two of one number. The Line is yield's only until it returns.
func ReadLines(r io.Reader, yield func(*Line) error) error {
	src := blockReader{r: r}
	b := new(block)
	var stats Stats
	var line Line
	for more := true; more; {
		var err error
		more, err = src.fill(b)
		var stop error
		walk(string(b.buf[:b.used]), b.offset, &stats, func(raw string, stamp int, number, offset int64) {
			if stop != nil {
				return
			}
			line.next(raw, stamp, number)
			line.readThread()
			line.Offset = offset
			stop = yield(&line)
		})
		if stop != nil {
			return stop
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Parse says what the line is about; false when it is of no form that this package knows.
func (l *Line) Parse() (Event, bool) {
	e := Event{}
	all := AllKinds()
	kind := l.parse(&e, &all)
	if kind == None {
		return Event{}, false
	}
	e.unescape()
	e.Kind, e.Level, e.Line, e.Offset, e.PID, e.TID = kind, l.Level, l.Number, l.Offset, l.PID, l.TID
	if l.Stamp != "" {
		e.Time, _ = new(clock).read(l.Stamp)
	}
	return e, true
}

// FirstTime returns the time of the first line of r that shows one, 0 when none does.
func FirstTime(r io.Reader) (first Time) {
	var c clock
	stop := errors.New("found")
	ReadLines(r, func(l *Line) error {
		if l.Stamp == "" {
			return nil
		}
		t, ok := c.read(l.Stamp)
		if !ok {
			return nil
		}
		first = t
		return stop
	}) // an error later in the file is for whoever reads it
	return first
}
