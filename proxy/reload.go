package proxy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Source is where a configuration comes from.
type Source struct {
	// Read reads it, with pauses while requests are served meanwhile. Diagnostics of severity error make it one that
	// the plug-in would reject.
	Read func(parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error)
	// Stamp changes when the configuration may have changed.
	Stamp func() (string, error)
}

// FileStamp is the Stamp of a file: its time and size, as the plug-in looks at them.
func FileStamp(path string) func() (string, error) {
	return func() (string, error) {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size()), nil
	}
}

// load reads a source, and refuses what the plug-in would reject.
func (s *Source) load(pause parser.Pause) (*parser.Config, *diag.Files, error) {
	r, err := s.readInTime(pause)
	if err != nil {
		return nil, nil, err
	}
	if diag.Worst(r.ds) >= diag.Error {
		return nil, nil, &Rejected{Files: r.files, Diagnostics: r.ds}
	}
	return r.cfg, r.files, nil
}

// readLimit is how long reading a configuration may take without getting any further: a pipe, or the folder of a
// network that is gone, would hold a reload for ever.
const readLimit = 10 * time.Second

// reading is what Read gave.
type reading struct {
	cfg   *parser.Config
	files *diag.Files
	ds    []diag.Diagnostic
}

// readInTime reads aside. What has not ended in time may end later, and is forgotten.
func (s *Source) readInTime(pause parser.Pause) (r reading, err error) {
	done := make(chan struct{})
	var read reading
	var readErr error
	limit := time.NewTimer(readLimit)
	defer limit.Stop()
	if inner := pause; inner != nil {
		pause = func() { inner(); limit.Reset(readLimit) }
	}
	go func() {
		defer close(done)
		read.cfg, read.files, read.ds, readErr = s.Read(pause)
	}()
	select {
	case <-done:
		return read, readErr
	case <-limit.C:
		return reading{}, fmt.Errorf("the configuration could not be read within %v", readLimit)
	}
}

// reloader keeps the configuration up to date.
type reloader struct {
	source Source
	mu     sync.Mutex // one reload at a time
	stamp  string
	next   atomic.Int64 // when the stamp is looked at again, 0 never
	busy   atomic.Bool

	done, refused atomic.Uint64
	last          atomic.Pointer[reloadNote]
}

// reloadNote tells of the last reload.
type reloadNote struct {
	At  time.Time
	Err error
}

// current returns the configuration for the next request. When RefreshInterval has passed it has the file looked at:
// there is no timer, an arriving request starts it, as in the plug-in, but does not wait for it.
func (p *Proxy) current() *generation {
	g := p.gen.Load()
	at := p.reload.next.Load()
	if at != 0 && int64(p.sweeper.Now()) >= at && p.reload.busy.CompareAndSwap(false, true) {
		p.reload.next.Store(int64(p.sweeper.Now() + g.refresh))
		p.working.Go(func() {
			defer p.reload.busy.Store(false)
			p.refresh(p.ctx, false)
		})
	}
	return g
}

// inFlight is how long after a reload the memory of the old configuration is freed: most requests that hold it have
// ended by then. The next collection would come when memory has doubled, and a proxy that makes no garbage would keep
// two configurations for ever, three while it reloads.
const inFlight = second / 10

// Reload reads the configuration now, changed or not. After an error the old one stays in use.
func (p *Proxy) Reload(ctx context.Context) error { return p.refresh(ctx, true) }

func (p *Proxy) refresh(ctx context.Context, always bool) error {
	r := &p.reload
	r.mu.Lock()
	defer r.mu.Unlock()
	stamp, err := r.source.Stamp()
	if err == nil && stamp == r.stamp && !always {
		return nil
	}
	pause := p.sweeper.Breather().Pause
	var cfg *parser.Config
	var files *diag.Files
	if err == nil {
		cfg, files, err = r.source.load(pause)
	}
	if err == nil {
		err = p.use(ctx, cfg, files, pause)
	}
	r.stamp = stamp
	r.last.Store(&reloadNote{p.sweeper.WallTime(), err})
	if err != nil {
		r.refused.Add(1)
		p.logRefusal(err)
		return err
	}
	r.done.Add(1)
	p.sweeper.Later(inFlight, runtime.GC)
	p.log.Info("configuration reloaded", "generation", p.gen.Load().number)
	return nil
}

func (p *Proxy) logRefusal(err error) {
	var rejected *Rejected
	if !errors.As(err, &rejected) {
		p.log.Error("configuration not reloaded: the old one stays in use", "error", err)
		return
	}
	for _, d := range rejected.Diagnostics {
		p.log.Error("configuration not reloaded: the old one stays in use", "diagnostic", rejected.Files.Line(d))
	}
}

// use puts a configuration to work. Requests in flight end on the one they began with.
func (p *Proxy) use(ctx context.Context, cfg *parser.Config, files *diag.Files, pause parser.Pause) error {
	g, err := p.build(ctx, cfg, files, pause)
	if err != nil {
		return err
	}
	g.log = p.logs.For(cfg)
	p.keepTimes(g)
	g.refresh = match.Nanos(cfg.RefreshInterval.V) * second
	old := p.gen.Load()
	if old != nil {
		g.number = old.number
		g.carry(old)
	}
	g.number++
	g.loaded = p.sweeper.WallTime()
	g.log.Begins(g.number == 1, p.now())
	p.logUnusable(g)
	p.gen.Store(g)
	if p.reload.source.Stamp != nil && g.refresh > 0 {
		p.reload.next.Store(int64(p.sweeper.Now() + g.refresh))
	} else {
		p.reload.next.Store(0)
	}
	if old != nil {
		old.close()
	}
	return nil
}

// logUnusable says which Transports cannot be used: at start and at each reload, for it shows nowhere else before a
// request fails.
func (p *Proxy) logUnusable(g *generation) {
	for _, u := range failover.UnusableTransports(g.table) {
		text := words.UnusableTransport(g.table, &u)
		p.log.Warn(text, "at", g.files.Start(u.At))
		g.log.Unusable(text, p.now())
	}
}

// keepTimes lets the histogram of a cluster go on where the cluster of that name was before.
func (p *Proxy) keepTimes(g *generation) {
	times := make(map[string]*histogram, len(g.clusters))
	for i := range g.clusters {
		name := g.table.Clusters[i].Name
		h := p.times[name]
		if h == nil {
			h = new(histogram)
		}
		times[name], g.clusters[i].times = h, h
	}
	p.times = times
}

// carry takes over from the old configuration what a reload keeps.
func (g *generation) carry(old *generation) {
	type taker = func(from, to *failover.ClusterState)
	failover.Carry(old.table, g.table, &g.sem, func(from, to match.ClusterID, take taker) {
		before := &old.clusters[from]
		before.mu.Lock()
		defer before.mu.Unlock()
		take(&before.state, &g.clusters[to].state)
	})
}
