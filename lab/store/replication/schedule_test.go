package replication

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab/session"
)

// This file runs counters on a domain whose members are killed and hung, and checks that nothing is lost that was
// acknowledged as written (C1): a later read is not below the highest acknowledged value.

// machine is a member with as much of a session manager as C1 needs: a memory that trusts itself by S5.
type machine struct {
	name  string
	store *Store
	dead  bool // killed: what it says counts no more

	mu     sync.Mutex
	memory map[session.Key]kept
}

type kept struct {
	count, cacheID int
	no             uint64
	access         session.Millis
}

var errDead = errors.New("the member was killed")

// hit is one request of a session that counts. With inside the member rests in it, before the write.
func (v *machine) hit(ctx context.Context, k session.Key, cacheID int, create bool, inside func()) (
	count, cookie int, written bool, err error) {
	now := session.Millis(time.Now().UnixMilli())
	v.mu.Lock()
	mine, ok := v.memory[k]
	v.mu.Unlock()
	if ok = ok && mine.cacheID >= cacheID; ok {
		later := max(now, mine.access+1)
		ok, _ = v.store.Touch(ctx, k, mine.access, later)
		mine.access = later
	}
	if !ok {
		r, err := v.store.Load(ctx, k, cacheID, now)
		switch {
		case errors.Is(err, session.ErrGone) && create:
			r = &session.Record{Key: k, CacheID: 1, Created: now, LastAccess: now, MaxInactive: 1800}
			if err := v.store.Create(ctx, r); err != nil {
				return 0, 0, false, err
			}
			mine = kept{cacheID: 1, access: now, no: r.WriteNo}
		case err != nil:
			return 0, 0, false, err
		default:
			mine = kept{count: number(r.Attributes["count"]), cacheID: cacheID + 1, access: r.LastAccess,
				no: r.WriteNo}
		}
	}
	mine.count, mine.no = mine.count+1, mine.no+1
	if inside != nil {
		inside()
	}
	w := &session.Write{Whole: mine.count%2 == 0}
	w.Record = session.Record{Key: k, WriteNo: mine.no, CacheID: mine.cacheID,
		LastAccess: mine.access, MaxInactive: 1800,
		Attributes: map[string]json.RawMessage{"count": json.RawMessage(strconv.Itoa(mine.count))}}
	_, err = v.store.Write(ctx, w)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dead {
		return 0, 0, false, errDead
	}
	if err != nil { // refused: read again at the next request
		delete(v.memory, k)
		return mine.count, mine.cacheID, false, nil
	}
	v.memory[k] = mine
	return mine.count, mine.cacheID, true, nil
}

func number(text json.RawMessage) int {
	n, _ := strconv.Atoi(string(text))
	return n
}

// site is a domain with its servers and the client's view of them.
type site struct {
	t       testing.TB
	cfg     Config
	net     *network
	mu      sync.Mutex
	rng     *rand.Rand
	servers map[string]*machine
	down    map[string]bool // killed or hung: the plug-in has marked it down
	lost    []string
	acked   int
}

func newSite(t testing.TB, cfg Config, seed uint64) *site {
	st := &site{t: t, cfg: cfg, net: newNetwork(seed), rng: rand.New(rand.NewPCG(seed, 2)),
		servers: map[string]*machine{},
		down:    map[string]bool{}}
	for _, m := range cfg.Members {
		st.boot(m.Name)
	}
	return st
}

func (st *site) boot(name string) {
	store := open(st.t, st.net, st.cfg, name)
	st.mu.Lock()
	st.servers[name] = &machine{name: name, store: store, memory: map[session.Key]kept{}}
	st.mu.Unlock()
	if err := store.joined(context.Background()); err != nil {
		st.t.Error(err)
	}
	st.mu.Lock()
	st.down[name] = false
	st.mu.Unlock()
}

func (st *site) kill(name string) {
	st.mu.Lock()
	v := st.servers[name]
	st.down[name] = true
	st.mu.Unlock()
	v.mu.Lock()
	v.dead = true
	v.mu.Unlock()
	kill(v.store)
}

func (st *site) names() []string { return slices.Sorted(maps.Keys(st.servers)) }

func (st *site) intn(n int) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.rng.IntN(n)
}

// pick is the plug-in: the session's home while it is up, now and then another, else the next.
func (st *site) pick(home int) *machine {
	st.mu.Lock()
	defer st.mu.Unlock()
	names := st.names()
	if st.rng.IntN(20) == 0 {
		home = st.rng.IntN(len(names))
	}
	for i := range names {
		if name := names[(home+i)%len(names)]; !st.down[name] {
			return st.servers[name]
		}
	}
	return nil
}

// settle waits until every fault is got over: all that live are ready and nothing is on its way.
func (st *site) settle() {
	for range 200 {
		time.Sleep(50 * time.Millisecond)
		if !slices.ContainsFunc(st.names(), st.busy) {
			return
		}
	}
}

func (st *site) busy(name string) bool {
	st.mu.Lock()
	v, down := st.servers[name], st.down[name]
	st.mu.Unlock()
	if down {
		return false
	}
	s := v.store.State()
	return !s.Ready || s.Moving
}

// client counts in one session until the end, and checks what it sees.
func (st *site) client(ctx context.Context, id int) {
	k := session.Key{App: "hit", ID: fmt.Sprintf("s%02d", id)}
	highest, cookie := 0, 0
	for ctx.Err() == nil {
		time.Sleep(time.Duration(5+st.intn(30)) * time.Millisecond)
		if st.intn(80) == 0 {
			time.Sleep(3 * time.Second) // the user reads
		}
		v := st.pick(id)
		if v == nil {
			continue
		}
		got := st.send(ctx, v, k, cookie, highest == 0)
		if got.err != nil {
			if errors.Is(got.err, session.ErrGone) {
				st.report("%s: gone at %s, %d was acknowledged", k.ID, v.name, highest)
				return
			}
			continue
		}
		if got.count <= highest {
			st.report("%s: %s counts to %d, %d was acknowledged", k.ID, v.name, got.count, highest)
			return
		}
		cookie = got.cookie
		if got.written {
			highest = got.count
			st.mu.Lock()
			st.acked++
			st.mu.Unlock()
		}
	}
}

type outcome struct {
	count, cookie int
	written       bool
	err           error
}

// send waits for an answer as long as ServerIOTimeout would, then the client turns to another member.
func (st *site) send(ctx context.Context, v *machine, k session.Key, cookie int, create bool) outcome {
	c := make(chan outcome, 1)
	go func() {
		if !st.net.node(v.name).rest(ctx) {
			c <- outcome{err: errDead}
			return
		}
		var inside func()
		if d := st.intn(4); d == 0 {
			inside = func() {
				time.Sleep(time.Duration(st.intn(20)) * time.Millisecond)
				v.store.wire.(*node).rest(context.Background())
			}
		}
		var o outcome
		o.count, o.cookie, o.written, o.err = v.hit(ctx, k, cookie, create, inside)
		v.store.wire.(*node).rest(context.Background()) // a hung member answers when it goes on
		c <- o
	}()
	select {
	case o := <-c:
		return o
	case <-time.After(400 * time.Millisecond):
		return outcome{err: context.DeadlineExceeded}
	}
}

func (st *site) report(format string, args ...any) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.lost = append(st.lost, fmt.Sprintf(format, args...))
}

// A fault befalls one member, or more at once, and is got over before the next.
type fault func(st *site)

func killOne(st *site) {
	name := st.names()[st.intn(len(st.servers))]
	st.kill(name)
	time.Sleep(time.Duration(100+st.intn(900)) * time.Millisecond)
	st.boot(name)
}

func killTwo(st *site) {
	names := st.names()
	at := st.intn(len(names))
	a, b := names[at], names[(at+1+st.intn(len(names)-1))%len(names)]
	st.kill(a)
	st.kill(b)
	time.Sleep(time.Duration(700+st.intn(500)) * time.Millisecond)
	st.boot(a)
	st.boot(b)
}

// hang stops a member for a while; the plug-in marks it down after the first request that waits in vain.
func (st *site) hang(name string) {
	awake := st.net.hang(name)
	time.Sleep(400 * time.Millisecond)
	st.mark(name, true)
	time.Sleep(time.Duration(st.intn(1500)) * time.Millisecond)
	awake()
}

func (st *site) mark(name string, down bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.down[name] = down
}

func hangOne(st *site) {
	name := st.names()[st.intn(len(st.servers))]
	st.hang(name)
	time.Sleep(time.Duration(st.intn(100)) * time.Millisecond)
	st.mark(name, false)
}

// haltAll is a machine that is overloaded: nobody runs for almost as long as makes one dead, again and again.
func haltAll(st *site) {
	for range 10 {
		var awake []func()
		st.net.lose(1)
		for _, name := range st.names() {
			awake = append(awake, st.net.hang(name))
		}
		time.Sleep(time.Duration(380+st.intn(210)) * time.Millisecond)
		st.net.lose(0)
		for _, wake := range awake {
			wake()
		}
		time.Sleep(time.Duration(st.intn(1500)) * time.Millisecond)
	}
}

// killTwoWhileOneHangs kills two and has a third one hang meanwhile, which may be the last with a copy.
func killTwoWhileOneHangs(st *site) {
	names := st.names()
	st.mu.Lock()
	st.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	st.mu.Unlock()
	var all sync.WaitGroup
	all.Go(func() { st.hang(names[2]); st.mark(names[2], false) })
	time.Sleep(time.Duration(st.intn(700)) * time.Millisecond)
	st.kill(names[0])
	st.kill(names[1])
	all.Wait()
	st.boot(names[0])
	st.boot(names[1])
}

// hangThenKill stops a member for a while, and kills another when it has just come back.
func hangThenKill(st *site) {
	names := st.names()
	at := st.intn(len(names))
	other := names[(at+1+st.intn(len(names)-1))%len(names)]
	st.hang(names[at])
	time.Sleep(time.Duration(st.intn(30)) * time.Millisecond)
	st.kill(other)
	st.mark(names[at], false)
	time.Sleep(time.Duration(100+st.intn(900)) * time.Millisecond)
	st.boot(other)
}

// killHolderThenOwner kills a member and, once the others have got over it, the one whose sessions it held (row 35).
func killHolderThenOwner(st *site) {
	names := st.names()
	at := st.intn(len(names))
	holder, owner := names[at], names[(at+len(names)-1)%len(names)]
	st.kill(holder)
	time.Sleep(time.Second)
	st.settle()
	st.kill(owner)
	time.Sleep(time.Duration(100+st.intn(900)) * time.Millisecond)
	st.boot(owner)
	st.boot(holder)
}

// run lets clients count through some faults and returns what was lost.
func run(t *testing.T, cfg Config, seed uint64, faults ...fault) (lost []string, acked int) {
	synctest.Test(t, func(t *testing.T) {
		st := newSite(t, cfg, seed)
		ctx, stop := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for id := range 4 {
			clients.Go(func() { st.client(ctx, id) })
		}
		time.Sleep(100 * time.Millisecond)
		for range 2 {
			faults[st.intn(len(faults))](st)
			st.settle()
		}
		time.Sleep(300 * time.Millisecond)
		stop()
		clients.Wait()
		for _, name := range st.names() {
			st.kill(name)
		}
		time.Sleep(10 * time.Second) // what is on its way ends somewhere
		lost, acked = st.lost, st.acked
	})
	return lost, acked
}

// schedules runs many and returns the first that lost something.
func schedules(t *testing.T, many int, cfg Config, faults ...fault) (lost string) {
	writes := 0
	for seed := range many {
		found, acked := run(t, cfg, uint64(seed), faults...)
		writes += acked
		if len(found) > 0 {
			return fmt.Sprintf("schedule %d: %q", seed, found)
		}
	}
	t.Logf("%d schedules, %d acknowledged writes, none lost", many, writes)
	return ""
}

func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	many := 3
	switch {
	case sharedtest.Everything():
		many = 200
	case sharedtest.Long():
		many = 40
	}
	for _, c := range []struct {
		name     string
		members  string
		replicas int
		many     int
		faults   []fault
	}{
		{"one of three", "abc", 1, 5 * many, []fault{killOne, hangOne, hangThenKill, killHolderThenOwner}},
		{"one of two", "ab", 1, 2 * many, []fault{killOne, hangOne}},
		{"two at once of three", "abc", 2, many, []fault{killTwo}},
		{"two at once of five", "abcde", 2, many, []fault{killTwo}},
		{"two at once of five while one hangs", "abcde", 2, many, []fault{killTwoWhileOneHangs}},
		{"all of five halt for a moment", "abcde", 2, many, []fault{haltAll}},
		{"five, entire domain", "abcde", everyMember, many, []fault{killTwo, hangThenKill}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if lost := schedules(t, c.many, domain(c.members, c.replicas), c.faults...); lost != "" {
				t.Error(lost)
			}
		})
	}
}

// TestMutantsAreCaught: a check that finds nothing in a member that is broken would prove nothing (section 10).
func TestMutantsAreCaught(t *testing.T) {
	t.Parallel()
	for _, m := range []Mutant{mutantAckBeforeWrite, mutantNoFencing, mutantFirstAnswer, mutantNoRetarget} {
		t.Run(string(m), func(t *testing.T) {
			cfg := domain("abc", 1)
			cfg.Mutant = m
			lost := schedules(t, 200, cfg, killOne, hangOne, hangThenKill, killHolderThenOwner)
			if lost == "" {
				t.Error("not caught")
			}
			t.Log(lost)
		})
	}
	t.Run(string(mutantNoPatience), func(t *testing.T) {
		cfg := domain("abcde", 2)
		cfg.Mutant = mutantNoPatience
		if lost := schedules(t, 200, cfg, killTwoWhileOneHangs); lost == "" {
			t.Error("not caught")
		}
	})
}
