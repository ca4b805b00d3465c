package lab

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/internal/port"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Process is a web server process: a proxy with marks, a round robin and a partition table of its own, that serves the
// file as it is. It is no process of the operating system: what matters of one are marks and tables, and each proxy
// has its own.
type Process struct {
	URL string // with the address that clients ask

	lab   *Lab
	at    string // HOST:PORT
	free  func() // gives the port up
	index int
	port  int // that requests count as sent to
	clock proxyClock

	mu    sync.Mutex
	proxy *proxy.Proxy
	ended chan struct{} // closed when it listens no more
}

// proxyClock is the time that a proxy decides by. It goes on through New.
type proxyClock struct {
	manual bool
	start  time.Time
	ahead  atomic.Int64 // nanoseconds that Advance has moved it
}

func (c *proxyClock) now() match.Nanos {
	t := match.Nanos(c.ahead.Load())
	if !c.manual {
		t += match.Nanos(time.Since(c.start))
	}
	return t
}

// startProcess starts a web server process at an address, which may end in port 0.
func (l *Lab) startProcess(ctx context.Context, address string) (*Process, error) {
	at, free, err := port.Reserve(address)
	if err != nil {
		return nil, err
	}
	p := &Process{lab: l, at: at, free: free, port: l.port, index: len(l.processes)}
	p.clock.manual, p.clock.start = l.opt.Manual, time.Now()
	if err := p.serve(ctx); err != nil {
		free()
		return nil, err
	}
	return p, nil
}

// serve starts a proxy.
func (p *Process) serve(ctx context.Context) error {
	inner, err := port.Listen(p.at)
	if err != nil {
		return err
	}
	fresh, err := proxy.New(ctx, p.lab.source(), p.options())
	if err != nil {
		inner.Close()
		return err
	}
	p.URL = "http://" + p.at
	ended := make(chan struct{})
	p.proxy, p.ended = fresh, ended
	go func() {
		fresh.Serve(&proxy.Listener{Listener: inner, Port: p.port})
		close(ended)
	}()
	return nil
}

// partitionForm is how the lab's members tell of their partition table (L11).
const partitionForm = "lab-wspt-1"

// options are those of a proxy of the lab: names lead to loopback addresses, connections to members, the clock is the
// run's, and the partition table is read, which only the lab's members write (L11).
func (p *Process) options() proxy.Options {
	opt := &p.lab.opt
	var told func(*routecheck.Table, logs.Told)
	if opt.OnSteps != nil {
		told = func(t *routecheck.Table, told logs.Told) { opt.OnSteps(p.index, t, told) }
	}
	return proxy.Options{
		Assumptions: opt.Assumptions, Seed: opt.Seed, Log: opt.Log, Keystore: p.lab.keystore,
		Resolver: p.lab.network, Dial: p.lab.network.dial, Now: p.clock.now,
		PartitionForm: partitionForm, Next: opt.Next,
		PluginLog: opt.PluginLog, OnSteps: told,
	}
}

// source is the file of the run: it never changes.
func (l *Lab) source() generation.Source {
	return generation.Source{Read: func(parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
		return l.opt.Config, l.opt.Files, nil, nil
	}}
}

// Advance moves the time that the process decides by.
func (p *Process) Advance(d time.Duration) { p.clock.ahead.Add(int64(d)) }

// New replaces the process by a fresh one at the same address: no marks, no partition table, round robin from its
// start. Requests in flight end with the old one.
func (p *Process) New(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
	return p.serve(ctx)
}

// stop ends the proxy at once; p.mu is held, or nobody else has the process.
func (p *Process) stop() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	p.proxy.Shutdown(now)
	<-p.ended
}

func (p *Process) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
	p.free()
}

// current is the proxy that serves now.
func (p *Process) current() *proxy.Proxy {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proxy
}

// Snapshot says what the process knows: marks, weights, requests. With Explain and Stopping it serves a status page.
func (p *Process) Snapshot() *admin.Snapshot { return p.current().Snapshot() }

// Explain decides a request against the state of the process, without sending it.
func (p *Process) Explain(rq routecheck.Request) []routecheck.Decision {
	return p.current().Explain(rq)
}

// Facts words the state of the process as a scenario of why has it.
func (p *Process) Facts() []explain.MemberFact { return p.current().Facts() }

// PartitionTable is what the process knows of partition IDs, as a scenario of why has it.
func (p *Process) PartitionTable() []explain.PartitionEntry { return p.current().PartitionTable() }

// MemberName is the member that an entry of a partition table names.
func (l *Lab) MemberName(e explain.PartitionEntry) string {
	return l.table.MemberName(e.Cluster, e.Member)
}

// Stopping reports whether the process takes no requests any more.
func (p *Process) Stopping() bool { return p.current().Stopping() }
