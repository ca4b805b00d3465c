package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/history"
)

// KillTest is clients that count while members are killed at random, and a check of what they saw: the proof of C1,
// that no change which a member has acknowledged as written is lost by one fault. One fault at a time, unless AtOnce
// or Halted say more: the next comes when the one before has been mended.
type KillTest struct {
	Setup   Setup
	Options Options
	Kills   int    // or other faults, one after the other
	How     string // kill, failpoint or stop
	AtOnce  int    // members at once, by kill; 0: one
	Halted  int    // members that hang while others are killed
	Clients int    // that count at the same time, each its own session
	// The share of requests, 0 to 1, that are sent to another member than the session's: so copies are fetched and
	// handed over all the time, which is where changes can get lost.
	Astray float64
	Mutant string // of members that are broken on purpose: the test must find what they lose
}

// KillReport is what came of a kill test.
type KillReport struct {
	History  *history.Report
	Checked  *history.History
	Faults   int
	Took     time.Duration
	Gaps     []time.Duration // for each fault the worst time of a client without an answer, rising
	Restarts []time.Duration // from the start of a member until it served, rising
}

// killTest is one that runs.
type killTest struct {
	*KillTest
	*stage
	random *rand.Rand // of the one who kills
	// of the goroutine that brings members down, as random
	restarts []time.Duration
	faulted  []time.Time
	mu       sync.Mutex
	// by client, when its answers came, rising; guarded by mu
	answered map[string][]time.Time
	// closed when no more members are brought down
	over chan struct{}
}

// Run runs the test on a configuration.
func (k *KillTest) Run(ctx context.Context, source *Source) (*KillReport, error) {
	test := &Test{Setup: k.Setup}
	test.Setup.Real, test.Setup.Mutant = true, k.Mutant
	st, err := newStage(ctx, test, source, &k.Options)
	if err != nil {
		return nil, err
	}
	if have := len(victims(st.lab, k.How)); k.AtOnce+k.Halted > have {
		return nil, errors.Join(&TooFew{k.AtOnce + k.Halted, have}, st.lab.Close())
	}
	run := &killTest{KillTest: k, stage: st, random: chance(k.Options.Seed, 0), over: make(chan struct{}),
		answered: map[string][]time.Time{}}
	var clients sync.WaitGroup
	for i := range k.Clients {
		b := st.client(string(rune('a'+i%26)) + string(rune('0'+i/26)))
		clients.Go(func() { run.count(ctx, b, chance(k.Options.Seed, uint64(i)+1)) })
	}
	err = run.faults(ctx)
	close(run.over)
	clients.Wait()
	err = errors.Join(err, st.lab.Close())
	if err != nil {
		return nil, err
	}
	return run.report()
}

// TooFew says that a kill test was to bring down more members than there are.
type TooFew struct{ Want, Have int }

func (e *TooFew) Error() string {
	return fmt.Sprintf("%d members are to be killed or to hang at once, and there are %d that can be", e.Want, e.Have)
}

// chance is what a client or the one who kills draws from, a stream for each: so what one of them draws does not hang
// on how fast the others are. Which member dies, and after which pause, is the same with the same seed; what is under
// way then is not.
func chance(seed, stream uint64) *rand.Rand {
	if seed == 0 {
		seed = rand.Uint64()
	}
	return rand.New(rand.NewPCG(seed, stream))
}

// count is a client: it counts until the test is over, and looks once more. Without that last look nobody would
// notice what the last kill has lost.
func (k *killTest) count(ctx context.Context, b *browser, random *rand.Rand) {
	hit, look := &request{method: "GET", path: "/hitcount", client: b.name},
		&request{method: "GET", path: "/hitcount?get=1",
			client: b.name}
	for ctx.Err() == nil {
		select {
		case <-k.over:
			k.ask(ctx, b, look)
			return
		default:
		}
		if random.Float64() < k.Astray {
			k.stray(b, random)
		}
		k.ask(ctx, b, hit)
	}
}

// ask sends a request and notes what came of it. The history gets what had no answer, too: such a request may have
// counted.
func (k *killTest) ask(ctx context.Context, b *browser, q *request) {
	a := k.send(ctx, b, q)
	o := k.observe(b, q, a)
	k.history.Add(k.line(q, o, nil))
	if a.Status == 200 {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.answered[b.name] = append(k.answered[b.name], a.Got)
	}
}

// stray lets the next request go to another member: its cookie names that one's clone ID alone.
func (k *killTest) stray(b *browser, random *rand.Rand) {
	value := b.cookie(k.host, k.cookie)
	at := strings.IndexAny(value, ":+")
	members := k.lab.Members()
	if m := members[random.IntN(len(members))]; at > 0 && m.CloneID != "" && m.Name != b.owner {
		b.setCookie(k.host, k.cookie, value[:at+1]+m.CloneID)
	}
}

// faults brings members down, one after the other, each up again before the next. The moment is drawn anew each time,
// so that it falls everywhere into what requests and copies are doing.
func (k *killTest) faults(ctx context.Context) error {
	for range k.Kills {
		if err := pause(ctx, k.between(100, 400)); err != nil {
			return err
		}
		victims, halted := k.victims()
		k.faulted = append(k.faulted, time.Now())
		if err := k.faultWhile(ctx, victims, halted); err != nil {
			return err
		}
		for i := range k.lab.Processes() {
			k.lab.Proxy(i).Advance(retryAgain)
		}
		if err := pause(ctx, settle); err != nil {
			return err
		}
	}
	return nil
}

const (
	retryAgain = 10 * time.Minute       // beyond every retry interval: members that are back are asked again
	settle     = 300 * time.Millisecond // time for those that are back to get what they must hold
)

func (k *killTest) between(least, most int) time.Duration {
	return time.Duration(least+k.random.IntN(most-least)) * time.Millisecond
}

// victims are the members that can be brought down; replicators and servers of a grid are among them, but no Redis,
// which takes all along, and for moments of a request only those that get requests.
func victims(l *lab.Lab, how string) []*lab.Member {
	return slices.DeleteFunc(slices.Clone(l.Members()), func(m *lab.Member) bool {
		return m.Forgets() || m.InGrid() && how == doFailpoint
	})
}

// victims draws members. Others are to hang meanwhile, and none does both.
func (k *killTest) victims() (drawn, halted []*lab.Member) {
	all := victims(k.lab, k.How)
	k.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	n := min(max(k.AtOnce, 1), len(all))
	return all[:n], all[n:min(n+k.Halted, len(all))]
}

// faultWhile lets members hang while the fault befalls the others. One that hangs may be the last that has a copy of
// a session: whoever looks for it must wait for it (L7).
func (k *killTest) faultWhile(ctx context.Context, victims, halted []*lab.Member) error {
	if len(halted) == 0 {
		return k.fault(ctx, victims)
	}
	errs := make([]error, len(halted))
	var all sync.WaitGroup
	for i, m := range halted {
		d := k.between(100, 1200)
		all.Go(func() { errs[i] = k.hang(ctx, m, d) })
	}
	err := pause(ctx, k.between(1, 100))
	if err == nil {
		err = k.fault(ctx, victims)
	}
	all.Wait()
	return errors.Join(append(errs, err)...)
}

// fault is one fault and its end: a member that hangs goes on by itself, one that is dead is started again after 100
// to 500 ms, so that the others serve without it for a while.
func (k *killTest) fault(ctx context.Context, victims []*lab.Member) error {
	switch k.How {
	case doStop:
		// the others take a member for dead after 600 ms without a sign of it (L6): some halts are noticed, some are
		// not
		return k.hang(ctx, victims[0], k.between(100, 1200))
	case doFailpoint:
		if err := k.point(ctx, victims[0]); err != nil {
			return err
		}
		victims = victims[:1]
	default:
		if err := k.kill(victims); err != nil {
			return err
		}
	}
	if err := pause(ctx, k.between(100, 500)); err != nil {
		return err
	}
	return k.restart(ctx, victims)
}

// hang halts a member for a while. It is let go on also where ctx has ended.
func (k *killTest) hang(ctx context.Context, m *lab.Member, d time.Duration) error {
	if err := k.handle(ctx, &Step{do: doStop}, m); err != nil {
		return err
	}
	err := pause(ctx, d)
	return errors.Join(err, k.handle(ctx, &Step{do: doContinue}, m))
}

// point lets a member die at a moment of its next request; one that gets none is killed. The moments lie around the
// service, the write and the answer: in between a change can be written and not known, or known and not written.
func (k *killTest) point(ctx context.Context, m *lab.Member) error {
	moments := []string{"before-service", "during", "before-write", "after-write", "before-answer", "mid-answer"}
	from := time.Now()
	_, err := m.Control(ctx, "/failpoint", "do=kill&at="+moments[k.random.IntN(len(moments))])
	if err != nil && !dies(ctx, m) { // a request can reach it before the order is answered
		return err
	}
	select {
	case <-m.Died():
	case <-time.After(time.Second):
		_ = m.Kill() // it is dead already where its moment has come just now
	}
	k.goes(m.Name, doKill, "", from)
	return nil
}

// restart starts members that are dead again, one after the other, and notes how long each took until it served.
func (k *killTest) restart(ctx context.Context, victims []*lab.Member) error {
	for _, m := range victims {
		from := time.Now()
		if err := k.handle(ctx, &Step{do: doStart}, m); err != nil {
			return err
		}
		k.restarts = append(k.restarts, time.Since(from))
	}
	return nil
}

// report checks the history, and works out for each fault how long clients had no answer.
func (k *killTest) report() (*KillReport, error) {
	h, err := k.history.History()
	if err != nil {
		return nil, err
	}
	if k.Options.History != nil {
		for i := range h.Lines {
			k.Options.History.Add(&h.Lines[i])
		}
	}
	out := &KillReport{History: h.Check(), Checked: h, Faults: len(k.faulted), Took: time.Since(k.began),
		Restarts: slices.Sorted(slices.Values(k.restarts))}
	for _, at := range k.faulted {
		out.Gaps = append(out.Gaps, k.gap(at))
	}
	slices.Sort(out.Gaps)
	return out, nil
}

// gap is the longest that a client was without an answer around a fault: between two answers of which the second came
// after it, and the first at most 2 s after it.
func (k *killTest) gap(at time.Time) (worst time.Duration) {
	for _, times := range k.answered {
		i, _ := slices.BinarySearchFunc(times, at, time.Time.Compare)
		for j := max(i, 1); j < len(times) && times[j-1].Before(at.Add(2*time.Second)); j++ {
			worst = max(worst, times[j].Sub(times[j-1]))
		}
	}
	return worst
}

// Median is the middle of rising times, 0 for none.
func Median(rising []time.Duration) time.Duration {
	if len(rising) == 0 {
		return 0
	}
	return rising[len(rising)/2]
}
