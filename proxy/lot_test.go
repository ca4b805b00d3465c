package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// idlers are clients of one kind, plain or TLS.
type idlers struct {
	*world
	connect func() net.Conn
}

// eachKind runs a test with plain and with TLS clients.
func eachKind(t *testing.T, opt Options, test func(*testing.T, *idlers)) {
	for _, kind := range []string{"plain", "TLS"} {
		t.Run(kind, func(t *testing.T) {
			w := start(t, false, site{members: 2}, opt)
			defer w.stop()
			if runtime.GOOS != "linux" {
				t.Skip("nobody is parked on this system")
			}
			connect := func() (net.Conn, error) { return net.Dial("tcp", w.front.Addr().String()) }
			if kind == "TLS" {
				connect = w.secureFront(t)
			}
			test(t, &idlers{w, func() net.Conn {
				c, err := connect()
				if err != nil {
					t.Fatal(err)
				}
				return c
			}})
		})
	}
}

// secureFront opens a TLS listener.
func (w *world) secureFront(t *testing.T) func() (net.Conn, error) {
	ca := certtest.NewAuthority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Cert)
	l := w.listen(t)
	w.wg.Go(func() {
		w.p.Serve(&Listener{Listener: l, Port: 80,
			TLS: &tls.Config{Certificates: []tls.Certificate{ca.Pair(t, "shop")}}})
	})
	return func() (net.Conn, error) {
		return tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "shop"})
	}
}

func (w *idlers) visit() *visitor {
	c := w.connect()
	return &visitor{c, bufio.NewReader(c), w.t}
}

// atRestIn waits until that many clients are connected, all of them parked.
func (w *idlers) atRestIn(clients int) {
	until(func() bool {
		w.p.mu.Lock()
		defer w.p.mu.Unlock()
		return len(w.p.clients) == 0 && w.p.parked == clients
	})
}

// awake waits until a client has been taken up again.
func (w *idlers) awake() {
	until(func() bool {
		w.p.mu.Lock()
		defer w.p.mu.Unlock()
		return w.p.parked == 0
	})
}

// A parked client is served as any other, again and again: by one request, several at once, one in two halves, and
// before its first.
func TestParkedClientsAreServed(t *testing.T) {
	t.Parallel()
	eachKind(t, Options{}, func(t *testing.T, w *idlers) {
		t.Parallel()
		v := w.visit()
		defer v.Close()
		ok := func(r reply, err error) {
			t.Helper()
			if err != nil || r.status != 200 {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		w.atRestIn(1)
		ok(v.ask(get("/")), nil)
		w.atRestIn(1)
		v.send(get("/1") + post("body") + get("/3"))
		for range 3 {
			ok(v.read("GET"))
		}
		w.atRestIn(1)
		half := get("/", "X: y")
		io.WriteString(v, half[:20])
		w.awake()
		io.WriteString(v, half[20:])
		ok(v.read("GET"))
		w.atRestIn(1)
		ok(v.ask(post(strings.Repeat("x", 200<<10))), nil)
		if n := w.p.Snapshot().Connections; n != 1 {
			t.Errorf("%d connections", n)
		}
		w.atRestIn(1)
		v.Close()
		w.atRestIn(0)
	})
}

// Limits hold for those that have been parked: half a head is not waited for longer than HeadTimeout, and a silent
// client no longer than IdleTimeout.
func TestParkedClientsTimeOut(t *testing.T) {
	t.Parallel()
	eachKind(t, Options{IdleTimeout: second, HeadTimeout: second}, func(t *testing.T, w *idlers) {
		t.Parallel()
		half := w.visit()
		defer half.Close()
		w.atRestIn(1)
		io.WriteString(half, "GET / HT")
		silent := w.visit()
		defer silent.Close()
		if r := silent.ask(get("/")); r.status != 200 {
			t.Errorf("%+v", r)
		}
		if r, err := half.read("GET"); err != nil || r.status != 408 {
			t.Errorf("half a head: %+v, %v", r, err)
		}
		if rest, err := io.ReadAll(silent.br); len(rest) > 0 || err != nil {
			t.Errorf("a silent client gets %q, %v", rest, err)
		}
		w.atRestIn(0)
	})
}

// Shutdown ends parked clients at once, without an error, and those that come to be parked meanwhile.
func TestShutdownWithParkedClients(t *testing.T) {
	t.Parallel()
	eachKind(t, Options{IdleTimeout: 3600 * second}, func(t *testing.T, w *idlers) {
		t.Parallel()
		var all []*visitor
		for range 20 {
			v := w.visit()
			defer v.Close()
			v.ask(get("/"))
			all = append(all, v)
		}
		w.atRestIn(len(all))
		last := w.visit()
		defer last.Close()
		last.ask(get("/"))
		if err := w.p.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		for _, v := range append(all, last) {
			if rest, err := io.ReadAll(v.br); len(rest) > 0 || err != nil {
				t.Errorf("a parked client gets %q, %v", rest, err)
			}
		}
	})
}

func TestMaxClientsCountsParkedOnes(t *testing.T) {
	t.Parallel()
	eachKind(t, Options{MaxClients: 2}, func(t *testing.T, w *idlers) {
		t.Parallel()
		a, b := w.visit(), w.visit()
		defer a.Close()
		defer b.Close()
		a.ask(get("/"))
		w.atRestIn(2)
		c := w.visit()
		defer c.Close()
		if r := c.ask(get("/")); r.status != 503 {
			t.Errorf("a third client: %+v", r)
		}
		if r := a.ask(get("/")); r.status != 200 {
			t.Errorf("a parked client: %+v", r)
		}
	})
}

// A parked client has no goroutine and no buffer. The bound includes the other end of each connection, which is this
// test's, and for TLS what crypto/tls holds at both.
func TestParkedClientsAreSmall(t *testing.T) {
	bounds := map[string]uint64{"plain": 2 << 10, "TLS": 24 << 10}
	eachKind(t, Options{IdleTimeout: match.Nanos(3600 * second)}, func(t *testing.T, w *idlers) {
		_, kind, _ := strings.Cut(t.Name(), "/")
		clients := 200
		if kind == "TLS" && !sharedtest.Long() {
			clients = 100 // six handshakes for each of them
		}
		measure := func() (memory uint64, goroutines int) {
			var m runtime.MemStats
			runtime.GC()
			runtime.GC() // pools let go at the second
			runtime.ReadMemStats(&m)
			return m.HeapAlloc + m.StackInuse, runtime.NumGoroutine()
		}
		answer := make([]byte, 4096)
		fill := func() (all []net.Conn) {
			for range clients {
				c := w.connect()
				io.WriteString(c, get("/"))
				if _, err := c.Read(answer); err != nil {
					t.Fatal(err)
				}
				all = append(all, c)
			}
			w.atRestIn(clients)
			return all
		}
		leave := func(all []net.Conn) {
			for _, c := range all {
				c.Close()
			}
			w.atRestIn(0)
		}
		leave(fill()) // tables and stacks grow once
		var costs []uint64
		tries := 3 // the runtime's own stacks come and go: the middle one is what clients cost
		if sharedtest.Long() {
			tries = 5
		}
		for range tries {
			before, routines := measure()
			all := fill()
			after, now := measure()
			if now > routines+20 { // a few streams to members
				t.Errorf("%d goroutines, before %d clients came %d", now, clients, routines)
			}
			costs = append(costs, (max(after, before)-before)/uint64(clients))
			leave(all)
		}
		slices.Sort(costs)
		if each := costs[len(costs)/2]; each > bounds[kind] {
			t.Errorf("a parked client costs %d bytes", each)
		} else {
			t.Logf("a parked client costs %d bytes, both ends", each)
		}
	})
}

// What a crowd has needed is given back when it is parked, though no request makes garbage then.
func TestCrowdIsCollected(t *testing.T) {
	w := idlers{world: start(t, false, site{members: 2}, Options{IdleTimeout: match.Nanos(3600 * second)})}
	defer w.stop()
	if runtime.GOOS != "linux" {
		t.Skip("nobody is parked on this system")
	}
	forced := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	before := forced()
	for range crowd {
		c, err := net.Dial("tcp", w.front.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	w.atRestIn(crowd)
	until(func() bool { return forced() != before })
}
