package timeindex

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

const (
	// ProbeSize is how much is read at each place for the next line with a time. A search ends when what is left of
	// the file is smaller: to read that is as cheap as another look.
	ProbeSize = 64 << 10
	// Margin is by how much earlier and later than a time its lines may stand in the file, and no look sees it. Lines
	// of several processes may be out of order (disorder), and a clock that is set back by an hour at the end of
	// summer time shows as descending only where two places on both sides of that moment are looked at.
	Margin = pluginlog.Time(time.Hour) + disorder
	// disorder is by how much lines of several processes may be out of order: each process writes a line when it has a
	// turn, with the time at which it made it.
	disorder = pluginlog.Time(2 * time.Second)
	// spread is how many places are looked at to see whether times ascend.
	spread = 24
)

// Index is what was seen of the times of a file. Each look adds to it.
type Index struct {
	src         io.ReaderAt
	size        int64
	first, last pluginlog.Time // the earliest and the latest that were seen
	seen        []timedPlace   // in the order of looks until ascends sorts them
	failed      bool           // a place has no line with a time near: from then on no answer is to be used
}

// timedPlace is where a line begins that has a time.
type timedPlace struct {
	offset int64
	at     pluginlog.Time
}

// New looks at places all over a plain file; nil where lines show no time, or where their times do not ascend.
func New(src io.ReaderAt, size int64) *Index {
	in := &Index{src: src, size: size}
	if in.look(); in.failed || !in.ascends() {
		return nil
	}
	return in
}

// First returns the earliest time of the file.
func (in *Index) First() pluginlog.Time { return in.first }

// Last returns the latest time of the file.
func (in *Index) Last() pluginlog.Time { return in.last }

// Failed reports whether a place had no line with a time near, so that what Before and After said is not to be used.
func (in *Index) Failed() bool { return in.failed }

// look visits places all over the file, and all lines near its ends: there stand the earliest and the latest time,
// which need not be those of the first and the last line (disorder).
func (in *Index) look() {
	in.edge(0)
	in.edge(max(in.size-ProbeSize, 0))
	for n := range int64(spread) {
		if in.size > 2*ProbeSize {
			in.at(n * (in.size / spread))
		}
	}
}

// ascends reports whether the times that were seen do, and notes the first and the last of them.
func (in *Index) ascends() bool {
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

// read reads ProbeSize bytes of whole lines, from the first line that begins at an offset or behind it. The last line
// may be cut.
func (in *Index) read(offset int64) (lines []byte, from int64) {
	from = max(offset-1, 0) // a line begins behind the end of another, so one byte before shows whether it begins here
	buf := make([]byte, ProbeSize)
	n, err := in.src.ReadAt(buf, from)
	if err != nil && !errors.Is(err, io.EOF) {
		in.failed = true
	}
	if buf = buf[:n]; offset == 0 {
		return buf, 0
	}
	skip := bytes.IndexByte(buf, '\n') + 1
	in.failed = in.failed || skip == 0 // a line longer than a look: nobody knows where it began
	return buf[skip:], from + int64(skip)
}

// at finds the first line with a time that begins at an offset or behind it; false where none follows. Where none
// stands within one look, but the file goes on, nothing is known of the place: the index fails.
func (in *Index) at(offset int64) (p timedPlace, ok bool) {
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
func (in *Index) edge(offset int64) {
	buf, from := in.read(offset)
	timedLines(buf, func(at pluginlog.Time, place int64) bool {
		in.seen = append(in.seen, timedPlace{from + place, at})
		return true
	})
}

// timedLines visits the lines of a text that show a time, until visit has enough.
func timedLines(text []byte, visit func(at pluginlog.Time, offset int64) (more bool)) {
	enough := errors.New("enough")
	pluginlog.ReadLines(bytes.NewReader(text), func(l *pluginlog.Line) error {
		if t, ok := pluginlog.ParseTime(l.Stamp); ok && !visit(t, l.Offset) {
			return enough
		}
		return nil
	})
}

// Before finds where a line begins before which all are earlier than a time: not the last such line, but one that is
// at most some ProbeSize before it. 0 where the search finds none.
func (in *Index) Before(t pluginlog.Time) int64 {
	low, high := int64(0), in.size
	for high-low > ProbeSize && !in.failed {
		middle := low + (high-low)/2
		if p, ok := in.at(middle); ok && p.at < t {
			low = p.offset
		} else {
			high = middle
		}
	}
	return low
}

// After finds where a line begins from which on all are later than a time: the end of the file where there is none.
func (in *Index) After(t pluginlog.Time) int64 {
	low, high, end := int64(0), in.size, in.size
	for high-low > ProbeSize && !in.failed {
		middle := low + (high-low)/2
		p, ok := in.at(middle)
		if ok && p.at <= t {
			low = p.offset
			continue
		}
		if high = middle; ok { // else no line with a time follows, and what was the end stays it
			end = p.offset
		}
	}
	return end
}
