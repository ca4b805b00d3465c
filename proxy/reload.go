package proxy

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// reloader keeps the configuration up to date.
type reloader struct {
	source generation.Source
	mu     sync.Mutex   // one reload, or change of a member, at a time; guards stamp and Maker.Changes
	stamp  string       // of what was read last, whether it was taken or refused
	next   atomic.Int64 // when the stamp is looked at again, by the sweeper's clock; 0 never
	busy   atomic.Bool  // an arriving request has started a reload that has not ended

	done, refused atomic.Uint64
	last          atomic.Pointer[reloadNote]
}

// reloadNote tells of the last reload, for the status page. Err is nil where it was taken.
type reloadNote struct {
	At  time.Time
	Err error
}

// current returns the configuration for the next request. When RefreshInterval has passed it has the file looked at:
// there is no timer, an arriving request starts it, as in the plug-in, but does not wait for it.
func (p *Proxy) current() *generation.Generation {
	g := p.gen.Load()
	at := p.reload.next.Load()
	if at != 0 && int64(p.sweeper.Now()) >= at && p.reload.busy.CompareAndSwap(false, true) {
		p.reload.next.Store(int64(p.sweeper.Now() + g.Refresh))
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

// refresh reads the configuration where its stamp has changed, or always. A refused one is not read again before its
// stamp changes once more, so its error is logged once; a file that is gone has no stamp, and is missed at each
// interval.
func (p *Proxy) refresh(ctx context.Context, always bool) error {
	r := &p.reload
	r.mu.Lock()
	defer r.mu.Unlock()
	var stamp string
	var err error
	if r.source.Stamp != nil {
		stamp, err = r.source.Stamp()
	}
	if err == nil && stamp == r.stamp && !always {
		return nil
	}
	pause := p.sweeper.Breather().Pause
	var cfg *parser.Config
	var files *diag.Files
	if err == nil {
		cfg, files, err = r.source.Load(pause)
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
	p.log.Info("configuration reloaded", "generation", p.gen.Load().Number)
	return nil
}

// logRefusal says all that is wrong with a rejected file, not the first error alone.
func (p *Proxy) logRefusal(err error) {
	var rejected *generation.Rejected
	if !errors.As(err, &rejected) {
		p.log.Error("configuration not reloaded: the old one stays in use", "error", err)
		return
	}
	for _, d := range rejected.Diagnostics {
		p.log.Error("configuration not reloaded: the old one stays in use", "diagnostic", rejected.Files.Line(d))
	}
}

// use puts a configuration to work. Requests in flight end on the one they began with: what their outcomes still
// change, marks and weights, is the state of the old one, and is lost. Nobody sees the new one before it is ready, and
// its log says that it begins before it tells of a request.
func (p *Proxy) use(ctx context.Context, cfg *parser.Config, files *diag.Files, pause parser.Pause) error {
	g, err := p.maker.Make(ctx, cfg, files, pause)
	if err != nil {
		return err
	}
	g.Log = p.logs.For(cfg) // LogLevel is read at each reload, as everything else
	g.Refresh = match.Nanos(cfg.RefreshInterval.V) * second
	old := p.gen.Load()
	g.Follow(old)
	g.Loaded = p.sweeper.WallTime()
	g.Log.Begins(g.Number == 1, p.now())
	p.logUnusable(g)
	p.gen.Store(g)
	if p.reload.source.Stamp != nil && g.Refresh > 0 {
		p.reload.next.Store(int64(p.sweeper.Now() + g.Refresh))
	} else {
		p.reload.next.Store(0)
	}
	if old != nil {
		old.Close() // streams are not carried over: their TLS and address are those of the old file
	}
	return nil
}

// Change changes a member beside the file: it is at once as if the file said so, and nothing is lost of what the
// process knows of members. Requests in flight end as they began.
func (p *Proxy) Change(ctx context.Context, n admin.Name, c admin.Change, by string) error {
	p.reload.mu.Lock()
	defer p.reload.mu.Unlock()
	g := p.gen.Load()
	before := p.maker.Changes // maps are never changed once made, so the old one can be put back
	next, err := before.With(g, n, c)
	if err == nil {
		cfg, files := g.Config()
		p.maker.Changes = next
		err = p.use(ctx, cfg, files, p.sweeper.Breather().Pause)
	}
	if err != nil {
		p.maker.Changes = before
		p.log.Warn("change of a member refused", "cluster", n.Cluster, "member", n.Member, "change", c, "by", by,
			"error", err)
		return err
	}
	p.log.Info("member changed", "cluster", n.Cluster, "member", n.Member,
		"change", cmp.Or(c.String(), "none: as the file says"), "by", by)
	return nil
}

// logUnusable says which Transports cannot be used: at start and at each reload, for it shows nowhere else before a
// request fails.
func (p *Proxy) logUnusable(g *generation.Generation) {
	for _, u := range failover.UnusableTransports(g.Table) {
		text := words.UnusableTransport(g.Table, &u)
		p.log.Warn(text, "at", g.Files.Start(u.At))
		g.Log.Unusable(text, p.now())
	}
}
