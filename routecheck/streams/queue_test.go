package streams

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/match"
)

// queue puts streams that are called by the second at which they fell idle.
func queue(idle ...match.Nanos) *Queue[match.Nanos] {
	q := &Queue[match.Nanos]{}
	for _, at := range idle {
		q.Put(at, at*match.Second)
	}
	return q
}

// rest empties a queue from its end, as requests do.
func rest(q *Queue[match.Nanos]) (all []match.Nanos) {
	for {
		s, ok := q.Take()
		if !ok {
			return all
		}
		all = append(all, s)
	}
}

// TestTake: the stream that was put last is taken first (R66).
func TestTake(t *testing.T) {
	q := queue(1, 2)
	if s, ok := q.Take(); s != 2 || !ok {
		t.Errorf("%d, %t", s, ok)
	}
	q.Put(3, 3*match.Second)
	if got := rest(q); !slices.Equal(got, []match.Nanos{3, 1}) || q.Len() != 0 {
		t.Errorf("%v, %d left", got, q.Len())
	}
	if s, ok := q.Take(); s != 0 || ok {
		t.Errorf("an empty queue gives %d", s)
	}
	for _, left := range q.idle[:cap(q.idle)] {
		if left != (idleStream[match.Nanos]{}) {
			t.Errorf("stream %d is held on to", left.stream)
		}
	}
}

// TestExpire: who has idled for longer than the limit goes, the oldest first; exactly as long is fine, and 0 is no
// limit (R65).
func TestExpire(t *testing.T) {
	for _, c := range []struct {
		idle      []match.Nanos
		now, ttl  match.Nanos // seconds
		gone, got []match.Nanos
	}{
		{nil, 100, 28, nil, nil},
		{[]match.Nanos{0, 10, 20}, 28, 28, nil, []match.Nanos{20, 10, 0}},
		{[]match.Nanos{0, 10, 20}, 29, 28, []match.Nanos{0}, []match.Nanos{20, 10}},
		{[]match.Nanos{0, 10, 20}, 48, 28, []match.Nanos{0, 10}, []match.Nanos{20}},
		{[]match.Nanos{0, 10, 20}, 1000, 28, []match.Nanos{0, 10, 20}, nil},
		{[]match.Nanos{0, 10, 20}, 1000, 0, nil, []match.Nanos{20, 10, 0}},
	} {
		q := queue(c.idle...)
		var gone []match.Nanos
		q.Expire(c.now*match.Second, c.ttl*match.Second, func(s match.Nanos) { gone = append(gone, s) })
		if got := rest(q); !slices.Equal(gone, c.gone) || !slices.Equal(got, c.got) {
			t.Errorf("%v at %d, limit %d: %v gone, %v left", c.idle, c.now, c.ttl, gone, got)
		}
	}
}

// TestRemove: those that are gone go, the oldest first, and the others keep their order.
func TestRemove(t *testing.T) {
	q := queue(1, 2, 3, 4)
	var asked []match.Nanos
	q.Remove(func(s match.Nanos) bool { asked = append(asked, s); return s%2 == 0 })
	if got := rest(q); !slices.Equal(got, []match.Nanos{3, 1}) || !slices.Equal(asked, []match.Nanos{1, 2, 3, 4}) {
		t.Errorf("%v left, asked of %v", got, asked)
	}
}

// TestQueueKeepsCount: whatever is done to a queue, each stream that was put is there, taken or let go of, once; and
// what is done to a clone does not show in it.
func TestQueueKeepsCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q Queue[int]
		seen := map[int]int{}
		out := func(s int) { seen[s]++ }
		put, now := 0, match.Nanos(0)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now += match.Nanos(rapid.IntRange(0, 3).Draw(t, "later")) * match.Second
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1:
				q.Put(put, now)
				put++
			case 2:
				if s, ok := q.Take(); ok {
					out(s)
				}
			case 3:
				q.Expire(now, 4*match.Second, out)
			case 4:
				q.Remove(func(s int) bool {
					if s%3 == 0 {
						out(s)
					}
					return s%3 == 0
				})
			default:
				c, had := q.Clone(), fmt.Sprint(q)
				c.Put(-1, now)
				c.Take()
				c.Take()
				c.Expire(now, 1, func(int) {})
				if is := fmt.Sprint(q); is != had {
					t.Fatalf("a clone changed the queue: %s, was %s", is, had)
				}
			}
		}
		for left := q.Len(); left > 0; left-- {
			s, ok := q.Take()
			if out(s); !ok {
				t.Fatalf("Len counts %d too many", left)
			}
		}
		for s := range put {
			if seen[s] != 1 {
				t.Fatalf("stream %d was met %d times", s, seen[s])
			}
		}
	})
}
