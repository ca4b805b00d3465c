package listener

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/wasplug/wasplug/internal/port"
)

// Options say where to listen and who answers.
type Options struct {
	Name     string      // of the member, in records
	Address  string      // HOST:PORT; port 0 takes a free one, which is kept while the listener refuses
	TLS      *tls.Config // for clients that begin with it, beside plain ones; nil: for none
	Recorder *Recorder   // may be that of several listeners, to have one order of all requests
	// Serve answers a request. What it has not sent when it returns is sent then.
	Serve func(*Answer, *http.Request)
}

// Listener is one port of a member.
type Listener struct {
	opt     Options
	address string
	faults  faults

	mu      sync.Mutex
	inner   net.Listener // nil while it refuses
	release func()       // of the port, which is kept over that
	conns   map[*conn]bool
	closed  bool
	numbers uint64 // of connections so far
	reopen  *time.Timer
	working sync.WaitGroup
}

// Open listens.
func Open(opt Options) (*Listener, error) {
	address, release, err := port.Reserve(opt.Address)
	if err != nil {
		return nil, err
	}
	l := &Listener{opt: opt, address: address, release: release, conns: map[*conn]bool{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.listen(); err != nil {
		release()
		return nil, err
	}
	return l, nil
}

// Address is where it listens, or will listen again.
func (l *Listener) Address() string { return l.address }

// listen opens the port; l.mu is held.
func (l *Listener) listen() error {
	inner, err := port.Listen(l.address)
	if err != nil {
		return err
	}
	l.inner = inner
	l.working.Go(func() { l.accept(inner) })
	return nil
}

// accept takes in connections until the port is closed. Each accept belongs to one opening of the port (inner).
func (l *Listener) accept(inner net.Listener) {
	for {
		raw, err := inner.Accept()
		if err != nil {
			return // closed: it refuses, or ends
		}
		if c := l.admit(inner, raw); c != nil {
			l.working.Go(c.serve)
		} else {
			raw.Close()
		}
	}
}

// admit takes a connection in, unless the port has been closed meanwhile: the kernel may have taken it before that.
func (l *Listener) admit(inner net.Listener, raw net.Conn) *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inner != inner {
		return nil
	}
	l.numbers++
	c := newConn(l, raw, l.numbers)
	l.conns[c] = true
	return c
}

func (l *Listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// refuse closes the port and what idles on it: a server that is down has no streams either. With a time it listens
// again when that is over. The port stays reserved, so no other program gets it meanwhile.
func (l *Listener) refuse(patience time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inner != nil {
		l.inner.Close()
		l.inner = nil
	}
	for c := range l.conns {
		c.closeIdle()
	}
	if patience > 0 {
		l.reopen = time.AfterFunc(patience, func() { l.Set(Fault{}) })
	}
}

// accepting opens the port again after refuse.
func (l *Listener) accepting() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reopen != nil {
		l.reopen.Stop()
		l.reopen = nil
	}
	if l.inner != nil || l.closed {
		return nil
	}
	return l.listen()
}

// Stop accepts nothing more and lets requests in flight end, for at most as long as it is told; then they are cut.
func (l *Listener) Stop(patience time.Duration) {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.refuse(0)
	l.faults.set(Fault{}) // who hangs on command is let go
	done := make(chan struct{})
	go func() { l.working.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		l.cut()
		<-done
	}
	l.release()
}

// cut ends every connection.
func (l *Listener) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		c.raw.Close()
	}
}
