package logs

import (
	"io"
	"sync"
)

// queue takes lines while a cluster's lock is held, and writes them when none is. Their order is that of
// decisions, which a replay needs; and no decision waits for a disk, only the client whose lines are on their way to
// it.
type queue struct {
	out io.Writer

	mu     sync.Mutex
	queued []byte

	writing sync.Mutex // one piece at a time, or they would overtake each other; never taken while mu is held
	written []byte     // room for the next ones: it changes places with queued
}

// Write queues whole lines. It never waits for the disk, and never fails: what the disk says is lost, as a log has
// nobody to tell.
func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	q.queued = append(q.queued, p...)
	q.mu.Unlock()
	return len(p), nil
}

// flush returns when everything that was queued before is written, by whomever.
func (q *queue) flush() {
	q.writing.Lock()
	defer q.writing.Unlock()
	q.mu.Lock()
	lines := q.queued
	q.queued = q.written[:0]
	q.mu.Unlock()
	if len(lines) > 0 {
		q.out.Write(lines)
	}
	q.written = lines
}
