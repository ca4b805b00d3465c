package live_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/live"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/routecheck/match"
)

// paced is a clock that only waiting moves.
type paced struct {
	now    time.Time
	sleeps []time.Duration
}

func (p *paced) Now() time.Time { return p.now }

func (p *paced) Sleep(_ context.Context, d time.Duration) {
	p.now = p.now.Add(d)
	p.sleeps = append(p.sleeps, d)
}

// TestPace: requests follow each other no faster than they may, and a question waits as long as it says.
func TestPace(t *testing.T) {
	t.Parallel()
	var heads []http.Header
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, rq *http.Request) {
		heads = append(heads, rq.Header)
	}))
	t.Cleanup(s.Close)
	clock := &paced{now: time.Unix(1000, 0)}
	d := &live.Driver{Table: &match.Table{}, Target: live.Target{Plain: s.Listener.Addr().String()}, Run: "r",
		Every: 200 * time.Millisecond, Clock: clock}
	rq := match.Request{Host: "h", Target: "/x", Port: 80}
	q := &question.Question{Cluster: -1, Routing: true,
		Steps: []question.Step{{Request: rq}, {Request: rq}, {Request: rq, Wait: 3 * match.Second}}}
	run, err := d.Execute(t.Context(), &question.Plan{Questions: []*question.Question{q}})
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{200 * time.Millisecond, 3 * time.Second}
	if len(clock.sleeps) != 2 || clock.sleeps[0] != want[0] || clock.sleeps[1] != want[1] {
		t.Errorf("waited %v, want %v", clock.sleeps, want)
	}
	if run.Requests != 3 || len(heads) != 3 || heads[2].Get("X-Wasplug-Verify") != "r-3" {
		t.Errorf("%d requests, heads %v", run.Requests, heads)
	}
	if first, last := run.Asked[0].Seen, run.Asked[2].Seen; first.Status != 200 || !first.Blind ||
		last.Start-first.Start != 3200*match.Second/1000 {
		t.Errorf("seen %+v and %+v", first, last)
	}
}
