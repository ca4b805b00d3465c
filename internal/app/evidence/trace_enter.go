package evidence

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// logPart is what of a file is read: all of it, or the lines between two places.
type logPart struct {
	io.Reader
	io.Closer
	offset, lines int64          // where the part begins, and the lines before it
	first, last   pluginlog.Time // of the file, 0 where all of it is read
}

// complete tells of the whole file what a part cannot show.
func (p *logPart) complete(s *pluginlog.Stats) {
	if p.last != 0 {
		s.First, s.Last = p.first, p.last
	}
}

// enter opens a file for one pass over what is chosen of it. A plain file whose times ascend is entered where the
// chosen time begins, and left behind its end; line numbers stay those of the file.
func (run *traceRun) enter(i int) (*logPart, error) {
	if run.Since != 0 || run.Until != 0 {
		if in := run.index(i); in != nil {
			if part, err := in.part(&run.Chosen); part != nil || err != nil {
				return part, err
			}
			in.Close()
		}
	}
	r, err := run.open(i)
	if err != nil {
		return nil, err
	}
	return &logPart{Reader: r, Closer: r}, nil
}

// part finds what has to be read of a file; nil where the times near a place are not known.
func (in *timeIndex) part(chosen *Chosen) (*logPart, error) {
	part, end := &logPart{Closer: in, first: in.first, last: in.last}, in.size
	if chosen.Since != 0 {
		part.offset = in.before(chosen.Since - setBack - disorder)
	}
	if chosen.Until != 0 {
		end = in.after(chosen.Until + setBack + disorder)
	}
	if in.failed {
		return nil, nil
	}
	var err error
	if part.lines, err = countLines(io.NewSectionReader(in.src, 0, part.offset)); err != nil {
		in.Close()
		return nil, err
	}
	part.Reader = io.NewSectionReader(in.src, part.offset, max(end-part.offset, 0))
	return part, nil
}

const (
	// disorder is by how much lines of several processes may be out of order.
	disorder = pluginlog.Time(2 * time.Second)
	// setBack is by how much a clock may go back between two places that are looked at, and nobody sees it: at the end of
	// summer time. So much more is read on both sides, which then misses nothing.
	setBack = pluginlog.Time(time.Hour)
	// probeSize is how much is read for the next line with a time.
	probeSize = 64 << 10
	// spread is how many places are looked at to see whether times ascend.
	spread = 24
)

// timeIndex finds lines of a plain file by their times. Each look reads probeSize.
type timeIndex struct {
	io.Closer
	src         io.ReaderAt
	size        int64
	first, last pluginlog.Time // the earliest and the latest that were seen
	seen        []timedPlace
	failed      bool // a place has no line with a time near
}

// timedPlace is where a line begins that has a time.
type timedPlace struct {
	offset int64
	at     pluginlog.Time
}

// index looks at places all over a file, and leaves it open; nil where it is packed or cannot be read at any place,
// where lines show no time, or where their times do not ascend.
func (run *traceRun) index(i int) *timeIndex {
	if run.files[i] == "-" {
		return nil
	}
	f, err := run.input.Open(run.files[i])
	if err != nil {
		return nil
	}
	info, err := f.Stat()
	src, ok := f.(io.ReaderAt)
	if err == nil && ok && info.Mode().IsRegular() && plain(src) {
		in := &timeIndex{Closer: f, src: src, size: info.Size()}
		if in.look(); !in.failed && in.ascends() {
			return in
		}
	}
	f.Close()
	return nil
}

// look visits places all over the file, and all lines near its ends.
func (in *timeIndex) look() {
	in.edge(0)
	in.edge(max(in.size-probeSize, 0))
	for n := range int64(spread) {
		if in.size > 2*probeSize {
			in.at(n * (in.size / spread))
		}
	}
}

// ascends reports whether the times that were seen do, and notes the first and the last of them.
func (in *timeIndex) ascends() bool {
	slices.SortStableFunc(in.seen, func(a, b timedPlace) int { return cmp.Compare(a.offset, b.offset) })
	for _, p := range in.seen {
		if p.at < in.last-disorder {
			return false
		}
		if in.first == 0 || p.at < in.first {
			in.first = p.at
		}
		in.last = max(in.last, p.at)
	}
	return len(in.seen) > 0
}

// plain reports whether a file holds text of one byte a character.
func plain(src io.ReaderAt) bool {
	var head [2]byte
	if n, _ := src.ReadAt(head[:], 0); n < len(head) {
		return false
	}
	return !slices.Contains([]string{"\x1f\x8b", "\xff\xfe", "\xfe\xff"}, string(head[:]))
}

// read reads lines from an offset on, from the first that begins there or behind it.
func (in *timeIndex) read(offset int64) (lines []byte, from int64) {
	from = max(offset-1, 0) // a line begins behind the end of another
	buf := make([]byte, probeSize)
	n, err := in.src.ReadAt(buf, from)
	if err != nil && !errors.Is(err, io.EOF) {
		in.failed = true
	}
	if buf = buf[:n]; offset == 0 {
		return buf, 0
	}
	skip := bytes.IndexByte(buf, '\n') + 1
	in.failed = in.failed || skip == 0
	return buf[skip:], from + int64(skip)
}

// at finds the first line with a time that begins at an offset or behind it; false where none follows.
func (in *timeIndex) at(offset int64) (p timedPlace, ok bool) {
	buf, from := in.read(offset)
	timedLines(buf, func(at pluginlog.Time, place int64) bool {
		p, ok = timedPlace{from + place, at}, true
		return false
	})
	if ok {
		in.seen = append(in.seen, p)
	} else if from+int64(len(buf)) < in.size {
		in.failed = true
	}
	return p, ok
}

// edge takes all lines with a time that are near an offset.
func (in *timeIndex) edge(offset int64) {
	buf, from := in.read(offset)
	timedLines(buf, func(at pluginlog.Time, place int64) bool {
		in.seen = append(in.seen, timedPlace{from + place, at})
		return true
	})
}

// timedLines visits the lines of a text that show a time, until visit has enough.
func timedLines(text []byte, visit func(at pluginlog.Time, offset int64) (more bool)) {
	pluginlog.ReadLines(bytes.NewReader(text), func(l *pluginlog.Line) error {
		if t, ok := pluginlog.ParseTime(l.Stamp); ok && !visit(t, l.Offset) {
			return errEnough
		}
		return nil
	})
}

// before finds a line before which all are earlier than a time, near the last such.
func (in *timeIndex) before(t pluginlog.Time) int64 {
	low, high := int64(0), in.size
	for high-low > probeSize && !in.failed {
		middle := low + (high-low)/2
		if p, ok := in.at(middle); ok && p.at < t {
			low = p.offset
		} else {
			high = middle
		}
	}
	return low
}

// after finds where a line begins from which on all are later than a time: the end where there is none.
func (in *timeIndex) after(t pluginlog.Time) int64 {
	low, high, end := int64(0), in.size, in.size
	for high-low > probeSize && !in.failed {
		middle := low + (high-low)/2
		p, ok := in.at(middle)
		if ok && p.at <= t {
			low = p.offset
			continue
		}
		if high = middle; ok {
			end = p.offset
		}
	}
	return end
}

// countLines counts ends of lines.
func countLines(r io.Reader) (n int64, err error) {
	buf := make([]byte, 256<<10)
	for {
		got, err := r.Read(buf)
		n += int64(bytes.Count(buf[:got], []byte{'\n'}))
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
