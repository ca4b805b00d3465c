package proxy

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/proxy/docroot"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/history"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Options steer a proxy. The zero value of each field is its default.
type Options struct {
	Assumptions *choices.Assumptions // open choices; default those of the latest plug-in level
	Seed        uint64               // of round robin's start and random choices, 0 for one by chance
	Log         *slog.Logger         // default none

	HeadTimeout   match.Nanos // from the first byte of a request to the end of its head, default 30 s
	IdleTimeout   match.Nanos // between two requests of a connection, default 60 s
	BodyTimeout   match.Nanos // for each piece of a request's body, default 60 s
	ClientTimeout match.Nanos // for a client that takes nothing of its answer, default 60 s

	AllowTrace   bool // members get TRACE requests; by default it is not allowed
	AbortOnClose bool // a client that ends its side before its answer is whole has left; by default it may wait for it
	MaxClients   int  // connections of clients at once, 0 no limit; those beyond it are answered 503

	Docroot   string       // declined requests get files from here; "" gives 404
	AccessLog *logs.Access // default none
	PluginLog io.Writer    // the plug-in's own log, at the LogLevel of the configuration in use; default none
	Version   string       // that the plug-in's own log names, default wasplug
	// OnSteps is told what becomes of each request, as it does. It must return at once: decisions wait for it. nil:
	// nobody.
	OnSteps  func(*match.Table, logs.Told)
	Keystore map[string]string // a .kdb file and the PEM file that replaces it

	Resolver generation.Resolver                                                  // default the system's
	Dial     func(ctx context.Context, network, address string) (net.Conn, error) // default wire.Dial
	// Now is the time that decisions are made by, 0 when New is called.
	Now func() match.Nanos
	// PartitionForm is the form of partition tables that members tell of (R28): lab-wspt-1, which the lab's members
	// speak. Default none: that of IBM's servers is not public.
	PartitionForm string
	// Next is where round robin of a cluster begins: a place in its primary list (R30), -1 by chance; default by
	// chance.
	Next func(cluster string) int
}

const second = match.Nanos(time.Second)

// complete puts defaults in the place of zero values, and draws the seed where none is given.
func (o *Options) complete(s *wire.Sweeper) {
	def := func(d *match.Nanos, seconds int) {
		if *d == 0 {
			*d = match.Nanos(seconds) * second
		}
	}
	def(&o.HeadTimeout, 30)
	def(&o.IdleTimeout, 60)
	def(&o.BodyTimeout, 60)
	def(&o.ClientTimeout, 60)
	if o.Assumptions == nil {
		bundled, _ := choices.Defaults("latest", "proxy")
		o.Assumptions = &bundled
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	if o.Version == "" {
		o.Version = "wasplug"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Dial == nil {
		o.Dial = wire.Dial
	}
	if o.Next == nil {
		o.Next = func(string) int { return -1 }
	}
	if o.Now == nil {
		o.Now = s.Clock
	}
}

// Proxy serves one configuration at a time. What stands before mu is set by New, or takes care of itself, but for
// maker, which the lock of reload guards. The lot calls resume, which takes mu, while it holds a lock of its own, so
// nobody asks the lot for anything while holding mu.
type Proxy struct {
	opt        Options
	log        *slog.Logger
	now        func() match.Nanos
	sweeper    *wire.Sweeper
	logs       *logs.Output // of the plug-in's own log
	small      *wire.Buffers
	large      *wire.Buffers
	waker      *wire.Waker
	dialer     upstream.Dialer
	lot        *wire.Lot[parked]
	maker      generation.Maker
	gen        atomic.Pointer[generation.Generation]
	reload     reloader
	counters   counters
	history    history.Recorder       // of members, for the status page
	docroot    *docroot.Folder        // nil: 404
	date       atomic.Pointer[string] // the Date line of answers that have none
	ctx        context.Context        // ends when everything is to end
	stop       context.CancelFunc
	ending     atomic.Bool  // no new requests
	wantLogged atomic.Int64 // when it was last said that something is lacking
	refusing   atomic.Int32 // connections beyond MaxClients that are being answered

	mu        sync.Mutex
	clients   map[*client]struct{} // but those that are parked
	parked    int
	collected int // of those, when the last collection began
	listeners []net.Listener
	working   sync.WaitGroup // clients, listeners, and what these start: waited for before the sweeper stops
	sweeping  sync.WaitGroup // the sweeper and what it has started
}

// New makes a proxy for what the source has now. The error is a *Rejected where the plug-in would reject the file.
func New(ctx context.Context, source generation.Source, opt Options) (*Proxy, error) {
	s := wire.NewSweeper()
	s.AbortOnClose = opt.AbortOnClose
	opt.complete(s)
	p := &Proxy{
		opt: opt, log: opt.Log, now: opt.Now, sweeper: s,
		small: wire.NewBuffers(wire.SmallBuffer), large: wire.NewBuffers(wire.LargeBuffer),
		clients: map[*client]struct{}{},
	}
	p.waker = wire.NewWaker()
	p.dialer = upstream.Dialer{
		Dialer: wire.Dialer{Dial: opt.Dial, Waker: p.waker, Pool: p.small}, Sweeper: s,
	}
	p.lot = wire.NewLot(p.waker, p.resume)
	p.logs = logs.NewOutput(opt.PluginLog, opt.Version, s.Start(), opt.OnSteps)
	p.setDate()
	// the end of ctx is no end of requests in flight: Shutdown alone is
	p.ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	p.reload.source = source
	err := p.begin(ctx)
	if err == nil && opt.Docroot != "" {
		p.docroot, err = docroot.Open(opt.Docroot)
	}
	if err != nil {
		p.stop()
		p.waker.Close()
		return nil, err
	}
	everySecond := func() { // in the sweeper's goroutine: while it works, no time limit is looked at
		p.setDate()
		p.lot.Expire(s.Now())
		p.collect()
		p.gen.Load().Sweep(p.now())
		p.remember()
	}
	p.sweeping.Go(func() { s.Run(p.ctx, everySecond) })
	p.gen.Load().FetchTables(p.ctx, &p.dialer, p.log)
	return p, nil
}

// begin loads the first configuration. Its stamp is taken before it is read: a file that changes in between is read
// once more, not missed.
func (p *Proxy) begin(ctx context.Context) error {
	p.maker = generation.Maker{
		Assumptions: p.opt.Assumptions, Seed: p.opt.Seed, Next: p.opt.Next, PartitionForm: p.opt.PartitionForm,
		Keystore: p.opt.Keystore, Resolver: p.opt.Resolver, Log: p.log,
	}
	if err := p.maker.Check(); err != nil {
		return err
	}
	if p.reload.source.Stamp != nil {
		p.reload.stamp, _ = p.reload.source.Stamp()
	}
	cfg, files, err := p.reload.source.Load(nil)
	if err != nil {
		return err
	}
	return p.use(ctx, cfg, files, nil)
}

// forget is done with a client, but for its connection when that is to be parked.
func (p *Proxy) forget(c *client) {
	p.mu.Lock()
	delete(p.clients, c)
	if c.parked {
		p.parked++
	}
	p.mu.Unlock()
}

// A crowd is how many clients are parked before a collection is worth its while.
const crowd = 500

// collect gives back what a crowd has left behind that was parked, stacks for the most part. A proxy makes no garbage
// while its clients sleep, so no other collection would come.
func (p *Proxy) collect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parked >= p.collected+crowd {
		p.collected = p.parked
		p.sweeping.Go(debug.FreeOSMemory)
	}
	p.collected = min(p.collected, p.parked)
}

// Shutdown stops accepting, closes idle connections, and waits for requests in flight; when ctx ends they are cut.
// The order holds: parked clients are taken up again, to find out that they end, before working is waited for; the
// sweeper, which ends the waits of the last requests, stops behind them; the waker when nobody waits for a socket.
func (p *Proxy) Shutdown(ctx context.Context) error {
	p.mu.Lock()
	p.ending.Store(true)
	for _, l := range p.listeners {
		l.Close()
	}
	for c := range p.clients {
		if c.idle.CompareAndSwap(isIdle, isEnding) {
			c.Abort()
		}
	}
	p.mu.Unlock()
	p.lot.Empty()
	done := make(chan struct{})
	go func() { p.working.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
		p.cutAll()
		<-done
	}
	p.stop()
	p.sweeping.Wait()
	p.waker.Close()
	p.gen.Load().Close()
	if p.docroot != nil {
		p.docroot.Close()
	}
	return err
}

// cutAll ends every connection at once, and with the context whatever connects to a member or opens a file.
func (p *Proxy) cutAll() {
	p.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.clients {
		c.Abort()
	}
}

// logWant says once a minute that something is lacking.
func (p *Proxy) logWant(err error) {
	now := int64(p.sweeper.Clock())
	last := p.wantLogged.Load()
	if last != 0 && now-last < int64(time.Minute) || !p.wantLogged.CompareAndSwap(last, now) {
		return
	}
	p.log.Error("requests get 503: this process lacks descriptors, ports or memory", "error", err)
}
