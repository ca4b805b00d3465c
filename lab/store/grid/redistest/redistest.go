// Package redistest starts a Redis for tests, Debian's redis-server, on a port of the loopback interface and without
// anything on the disk. Where there is none the test is skipped and says so.
package redistest

import (
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/port/porttest"
)

// Server is a Redis that ends with its test.
type Server struct {
	URL string

	at  string
	cmd *exec.Cmd
}

// Program is the path of the redis-server of this machine.
func Program(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("no redis-server is installed: apt-get install redis-server, or .ci/run programs")
	}
	return program
}

// Start starts one, at a port that is kept for it until the test ends: it can be killed and started again there.
func Start(t testing.TB) *Server {
	t.Helper()
	at := porttest.Keep(t)
	s := &Server{URL: "redis://" + at + "/0", at: at}
	s.run(t)
	t.Cleanup(s.Kill)
	return s
}

// run starts the process and waits until it takes connections.
func (s *Server) run(t testing.TB) {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.at)
	s.cmd = exec.Command(Program(t), "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no",
		"--dir", t.TempDir())
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; {
		conn, err := net.Dial("tcp", s.at)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("redis-server does not listen: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Kill ends the process as kill -9 does.
func (s *Server) Kill() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// Restart starts it again, at its address and empty.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Kill()
	s.run(t)
}
