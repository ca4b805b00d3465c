package replication

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// network is a transport in memory whose members can be killed and hung, and whose messages take their time and get
// lost. It is made for a synctest bubble.
type network struct {
	mu    sync.Mutex
	rng   *rand.Rand
	nodes map[string]*node
	delay time.Duration // at most, of a message
	loss  float64       // of the messages that are lost
	cut   map[[2]string]bool
	away  map[[2]string]bool // no route: nobody answers to the name
	sent  map[string]int     // by kind, beats left out
}

// node is one life of a member.
type node struct {
	net   *network
	name  string
	to    receiver
	dead  chan struct{}
	awake chan struct{} // closed unless it is hung
}

func newNetwork(seed uint64) *network {
	return &network{rng: rand.New(rand.NewPCG(seed, 1)), nodes: map[string]*node{}, cut: map[[2]string]bool{},
		away:  map[[2]string]bool{},
		delay: 2 * time.Millisecond, sent: map[string]int{}}
}

func (n *network) connect(name string) *node {
	awake := make(chan struct{})
	close(awake)
	return &node{net: n, name: name, dead: make(chan struct{}), awake: awake}
}

func (a *node) listen(to receiver) error {
	a.net.mu.Lock()
	defer a.net.mu.Unlock()
	a.to = to
	a.net.nodes[a.name] = a
	return nil
}

func (n *network) node(name string) *node {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.nodes[name]
}

// hang stops a member as SIGSTOP does, until what it returns is called.
func (n *network) hang(name string) (awake func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, sleeping := n.nodes[name], make(chan struct{})
	at.awake = sleeping
	return func() { close(sleeping) }
}

// sever cuts the connection between two members, or mends it.
func (n *network) sever(a, b string, cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut[[2]string{a, b}], n.cut[[2]string{b, a}] = cut, cut
}

// unroute takes the route between two members away, or brings it back.
func (n *network) unroute(a, b string, away bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.away[[2]string{a, b}], n.away[[2]string{b, a}] = away, away
}

// rest waits until a member is awake. False: it is dead, or nobody waits any longer.
func (a *node) rest(ctx context.Context) bool {
	a.net.mu.Lock()
	awake := a.awake
	a.net.mu.Unlock()
	select {
	case <-awake:
	case <-a.dead:
	case <-ctx.Done():
	}
	select {
	case <-a.dead:
		return false
	default:
		return ctx.Err() == nil
	}
}

// lose makes a share of the messages get lost.
func (n *network) lose(share float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.loss = share
}

// travel takes the time of a message. False: it is lost.
func (n *network) travel(ctx context.Context, from, to string) bool {
	n.mu.Lock()
	d, lost := time.Duration(n.rng.Int64N(int64(n.delay)+1)), n.rng.Float64() < n.loss || n.cut[[2]string{from, to}]
	n.mu.Unlock()
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	if lost {
		return false
	}
	return ctx.Err() == nil
}

func (a *node) request(ctx context.Context, kind, member string, data []byte) ([]byte, error) {
	a.net.mu.Lock()
	a.net.sent[kind]++
	away := a.net.away[[2]string{a.name, member}]
	a.net.mu.Unlock()
	to := a.net.node(member)
	if to == nil || away {
		return nil, errNobody
	}
	reply := make(chan []byte, 1)
	go func() {
		if a.rest(context.Background()) && a.net.travel(ctx, a.name, member) && to.rest(context.Background()) {
			answer := to.to.receive(kind, data)
			if to.rest(context.Background()) && a.net.travel(ctx, member, a.name) && a.rest(context.Background()) {
				reply <- answer
			}
		}
	}()
	select {
	case answer := <-reply:
		return answer, nil
	case <-to.dead:
		if a.rest(ctx) && a.net.node(member) == to {
			return nil, errNobody
		}
		return nil, context.DeadlineExceeded // somebody else answers to the name by now
	case <-ctx.Done():
		a.rest(context.Background())
		return nil, ctx.Err()
	}
}

func (a *node) lives(member string) bool {
	to := a.net.node(member)
	if to == nil {
		return false
	}
	select {
	case <-to.dead:
		return false
	default:
		return true
	}
}

func (a *node) tell(data []byte) error {
	if !a.rest(context.Background()) {
		return nil
	}
	a.net.mu.Lock()
	defer a.net.mu.Unlock()
	for name, to := range a.net.nodes {
		if name == a.name {
			continue
		}
		go func() {
			if a.net.travel(context.Background(), a.name, name) && to.rest(context.Background()) {
				to.to.heard(data)
			}
		}()
	}
	return nil
}

func (a *node) close() {
	a.net.mu.Lock()
	defer a.net.mu.Unlock()
	select {
	case <-a.dead:
	default:
		close(a.dead)
	}
}

// kill ends a member as SIGKILL does: nothing that it has begun gets out any more.
func kill(s *Store) {
	s.wire.close()
	s.end()
}

// domain is a configuration of members that are called by letters.
func domain(names string, replicas int) Config {
	cfg := Config{Domain: "d", Replicas: replicas}
	for i, name := range names {
		cfg.Members = append(cfg.Members, Member{Name: string(name), CloneID: "clone" + string(name),
			Partition: "9000000000000000000"[:18] + string(rune('1'+i))})
	}
	return cfg
}

// open starts a member of a domain on a network. It need not be ready.
func open(t testing.TB, n *network, cfg Config, name string) *Store {
	t.Helper()
	cfg.Member = name
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	n.mu.Lock()
	life := n.rng.Uint64()
	n.mu.Unlock()
	s, err := start(cfg, life, n.connect(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
