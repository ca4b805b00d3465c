package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// adopted returns a connection that a waker has adopted, and its other end.
func adopted(t *testing.T, w *Waker, l net.Listener) (here *socket, there net.Conn) {
	there, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	here, ok := w.Adopt(conn).(*socket)
	if !ok {
		t.Fatal("not adopted")
	}
	t.Cleanup(func() { here.Close(); there.Close() })
	return here, there
}

func wakerAndListener(t *testing.T) (*Waker, net.Listener) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := NewWaker()
	w.unpark = func(int) {}
	t.Cleanup(func() { l.Close(); w.Close() })
	return w, l
}

// The end is seen when it comes together with the last bytes, when it comes behind them, and when they fill the
// buffer.
func TestSocketSeesTheEnd(t *testing.T) {
	w, l := wakerAndListener(t)
	for i := range 200 {
		here, there := adopted(t, w, l)
		text := bytes.Repeat([]byte("x"), 1+i%10)
		if i%2 == 0 {
			go func() { there.Write(text); there.Close() }()
		} else {
			there.Write(text)
			there.Close()
		}
		got, err := io.ReadAll(fiveAtATime{here})
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q, %v", got, err)
		}
	}
}

// fiveAtATime reads at most five bytes at a time.
type fiveAtATime struct{ r io.Reader }

func (r fiveAtATime) Read(p []byte) (int, error) { return r.r.Read(p[:min(5, len(p))]) }

// Close and a deadline end the waits of others.
func TestSocketWaitsEnd(t *testing.T) {
	reads := func(s *socket) error { _, err := s.Read(make([]byte, 1)); return err }
	writes := func(s *socket) error { _, err := s.Write(make([]byte, 64<<20)); return err }
	limits := func(s *socket) { s.SetWriteDeadline(time.Now().Add(time.Millisecond)) }
	for name, c := range map[string]struct {
		wait func(*socket) error
		end  func(*socket)
		want error
	}{
		"close, read":         {reads, func(s *socket) { s.Close() }, net.ErrClosed},
		"close, write":        {writes, func(s *socket) { s.Close() }, net.ErrClosed},
		"interrupted read":    {reads, func(s *socket) { s.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
		"interrupted write":   {writes, func(s *socket) { s.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
		"a limit for a write": {writes, limits, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			w, l := wakerAndListener(t)
			here, _ := adopted(t, w, l)
			done := make(chan error)
			go func() { done <- c.wait(here) }()
			runtime.Gosched()
			c.end(here)
			if err := <-done; !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}

// A descriptor is closed when nobody uses it any more, and not before.
func TestSocketClosesBehindItsUsers(t *testing.T) {
	w, l := wakerAndListener(t)
	here, there := adopted(t, w, l)
	here.Control(func(fd uintptr) {
		if err := here.Close(); err != nil {
			t.Error(err)
		}
		if _, errno := send(int(fd), []byte("x")); errno != 0 {
			t.Errorf("closed under its user: %v", errno)
		}
	})
	if got, err := io.ReadAll(there); string(got) != "x" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := here.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
}

// A client that has closed its sending side is still served, whatever stands before that end; one that resets the
// connection is not, even behind its end. With AbortOnClose the end is enough.
func TestSweeperTellsLeftFromSaidAll(t *testing.T) {
	w, l := wakerAndListener(t)
	usual, aborting := NewSweeper(), NewSweeper()
	aborting.AbortOnClose = true
	type end func(*net.TCPConn)
	sends := func(c *net.TCPConn) { c.Write([]byte("x")) }
	saidAll := func(c *net.TCPConn) { c.CloseWrite() }
	resets := func(c *net.TCPConn) { c.SetLinger(0); c.Close() }
	for name, c := range map[string]struct {
		does        []end
		left, ended bool
	}{
		"waits":                     {nil, false, false},
		"sends more":                {[]end{sends}, false, false},
		"has said all":              {[]end{saidAll}, false, true},
		"has said more and all":     {[]end{sends, saidAll}, false, true},
		"resets":                    {[]end{resets}, true, true},
		"resets behind bytes":       {[]end{sends, resets}, true, true},
		"resets behind its end":     {[]end{saidAll, resets}, true, true},
		"resets behind all of this": {[]end{sends, saidAll, resets}, true, true},
	} {
		for s, left := range map[*Sweeper]bool{usual: c.left, aborting: c.ended} {
			here, there := adopted(t, w, l)
			near, far := net.Pipe()
			var client, member Link
			client.Init(here, s)
			member.Init(near, s)
			client.WaitFor(&member)
			for _, do := range c.does {
				do(there.(*net.TCPConn))
			}
			s.sweep(1, true)
			for left && !client.quit.Load() { // the end is still on its way
				s.sweep(1, true)
			}
			if client.quit.Load() != left {
				t.Errorf("%s, AbortOnClose %v: given up %v", name, s.AbortOnClose, !left)
			}
			client.Leave()
			member.Close()
			far.Close()
		}
	}
}

// A connection that begins with the waker has what package net would have set on it, and its ends.
func TestListener(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", ":0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("%s: %v", address, err) // there may be no IPv6
			continue
		}
		w := NewWaker()
		inner := w.Listener(l)
		there, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := inner.Accept()
		if err != nil {
			t.Fatal(err)
		}
		s, ok := conn.(*socket)
		if !ok {
			t.Fatalf("%T", conn)
		}
		if local := s.local.Port(); int(local) != l.Addr().(*net.TCPAddr).Port {
			t.Errorf("%s: port %d", address, local)
		}
		if want := addrPort(there.LocalAddr()); s.remote.Port() != want.Port() ||
			s.remote.Addr().Unmap() != want.Addr().Unmap() {
			t.Errorf("%s: from %v, want %v", address, s.remote, want)
		}
		s.Control(func(fd uintptr) {
			for name, want := range map[[2]int]int{
				{syscall.IPPROTO_TCP, syscall.TCP_NODELAY}: 1, {syscall.SOL_SOCKET, syscall.SO_KEEPALIVE}: 1,
				{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE}: 15, {syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT}: 9,
			} {
				if got, err := syscall.GetsockoptInt(int(fd), name[0], name[1]); got != want || err != nil {
					t.Errorf("%s: option %v is %d, want %d: %v", address, name, got, want, err)
				}
			}
		})
		there.Write([]byte("x"))
		if n, err := s.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Error(n, err)
		}
		there.Close()
		s.Close()
		inner.Close()
		if _, err := inner.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		w.Close()
	}
}
