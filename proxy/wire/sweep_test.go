package wire

import (
	"net"
	"syscall"
	"testing"
)

// slowSocket is a socket that takes long to be asked anything.
type slowSocket struct{ asked, goOn chan struct{} }

// Control stands for a socket that is closed: nobody is called.
func (s *slowSocket) Control(func(uintptr)) error {
	close(s.asked)
	<-s.goOn
	return net.ErrClosed
}

func (s *slowSocket) Read(func(uintptr) bool) error  { return net.ErrClosed }
func (s *slowSocket) Write(func(uintptr) bool) error { return net.ErrClosed }

// slowConn lends its socket, and is a pipe otherwise.
type slowConn struct {
	net.Conn
	socket *slowSocket
}

func (s *slowConn) SyscallConn() (syscall.RawConn, error) { return s.socket, nil }

// While the sweeper asks the kernel whether a client has left, connections come and go.
func TestSweeperLooksWithoutLock(t *testing.T) {
	if !canPeek {
		t.Skip("nobody can look at a socket on this system")
	}
	socket := &slowSocket{asked: make(chan struct{}), goOn: make(chan struct{})}
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	s := NewSweeper()
	var client, member, other Link
	client.Init(&slowConn{near, socket}, s)
	member.Init(far, s)
	client.WaitFor(&member)
	swept := make(chan struct{})
	go func() { s.sweep(1, true); close(swept) }()
	<-socket.asked
	other.Init(near, s)
	other.Leave()
	close(socket.goOn)
	<-swept
	if !client.quit.Load() {
		t.Error("a client that has left is not seen")
	}
}

// A client that is served no longer when the answer of the kernel comes wakes nobody.
func TestSweeperForgetsEndedClients(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	s := NewSweeper()
	var client, member Link
	client.Init(near, s)
	member.Init(far, s)
	client.WaitFor(&member)
	client.Leave()
	if s.giveUp(&client); client.quit.Load() {
		t.Error("a client that has been parked is given up")
	}
}
