package scenario

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// logged is a line of the plug-in's log with the time at which it was written.
type logged struct {
	at    time.Time
	event pluginlog.Event
}

// webLog takes what the web server processes write to the plug-in's log at the level Trace.
type webLog struct {
	mu     sync.Mutex
	pieces []piece
}

type piece struct {
	at   time.Time
	text []byte
}

func (w *webLog) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pieces = append(w.pieces, piece{time.Now(), bytes.Clone(p)})
	return len(p), nil
}

// take returns the lines since the last call.
func (w *webLog) take() (out []logged) {
	w.mu.Lock()
	pieces := w.pieces
	w.pieces = nil
	w.mu.Unlock()
	var text []byte
	var ends []int
	for _, p := range pieces {
		text = append(text, p.text...)
		ends = append(ends, len(text))
	}
	_, _ = pluginlog.Read(bytes.NewReader(text), pluginlog.Options{Workers: 1}, func(e *pluginlog.Event) error {
		i, _ := slices.BinarySearch(ends, int(e.Offset)+1)
		out = append(out, logged{pieces[min(i, len(pieces)-1)].at, e.Copy()})
		return nil
	}) // reading from memory does not fail
	return out
}

// attempts are the members that a request was sent to, and those that it marked down.
func attempts(lines []logged) (tried, marked []string) {
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
		a.Add(&lines[i].event)
	}
	a.Close()
	return tried, marked
}
