package check

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// run is a check that runs. Clients send in goroutines of their own; what they get, sent and scout are guarded by mu
// until all have ended.
type run struct {
	*Options
	clients  []*client
	began    time.Time
	kill, up event // what was done to the server; zero: nothing

	mu    sync.Mutex // of the clients' answers
	sent  int
	scout client        // whose answers are of clients that came after the start, one request each
	news  chan struct{} // has an element when there are answers that nobody has looked at
	over  chan struct{} // closed when clients are to stop
	close sync.Once
}

// event is something that was done, and how long it took.
type event struct{ from, to time.Time }

func (e event) happened() bool { return !e.to.IsZero() }

// Run counts, lets the server be killed, and says what the clients saw. An error is what kept it from being done;
// what the servers did wrong stands in the result. Clients begin at different moments of the interval, so that
// requests come evenly.
func (o *Options) Run(ctx context.Context) (*Result, error) {
	r := &run{Options: o, began: time.Now(), news: make(chan struct{}, 1), over: make(chan struct{})}
	for i := range o.Clients {
		r.clients = append(r.clients, newClient(fmt.Sprintf("c%d", i+1), o))
	}
	if err := r.probe(ctx, r.clients[0]); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for i, c := range r.clients {
		all.Go(func() { r.count(ctx, c, time.Duration(i)*o.Every/time.Duration(o.Clients)) })
	}
	err := r.failover(ctx)
	r.finish()
	if err != nil {
		cancel()
	}
	all.Wait()
	if err != nil {
		return nil, err
	}
	return r.result()
}

func (r *run) finish() { r.close.Do(func() { close(r.over) }) }

// micros is a time of the history.
func (r *run) micros(t time.Time) int64 { return t.Sub(r.began).Microseconds() }

func (r *run) say(format string, args ...any) {
	if r.Say != nil {
		r.Say(fmt.Sprintf(format, args...))
	}
}

// probes is how often the first client counts before anything else is sent.
const probes = 3

// probe sees that the URL counts in a session at all: before a server is killed for it everything must be there that
// a result needs, the prediction among it.
func (r *run) probe(ctx context.Context, c *client) error {
	last := int64(-1)
	for i := range probes {
		a := c.send(ctx)
		r.take(c, a)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case a.status == 0:
			return diag.Errorf("%s: %s", r.page(), a.err)
		case !a.good():
			return diag.Errorf("%s: %s: want a page with a count that --count %q finds; it begins with: %.200s",
				r.page(), a.err,
				r.Count, a.text)
		case a.cookie == "":
			return r.noCookie(a)
		case a.member == "":
			return r.nobodyNamed()
		case i > 0 && a.count != last+1:
			return diag.Errorf(
				"%s: the count is %d after %d: each request of a session must add one, and nobody else may%s",
				r.page(), a.count, last, aside(a.count <= last, "; the session may not be found again"))
		}
		last = a.count
	}
	return r.foretell(c)
}

// page is the URL as it may stand in a log: without a password, and without what its query may hold.
func (r *run) page() string {
	rq, err := http.NewRequest(http.MethodGet, r.URL, nil)
	if err != nil {
		return "the URL" // [Options.Fits] has refused it
	}
	rq.URL.RawQuery = ""
	return rq.URL.Redacted()
}

// foretell sees that a prediction can be made, before anybody is killed for it.
func (r *run) foretell(c *client) error {
	if r.Predict == nil {
		return nil
	}
	_, err := r.Predict(r.Cookie, c.cookie, c.member)
	return err
}

// nobodyNamed says that a failover could not be seen.
func (r *run) nobodyNamed() error {
	switch {
	case r.WhoFrom != "":
		return diag.Errorf("%s: the answer has no header %q to tell who answers", r.page(), r.WhoFrom)
	case r.Who != nil:
		return diag.Errorf("%s: --who %q finds nothing on the page to tell who answers", r.page(), r.Who)
	}
	return diag.Errorf("%s: the session cookie names no server: want --who-header NAME, or --who REGEXP for the page",
		r.page())
}

func aside(when bool, text string) string {
	if when {
		return text
	}
	return ""
}

// noCookie says why a client has no session.
func (r *run) noCookie(a *answer) error {
	if a.set == nil {
		return diag.Errorf("%s sets no cookie %q: want the name of the session cookie as --cookie NAME",
			r.page(), r.Cookie)
	}
	return diag.Errorf("%s sets the cookie %q with %q, and a browser would not send that back to this URL",
		r.page(), r.Cookie,
		a.set.Text)
}

// count is one client: it counts until the check is over, from start to start of its requests; one that takes longer
// than the interval is followed by the next at once.
func (r *run) count(ctx context.Context, c *client, first time.Duration) {
	next := time.NewTimer(first)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.over:
			return
		case <-next.C:
		}
		next.Reset(r.Every)
		if !r.take(c, c.send(ctx)) {
			return
		}
	}
}

// take keeps an answer; false: no more may be sent.
func (r *run) take(c *client, a *answer) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.answers = append(c.answers, *a)
	r.sent++
	select {
	case r.news <- struct{}{}:
	default:
	}
	return r.sent < maxRequests
}

// failover kills, waits, starts again and waits. The pauses around both let the clients see each state.
func (r *run) failover(ctx context.Context) error {
	if err := r.pause(ctx, r.Before); err != nil {
		return err
	}
	if err := r.die(ctx); err != nil {
		return err
	}
	if err := r.until(ctx, r.allAnswered); err != nil {
		return err
	}
	if err := r.pause(ctx, r.Before); err != nil || r.Start == "" {
		return err
	}
	r.say("starting it again: %s", r.Start)
	from := time.Now()
	if err := runCommand(ctx, "start", r.Start, r.CommandTimeout); err != nil {
		return err
	}
	r.up = event{from, time.Now()}
	seen, stop := context.WithCancel(ctx)
	var scouts sync.WaitGroup
	scouts.Go(func() { r.look(seen) })
	err := r.until(ctx, r.servesAgain)
	stop()
	scouts.Wait()
	if err != nil {
		return err
	}
	return r.pause(ctx, r.Before)
}

// look sends a request of a new client now and then: those who have a session may have no reason to go back to the
// server that was started.
func (r *run) look(ctx context.Context) {
	next := time.NewTicker(max(r.Every, time.Second))
	defer next.Stop()
	for ctx.Err() == nil && r.take(&r.scout, newClient("", r.Options).send(ctx)) {
		select {
		case <-ctx.Done():
		case <-next.C:
		}
	}
}

// die lets the server be killed, by the command or by a person.
func (r *run) die(ctx context.Context) error {
	from := time.Now()
	do := r.Ask
	if r.Kill != "" {
		r.say("killing: %s", r.Kill)
		do = func(ctx context.Context) error { return runCommand(ctx, "kill", r.Kill, r.CommandTimeout) }
	}
	if err := do(ctx); err != nil {
		return err
	}
	r.kill = event{from, time.Now()}
	return nil
}

// pause lets the clients count for a while.
func (r *run) pause(ctx context.Context, d time.Duration) error {
	return r.wait(ctx, d, func() bool { return false })
}

// until waits for something, and not longer than a server may take to recover.
func (r *run) until(ctx context.Context, is func() bool) error { return r.wait(ctx, r.Recovers, is) }

// wait returns when something is so, or after a time, which is no error: who waits looks at what there is then. is is
// called with mu held, each time that there is news.
func (r *run) wait(ctx context.Context, most time.Duration, is func() bool) error {
	limit := time.NewTimer(most)
	defer limit.Stop()
	for {
		r.mu.Lock()
		done, sent := is(), r.sent
		r.mu.Unlock()
		switch {
		case done:
			return nil
		case sent >= maxRequests:
			return fmt.Errorf(
				"%d requests are sent, and no more may be: want fewer --clients, or longer times in --every",
				sent)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit.C:
			return nil
		case <-r.news:
		}
	}
}

// allAnswered reports that each client has had an answer to a request that it sent after the kill.
func (r *run) allAnswered() bool {
	for _, c := range r.clients {
		if len(c.answers) == 0 {
			return false
		}
		if a := c.answers[len(c.answers)-1]; !a.good() || a.sent.Before(r.kill.to) {
			return false
		}
	}
	return true
}

// servesAgain reports that the server that was killed answers.
func (r *run) servesAgain() bool {
	victim := r.victim()
	return victim == "" || !r.firstAnswer(victim, r.up.from).IsZero()
}

// firstAnswer is when a server first answered a request that was sent after a moment; zero: it has not.
func (r *run) firstAnswer(server string, after time.Time) (first time.Time) {
	for _, c := range append([]*client{&r.scout}, r.clients...) {
		for i := range c.answers {
			a := &c.answers[i]
			if a.good() && a.member == server && a.sent.After(after) && (first.IsZero() || a.got.Before(first)) {
				first = a.got
			}
		}
	}
	return first
}
