package wire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// wiring is a kind of connection that a link is put on.
type wiring struct {
	name   string
	secure bool // TLS
	looks  bool // it can be seen what stands in it
	pair   func(*testing.T) (here, there net.Conn)
}

// wirings are all kinds: what nobody can look at, a connection of package net, and, where the system has them, a
// socket of the waker; the last two with TLS on them.
func wirings(t *testing.T) []wiring {
	pool, key := NewBuffers(SmallBuffer), certtest.NewAuthority(t).Pair(t, "shop")
	plain := func(t *testing.T) (net.Conn, net.Conn) { return tcpPair(t) }
	adopts := func(t *testing.T) (net.Conn, net.Conn) {
		w := NewWaker()
		here, there := tcpPair(t)
		here = w.Adopt(here)
		t.Cleanup(func() { here.Close(); w.Close() })
		return here, there
	}
	overTLS := func(below func(*testing.T) (net.Conn, net.Conn)) func(*testing.T) (net.Conn, net.Conn) {
		return func(t *testing.T) (net.Conn, net.Conn) {
			here, there := below(t)
			here = Server(here, &tls.Config{Certificates: []tls.Certificate{key}}, pool)
			client := tls.Client(there, &tls.Config{InsecureSkipVerify: true})
			shaken := make(chan error, 1)
			go func() { shaken <- client.HandshakeContext(t.Context()) }()
			if err := errors.Join(here.(*secureConn).HandshakeContext(t.Context()), <-shaken); err != nil {
				t.Fatal(err)
			}
			return here, client
		}
	}
	pipe := func(t *testing.T) (net.Conn, net.Conn) { return net.Pipe() }
	return []wiring{
		{"pipe", false, false, pipe}, {"TCP", false, canPeek, plain}, {"socket", false, canPeek, adopts},
		{"TLS", true, canPeek, overTLS(plain)}, {"TLS on a socket", true, canPeek, overTLS(adopts)},
	}
}

// tcpPair is a TCP connection of package net by both of its ends.
func tcpPair(t *testing.T) (here, there net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if there, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if here, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { here.Close(); there.Close() })
	return here, there
}

// onEach runs a test with a link on each kind of connection.
func onEach(t *testing.T, test func(t *testing.T, w *wiring, l *Link, there net.Conn)) {
	for _, w := range wirings(t) {
		t.Run(w.name, func(t *testing.T) {
			here, there := w.pair(t)
			l := new(Link)
			l.Init(here, NewSweeper())
			defer l.Close()
			defer there.Close()
			test(t, &w, l, there)
		})
	}
}

// write writes to the other end, beside the test: a pipe has no room.
func write(conn net.Conn, text string) (done chan error) {
	done = make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, text)
		done <- err
	}()
	return done
}

// What is written arrives, and a clean end is io.EOF.
func TestLinkReadsAndWrites(t *testing.T) {
	onEach(t, func(t *testing.T, _ *wiring, l *Link, there net.Conn) {
		sent := bytes.Repeat([]byte("0123456789"), 20_000)
		got := make(chan []byte, 1)
		go func() {
			all := make([]byte, len(sent))
			io.ReadFull(there, all)
			got <- all
		}()
		if n, err := l.Write(sent); n != len(sent) || err != nil {
			t.Errorf("wrote %d: %v", n, err)
		}
		if !bytes.Equal(<-got, sent) {
			t.Error("something else arrives")
		}
		go func() { there.Write(sent); there.Close() }()
		var back []byte
		for buf := make([]byte, 1000); ; {
			n, err := l.Read(buf)
			back = append(back, buf[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil || n == 0 {
				t.Fatalf("%d bytes, %v", n, err)
			}
		}
		if !bytes.Equal(back, sent) {
			t.Errorf("%d bytes come back", len(back))
		}
	})
}

// A limit ends a wait once it is over, and no sooner; the link is as good as before. Giving up is for good.
func TestLinkWaitsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, _ *wiring, l *Link, there net.Conn) {
		s, buf := l.sweeper, make([]byte, 10)
		waits := func() (done chan error) {
			done = make(chan error, 1)
			go func() {
				_, err := l.Read(buf)
				done <- err
			}()
			return done
		}
		tick := func(now match.Nanos) {
			s.time.Store(int64(now))
			s.sweep(now, false)
		}
		l.Until(5)
		done := waits()
		tick(4)
		select {
		case err := <-done:
			t.Fatalf("before its time: %v", err)
		default:
		}
		tick(5)
		if err := <-done; err != ErrTimeout {
			t.Errorf("%v, want %v", err, ErrTimeout)
		}
		l.Until(0)
		done = waits()
		l.Wake() // for nothing
		sent := write(there, "x")
		if err := errors.Join(<-done, <-sent); err != nil || buf[0] != 'x' {
			t.Errorf("behind a limit: %q, %v", buf[0], err)
		}
		done = waits()
		l.Abort()
		if err := <-done; err != ErrAborted {
			t.Errorf("%v, want %v", err, ErrAborted)
		}
		if err := <-waits(); err != ErrAborted {
			t.Errorf("later: %v, want %v", err, ErrAborted)
		}
	})
}

// Who aborts a client's link ends the wait on the member's link that it has, and on no other.
func TestAbortReachesThePeer(t *testing.T) {
	onEach(t, func(t *testing.T, _ *wiring, member *Link, there net.Conn) {
		near, far := net.Pipe()
		defer far.Close()
		var client, other Link
		client.Init(near, member.sweeper)
		other.Init(far, member.sweeper)
		read := func() (done chan error) {
			done = make(chan error, 1)
			go func() {
				_, err := member.Read(make([]byte, 1))
				done <- err
			}()
			return done
		}
		other.WaitFor(member)
		other.WaitForNone()
		if other.Peer() != nil {
			t.Error("it waits on none, and its abort would wake one")
		}
		member.Rest()
		done := read()
		other.Abort()
		member.Wake() // for nothing
		write(there, "x")
		if err := <-done; err != nil {
			t.Fatalf("a client that it worked for before ends the wait: %v", err)
		}
		client.WaitFor(member)
		done = read()
		client.Abort()
		if err := <-done; err != ErrAborted {
			t.Errorf("%v, want %v", err, ErrAborted)
		}
	})
}

// Wait and RoundTrip give a buffer of the pool with what has come, and none without.
func TestLinkWaitsForBytes(t *testing.T) {
	onEach(t, func(t *testing.T, _ *wiring, l *Link, there net.Conn) {
		pool := NewBuffers(64)
		write(there, "hello")
		b, n, err := l.Wait(pool)
		if err != nil || n == 0 || n > 5 || string(b.B[:n]) != "hello"[:n] {
			t.Fatalf("%d bytes, %v", n, err)
		}
		for n < 5 { // the rest is there, or on its way
			more, err := l.Read(b.B[n:])
			if n += more; err != nil {
				t.Fatal(err)
			}
		}
		go func() {
			asked := make([]byte, 3)
			io.ReadFull(there, asked)
			there.Write(append(asked, '!'))
		}()
		sent, b, n, err := l.RoundTrip([]byte("ask"), false, pool)
		if sent != 3 || err != nil || n == 0 || string(b.B[:n]) != "ask!"[:n] {
			t.Errorf("sent %d, got %d, %v", sent, n, err)
		}
		for ; n < 4 && err == nil; n++ {
			_, err = l.Read(make([]byte, 1))
		}
		there.Close()
		if b, n, err := l.Wait(pool); b != nil || n != 0 || err == nil {
			t.Errorf("behind the end: %v, %d bytes, %v", b, n, err)
		}
	})
}

// A stream that was closed while it was idle, or on which something came unasked, is stale: nothing is sent on it. One
// that nobody can look at counts as stale as well.
func TestStaleStreams(t *testing.T) {
	for name, spoil := range map[string]func(net.Conn){
		"in order": nil,
		"closed":   func(c net.Conn) { c.Close() },
		"unasked":  func(c net.Conn) { c.Write([]byte("HTTP/1.1 408 Late\r\n\r\n")) },
	} {
		onEach(t, func(t *testing.T, w *wiring, l *Link, there net.Conn) {
			if !w.looks {
				if l.Quiet() || !l.Readable() {
					t.Errorf("%s: nobody can tell, and it is told", name)
				}
				return
			}
			if !l.Quiet() {
				t.Errorf("%s: something is left in it", name)
			}
			if spoil != nil {
				spoil(there)
				for !l.Readable() { // it is on its way
				}
			}
			if stale := l.Readable(); stale != (spoil != nil) {
				t.Fatalf("%s: stale %v", name, stale)
			}
			if spoil == nil {
				return
			}
			sent, b, n, err := l.RoundTrip([]byte("ask"), true, NewBuffers(64))
			if sent != 0 || b != nil || n != 0 || err != ErrStale {
				t.Errorf("%s: sent %d, %v", name, sent, err)
			}
		})
	}
}

// Over TLS something may be left in memory where nothing stands in the socket: then the link is not quiet, nor idle.
func TestQuiet(t *testing.T) {
	for _, read := range []int{2, 4, 5, 10} {
		onEach(t, func(t *testing.T, w *wiring, l *Link, there net.Conn) {
			if !w.secure || !w.looks {
				return
			}
			if err := <-write(there, "hello"); err != nil {
				t.Fatal(err)
			}
			n, err := l.Read(make([]byte, read))
			if err != nil || n != min(read, 5) {
				t.Fatalf("%d bytes, %v", n, err)
			}
			if quiet := l.Quiet(); quiet != (n == 5) {
				t.Errorf("%d bytes have been taken: quiet %v", n, quiet)
			}
			if readable := l.Readable(); readable && n == 5 {
				t.Errorf("%d bytes have been taken, and there are more", n)
			}
		})
	}
}

// Lingering ends with the other side, and before it where that sends without end.
func TestLinger(t *testing.T) {
	onEach(t, func(t *testing.T, w *wiring, l *Link, there net.Conn) {
		if w.name == "pipe" {
			return // it cannot be closed in one direction
		}
		pool := NewBuffers(SmallBuffer)
		ended := make(chan error, 1)
		go func() {
			_, err := io.Copy(io.Discard, there) // up to the end of what is written here
			for junk := make([]byte, 32<<10); err == nil; {
				_, err = there.Write(junk) // until the link is closed
			}
			ended <- err
		}()
		if _, err := l.Write([]byte("answer")); err != nil {
			t.Fatal(err)
		}
		l.Linger(pool)
		l.Close()
		if err := <-ended; err == nil {
			t.Error("the other side may write for ever")
		}
	})
}

// interruptible is a connection on which nothing comes. It counts the deadlines that end its waits.
type interruptible struct {
	net.Conn
	wakes int
	over  bool
	lifts func() // called when a deadline is about to be lifted
}

func (c *interruptible) Read([]byte) (int, error) {
	if c.over {
		return 0, os.ErrDeadlineExceeded
	}
	return 0, errors.New("it would wait")
}

func (c *interruptible) SetDeadline(at time.Time) error {
	if at.IsZero() {
		c.lifts()
	} else {
		c.wakes++
	}
	c.over = !at.IsZero()
	return nil
}

// An abort is not lost that comes while an earlier interruption is looked into; a limit that is not over wakes nobody.
func TestAbortIsNotLost(t *testing.T) {
	for name, abort := range map[string]func(l, client *Link){
		"of the link":   func(l, _ *Link) { l.Abort() },
		"of its client": func(_, client *Link) { client.Abort() },
	} {
		var l, client Link
		conn, nobody := &interruptible{}, &interruptible{}
		conn.lifts = func() { abort(&l, &client) }
		s := NewSweeper()
		l.Init(conn, s)
		client.Init(nobody, s)
		client.WaitFor(&l)
		l.Until(5)
		if s.sweep(4, false); conn.wakes != 0 {
			t.Errorf("%s: woken before its time", name)
		}
		l.Wake()
		for range 2 {
			if _, err := l.Read(make([]byte, 1)); err != ErrAborted {
				t.Errorf("%s: %v, want %v", name, err, ErrAborted)
			}
		}
	}
}
