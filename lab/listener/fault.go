package listener

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// What a listener may do in place of answering, in the words of /fault. The empty word is none of it.
const (
	Refuse      = "refuse"       // the port is closed
	Hang        = "hang"         // the request is read, and never answered
	Hold        = "hold"         // the request is answered when another order comes
	Reset       = "reset"        // the connection is reset when a head has come
	ResetReused = "reset-reused" // the same, only where the head is not the first one of its connection
	Unavailable = "503"          // what a server answers that is starting or stopping
	Slow        = "slow"         // the answer comes late
	Malformed   = "malformed"    // the answer is no HTTP
)

// words are the faults that there are.
func words() []string {
	return []string{Refuse, Hang, Hold, Reset, ResetReused, Unavailable, Slow, Malformed}
}

// Fault is what is to go wrong. The zero value is nothing.
type Fault struct {
	Do    string
	Times int           // how many requests meet it, 0 all; a port that refuses cannot count
	For   time.Duration // how long Slow takes and Refuse lasts
}

// check refuses what cannot be done.
func (f *Fault) check() error {
	switch {
	case f.Do != "" && !slices.Contains(words(), f.Do):
		return fmt.Errorf("do=%s: want one of %s, or none", f.Do, strings.Join(words(), " "))
	case f.Times < 0 || f.For < 0:
		return fmt.Errorf("times and ms are numbers from 0 on")
	case f.Do == Refuse && f.Times > 0:
		return fmt.Errorf("do=refuse knows no times: a closed port sees nobody knock; say how long with ms")
	}
	return nil
}

// Set replaces the fault; the zero value ends it. Requests that hang are let go without an answer, those that are
// held with one. The fault is in force before the port closes or opens.
func (l *Listener) Set(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	l.faults.set(f)
	if f.Do == Refuse {
		l.refuse(f.For)
		return nil
	}
	return l.accepting()
}

// faults is the fault in force. changed belongs to it: a request gets both under one lock (take).
type faults struct {
	mu      sync.Mutex
	now     Fault
	changed chan struct{} // closed when another one takes its place
}

// set puts another fault in force, and wakes all that wait for the end of the one before.
func (f *faults) set(next Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = next
	if f.changed != nil {
		close(f.changed)
	}
	f.changed = make(chan struct{})
}

// change is closed when the fault in force is replaced.
func (f *faults) change() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next()
}

// next is change; f.mu is held.
func (f *faults) next() <-chan struct{} {
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	return f.changed
}

// met is a fault that a request meets.
type met struct {
	Fault
	over <-chan struct{} // closed when another one takes its place
}

// take returns what a request meets, and counts it. One that comes in on a closed port was under way when it closed,
// and is answered; so is the first of its connection under ResetReused, which counts only those that it resets.
func (f *faults) take(reused bool) met {
	f.mu.Lock()
	defer f.mu.Unlock()
	met := met{f.now, f.next()}
	if met.Do == Refuse || met.Do == ResetReused && !reused {
		met.Fault = Fault{}
		return met
	}
	if f.now.Times == 1 {
		f.now = Fault{}
	} else if f.now.Times > 1 {
		f.now.Times--
	}
	return met
}

// answer answers a request, or does what is to go wrong; false: the connection is of no use any more.
func (c *conn) answer(rq *http.Request, head string, fault met) bool {
	a := &Answer{Head: head, conn: c, rq: rq, header: http.Header{}}
	switch fault.Do {
	case Hang:
		c.hang(fault.over)
		return false
	case Hold:
		<-fault.over
	case Reset, ResetReused:
		c.reset()
		return false
	case Malformed:
		io.WriteString(c, "this is no answer\r\n\r\n")
		return false
	case Unavailable:
		a.WriteHeader(http.StatusServiceUnavailable)
		return a.send() == nil
	case Slow:
		time.Sleep(fault.For)
	}
	c.listener.opt.Serve(a, rq)
	return a.send() == nil
}

// hang says nothing until the client leaves or the fault ends. It reads on meanwhile: else nobody would notice that
// the client has left.
func (c *conn) hang(over <-chan struct{}) {
	left := make(chan struct{})
	go func() {
		io.Copy(io.Discard, c.in)
		close(left)
	}()
	select {
	case <-left:
	case <-over:
		c.raw.Close()
		<-left
	}
}

// reset ends the connection so that the other end sees a reset, no end: without lingering the kernel throws away what
// is not sent and says RST.
func (c *conn) reset() {
	if tcp, ok := c.raw.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.raw.Close()
}
