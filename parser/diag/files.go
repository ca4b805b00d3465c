package diag

import (
	"bytes"
	"slices"
	"sync"
	"unicode/utf8"
)

// Files registers source files and turns byte offsets into lines and columns. Its methods are safe for concurrent use.
type Files struct {
	mu    sync.RWMutex // guards the list; of a file only that changes which once computes
	files []*file      // by FileID-1
}

type file struct {
	name  string
	src   []byte
	lines []int32 // start of each line; computed when first asked for, since most files have nothing to report
	ascii bool    // computed with lines: columns are bytes then
	marks []mark  // computed with lines, unless ascii
	once  sync.Once
}

// mark says how many code points stand before a place. One stands in every stretch of the file, so that a column far
// into a line, a file of one line say, is not counted from its start.
type mark struct{ offset, runes int32 }

const stretch = 1 << 10 // bytes; the most that is counted for one column

// NewFiles returns an empty register.
func NewFiles() *Files { return &Files{} }

// Add registers a file under the name that reports will show and returns its ID. The bytes must not change afterwards.
func (fs *Files) Add(name string, src []byte) FileID {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.files = append(fs.files, &file{name: name, src: src})
	return FileID(len(fs.files))
}

// file returns a file, nil for the zero ID and for one of another register.
func (fs *Files) file(id FileID) *file {
	if fs == nil {
		return nil
	}
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	if id <= 0 || int(id) > len(fs.files) {
		return nil
	}
	return fs.files[id-1]
}

// Name returns the name of a file, "" for the zero ID.
func (fs *Files) Name(id FileID) string {
	if f := fs.file(id); f != nil {
		return f.name
	}
	return ""
}

// Source returns the bytes of a file, nil for the zero ID.
func (fs *Files) Source(id FileID) []byte {
	if f := fs.file(id); f != nil {
		return f.src
	}
	return nil
}

// Text returns the bytes of a span as they stand in the file.
func (fs *Files) Text(s Span) string {
	src := fs.Source(s.File)
	end := min(int(s.End), len(src))
	return string(src[min(int(s.Start), end):end])
}

// Position is a place as people write it: line and column count from 1, the column in code points.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Start returns the position where a span begins. The zero span gives the zero Position.
func (fs *Files) Start(s Span) Position { return fs.at(s.File, s.Start) }

// End returns the position behind the last byte of a span. The zero span gives the zero Position.
func (fs *Files) End(s Span) Position { return fs.at(s.File, s.End) }

// at returns the position of a byte, held within the file.
func (fs *Files) at(id FileID, offset int32) Position {
	f := fs.file(id)
	if f == nil {
		return Position{}
	}
	f.once.Do(f.index)
	offset = min(max(offset, 0), int32(len(f.src)))
	line, found := slices.BinarySearch(f.lines, offset)
	if !found {
		line--
	}
	return Position{f.name, line + 1, f.between(f.lines[line], offset) + 1}
}

// between counts the code points between two places of a file that was indexed; the first is that of a code point. An
// invalid byte (a Latin-1 letter, say) counts as one, as editors show it.
func (f *file) between(from, to int32) int {
	if f.ascii {
		return int(to - from)
	}
	if to-from <= stretch {
		return utf8.RuneCount(f.src[from:to])
	}
	return f.before(to) - f.before(from)
}

// before counts the code points before a place, from the mark of its stretch on.
func (f *file) before(offset int32) int {
	m := f.marks[offset/stretch]
	// The first character of the stretch may begin before its border and the mark be behind the place: then the mark
	// of the stretch before counts.
	if m.offset > offset {
		m = f.marks[offset/stretch-1]
	}
	return int(m.runes) + utf8.RuneCount(f.src[m.offset:offset])
}

// index finds the line starts. LF, CR LF and a lone CR end a line.
func (f *file) index() {
	f.lines, f.ascii = append(f.lines, 0), true
	if bytes.IndexByte(f.src, '\r') < 0 && FirstHigh(f.src) == len(f.src) {
		for from := 0; ; { // the usual file, at the speed of the machine's search
			i := bytes.IndexByte(f.src[from:], '\n')
			if i < 0 {
				return
			}
			from += i + 1
			f.lines = append(f.lines, int32(from))
		}
	}
	for i, c := range f.src {
		if c >= utf8.RuneSelf {
			f.ascii = false
		}
		if c == '\n' || c == '\r' && (i+1 == len(f.src) || f.src[i+1] != '\n') {
			f.lines = append(f.lines, int32(i+1))
		}
	}
	if !f.ascii {
		f.mark()
	}
}

// mark notes the first code point of each stretch.
func (f *file) mark() {
	runes := int32(0)
	// The end of the file has a mark, too: spans end there.
	for i := 0; i <= len(f.src); runes++ {
		if i >= len(f.marks)*stretch {
			f.marks = append(f.marks, mark{int32(i), runes})
		}
		if i == len(f.src) {
			return
		}
		size := 1
		if f.src[i] >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(f.src[i:])
		}
		i += size
	}
}

// FirstHigh returns the position of the first byte that is not ASCII, the length of the text when there is none.
func FirstHigh[T string | []byte](text T) int {
	i := 0
	for i+16 <= len(text) && (eight(text[i:i+8])|eight(text[i+8:i+16]))&0x8080808080808080 == 0 {
		i += 16
	}
	for i < len(text) && text[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// eight reads eight bytes in one load: files have megabytes, and each is read before anything is known of it.
func eight[T string | []byte](b T) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// line returns the text of a line (from 1) without its line end.
func (f *file) line(n int) []byte {
	f.once.Do(f.index)
	if n < 1 || n > len(f.lines) {
		return nil
	}
	end := len(f.src)
	if n < len(f.lines) {
		end = int(f.lines[n])
	}
	text := f.src[f.lines[n-1]:end]
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	return text
}
