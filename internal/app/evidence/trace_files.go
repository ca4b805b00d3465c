package evidence

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence/timeindex"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// headSize is how much of a file is looked at for its first time.
const headSize = 1 << 20

// order puts several files in the order of their first times, as log* names the current file before the rotated ones.
// Files that show no time at their head keep their places.
func (run *traceRun) order() {
	if len(run.files) < 2 {
		return
	}
	// Dated files are sorted among the places that dated files have, so the undated keep theirs.
	var places []int
	var dated []datedFile
	for i, name := range run.files {
		if first := run.firstTime(i); first != 0 {
			places = append(places, i)
			dated = append(dated, datedFile{name, first})
		}
	}
	slices.SortStableFunc(dated, func(a, b datedFile) int { return compareTime(a.first, b.first) })
	given := slices.Clone(run.Names)
	run.files = slices.Clone(run.files)
	for i, place := range places {
		run.files[place], run.Names[place] = dated[i].name, app.DisplayName(dated[i].name)
	}
	if !slices.Equal(given, run.Names) {
		run.Given = given
	}
}

type datedFile struct {
	name  string
	first pluginlog.Time
}

func compareTime(a, b pluginlog.Time) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// firstTime returns the first time that the head of a file shows, 0 when it shows none or cannot be read: reading it
// will say why.
func (run *traceRun) firstTime(i int) pluginlog.Time {
	r, err := run.head(i)
	if err != nil {
		return 0
	}
	defer r.Close()
	return pluginlog.FirstTime(io.LimitReader(r, headSize))
}

// head opens the beginning of a file, unpacked. What it takes from stdin is read again later.
func (run *traceRun) head(i int) (io.ReadCloser, error) {
	if run.files[i] != "-" {
		return run.open(i)
	}
	// Standard input is peeked at through a buffer that later passes read from.
	in := bufio.NewReaderSize(run.in, headSize)
	run.in = in
	head, _ := in.Peek(headSize)
	return app.Unpack(bytes.NewReader(head), io.NopCloser(nil))
}

// open opens a file for one pass, unpacked.
func (run *traceRun) open(i int) (io.ReadCloser, error) {
	if run.files[i] == "-" {
		return app.Unpack(run.in, io.NopCloser(nil))
	}
	f, err := run.input.Open(run.files[i])
	if err != nil {
		return nil, err
	}
	return app.Unpack(f, f)
}

// rewind makes the next pass read standard input anew, where that can be done. It does not seek: what reads ahead of
// the pass before may not have ended.
func (run *traceRun) rewind() error {
	if !slices.Contains(run.files, "-") {
		return nil
	}
	all, ok := run.input.Stdin.(io.ReaderAt)
	if !ok {
		return errors.New("stdin can be read only once, and is to be read twice")
	}
	run.in = io.NewSectionReader(all, 0, math.MaxInt64)
	return nil
}

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
// chosen time begins, and left behind its end; line numbers stay those of the file. What is read still has lines of
// other times at both ends: chosenEvents drops them.
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

// indexedFile is an open file whose lines can be found by their times.
type indexedFile struct {
	*timeindex.Index
	io.Closer
	src  io.ReaderAt
	size int64
}

// index looks at places all over a file, and leaves it open; nil where it is packed or cannot be read at any place, or
// where its times do not lead to its lines.
func (run *traceRun) index(i int) *indexedFile {
	if run.files[i] == "-" {
		return nil
	}
	f, err := run.input.Open(run.files[i])
	if err != nil {
		return nil // whoever reads the file says why
	}
	info, err := f.Stat()
	src, ok := f.(io.ReaderAt)
	if err == nil && ok && info.Mode().IsRegular() && plain(src) {
		if in := timeindex.New(src, info.Size()); in != nil {
			return &indexedFile{in, f, src, info.Size()}
		}
	}
	f.Close()
	return nil
}

// plain reports whether a file holds text of one byte a character: neither gzip nor UTF-16, which app.Unpack turns
// into such text, so that places of the file are none of the text.
func plain(src io.ReaderAt) bool {
	var head [2]byte
	if n, _ := src.ReadAt(head[:], 0); n < len(head) {
		return false
	}
	return !slices.Contains([]string{"\x1f\x8b", "\xff\xfe", "\xfe\xff"}, string(head[:]))
}

// part finds what has to be read of a file; nil where the times near a place are not known.
func (in *indexedFile) part(chosen *Chosen) (*logPart, error) {
	part, end := &logPart{Closer: in, first: in.First(), last: in.Last()}, in.size
	if chosen.Since != 0 {
		part.offset = in.Before(chosen.Since - timeindex.Margin)
	}
	if chosen.Until != 0 {
		end = in.After(chosen.Until + timeindex.Margin)
	}
	if in.Failed() {
		return nil, nil
	}
	// To count the ends of lines is many times cheaper than to read lines, and without it no line of the answer could
	// be found again in the file.
	var err error
	if part.lines, err = countLines(io.NewSectionReader(in.src, 0, part.offset)); err != nil {
		in.Close()
		return nil, err
	}
	part.Reader = io.NewSectionReader(in.src, part.offset, max(end-part.offset, 0))
	return part, nil
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

// FileTimes holds what was counted of each file, in the order in which they were read.
type FileTimes []pluginlog.Stats

// PlacedStep is a step of the clock with its file.
type PlacedStep struct {
	pluginlog.ClockStep
	At requests.Place
}

// ClockSteps returns the first steps back, over all files, and how many there are besides.
func (files FileTimes) ClockSteps(limit int) (all []PlacedStep, more int64) {
	// Steps of the clock are kept per file, and their lines have no meaning without it.
	for i := range files {
		for _, step := range files[i].Backwards {
			if len(all) < limit {
				all = append(all, PlacedStep{step, requests.Place{File: i + 1, Line: step.Line}})
			} else {
				more++
			}
		}
		more += files[i].MoreBack
	}
	return all, more
}
