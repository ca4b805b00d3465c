package replication

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// counted puts a count into the session of a.
func (w *world) counted(count string) {
	w.create("a")
	w.write("a", count)
}

// hush stops a member for so long that the others count it as dead, and returns what wakes it.
func (w *world) hush(name string) (awake func()) {
	awake = w.net.hang(name)
	time.Sleep(2 * deadAfter)
	return awake
}

// TestSilentMembersAreWaitedFor: the only one that has the last write, or the session at all, is silent and comes
// back. Whoever takes the session over waits for it, and it is fenced (L2, L7).
func TestSilentMembersAreWaitedFor(t *testing.T) {
	for _, c := range []struct {
		name, members string
		replicas      int
		silent, dead  string
		older         bool // d has a copy that came too late
		takes         string
		again         string // is started again after its death
	}{
		{"the owner, its holder killed", "abc", 1, "a", "b", false, "c", ""},
		{"the owner, both holders killed, another copy is old", "abcde", 2, "a", "bc", true, "e", ""},
		{"the owner, a holder killed and back with nothing, the other killed", "abcde", 2, "a", "bc", true, "e", "b"},
		{"the owner, both holders killed and back with nothing", "abcde", 2, "a", "bc", true, "e", "bc"},
		{"the last holder", "abcde", 2, "c", "ab", false, "e", ""},
		{"the last holder, another copy is old", "abcde", 2, "c", "ab", true, "d", ""},
		{"an owner without a copy", "ab", 0, "a", "", false, "b", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, domain(c.members, c.replicas))
				defer w.end()
				w.counted("1")
				w.stores["a"].mu.Lock()
				early := encode(w.stores["a"].held.get(theKey).message(theKey))
				w.stores["a"].mu.Unlock()
				w.write("a", "2")
				if c.older {
					w.stores["d"].receive(kindPut, early)
				}
				awake := w.net.hang(c.silent)
				w.kill(c.dead)
				time.Sleep(2 * deadAfter)
				w.start(c.again)
				go func() { time.Sleep(2 * time.Second); awake() }()
				if got := w.find(c.takes); got != "2" {
					t.Errorf("%s finds %s", c.takes, got)
				}
				time.Sleep(time.Second)
				if a := w.stores["a"]; a != nil {
					if _, err := a.Write(t.Context(), countOf("3")); !errors.Is(err, session.ErrNewer) {
						t.Errorf("a, that was taken for dead, writes: %v", err)
					}
				}
			})
		})
	}
}

// TestSilentForAMomentIsAskedAgain: the last holder falls silent while it is asked, and is heard of again while
// another one is waited for.
func TestSilentForAMomentIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abcde", 2))
		defer w.end()
		w.counted("1") // at b and c
		b := w.net.hang("b")
		w.kill("ac")
		time.Sleep(300 * time.Millisecond)
		d := w.net.hang("d")
		go func() { time.Sleep(500 * time.Millisecond); b(); time.Sleep(500 * time.Millisecond); d() }()
		if got := w.find("e"); got != "1" {
			t.Errorf("e finds %s", got)
		}
	})
}

// TestHungOwnerIsNotWaitedFor: its holder has what it wrote, and no other is missing. A request waits no longer than
// for an answer.
func TestHungOwnerIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.counted("1")
		awake := w.hush("a")
		from := time.Now()
		if got := w.find("c"); got != "1" || time.Since(from) > 100*time.Millisecond {
			t.Errorf("c finds %s after %s", got, time.Since(from))
		}
		awake()
	})
}

// TestSilenceEnds: nobody is waited for longer than M6 says since it was last heard of, nor again.
func TestSilenceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.counted("1")
		awake := w.net.hang("a")
		w.kill("b")
		from := time.Now()
		got := w.find("c")
		if took := time.Since(from); got != "gone" || took < 4*time.Second || took > mostWait {
			t.Errorf("c finds %s after %s", got, took)
		}
		from = time.Now()
		if got := w.find("c"); got != "gone" || time.Since(from) > time.Millisecond {
			t.Errorf("and then %s after %s", got, time.Since(from))
		}
		awake()
	})
}

// TestBrokenRoute: nobody answers to the name of a member whose process is there. It is asked again.
func TestBrokenRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.counted("1")
		w.kill("b")
		time.Sleep(2 * time.Second)
		w.write("a", "2") // c has it
		w.start("b")
		w.net.sever("a", "b", true)
		w.net.unroute("b", "c", true)
		w.kill("a")
		go func() { time.Sleep(300 * time.Millisecond); w.net.unroute("b", "c", false) }()
		if got := w.find("b"); got != "2" {
			t.Errorf("b finds %s", got)
		}
	})
}

// TestStartedAgainUnheard: a member that was dead has been started again and given the only copy, and nothing is heard
// of it yet. It is asked (L7).
func TestStartedAgainUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.kill("b")
		time.Sleep(2 * time.Second)
		w.net.sever("b", "c", true)
		w.start("b")
		w.counted("1") // at b
		w.kill("a")
		go func() { time.Sleep(300 * time.Millisecond); w.net.sever("b", "c", false) }()
		if got := w.find("c"); got != "1" {
			t.Errorf("c finds %s", got)
		}
	})
}

// TestDeadAreNotWaitedFor: a member that starts waits for nobody whose process is gone.
func TestDeadAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abcde", 2))
		defer w.end()
		w.kill("ab")
		from := time.Now()
		w.start("a")
		if took := time.Since(from); took > 100*time.Millisecond {
			t.Errorf("a serves after %s", took)
		}
	})
}

// TestWriteWaitsForTheSilent: a write that nobody else would hold is acknowledged when the only other member is back
// in time, and without it when not (L10).
func TestWriteWaitsForTheSilent(t *testing.T) {
	for _, c := range []struct {
		name   string
		halt   time.Duration
		copies int
	}{{"back", 900 * time.Millisecond, 1}, {"not", 3 * time.Second, 0}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, domain("ab", 1))
				defer w.end()
				w.counted("1")
				awake := w.net.hang("b")
				go func() { time.Sleep(c.halt); awake() }()
				if ack := w.write("a", "2"); ack.Replicas != c.copies {
					t.Errorf("acknowledged with %d copies", ack.Replicas)
				}
				time.Sleep(c.halt)
			})
		})
	}
}
