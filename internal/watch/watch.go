package watch

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// Options of a [Watch].
type Options struct {
	File  string
	Story story.Options
	// Timeout is the longest of an attempt, by a configuration; 0: what the log prints.
	Timeout time.Duration
	Zone    *time.Location   // of the clock that the log shows
	Tell    func(Told) error // gets what happens, in its order
	// Write writes the incidents that Handler shows as JSON.
	Write func(io.Writer, Now) error
	State []byte             // as Save was given it by the run before, nil without one
	Save  func([]byte) error // keeps what the next run needs to go on, nil: nothing is kept
}

// Now is how things stand.
type Now struct {
	At        pluginlog.Time // how far the log goes, by the clock that it shows
	Incidents []*story.Incident
	Milder    int64
}

// Watch follows one log. Poll and Close are for one goroutine; the Handler may be asked by others meanwhile.
type Watch struct {
	opt       Options
	mu        sync.Mutex // held while something is read, a block at a time
	tail      tail
	assembler requests.Assembler
	story     *story.Story
	metrics   metrics
	told      tolds
	caughtUp  bool           // the log was read to its end once: from then on what ends is told, too
	last      pluginlog.Time // of any line
	latest    pluginlog.Time // that a line may show, by the wall clock
	now       Now
	state     *state    // of the run before, until the file is opened
	again     place     // from where on the next run has to read
	saved     time.Time // when a state was saved last
}

// New returns a Watch. A state that cannot be read is an error.
func New(opt Options) (*Watch, error) {
	w := &Watch{opt: opt, tail: tail{name: opt.File}, story: story.New(opt.Story), metrics: newMetrics(),
		told: newTolds(opt.Story.Window())}
	w.assembler = requests.Assembler{Timeout: opt.Timeout,
		Line: func(r *requests.Request, e *pluginlog.Event) {
			w.story.Line(r, e)
			w.metrics.line(r, e)
		},
		Done: func(r *requests.Request) {
			w.story.Done(r)
			w.metrics.done(r)
		},
	}
	return w, w.restore()
}

// mostSteps bounds how much is read between two tellings: a log that is written faster than it is read must not
// silence them.
const mostSteps = 256

// Poll reads what has come, and tells what has happened. A file that is not there is waited for.
func (w *Watch) Poll(ctx context.Context, now time.Time) error {
	// two days ahead may be a wrong zone; more is a broken line, and would end all incidents at once
	w.latest = pluginlog.TimeOf(now.In(w.opt.Zone)) + pluginlog.Time(48*time.Hour)
	more := true
	for n := 0; more && n < mostSteps && ctx.Err() == nil; n++ {
		var err error
		if more, err = w.step(now); err != nil {
			return err
		}
	}
	if more && !w.caughtUp {
		return nil // what is long over is not told one by one
	}
	w.mu.Lock()
	all := w.settle(now)
	w.mu.Unlock()
	for _, t := range all {
		if err := w.opt.Tell(t); err != nil {
			return err
		}
	}
	return w.save(now, false)
}

// step reads a block. Where another file has the name now its lines are numbered anew, and a run that goes on where
// another one stopped looks for its place in it.
func (w *Watch) step(now time.Time) (more bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.tail.current
	if more, err = w.tail.step(now, w); err != nil || w.tail.current == was || w.tail.current == nil {
		return more, err
	}
	w.assembler.NextFile()
	w.story.NextFile()
	w.again = place{}
	return more, w.resume()
}

// event takes a line. One of a time that cannot be shows none; one that shows none is as late as the line before it,
// or nothing of it would ever be over. One that comes late, to a file that was replaced, has no number.
func (w *Watch) event(s *source, e *pluginlog.Event) {
	if s != w.tail.current {
		e.Line = 0
	}
	if e.Time > w.latest {
		e.Time = 0
	}
	if e.Time == 0 {
		e.Time = w.last
	}
	w.last = max(w.last, e.Time)
	w.metrics.replayed = s.old()
	w.assembler.Add(e)
}

// counted leaves out lines that are read again.
func (w *Watch) counted(s *source, lines levels) {
	if !s.old() {
		w.metrics.lines(lines)
	}
}

// settle says what has happened. Where nothing goes on, the next run need read nothing again before here.
func (w *Watch) settle(now time.Time) []Told {
	at := w.moment(now)
	w.assembler.Settle(at)
	all, milder := w.story.Incidents(at)
	w.now = Now{at, w.here(all), milder}
	tell := w.told.pass(w.now.Incidents, at, !w.caughtUp)
	w.caughtUp = w.caughtUp || w.tail.current != nil
	w.story.Forget(at)
	w.metrics.forget(at)
	if w.told.quiet() && w.tail.current != nil {
		w.again = w.tail.current.place()
	}
	return tell
}

// moment is how far the log goes: while nothing is written, time passes all the same. When the last line was written
// the file tells; whose clock a line shows is not known.
func (w *Watch) moment(now time.Time) pluginlog.Time {
	if w.last == 0 {
		return 0
	}
	return w.last + pluginlog.Time(max(now.Sub(w.tail.written), 0))
}

// here are incidents as the file shows them that is read now: lines of others have other names by now.
func (w *Watch) here(all []*story.Incident) []*story.Incident {
	for _, i := range all {
		kept := i.Lines[:0]
		for _, l := range i.Lines {
			if l.File == w.story.File() && l.To > 0 {
				kept = append(kept, story.Lines{File: 1, From: max(l.From, 1), To: l.To})
			} else {
				i.MoreLines++
			}
		}
		i.Lines = kept
		w.here(i.Parts)
	}
	return all
}

// Close lets go of the files, and keeps what the next run needs.
func (w *Watch) Close(now time.Time) error {
	defer w.tail.close()
	return w.save(now, true)
}
