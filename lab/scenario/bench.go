package scenario

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Bench measures /hitcount through the proxy, with one kind of persistence after the other.
type Bench struct {
	Options  Options
	Clients  int
	Each     time.Duration // for each kind
	Sessions int           // of 1,000 bytes each, made afterwards, at which memory is measured; 0: it is not
}

// Figure is what one kind gives.
type Figure struct {
	Persistence, Frequency string
	PerSecond              float64
	Median, P99            time.Duration
	FirstAnswer            time.Duration // from the start of the lab to the first answer
	Memory                 int64         // bytes of the largest member, 0: not known
	Beside                 int64         // bytes of all servers of the grid
}

// kind is what is measured.
type kind struct {
	session.Settings
	database lab.Database
	grid     lab.Grid
}

// kinds are all of them, PostgreSQL among them where its DSN is known, and Redis where it is asked for. In memory
// only nothing is written, so it has one frequency.
func (b *Bench) kinds() (all []kind) {
	one, two := 1, 2
	add := func(k kind, persistence string, replicas *int) {
		k.Persistence, k.Replicas = persistence, replicas
		all = append(all, k)
	}
	add(kind{Settings: session.Settings{WriteFrequency: "end of servlet service"}}, "none", nil)
	for _, frequency := range []string{"end of servlet service", "time based"} {
		k := kind{Settings: session.Settings{WriteFrequency: frequency}}
		add(k, "database", nil)
		if dsn := b.Options.Database.DSN; dsn != "" {
			postgres := k
			postgres.database = lab.Database{Kind: "postgres", DSN: dsn, AllowRemote: b.Options.Database.AllowRemote}
			add(postgres, "database", nil)
		}
		add(k, "memory-to-memory", &one)
		add(k, "memory-to-memory", &two)
		add(k, "grid", nil)
		if g := b.Options.Grid; g.Kind == "redis" || g.Redis != "" {
			k.grid = g
			add(k, "grid", nil)
		}
	}
	return all
}

// Run measures all kinds on a configuration; each tells a figure as soon as it is known. What cannot be used is told
// before the first is measured.
func (b *Bench) Run(ctx context.Context, load func() (*Source, error), tell func(Figure)) error {
	kinds := b.kinds()
	for _, k := range kinds {
		if err := errors.Join(k.database.Check(ctx), k.grid.Check(ctx)); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		source, err := load()
		if err != nil {
			return err
		}
		f, err := b.measure(ctx, source, k)
		if err != nil {
			return err
		}
		tell(f)
	}
	return nil
}

// measure runs one kind. The proxy and the clients are in this process, the members in theirs: figures tell the kinds
// apart on one machine, not what a member can do.
func (b *Bench) measure(ctx context.Context, source *Source, k kind) (f Figure, err error) {
	assumed, err := Assumptions("")
	if err != nil {
		return f, err
	}
	o := b.Options
	o.Database, o.Grid = k.database, k.grid
	began := time.Now()
	st, err := newStage(ctx, &Test{Setup: Setup{Assumptions: assumed, Real: true, Processes: 1,
		Sessions: &Sessions{Settings: k.Settings, SecurityIntegration: true, AllowOverflow: true,
			MaxInMemory: b.Sessions}}}, source, &o)
	if err != nil {
		return f, err
	}
	defer st.lab.Close()
	f = Figure{Persistence: st.kind(&k), Frequency: st.policy.Frequency.String()}
	// the start of all members is in it, as somebody who starts a lab waits for them
	if a := st.send(ctx, st.client("first"), hit("")); a.Status == http.StatusOK {
		f.FirstAnswer = time.Since(began)
	}
	began = time.Now()
	times := b.load(ctx, st)
	f.PerSecond = float64(len(times)) / time.Since(began).Seconds()
	if slices.Sort(times); len(times) > 0 {
		f.Median, f.P99 = times[len(times)/2], times[len(times)*99/100]
	}
	// last: the sessions that it makes would slow down what is measured
	b.fill(ctx, st, &f)
	return f, nil
}

// hit is a request that counts.
func hit(query string) *request { return &request{method: http.MethodGet, path: "/hitcount" + query} }

// kind names a persistence with what tells it apart.
func (st *stage) kind(k *kind) string {
	switch st.policy.Persistence {
	case session.Database:
		if k.database.Kind == "postgres" {
			return "database, PostgreSQL"
		}
		return "database, SQLite"
	case session.MemoryToMemory:
		return "memory-to-memory, " + string(rune('0'+st.policy.Replicas))
	case session.Grid:
		if k.grid != (lab.Grid{}) {
			return "grid, Redis"
		}
		return "grid, JetStream"
	}
	return "none"
}

// fill makes as many sessions as are asked for, and looks how large the processes are. Each session has a browser of
// its own, with nothing in its jar; a connection is kept over them, or each would hold a port for a while
// (TIME_WAIT).
func (b *Bench) fill(ctx context.Context, st *stage, f *Figure) {
	if b.Sessions == 0 {
		return
	}
	var left atomic.Int64
	left.Store(int64(b.Sessions))
	var all sync.WaitGroup
	for range b.Clients {
		kept := &http.Transport{DisableCompression: true}
		all.Go(func() {
			defer kept.CloseIdleConnections()
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				one := newBrowser("", clientTimeout)
				one.http.Transport = kept
				st.send(ctx, one, hit("?bytes=1000"))
			}
		})
	}
	all.Wait()
	for _, m := range st.lab.Members() {
		if m.InGrid() {
			f.Beside += m.Memory()
		} else {
			f.Memory = max(f.Memory, m.Memory())
		}
	}
}

// load lets the clients count for a while, each on a connection that it keeps. Go's client may send again what such a
// connection loses; no member dies here.
func (b *Bench) load(ctx context.Context, st *stage) (times []time.Duration) {
	until := time.Now().Add(b.Each)
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range b.Clients {
		one := st.client(string(rune('a' + i)))
		one.http.Transport = &http.Transport{DisableCompression: true}
		all.Go(func() {
			own := []time.Duration{}
			for time.Now().Before(until) && ctx.Err() == nil {
				a := st.send(ctx, one, hit(""))
				if a.Status == 200 {
					own = append(own, a.Got.Sub(a.Sent))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, own...)
		})
	}
	all.Wait()
	return times
}
