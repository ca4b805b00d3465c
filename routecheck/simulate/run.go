package simulate

import (
	"runtime"
	"slices"
	"sync"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// batch is how many arrivals are drawn before the worlds play them: one source draws all, in one order, so that they
// are the same on any number of workers; a batch is long enough that waiting for the slowest world costs little.
const batch = 1 << 14

// Run plays a scenario on so many workers, 0: one for each processor. The answer does not hang on how many there are.
// The error says what cannot be meant; a scenario that package written has read has none.
func Run(sc *Scenario, workers int) (*Result, error) {
	worlds, err := newWorlds(sc, workers, nil)
	if err != nil {
		return nil, err
	}
	if sc.closed() {
		worlds[0].loop()
	} else {
		open(worlds)
	}
	for _, w := range worlds {
		if w.err != nil {
			return nil, w.err
		}
	}
	return gather(worlds), nil
}

func newWorlds(sc *Scenario, workers int, each func(*Request)) ([]*world, error) {
	if err := sc.Check(); err != nil {
		return nil, err
	}
	s := newSetting(sc)
	s.each = each
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	// Each world needs a process at least. Where processes meet (shared) there can be one world only.
	s.worlds = min(workers, sc.Processes)
	if sc.shared() {
		s.worlds = 1
	}
	worlds := make([]*world, s.worlds)
	for i := range worlds {
		w := &world{setting: s, stats: newStats(sc, len(s.roster.names))}
		// Cookie 0 is none.
		w.cookies.of("")
		worlds[i] = w
	}
	for id := range sc.Processes {
		w := worlds[id%s.worlds]
		w.processes = append(w.processes, s.newProcess(int32(id)))
	}
	return worlds, nil
}

// Bounds of a scenario, beyond which it takes more memory or time than there is.
const (
	MostRequests = 1e10
	mostStates   = 5000000 // members that processes know, all together
	mostClients  = 1000000
	mostTime     = 100 * 365 * 24 * 3600 * match.Second
)

// Check refuses what cannot be meant, and what would never end.
func (sc *Scenario) Check() error {
	// A fault costs each process a notice, a member its state.
	known := 0
	for i := range sc.Table.Clusters {
		known += len(sc.Table.Clusters[i].Members) + len(sc.Faults)
	}
	switch {
	case sc.Processes < 1:
		return diag.Errorf("%d processes: want at least one", sc.Processes)
	case len(sc.URLs) == 0:
		return diag.Errorf("no URL to ask for")
	case !sc.closed() && !(sc.Arrivals.Rate > 0):
		return diag.Errorf("no rate at which requests arrive")
	case sc.Duration <= 0 && (sc.Requests <= 0 || sc.closed()):
		return diag.Errorf("no end: neither a duration nor a number of requests")
	case !sc.closed() && sc.expected() > MostRequests, sc.Requests > MostRequests:
		return diag.Errorf("%.3g requests: want at most %.0e", max(sc.expected(), float64(sc.Requests)),
			float64(MostRequests))
	case sc.Duration > mostTime, !sc.closed() && sc.expected()/sc.Arrivals.Rate > float64(mostTime/match.Second):
		return diag.Errorf("the requests arrive over more than a hundred years")
	case sc.Processes > mostStates/max(known, 1):
		return diag.Errorf("%d processes of which each knows %d members and faults: want at most %d in all",
			sc.Processes, known, mostStates)
	case sc.slots() > mostClients:
		return diag.Errorf("%d clients at a time: want at most %d", sc.slots(), mostClients)
	}
	return nil
}

// expected is how many requests arrive.
func (sc *Scenario) expected() float64 {
	if sc.Requests > 0 {
		return float64(sc.Requests)
	}
	return sc.Arrivals.Rate * float64(sc.Duration) / float64(match.Second)
}

// newSetting makes ready what all worlds share.
func newSetting(sc *Scenario) *setting {
	s := &setting{sc: sc, clients: make([]client, sc.slots())}
	tables := []*match.Table{sc.Table}
	for i := range sc.Reloads {
		tables = append(tables, sc.Reloads[i].Table)
	}
	s.roster = newRoster(sc, tables)
	// Groups are numbered over all generations: a session that a reload finds under way keeps its group.
	groups := map[[2]string]int32{}
	for _, t := range tables {
		s.generations = append(s.generations, s.roster.generation(sc, t, groups))
	}
	for _, g := range s.generations {
		g.choosers(sc, len(groups))
	}
	for i := range sc.URLs {
		s.urls.put(int32(i), sc.URLs[i].Weight)
	}
	s.noticed = make([][]notice, len(sc.Faults))
	for i := range s.noticed {
		s.noticed[i] = make([]notice, sc.Processes)
		for p := range s.noticed[i] {
			// One place for each process: no two worlds write the same.
			s.noticed[i][p] = notice{-1, -1}
		}
	}
	return s
}

// open plays requests that come whatever becomes of them.
func open(worlds []*world) {
	s := newSource(worlds[0].setting)
	lists := make([][]arrival, len(worlds))
	for {
		for i := range lists {
			lists[i] = lists[i][:0]
		}
		more := s.fill(lists)
		var group sync.WaitGroup
		// The first world is played here, so that one alone needs no goroutine.
		for i, w := range worlds[1:] {
			group.Go(func() { w.play(lists[i+1]) })
		}
		worlds[0].play(lists[0])
		group.Wait()
		if !more || slices.ContainsFunc(worlds, func(w *world) bool { return w.err != nil }) {
			break
		}
	}
	for _, w := range worlds {
		w.until(never - 1)
	}
}

// source draws arrivals.
type source struct {
	*setting
	arrivals, routing, clients stream
	at                         float64 // of the last under Poisson
	n                          int64
	gap                        float64
}

func newSource(s *setting) *source {
	return &source{setting: s, gap: float64(match.Second) / s.sc.Arrivals.Rate,
		arrivals: newStream(s.sc.Seed, everywhere, forArrivals),
		routing:  newStream(s.sc.Seed, everywhere, forRouting),
		clients:  newStream(s.sc.Seed, everywhere, forClients)}
}

// fill draws a batch, each arrival into the list of the world of its process; more: it was not the last.
func (s *source) fill(lists [][]arrival) (more bool) {
	for range batch {
		if s.sc.Requests > 0 && s.n >= s.sc.Requests {
			return false
		}
		a := s.next()
		if s.sc.Duration > 0 && a.at >= s.sc.Duration {
			return false
		}
		to := int(a.process) % s.worlds
		lists[to] = append(lists[to], a)
	}
	return true
}

func (s *source) next() arrival {
	a := arrival{client: -1}
	if s.sc.Arrivals.Poisson {
		s.at += s.gap * s.arrivals.exponential()
		a.at = match.Nanos(s.at)
	} else {
		// Multiplied and not added up, so that rounding does not grow.
		a.at = match.Nanos(float64(s.n) * s.gap)
	}
	n := s.n
	s.n++
	// With a share of 1 nothing is drawn.
	if share := s.sc.Sessions.Share; share > 0 && (share >= 1 || s.clients.unit() < share) {
		a.client = int32(s.clients.below(len(s.setting.clients)))
	}
	a.process = s.route(n, a.client)
	return a
}

// route says to which process the n-th request gets.
func (s *source) route(n int64, client int32) int32 {
	switch {
	case s.sc.Processes == 1:
		return 0
	case s.sc.Routing == roundRobin:
		return int32(n % int64(s.sc.Processes))
	// A request without a session belongs to nobody, so it goes anywhere.
	case s.sc.Routing == sticky && client >= 0:
		return client % int32(s.sc.Processes)
	}
	return int32(s.routing.below(s.sc.Processes))
}

// loop plays users of whom each thinks after an answer before asking again. There is one world.
func (w *world) loop() {
	// Only its streams are used: users say when they come.
	w.source = newSource(w.setting)
	for user := range w.clients {
		w.think(int32(user), w.sc.Arrivals.Think.draw(&w.source.arrivals))
	}
	w.until(never - 1)
}

// think lets a user ask again after a while, if that is before the end.
func (w *world) think(user int32, after match.Nanos) {
	// At least a nanosecond: users who do not think would keep time from going on.
	if at := w.now + max(after, 1); at < w.sc.Duration && (w.sc.Requests == 0 || w.source.n < w.sc.Requests) {
		w.turns++
		w.agenda.push(event{at, w.turns, ^user})
	}
}

// answered follows the end of a request of a user.
func (w *world) answered(client int32) {
	if w.source != nil {
		w.think(client, w.sc.Arrivals.Think.draw(&w.source.arrivals))
	}
}

// turn takes up the next request of a user.
func (w *world) turn(user int32) {
	// Asked again: others may have taken the last requests while this user was thinking.
	if w.sc.Requests > 0 && w.source.n >= w.sc.Requests {
		return
	}
	p := w.source.route(w.source.n, user)
	w.source.n++
	w.arrive(w.processes[p], user)
}
