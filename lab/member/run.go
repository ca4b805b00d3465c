package member

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/lab/store/replication"
)

// stopPatience is how long requests in flight may take when the member is stopped in order, and what replication has
// on its way after them.
const stopPatience = 2 * time.Second

// errAbandoned ends a member whose supervisor is gone.
var errAbandoned = errors.New("standard input has ended: nobody is there to look after this member")

// Run is the whole life of a member. It ends in order when ctx does, and at once, with an error, when stdin does: the
// system closes that with the supervisor's death, however it comes, so no member outlives it. stdout gets a line of
// JSON when the member serves, and one for each event.
func Run(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	spec, rest, err := readSpec(stdin)
	if err != nil {
		return err
	}
	abandoned := make(chan struct{})
	go func() { io.Copy(io.Discard, rest); close(abandoned) }()
	life := start
	if spec.GridServer != nil {
		life = startGridServer
	}
	m, err := life(ctx, &spec, stdout)
	if err != nil {
		return fmt.Errorf("%s: %w", spec.Name, err)
	}
	m.out.say(m.ready())
	defer m.out.flush()
	select {
	case <-abandoned:
		return errAbandoned
	case <-ctx.Done():
		return m.stop()
	}
}

// ready is what a process says that serves.
func (m *server) ready() map[string]any {
	said := map[string]any{"ready": true, "control": m.control.Addr().String(), "pid": os.Getpid()}
	if m.listener != nil {
		said["http"] = m.listener.Address()
	}
	return said
}

// server is a member that runs, or a server of the grid. All but what has a lock of its own is set before the first
// request.
type server struct {
	spec     *Spec
	clock    *clock
	tokens   tokens
	out      *lines
	store    session.Store // nil: sessions live in memory only
	recorder listener.Recorder
	listener *listener.Listener
	control  net.Listener
	points   failpoints
	busy     busy
	memory   memory
	members  session.Member
	managers map[string]*session.Manager // by context root: each application has sessions of its own (S15)
	ticking  context.CancelFunc          // ends the threads that write and reap
	// looked is when the write thread looked last by itself, or began to wait; milliseconds of the system's clock.
	looked atomic.Int64

	replication *replication.Store // the store, where it is one
	outage      *outage            // the store, where it is a database or a grid
	gridServer  *grid.Server       // what runs here in place of a member
	closeStore  func() error
}

// lines writes lines of JSON, to the supervisor. It is safe for several goroutines; lines come out in the order in
// which they were given.
type lines struct {
	to io.Writer

	mu     sync.Mutex
	held   bytes.Buffer
	timing bool // held is written when a timer ends
}

// say writes a line, behind those that are held.
func (l *lines) say(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	json.NewEncoder(&l.held).Encode(v)
	l.held.WriteTo(l.to)
}

// sayLater writes a line within lineDelay: what each request says would wake the reader each time.
func (l *lines) sayLater(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	json.NewEncoder(&l.held).Encode(v)
	if !l.timing {
		l.timing = true
		time.AfterFunc(lineDelay, l.flush)
	}
}

const lineDelay = 10 * time.Millisecond

func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timing = false
	l.held.WriteTo(l.to)
}

// tell says what happens to sessions. Writes are most of it, one for each request, and nobody waits for them.
func (l *lines) tell(e session.Event) {
	if e.Event == session.Written {
		l.sayLater(e)
		return
	}
	l.say(e)
}

// start makes a member: first the store, as a member of a domain must have what it holds before it serves (L9), then
// the session managers on it, then the ports.
func start(ctx context.Context, spec *Spec, stdout io.Writer) (*server, error) {
	m := &server{spec: spec, clock: newClock(spec.ManualClock, spec.Start), out: &lines{to: stdout},
		managers: map[string]*session.Manager{}}
	m.tokens = tokens{spec.LTPAKey, m.clock}
	if err := m.openStore(ctx); err != nil {
		return nil, err
	}
	if err := m.openApplications(); err != nil {
		return nil, err
	}
	return m, m.listen()
}

// openApplications makes a session manager for each context root. With a manual clock nothing runs by itself: looks
// and reaps come by order.
func (m *server) openApplications() error {
	m.members = session.Member{Name: m.spec.Name, CloneID: m.spec.CloneID, Partition: m.spec.Partition,
		Now: m.clock.Now, Random: random(m.spec.Seed), Store: m.store,
		Tell: m.out.tell}
	for _, root := range m.spec.roots() {
		manager, err := session.NewManager(&m.members, root, m.spec.Session)
		if err != nil {
			return err
		}
		m.managers[root] = manager
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.ticking = cancel
	m.looked.Store(time.Now().UnixMilli())
	if !m.spec.ManualClock {
		go every(ctx, m.spec.Session.LookEvery(), func() { m.looked.Store(time.Now().UnixMilli()); m.tick() })
		go every(ctx, m.spec.Session.ReapEvery(), m.reap)
	}
	return nil
}

// random is where session IDs come from.
func random(seed uint64) io.Reader {
	if seed == 0 {
		return crand.Reader
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &drawn{source: rand.NewChaCha8(key)}
}

// drawn is chance from a seed for several requests at once: two must not draw the same.
type drawn struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (d *drawn) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.source.Read(p)
}

// every does something at an interval until ctx ends, never twice at the same time: what takes longer than the
// interval is followed by the next without a pause.
func every(ctx context.Context, interval time.Duration, do func()) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			do()
		}
	}
}

// tick is one look of the write thread of each application (W4).
func (m *server) tick() {
	for _, manager := range m.managers {
		manager.Scan(m.clock.Now())
	}
}

// reap is one run of the reaper of each application (D9).
func (m *server) reap() {
	for _, manager := range m.managers {
		manager.Reap(m.clock.Now())
	}
}

// listen opens the two ports, the clients' last: who connects there is served.
func (m *server) listen() (err error) {
	tls, err := m.spec.tls()
	if err != nil {
		return err
	}
	if err = m.listenForOrders(); err != nil {
		return err
	}
	m.listener, err = listener.Open(listener.Options{Name: m.spec.Name, Address: m.spec.Listen, TLS: tls,
		Recorder: &m.recorder, Serve: m.serve})
	if err != nil {
		return err
	}
	m.obey(m.controlHandler())
	return nil
}

func (m *server) listenForOrders() (err error) {
	if m.control, err = net.Listen("tcp", m.spec.Control); err != nil {
		return fmt.Errorf("the control interface: %w", err)
	}
	return nil
}

// obey takes orders.
func (m *server) obey(orders http.Handler) {
	server := &http.Server{Handler: orders, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(m.control)
}

// stop ends the member in order: no new requests, then what has to be written (D11), and the store last, which takes
// it.
func (m *server) stop() error {
	if m.gridServer != nil {
		return m.gridServer.Close()
	}
	m.listener.Stop(stopPatience)
	m.ticking()
	for _, manager := range m.managers {
		manager.Stop()
	}
	if m.closeStore == nil {
		return nil
	}
	return m.closeStore()
}
