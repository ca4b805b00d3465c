package proxy

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestSameDecisions sends random sequences of requests through the proxy to members that fail at random, and the same
// through the offline process of routecheck: attempt by attempt they must agree. Then the log that the proxy has
// written is replayed, as wasplug trace -c does: every decision in it must be the one that the core makes.
// WASPLUG_DECISIONS sets the number of requests.
func TestSameDecisions(t *testing.T) {
	t.Parallel()
	requests := 1000
	if sharedtest.Long() {
		requests = 3000
	}
	if n, err := strconv.Atoi(os.Getenv("WASPLUG_DECISIONS")); err == nil {
		requests = n
	}
	for seed := uint64(1); requests > 0; seed++ {
		n := min(requests, 250)
		requests -= n
		if !sameDecisions(t, seed, n) {
			t.Fatalf("seed %d", seed)
		}
	}
}

// stage is a world whose members fail as the offline facts say.
type stage struct {
	*world
	rng      *rand.Rand
	now      atomic.Int64
	mu       sync.Mutex
	failures []explain.FailureMode // by member
	unmet    []bool                // nothing has met the failure yet
	trail    []string              // attempts as they happened
}

func sameDecisions(t *testing.T, seed uint64, n int) bool {
	rng := rand.New(rand.NewPCG(seed, 0))
	members := 1 + rng.IntN(5)
	st := &stage{rng: rng, failures: make([]explain.FailureMode, members), unmet: make([]bool, members)}
	st.now.Store(1)
	sem := randomAssumptions(rng)
	var log syncBuffer
	opt := Options{
		Assumptions: &sem, Seed: seed, Now: func() match.Nanos { return match.Nanos(st.now.Load()) },
		PluginLog: &log,
	}
	start(t, false, randomSite(rng, members), opt, func(w *world) {
		st.world = w
		w.p.dialer.Dial = st.dialOrFail
		for i, f := range memberList(w, members) {
			f.act = st.script(i)
		}
		c := &w.p.gen.Load().Clusters[0]
		c.State = failover.NewState(&w.p.gen.Load().Table.Clusters[0], &sem, seed)
	})
	offline := explain.NewProcess(st.p.gen.Load().Table, &sem, seed)
	defer st.stop()
	v := st.visit()
	defer func() { v.Close() }()
	for i := range n {
		st.shuffle()
		raw, rq := randomRequest(rng)
		st.mu.Lock()
		st.trail = nil
		offline.Now = match.Nanos(st.now.Load())
		offline.Conditions = nil
		for m, f := range st.failures {
			offline.Conditions = append(offline.Conditions, explain.MemberCondition{Member: match.MemberID(m),
				Failure: f})
		}
		st.mu.Unlock()
		want := st.describe(offline.Do(&rq, nil))
		r := v.ask(raw)
		if r.close {
			v.Close()
			v = st.visit()
		}
		st.settle()
		st.mu.Lock()
		got := fmt.Sprintf("%s: %d %s", strings.Join(st.trail, ", "), r.status, r.member)
		st.mu.Unlock()
		if got != want {
			t.Errorf("request %d, %.80q\nproxy   %s\noffline %s", i, raw, got, want)
			return false
		}
		st.now.Store(int64(offline.Now))
	}
	return replays(t, st.p.gen.Load().Table, &sem, log.String())
}

func memberList(w *world, n int) (list []*fake) {
	for i := range n {
		list = append(list, w.fakes[fmt.Sprint("m", i+1)])
	}
	return list
}

func randomAssumptions(rng *rand.Rand) choices.Assumptions {
	sem, _ := choices.Defaults("latest", "proxy")
	for i, c := range choices.All() {
		switch choices.Choice(i) {
		case choices.OpenRoute, choices.WaitForContinue, choices.TransportChoice:
		default:
			if rng.IntN(4) == 0 {
				sem = sem.With(choices.Choice(i), uint8(rng.IntN(len(c.Values))))
			}
		}
	}
	return sem
}

func randomSite(rng *rand.Rand, members int) site {
	pick := func(values ...string) string { return values[rng.IntN(len(values))] }
	s := site{members: members, backups: rng.IntN(max(members-1, 1)), extra: traceLog}
	s.config = fmt.Sprintf(`MarkBusyDown="%s" FailoverToNext="%s"`, pick("true", "false"), pick("true", "false",
		"false"))
	s.cluster = fmt.Sprintf(`RetryInterval="%s" LoadBalance="%s" IgnoreAffinityRequests="%s" `+
		`ServerIOTimeoutRetry="%s" PostSizeLimit="%s"`,
		pick("0", "10", "60"), pick("Round Robin", "Round Robin", "Random"), pick("true", "false"),
		pick("-1", "-1", "0", "1"), pick("-1", "-1", "200"))
	s.server = fmt.Sprintf(`ConnectTimeout="5" ServerIOTimeout="%s" LoadBalanceWeight="%s"`, pick("7", "-7"),
		pick("1", "2", "5"))
	return s
}

func randomRequest(rng *rand.Rand) (raw string, rq routecheck.Request) {
	rq = routecheck.Request{Host: "shop", Port: 80, Target: "/"}
	var lines []string
	if rng.IntN(2) == 0 {
		cookie := "JSESSIONID=0000abc"
		for range 1 + rng.IntN(2) {
			cookie += ":c" + strconv.Itoa(1+rng.IntN(6))
		}
		rq.Cookies, lines = []string{cookie}, []string{"Cookie: " + cookie}
	}
	body := strings.Repeat("b", []int{1, 150, 300, 70 << 10}[rng.IntN(4)])
	switch rng.IntN(4) {
	case 0:
		rq.Body = int64(len(body))
		return post(body, lines...), rq
	case 1:
		rq.Body = int64(len(body)) // known by the time of the decision, for it is read into the buffer first
		if len(body) > 64<<10 {
			rq.Body = -1
			return post("x", lines...), routecheck.Request{Host: "shop", Port: 80, Target: "/", Cookies: rq.Cookies,
				Body: 1}
		}
		return postChunked(body, lines...), rq
	}
	return get("/", lines...), rq
}

// shuffle lets time pass and members fail or recover.
func (st *stage) shuffle() {
	if st.rng.IntN(3) == 0 {
		st.now.Add(int64(st.rng.IntN(40)) * int64(second))
	}
	if st.rng.IntN(4) > 0 {
		return
	}
	m := st.rng.IntN(len(st.failures))
	failure := explain.FailureMode(st.rng.IntN(int(explain.Malformed) + 1))
	if st.rng.IntN(2) == 0 {
		failure = explain.Healthy
	}
	down := failure == explain.Refused || failure == explain.Timeout
	st.mu.Lock()
	if st.unmet[m] { // offline, idle streams end with the first attempt that is refused; here they end now
		st.mu.Unlock()
		return
	}
	st.failures[m], st.unmet[m] = failure, down
	st.mu.Unlock()
	if down {
		f := st.fakes[fmt.Sprint("m", m+1)]
		f.mu.Lock()
		for c := range f.conns {
			c.Close()
		}
		f.mu.Unlock()
	}
}

func (st *stage) failure(m int) explain.FailureMode {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.failures[m]
}

func (st *stage) note(m int, f explain.FailureMode) {
	st.mu.Lock()
	st.trail = append(st.trail, fmt.Sprintf("m%d %s", m+1, f))
	st.unmet[m] = false
	st.mu.Unlock()
}

func (st *stage) dialOrFail(ctx context.Context, network, address string) (net.Conn, error) {
	m := int(address[len("10.0.0.")] - '1')
	switch f := st.failure(m); f {
	case explain.Refused:
		st.note(m, f)
	case explain.Timeout:
		st.note(m, f)
		st.now.Add(5 * int64(second))
		return nil, context.DeadlineExceeded
	default:
		return st.dial(ctx, network, address)
	}
	return nil, fmt.Errorf("refused")
}

// script lets a fake behave as its failure says.
func (st *stage) script(m int) func(*fake, net.Conn, *http.Request) bool {
	return func(f *fake, c net.Conn, rq *http.Request) bool {
		failure := st.failure(m)
		st.note(m, failure)
		switch failure {
		case explain.NoAnswer:
			st.now.Add(7 * int64(second))
			st.expire()
			c.Read(make([]byte, 1))
			return false
		case explain.Busy:
			return answer("HTTP/1.1 503 Busy\r\nX-Member: "+f.name+"\r\nContent-Length: 0\r\n\r\n", true)(f, c, rq)
		case explain.Reset:
			return false
		case explain.Malformed:
			io.WriteString(c, "HTTP/1.1 20 OK\r\n\r\n")
			return true
		}
		return good(f, c, rq)
	}
}

// expire lets the ServerIOTimeout of the stream that is waited on run out.
func (st *stage) expire() {
	st.p.mu.Lock()
	defer st.p.mu.Unlock()
	for c := range st.p.clients {
		if m := c.Peer(); m != nil {
			m.Until(-1)
			m.Wake()
		}
	}
}

// settle waits until the proxy is done with its requests.
func (w *world) settle() {
	c := &w.p.gen.Load().Clusters[0]
	for {
		c.Lock()
		busy := slices.ContainsFunc(c.State.Members, func(m failover.MemberState) bool { return m.Pending > 0 })
		c.Unlock()
		if !busy {
			return
		}
	}
}

// describe words an offline outcome as the stage words what happened.
func (st *stage) describe(out explain.Result) string {
	var trail []string
	for _, a := range out.Attempts {
		trail = append(trail, fmt.Sprintf("m%d %s", a.Member+1, a.Outcome))
	}
	status, member := out.Status, ""
	if status == 0 {
		status = 200
	}
	if out.Member != match.NoMember {
		member = fmt.Sprint("m", out.Member+1)
	}
	return fmt.Sprintf("%s: %d %s", strings.Join(trail, ", "), status, member)
}
