package simulate

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/streams"
)

// world is some of the processes and all that happens in them. Worlds share what nobody changes, and members with
// threads or clients only where there is one world.
type world struct {
	*setting
	now       match.Nanos
	processes []*process
	agenda    agenda
	requests  []requestState // by place, under way or not; a pointer holds only until the next is appended
	unused    []int32        // of requests that have ended
	cookies   cookies
	fates     map[fateOf]fate // answers of package session, kept as the same question comes often
	reloads   int             // how many are in force
	stats     stats

	source *source // of a closed loop, nil otherwise
	turns  uint32  // of its users
	err    error   // why it goes on no more
}

// setting is what all worlds share.
type setting struct {
	sc          *Scenario
	generations []*generation
	roster      *roster
	clients     []client // of several worlds only where each belongs to one (sticky)
	urls        chooser
	noticed     [][]notice     // fault, process: written by the world of the process
	each        func(*Request) // gets every request when it ends, nil for none; for tests
	worlds      int            // process i is in world i % worlds
}

// process is one web server process.
type process struct {
	id         int32
	order      uint32 // of its next event
	requests   uint64 // that have arrived so far
	generation int
	clusters   []*cluster

	urls, service, lengths, writes stream
}

// cluster is what a process knows of a cluster, and its idle streams.
type cluster struct {
	state      failover.ClusterState
	streams    []streams.Queue[struct{}] // member, transport
	transports int                       // of the member that has most
}

// requestState is a request under way.
type requestState struct {
	state      failover.RequestState
	generation *generation
	cluster    *cluster
	process    *process
	number     uint64 // of the request in its process
	url        int32
	client     int32  // -1: no session
	cookie     int32  // in cookies
	session    uint32 // of the client
	member     int32  // of the attempt under way, in the roster
	action     failover.Action
	outcome    explain.FailureMode
	reused     bool
	marked     bool // the member was marked down before the attempt
	failed     []Attempt
}

// arrival is a request that reaches a process.
type arrival struct {
	at      match.Nanos
	process int32
	client  int32 // -1: no session
}

// newProcess is a process in which nothing has happened.
func (s *setting) newProcess(id int32) *process {
	seed := s.sc.Seed
	p := &process{id: id, generation: -1, urls: newStream(seed, int(id), forURLs),
		service: newStream(seed, int(id), forService), lengths: newStream(seed, int(id), forLengths),
		writes: newStream(seed, int(id), forWrites)}
	s.load(p)
	return p
}

// load puts the next configuration in force in a process.
func (s *setting) load(p *process) {
	old, before := p.clusters, (*match.Table)(nil)
	if p.generation >= 0 {
		before = s.generations[p.generation].table
	}
	p.generation++
	t := s.generations[p.generation].table
	// The same for each generation: what a reload does not carry over (below) begins as in a fresh process.
	seed := newStream(s.sc.Seed, int(p.id), forChance)
	p.clusters = make([]*cluster, len(t.Clusters))
	for i := range t.Clusters {
		c := &t.Clusters[i]
		most := 0
		for j := range c.Members {
			most = max(most, len(c.Members[j].Transports))
		}
		p.clusters[i] = &cluster{failover.NewState(c, s.sc.Sem, uint64(seed)+uint64(i)),
			make([]streams.Queue[struct{}], most*len(c.Members)), most}
	}
	if before == nil {
		return
	}
	// What survives a reload is an open choice (reload-state), and for the core to say.
	failover.Carry(before, t, s.sc.Sem,
		func(from, to match.ClusterID, copy func(from, to *failover.ClusterState)) {
			copy(&old[from].state, &p.clusters[to].state)
		})
}

// play lets happen what happens up to the last of some arrivals, in the order of their time.
func (w *world) play(arrivals []arrival) {
	for i := range arrivals {
		a := &arrivals[i]
		if w.err != nil {
			return
		}
		w.until(a.at)
		w.arrive(w.processes[int(a.process)/w.worlds], a.client)
	}
}

// until lets happen what is due up to a time, reloads first.
func (w *world) until(now match.Nanos) {
	for w.agenda.due(now) && w.err == nil {
		e := w.agenda.pop()
		// A reload between two events is in force for the later one. Requests under way keep their generation.
		w.reload(e.at)
		w.now = e.at
		if e.request < 0 {
			w.turn(^e.request)
			continue
		}
		w.ended(e.request)
	}
	w.reload(now)
	w.now = now
}

// reload puts in force what is due.
func (w *world) reload(now match.Nanos) {
	for w.reloads < len(w.sc.Reloads) && w.sc.Reloads[w.reloads].At <= now {
		w.reloads++
		for _, p := range w.processes {
			w.load(p)
		}
	}
}

// arrive takes up a request.
func (w *world) arrive(p *process, client int32) {
	g := w.generations[p.generation]
	p.requests++
	url, cookie := w.ask(p, g, client)
	r := &g.routes[url]
	w.stats.arrived(w.now)
	if !r.matched {
		w.stats.declined(w.now)
		w.answered(client)
		return
	}
	at := w.newRequest()
	f := &w.requests[at]
	// A copy of one that was begun before: to match, and to read cookies, is most of what a request costs.
	w.begun(p.generation, url, cookie).Repeat(&f.state, w.now)
	f.generation, f.cluster, f.process = g, p.clusters[r.match.Cluster], p
	f.number, f.url, f.client, f.cookie = p.requests, url, client, cookie
	if client >= 0 {
		f.session = w.clients[client].number
	}
	w.advance(at)
}

// mostUnderWay bounds the memory that requests under way take.
const mostUnderWay = 1000000

// newRequest returns the place of a state that no request under way has.
func (w *world) newRequest() int32 {
	if n := len(w.unused); n > 0 {
		at := w.unused[n-1]
		w.unused = w.unused[:n-1]
		return at
	}
	if len(w.requests) == mostUnderWay {
		w.err = diag.Errorf("more than %d requests are under way: they come faster than members answer", mostUnderWay)
	}
	w.requests = append(w.requests, requestState{})
	return int32(len(w.requests) - 1)
}

// advance asks what happens to a request until that takes time, or it has ended.
func (w *world) advance(at int32) {
	for {
		f := &w.requests[at]
		f.action = failover.Next(f.generation.table, &f.cluster.state, &f.state, w.now, w.sc.Sem, nil)
		if f.action.Kind != failover.Send {
			w.finish(at, f.action.Status, f.action.Member)
			return
		}
		// What takes no time is gone on with at once: the agenda is for what others may come before.
		if ends := w.attempt(f); ends > w.now {
			// A request that never ends has no event: it stays under way, and counts as unended.
			if ends != never {
				f.process.order++
				w.agenda.push(event{ends, f.process.order, at})
			}
			return
		}
		if w.observe(at) {
			return
		}
	}
}

// attempt sends a request, and returns when it is known what becomes of it.
func (w *world) attempt(f *requestState) match.Nanos {
	a, c := &f.action, f.cluster
	m := &f.generation.table.Clusters[f.state.Cluster].Members[a.Member]
	// What is known of the member before the attempt is noted now: the end of the attempt may be much later.
	f.member = f.generation.members[f.state.Cluster][a.Member]
	f.marked = c.state.MarkedDown(a.Member)
	server := &w.roster.members[f.member]
	w.stats.sent(f, c.state.Members[a.Member].Pending)
	f.reused, f.outcome = false, explain.Healthy
	switch fault := server.fault(w.now); {
	case fault != nil && fault.Slow == 0 && fault.Do == explain.Refused:
		f.outcome = explain.Refused
		return w.now
	// A full backlog drops the connect, which to the plug-in looks like a machine that is gone.
	case fault != nil && fault.Slow == 0 && fault.Do == explain.Timeout, server.full(w.now):
		f.outcome = explain.Timeout
		return w.now + explain.ConnectWait(m, w.sc.Sem)
	}
	if queue := c.queue(a); !a.FreshStream && queue.Len() > 0 {
		queue.Expire(w.now, m.Transports[a.Transport].TTLIn(w.sc.Sem), func(struct{}) {})
		_, f.reused = queue.Take()
	}
	service := &server.service
	if own := w.sc.URLs[f.url].Service; own != nil {
		service = own
	}
	var ends match.Nanos
	f.outcome, ends = server.answer(w.now, service.draw(&f.process.service), m.IOTimeout)
	return ends
}

// queue is where idle streams to the Transport of an action stand.
func (c *cluster) queue(a *failover.Action) *streams.Queue[struct{}] {
	return &c.streams[int(a.Member)*c.transports+a.Transport]
}

// dropStreams lets go of all to a member.
func (c *cluster) dropStreams(m match.MemberID) {
	clear(c.streams[int(m)*c.transports : int(m+1)*c.transports])
}

// ended goes on with a request whose attempt has ended.
func (w *world) ended(at int32) {
	if !w.observe(at) {
		w.advance(at)
	}
}

// observe tells what became of an attempt; over: the request has ended with it.
func (w *world) observe(at int32) (over bool) {
	f := &w.requests[at]
	t, c, a := f.generation.table, f.cluster, &f.action
	switch f.outcome {
	case explain.Refused, explain.Timeout:
		c.dropStreams(a.Member)
	case explain.Healthy, explain.Busy:
		// As explain.Process does: only a stream of which an answer was read goes back.
		c.queue(a).Put(struct{}{}, w.now)
	}
	ev := f.outcome.Event(&t.Clusters[f.state.Cluster].Members[a.Member], f.reused, w.sc.Sem, nil)
	then := failover.Observe(t, &c.state, &f.state, w.now, ev, w.sc.Sem, nil)
	if then == failover.Deliver {
		then = failover.Observe(t, &c.state, &f.state, w.now, failover.Event{Kind: failover.Done}, w.sc.Sem, nil)
	}
	// By far the most attempts are answered, and change no mark: nothing is to be noted of them.
	if marked := c.state.MarkedDown(a.Member); marked != f.marked || f.outcome != explain.Healthy {
		w.note(f, marked)
	}
	if then == failover.Over {
		w.finish(at, 0, a.Member)
		return true
	}
	return false
}

// finish ends a request: the status of an error, 0 when a member has answered.
func (w *world) finish(at int32, status int, m match.MemberID) {
	f := &w.requests[at]
	w.stats.finished(f, status, w.now)
	w.longest(f, status, m)
	if w.each != nil {
		w.each(w.told(f, status, m))
	}
	if status == 0 && f.client >= 0 {
		w.served(f)
	}
	client := f.client
	// The place is used again, and whoever was told of the request may hold the list.
	f.failed = nil
	w.unused = append(w.unused, at)
	w.answered(client)
}
