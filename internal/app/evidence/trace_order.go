package evidence

import (
	"bufio"
	"bytes"
	"io"
	"slices"

	"github.com/wasplug/wasplug/internal/app"
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
	in := bufio.NewReaderSize(run.in, headSize)
	run.in = in
	head, _ := in.Peek(headSize)
	return app.Unpack(bytes.NewReader(head), io.NopCloser(nil))
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
