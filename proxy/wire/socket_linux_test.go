package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
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
