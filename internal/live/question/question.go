package question

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Question is a story that is told to a plug-in: requests in order. When it ends, all members are well again.
type Question struct {
	Name    string
	Cluster match.ClusterID // whose state it changes; below 0: none that is known
	Steps   []Step
	Names   []string // of the members of the cluster, by their places
	Routing bool     // only the cluster counts: nothing of its state is asked
	Settles []Pair   // what it tells apart that no question before it did; it decides nothing here
}

// Step is one request, and what is made to happen before it.
type Step struct {
	Wait    match.Nanos // at least, since the end of the step before
	Set     []Fault     // holds until another one takes its place, or the question ends
	Request match.Request
	Hold    bool // its member answers only when the next step is over
	// Unwatched: another client got the answer, and nobody knows which.
	Unwatched bool
}

// Fault is how a member fails from now on; explain.Healthy ends it.
type Fault struct {
	Member  match.MemberID
	Failure explain.FailureMode
}

// Pair says that a question tells a value of a choice from another one.
type Pair struct {
	Choice      choices.Choice
	Value, From uint8
}

// MemberName names a member of the cluster that is asked.
func (q *Question) MemberName(m match.MemberID) string {
	if int(m) >= len(q.Names) {
		return ""
	}
	return q.Names[m]
}

// waits is how long a question waits, beside the time that requests take.
func (q *Question) waits() (d match.Nanos) {
	for i := range q.Steps {
		d += q.Steps[i].Wait
	}
	return d
}

// Disturbs reports whether members are to fail, or to answer late.
func (q *Question) Disturbs() bool {
	return slices.ContainsFunc(q.Steps, func(s Step) bool { return len(s.Set) > 0 || s.Hold })
}

// overTLS reports whether requests are to come over TLS.
func (q *Question) overTLS() bool {
	return slices.ContainsFunc(q.Steps, func(s Step) bool { return s.Request.TLS })
}

// Seen is what was seen of a step.
type Seen struct {
	Start, End match.Nanos // since the run began
	Status     int         // what the client got, 0 nothing
	Arrived    []Arrival   // at members, in order
	// Blind: only who answered is known, as of servers that are not ours; nobody in Arrived: not even that.
	Blind bool
}

// Arrival is a request as a member got it.
type Arrival struct {
	Cluster  match.ClusterID
	Member   match.MemberID
	Failover bool // $WSFO: true
	Waits    bool // Expect: 100-continue
	TLS      bool
}

// agrees reports whether a course of a request explains what was seen of it: the same members in the same order, with
// the same marks of the plug-in on what they got, and the same status.
func (s *Step) agrees(seen *Seen, c *explain.Course) bool {
	switch {
	case c.Rejected:
		return false
	case seen.Blind && len(seen.Arrived) == 0:
		return true // nobody can tell
	case !c.Matched:
		return Declined(seen)
	case seen.Blind:
		return blind(seen, c)
	}
	return slices.Equal(seen.Arrived, arrivals(c)) && (s.Hold || s.Unwatched || seen.Status == statusOf(c))
}

// Declined reports whether the web server answered by itself. Which status that is hangs on its own content.
func Declined(seen *Seen) bool {
	return len(seen.Arrived) == 0 && seen.Status > 0 && seen.Status < 500 && seen.Status != tooLarge
}

// tooLarge is a status by which a plug-in refuses a body (post-limit-status): who gets it was not declined.
const tooLarge = 413

// blind compares who answered, which is all that servers of the user's tell.
func blind(seen *Seen, c *explain.Course) bool {
	last := seen.Arrived[len(seen.Arrived)-1]
	return c.Member == last.Member && c.Match.Cluster == last.Cluster
}

// routed compares the cluster alone. Where no member got a request that failed, nobody can tell which one that was.
func routed(seen *Seen, c *explain.Course) bool {
	if seen.Blind && len(seen.Arrived) == 0 {
		return true // nobody can tell
	}
	if len(seen.Arrived) == 0 {
		return c.Matched != Declined(seen) // an error is some cluster's
	}
	if !c.Matched {
		return false
	}
	return seen.Arrived[0].Cluster == c.Match.Cluster
}

// statusOf is what the client gets of a course. Members of ours answer 200.
func statusOf(c *explain.Course) int {
	if c.Status != 0 {
		return c.Status
	}
	return 200
}

// arrivals are the attempts that members see: a connect that fails leaves no trace there.
func arrivals(c *explain.Course) (out []Arrival) {
	waits := c.Waits
	for _, a := range c.Attempts {
		if a.Outcome == explain.Refused || a.Outcome == explain.Timeout {
			continue
		}
		out = append(out, Arrival{c.Match.Cluster, a.Member, a.Failover, waits, a.TLS})
	}
	return out
}

// Words say what a request asks for.
func (s *Step) Words() string {
	rq := &s.Request
	method, scheme := "GET", "http"
	if rq.Body != 0 {
		method = "POST"
	}
	if rq.TLS {
		scheme = "https"
	}
	text := fmt.Sprintf("%s %s://%s%s", method, scheme, rq.Host, rq.Target)
	if len(rq.Cookies) > 0 {
		text += ", Cookie: " + strings.Join(rq.Cookies, "; ")
	}
	if rq.Body != 0 {
		text += fmt.Sprintf(", a body of %d bytes", rq.Body)
	}
	return text
}
