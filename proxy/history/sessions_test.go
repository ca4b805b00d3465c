package history_test

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/history"
	"github.com/wasplug/wasplug/routecheck/match"
)

func sessionID(n int) string { return fmt.Sprintf("A2MB8IJ7EJaFGbXpz%06d", n) }

// Of few sessions nearly the number is told, of many one that is off by some percent, however often each is seen.
func TestSessionsAreEstimated(t *testing.T) {
	for _, n := range []int{0, 1, 2, 10, 50, 200, 1000, 2500, 5000, 20_000, 200_000} {
		s := history.NewSessions(7)
		for range 2 {
			for i := range n {
				s.Seen(sessionID(i), match.Nanos(i%9)*60*match.Second)
			}
		}
		got := s.Status(9 * 60 * match.Second).Recent
		// three times the error that is told
		if off := math.Abs(float64(got) - float64(n)); off > 1 && off > 0.1*float64(n) {
			t.Errorf("%d sessions are told as %d", n, got)
		}
	}
}

// After ten minutes a session is forgotten, and counts go on.
func TestSessionsAreForgotten(t *testing.T) {
	const minute = 60 * match.Second
	s := history.NewSessions(7)
	s.Begun(sessionID(1), 30*match.Second)
	s.TakenOver(sessionID(2), 5*minute)
	s.Seen(sessionID(2), 6*minute)
	for _, c := range []struct {
		at     match.Nanos
		recent uint64
	}{{6 * minute, 2}, {9*minute + 59*match.Second, 2}, {10 * minute, 2}, {11 * minute, 1},
		{17*minute - 1, 1}, {17 * minute, 0}, {500 * minute, 0}} {
		if got, want := s.Status(c.at), (admin.SessionStatus{Begun: 1, TakenOver: 1, Recent: c.recent}); got != want {
			t.Errorf("at %d s: %+v, want %+v", c.at/match.Second, got, want)
		}
	}
	s.Seen(sessionID(3), 500*minute)
	s.Seen(sessionID(4), 489*minute) // which has come late: the minute after ten has its place
	if got := s.Status(500 * minute); got.Recent != 1 {
		t.Errorf("%+v", got)
	}
	var none *history.Sessions
	if got := none.Status(0); got != (admin.SessionStatus{}) {
		t.Errorf("%+v", got)
	}
}

// Many may note at once.
func TestSessionsAtOnce(t *testing.T) {
	s := history.NewSessions(7)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 1000 {
				s.Begun(sessionID(i), 0)
			}
		})
	}
	all.Wait()
	if got := s.Status(0); got.Begun != 4000 || got.Recent < 900 || got.Recent > 1100 {
		t.Errorf("%+v", got)
	}
}

func BenchmarkSeen(b *testing.B) {
	s := history.NewSessions(7)
	id := sessionID(1)
	for b.Loop() {
		s.Seen(id, 0)
	}
}
