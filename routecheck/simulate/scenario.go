package simulate

import (
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Scenario is what is simulated. Members are named by cluster and name, so that a reload may bring others.
type Scenario struct {
	Seed      uint64
	Processes int // from 1 on; each knows its own marks, weights and pending requests
	Routing   Routing

	Requests int64       // how many arrive, 0: as many as do in Duration
	Duration match.Nanos // how long they arrive, 0: until Requests have
	Arrivals Arrivals

	Sessions Sessions
	URLs     []URL // at least one
	Members  []MemberSettings
	Faults   []Fault  // of several at a time for one member the first counts
	Reloads  []Reload // in the order of their time

	Table *match.Table
	Sem   *choices.Assumptions

	// Policy says what the servers of a cluster do with sessions, nil: they keep them in memory only.
	Policy func(cluster string) session.Policy
}

// Routing is how a request gets to one of the processes.
type Routing uint8

const (
	randomProcess Routing = iota // any, each time
	roundRobin                   // one after the other
	sticky                       // a client stays with one: it keeps its connection, or a device in front sees to it
	numRoutings
)

var routings = [numRoutings]string{"random", "round-robin", "sticky"}

// String returns the word for it.
func (r Routing) String() string { return routings[r] }

// ParseRouting reads one.
func ParseRouting(word string) (Routing, error) {
	i := slices.Index(routings[:], word)
	if i < 0 {
		return 0, diag.Errorf("routing %q%s; want random, round-robin or sticky", word,
			diag.DidYouMean(word, routings[:]))
	}
	return Routing(i), nil
}

// Arrivals says when requests come: Rate of them a second, whatever becomes of them, or each user's next one a while
// after the answer to the last.
type Arrivals struct {
	Rate    float64 // a second, of all processes together
	Poisson bool    // at random; otherwise at equal distances
	Users   int     // above 0: a closed loop
	Think   Distribution
}

// Sessions says which requests belong to sessions.
type Sessions struct {
	Share  float64 // of the requests, 0 to 1
	Length float64 // requests of a session: the mean of a geometric distribution, from 1 on
	Live   int     // sessions at a time, of all processes together; in a closed loop each user has one
}

// URL is what clients ask for.
type URL struct {
	Request match.Request
	Text    string        // as it was written
	Weight  float64       // among the others, above 0
	Service *Distribution // nil: that of the member
}

// MemberSettings is how members work.
type MemberSettings struct {
	Cluster, Member string // "" and "*": all
	Service         Distribution
	Threads         int // requests that it works on at a time, 0: any number
	// Backlog is how many requests wait for a thread, -1: any number. Beyond them connects run into ConnectTimeout.
	Backlog int
}

// Fault is how a member fails from From to before To; To 0 means for ever.
type Fault struct {
	Cluster, Member string
	From, To        match.Nanos
	// How attempts end. NoAnswer is a member that hangs: what it has begun goes on when the fault ends. Refused and
	// Timeout are a member that is gone: what it had begun is lost, and so are the sessions in its memory.
	Do   explain.FailureMode
	Slow float64 // above 0: attempts do not fail, they take so many times as long
}

// gone reports a member whose memory does not outlive the fault.
func (f *Fault) gone() bool {
	return f.Slow == 0 && (f.Do == explain.Refused || f.Do == explain.Timeout)
}

// covers reports whether the fault holds at a time.
func (f *Fault) covers(now match.Nanos) bool { return now >= f.From && (f.To == 0 || now < f.To) }

// Reload is a changed configuration, which all processes read at a time.
type Reload struct {
	At    match.Nanos
	Name  string // of the file
	Table *match.Table
}

// closed reports whether the number of clients is fixed, and not the rate.
func (sc *Scenario) closed() bool { return sc.Arrivals.Users > 0 }

// shared reports whether what happens in one process can change something for another: through threads of a member,
// or through the cookies of clients that meet several processes.
func (sc *Scenario) shared() bool {
	// Sticky clients are of one process, whose world alone writes their places.
	if sc.closed() || sc.Sessions.Share > 0 && sc.Routing != sticky {
		return true
	}
	return sc.threads()
}

// threads reports whether members work on so many requests at a time, and no more.
func (sc *Scenario) threads() bool {
	return slices.ContainsFunc(sc.Members, func(m MemberSettings) bool { return m.Threads > 0 })
}

// slots is how many clients have sessions at a time.
func (sc *Scenario) slots() int {
	switch {
	case sc.closed():
		return sc.Arrivals.Users
	case sc.Sessions.Share > 0:
		return max(sc.Sessions.Live, 1)
	}
	return 0
}

// lasts is how long requests arrive, as far as that is known beforehand.
func (sc *Scenario) lasts() match.Nanos {
	if sc.Duration > 0 || sc.closed() {
		return sc.Duration
	}
	return match.Nanos(float64(sc.Requests) / sc.Arrivals.Rate * float64(match.Second))
}

// How says how the member fails, as scenarios write it.
func (f *Fault) How() string {
	switch {
	case f.Slow > 0:
		return "slow:" + strconv.FormatFloat(f.Slow, 'g', -1, 64)
	case f.Do == explain.NoAnswer:
		return "hang"
	}
	return f.Do.String()
}
