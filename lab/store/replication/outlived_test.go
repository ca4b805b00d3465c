package replication

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// slow is a member that comes to read what one says to its puts long after it has arrived.
type slow struct {
	*node
	of     string // who says it
	read   chan struct{}
	nobody string // who is found to be nobody the next time
}

func (w *slow) request(ctx context.Context, kind, member string, data []byte) ([]byte, error) {
	w.net.mu.Lock()
	nobody := kind == kindPut && member == w.nobody
	if nobody {
		w.nobody = ""
	}
	wait := kind == kindPut && member == w.of
	w.net.mu.Unlock()
	if nobody {
		return nil, errNobody
	}
	answer, err := w.node.request(ctx, kind, member, data)
	if wait && err == nil {
		<-w.read
	}
	return answer, err
}

// slowly starts a again, slow to read, with a session of it.
func (w *world) slowly() *slow {
	w.kill("a")
	cfg := w.cfg
	cfg.Member = "a"
	if err := cfg.complete(); err != nil {
		w.t.Fatal(err)
	}
	wire := &slow{node: w.net.connect("a"), read: make(chan struct{})}
	a, err := start(cfg, 1, wire)
	if err != nil {
		w.t.Fatal(err)
	}
	w.stores["a"] = a
	time.Sleep(2 * time.Second)
	w.create("a")
	return wire
}

func (w *slow) set(of, nobody string) {
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	w.of, w.nobody = of, nobody
}

// TestAnswerOfAnEarlierLife: a holder takes a write, dies, and is up again, with nothing, before the owner has read
// its answer. The write is not there, and the copy that is elsewhere must not be dropped for it (L9).
func TestAnswerOfAnEarlierLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		wire := w.slowly()
		wire.set("b", "")
		written := make(chan struct{})
		go func() { w.write("a", "1"); close(written) }()
		time.Sleep(50 * time.Millisecond) // b has taken it
		w.kill("b")
		w.stores["b"] = open(t, w.net, w.cfg, "b")
		time.Sleep(50 * time.Millisecond) // a has heard of it
		close(wire.read)
		<-written
		time.Sleep(3 * time.Second)
		w.kill("a")
		if got := w.find("c"); got != "1" {
			t.Errorf("c finds %s", got)
		}
	})
}

// TestHolderThatIsBackAtOnce: a holder that is found dead and heard of again while another is waited for is asked
// again before the write is acknowledged (L5).
func TestHolderThatIsBackAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 2))
		defer w.end()
		wire := w.slowly()
		wire.set("c", "b")
		written := make(chan session.Ack)
		go func() { written <- w.write("a", "1") }()
		time.Sleep(400 * time.Millisecond) // b has been heard of
		wire.set("", "")
		close(wire.read)
		if ack := <-written; ack.Replicas != 2 {
			t.Errorf("acknowledged with %d copies", ack.Replicas)
		}
	})
}

// TestCopyOfOneThatComesBack: the only member with the last write has halted and is not ready again when the session
// is taken over by one with a copy that came too late. Who lives is asked, ready or not (L7).
func TestCopyOfOneThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.create("a")
		w.stores["a"].mu.Lock()
		early := encode(w.stores["a"].held.get(theKey).message(theKey))
		w.stores["a"].mu.Unlock()
		w.write("a", "1")
		w.stores["c"].receive(kindPut, early)
		b := w.stores["b"]
		w.kill("a")
		w.stores["c"].heard(encode(beat{Member: "b", Life: b.life})) // as b says of itself after a halt
		if got := w.find("c"); got != "1" {
			t.Errorf("c finds %s", got)
		}
	})
}

// TestShortHaltBuriesNobody: members that stood still for a little less than makes one dead have heard of nobody for
// longer than that. They must not take all others for dead, acknowledge without a copy and count on from an old one.
func TestShortHaltBuriesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.create("a")
		for _, halt := range []time.Duration{400, 460, 500, 540, 580} {
			for _, of := range []string{"a", "c"} {
				w.net.lose(1) // all stand still: nobody tells anything
				awake := w.net.hang(of)
				time.Sleep(halt * time.Millisecond)
				awake()
				synctest.Wait()
				w.stores[of].mu.Lock()
				if n := w.stores[of].group.living().len(); n != 3 {
					t.Errorf("%s halted for %d ms and takes %d for living", of, int(halt), n)
				}
				w.stores[of].mu.Unlock()
				w.net.lose(0)
				time.Sleep(2 * time.Second)
			}
		}
	})
}
