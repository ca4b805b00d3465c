package replication

import (
	"sync"

	"github.com/wasplug/wasplug/lab/session"
)

// keyLocks let one write of a session be under way at a time, so that its numbers arrive in their order. Writes of
// different sessions do not wait for each other, as they would for one lock while a holder is waited for.
type keyLocks struct {
	mu   sync.Mutex
	held map[session.Key]*keyLock
}

type keyLock struct {
	turn  chan struct{} // a channel, for it may be held while a member is waited for
	users int           // who have it or wait for it; at 0 the entry goes. keyLocks.mu guards it
}

// lock waits for a session's turn and returns what ends it.
func (l *keyLocks) lock(k session.Key) (unlock func()) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[session.Key]*keyLock{}
	}
	one := l.held[k]
	if one == nil {
		one = &keyLock{turn: make(chan struct{}, 1)}
		l.held[k] = one
	}
	one.users++
	l.mu.Unlock()
	one.turn <- struct{}{}
	return func() {
		<-one.turn
		l.mu.Lock()
		defer l.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(l.held, k)
		}
	}
}
