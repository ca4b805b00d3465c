package batch

import (
	"errors"
	"io"
	"sync"

	"github.com/wasplug/wasplug/parser/accesslog"
)

// Part is a piece of a log: text of a form, or records that something else has read.
type Part struct {
	Block   *accesslog.Block
	Records []accesslog.Record
}

// Source gives a log piece by piece, io.EOF at its end.
type Source func() (Part, error)

// each yields the requests of a part; ok is false for a line that is not of the form.
func (p *Part) each(f *accesslog.Format, visit func(r *accesslog.Record, ok bool)) {
	if p.Block != nil {
		f.Each(p.Block, visit)
	}
	for i := range p.Records {
		visit(&p.Records[i], true)
	}
}

// run has workers work on the parts of a log, and takes their results in the order of the log. perWorker gives each
// worker what it needs for itself. The first error of source or take ends the run.
func run[R any](source Source, jobs int, perWorker func() func(*Part) R, take func(R) error) error {
	type job struct {
		part Part
		done chan R
	}
	// Each part that is under way, or waits for its turn, is held in memory.
	queue, ordered, stop := make(chan *job, jobs), make(chan *job, jobs+1), make(chan struct{})
	for range jobs {
		go func() {
			work := perWorker()
			for j := range queue {
				j.done <- work(&j.part)
			}
		}()
	}
	var failed error
	go func() {
		defer close(ordered)
		defer close(queue)
		for {
			part, err := source()
			if err != nil {
				failed = err
				return
			}
			j := &job{part, make(chan R, 1)}
			select {
			case <-stop:
				return
			// First into the line, then to the workers: results are waited for in the order of the line.
			case ordered <- j:
				queue <- j
			}
		}
	}()
	for j := range ordered {
		if err := take(<-j.done); err != nil {
			close(stop)
			for range ordered { // until the reader has seen it
			}
			return err
		}
	}
	// The reader has written failed before it closed ordered.
	if errors.Is(failed, io.EOF) {
		return nil
	}
	return failed
}

// Questions are what is asked of a whole log.
type Questions struct {
	Format *accesslog.Format
	Asker  func() *Asker // a new one for each worker
	By     Grouping
	Jobs   int
	Each   func(*Line) error // gets every line in order; nil for none
}

// Line is a line of the log and its answer.
type Line struct {
	accesslog.Record
	Answer
	Logged []string // the members that the line names, as CLUSTER/MEMBER
}

// result is what came of a part.
type result struct {
	summary *Summary
	lines   []Line
}

// Summarise asks about every request of a log.
func (q *Questions) Summarise(source Source) (*Summary, error) {
	total := newSummary()
	var all addresses // one for all workers, who only read it
	var once sync.Once
	var spare sync.Pool // of summaries of parts
	spare.New = func() any { return &Summary{Groups: map[string]*Group{}, Causes: map[string]*Cause{}, part: true} }
	err := run(source, q.Jobs, func() func(*Part) result {
		asker := q.Asker()
		// All askers have tables that say the same.
		once.Do(func() { all = addressesOf(asker.t) })
		return func(p *Part) result { return q.part(p, spare.Get().(*Summary), asker, all) }
	}, func(r result) error {
		total.merge(r.summary)
		r.summary.reset()
		spare.Put(r.summary)
		for i := range r.lines {
			if err := q.Each(&r.lines[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return total, err
}

// part asks about the requests of a part. Lines are kept only where somebody wants each, for Each is called in order.
func (q *Questions) part(p *Part, s *Summary, asker *Asker, all addresses) result {
	out := result{summary: s}
	s.count(p)
	p.each(q.Format, func(r *accesslog.Record, ok bool) {
		if !ok {
			s.Broken++
			return
		}
		s.see(r)
		a := asker.ask(r)
		s.add(r, &a, q.By)
		s.Agreed.compare(all, r, &a)
		if q.Each != nil {
			logged, _, _ := all.logged(r)
			out.lines = append(out.lines, Line{*r, a, logged})
		}
	})
	return out
}

// count counts the lines of a part.
func (l *Lines) count(p *Part) {
	l.All += int64(len(p.Records))
	if p.Block != nil {
		l.All += int64(p.Block.Lines)
		l.TooLong += int64(p.Block.TooLong)
	}
}
