package port_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/port"
)

// TestReserve: what is kept is refused until a server listens, and again when it has gone.
func TestReserve(t *testing.T) {
	for _, host := range []string{"127.0.0.1:0", "[::1]:0", "localhost:0"} {
		address, release, err := port.Reserve(host)
		if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Logf("%s: %v", host, err) // a machine without IPv6
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if name, _, _ := strings.Cut(host, ":0"); name != "localhost" && !strings.HasPrefix(address, name+":") {
			t.Errorf("%s became %s", host, address)
		}
		for range 2 {
			if c, err := net.Dial("tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("nobody listens on %s: %v, %v", address, c, err)
			}
			server, err := net.Listen("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			server.Close()
			c.Close()
		}
	}
}

// TestTaken: an address with a port is kept, too, unless somebody listens there.
func TestTaken(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	address := server.Addr().String()
	if got, _, err := port.Reserve(address); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%s: %s, %v, want %v", address, got, err, syscall.EADDRINUSE)
	}
	if _, _, err := port.Reserve("256.0.0.1:0"); err == nil {
		t.Error("an address that is none was kept")
	}
}

// inside says that a test runs in a network that it has for itself.
const inside = "WASPLUG_PORT_TEST"

// TestNobodyElse: neither who connects nor who asks for a free port gets one that is kept, when there is no other any
// more. It runs in a network of its own, of few ports.
func TestNobodyElse(t *testing.T) {
	if os.Getenv(inside) == "" {
		inNetwork(t)
		return
	}
	server, err := net.Listen("tcp", "127.0.0.1:39999")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	kept := map[string]bool{}
	for range 32 {
		address, release, err := port.Reserve("127.0.0.1:0")
		if err != nil || kept[address] {
			t.Fatalf("%s is kept twice, or not: %v", address, err)
		}
		defer release()
		kept[address] = true
	}
	listening := using(t, kept, func() (string, func() error, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", nil, err
		}
		return l.Addr().String(), l.Close, nil
	})
	connected := using(t, kept, func() (string, func() error, error) {
		c, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			return "", nil, err
		}
		return c.LocalAddr().String(), c.Close, nil
	})
	if connected == 0 || listening == 0 {
		t.Errorf("%d connect and %d listen: nothing is shown", connected, listening)
	}
}

// using takes ports until there is none, gives them back, and says how many there were. None may be one that is kept.
func using(t *testing.T, kept map[string]bool, take func() (string, func() error, error)) (n int) {
	for {
		address, release, err := take()
		if err != nil {
			return n
		}
		defer release()
		if n++; kept[address] {
			t.Errorf("%s was given to another", address)
		}
	}
}

// inNetwork runs a test again where nobody else has ports.
func inNetwork(t *testing.T) {
	cmd := exec.Command("unshare", "--net", "--map-root-user", "sh", "-c",
		`ip link set lo up && echo 40000 40063 >/proc/sys/net/ipv4/ip_local_port_range && exec "$0" "$@"`,
		os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	if !strings.Contains(string(out), "=== RUN") {
		t.Skipf("no network of its own can be had here: %v %s", err, out)
	}
	if err != nil {
		t.Errorf("%s", out)
	}
}

// TestListenAgain: who listens, closes and listens again gets its port, while processes are started that hold, for a
// moment, all sockets of this one.
func TestListenAgain(t *testing.T) {
	program, err := exec.LookPath("true")
	if err != nil {
		t.Skip(err)
	}
	address, release, err := port.Reserve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	done := make(chan struct{})
	var starting sync.WaitGroup
	for range 3 {
		starting.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					exec.Command(program).Run()
				}
			}
		})
	}
	for range 1000 {
		l, err := port.Listen(address)
		if err != nil {
			t.Error(err)
			break
		}
		l.Close()
	}
	close(done)
	starting.Wait()
}

// TestListenTaken: an address that stays taken is told as that.
func TestListenTaken(t *testing.T) {
	l, err := port.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := port.Listen(l.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v, want %v", err, syscall.EADDRINUSE)
	}
}
