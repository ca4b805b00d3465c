// Package weblog takes what the plug-in of a lab writes to its log while a test runs.
package weblog

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Line is a line of the plug-in's log with the time at which it was written.
type Line struct {
	At    time.Time
	Event pluginlog.Event
}

// Log takes what the web server processes write to the plug-in's log at the level Trace. The zero value is ready;
// several processes may write at once.
type Log struct {
	mu     sync.Mutex
	pieces []piece
}

// piece is what one call of Write brought, and when.
type piece struct {
	at   time.Time
	text []byte
}

// Write takes a piece, which need be no whole line.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pieces = append(l.pieces, piece{time.Now(), bytes.Clone(p)})
	return len(p), nil
}

// Take returns the lines since the last call, each with the time of the piece in which it begins.
func (l *Log) Take() (out []Line) {
	l.mu.Lock()
	pieces := l.pieces
	l.pieces = nil
	l.mu.Unlock()
	var text []byte
	var ends []int
	for _, p := range pieces {
		text = append(text, p.text...)
		ends = append(ends, len(text))
	}
	_, _ = pluginlog.Read(bytes.NewReader(text), pluginlog.Options{Workers: 1}, func(e *pluginlog.Event) error {
		i, _ := slices.BinarySearch(ends, int(e.Offset)+1)
		out = append(out, Line{pieces[min(i, len(pieces)-1)].at, e.Copy()})
		return nil
	}) // reading from memory does not fail
	return out
}

// Attempts are the members that a request was sent to, in order, and those that it marked down. Lines are to be of
// that request alone. Neither is nil, which would mean that they are not known.
func Attempts(lines []Line) (tried, marked []string) {
	tried, marked = []string{}, []string{}
	a := requests.Assembler{Done: func(r *requests.Request) {
		for _, at := range r.Attempts {
			tried = append(tried, at.Member)
			if at.Marked {
				marked = append(marked, at.Member)
			}
		}
	}}
	for i := range lines {
		a.Add(&lines[i].Event)
	}
	a.Close()
	return tried, marked
}
