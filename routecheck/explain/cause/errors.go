package cause

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
)

// failed: the client gets an error. Where chance decides between an answer and the error, a run that ends with the
// error is looked for: its steps tell.
func (q *inquiry) failed() {
	d := q.erring()
	if d == nil {
		q.add("error-other", "chance", nil, "answers", q.d.Answers)
		return
	}
	// The last step is that which ended the request: its reason decides between causes.
	last := &d.Steps[len(d.Steps)-1].Step
	f := failure{q, d, last, strconv.Itoa(*d.Status)}
	if len(q.d.Ends) > 1 {
		f.status += ", by chance"
	}
	// Several may apply; ranks put them in order. other is for none of them.
	f.transport()
	f.allDown()
	f.allFull()
	f.body()
	f.lastOutcome()
	if len(q.causes) == 0 {
		f.other()
	}
}

// erring is the decision, or another run of its request that ends with the error that stands for it; nil where none is
// found.
func (q *inquiry) erring() *explain.Decision {
	// The run whose steps are shown is the one in which every draw gives the first possibility: it may be one that was
	// answered.
	if q.d.Result.Status != 0 {
		return q.d
	}
	// Only a scenario of one request can be played again by itself.
	const most = 64 // runs
	if len(q.sc.Requests) > 1 {
		return nil
	}
	for seed := range uint64(most) {
		sc := *q.sc
		sc.Seed = &seed
		d := &explain.Explain(q.t, q.files, &sc, q.sem, nil, explain.WithSteps)[0]
		if d.Status != nil && *d.Status == *q.d.Status {
			return d
		}
	}
	return nil
}

// failure is a run that ended with an error.
type failure struct {
	*inquiry
	d      *explain.Decision
	last   *failover.Step
	status string
}

func (f *failure) add(code, when string, facts ...string) *explain.Cause {
	return f.inquiry.add(code, when, nil, append(facts, "status", f.status)...)
}

// transport: nothing can be sent to the member that was picked (R64).
func (f *failure) transport() {
	when := ""
	switch f.last.Why {
	case failover.WhyNoTransport:
		when = "none"
	case failover.WhyHTTPSUnusable:
		when = "keyring"
	case failover.WhyOnloadWithoutHTTPS:
		when = "onload"
	case failover.WhySchemeMissing:
	default:
		return
	}
	f.add("error-transport", when, "member", f.c.Members[f.last.Member].Name, "scheme", scheme(f.rq.TLS))
}

// allDown: everybody is marked down, or has failed this request (R61).
func (f *failure) allDown() {
	when := ""
	switch {
	case f.last.Why == failover.WhyAllDown:
	case f.d.State.After != nil && allMarked(f.d.State.After):
		if when = "failed"; f.all(explain.Busy) {
			when = "busy"
		}
	default:
		return
	}
	c := f.add("error-all-down", when, "count", strconv.Itoa(f.c.Listed), "failures", f.failures(f.d))
	for _, m := range f.d.State.After.Members {
		// The first retry that is due brings the first answer.
		if m.Marked && (c.Until == nil || m.RetryIn < *c.Until) {
			c.Until = &m.RetryIn
		}
	}
}

// allMarked reports whether every listed member is marked down.
func allMarked(n *explain.ClusterNote) bool {
	listed := 0
	for _, m := range n.Members {
		switch m.Role {
		case "cluster-address":
			return false
		case "none":
			continue
		}
		if listed++; !m.Marked {
			return false
		}
	}
	return listed > 0
}

// allFull: nobody is usable, and somebody only because of MaxConnections (R60).
func (f *failure) allFull() {
	if f.last.Why != failover.WhyAllFull {
		return
	}
	when, least := "", int32(0)
	for _, p := range f.last.Passed {
		if p.Why != failover.Full {
			when = "some"
		} else if limit := f.c.Members[p.Member].MaxConnections; least == 0 || limit < least {
			least = limit
		}
	}
	f.add("error-all-full", when, "limit", strconv.Itoa(int(least)))
}

// body: the request failed, and its body was not kept (R57).
func (f *failure) body() {
	if f.last.Why != failover.WhyNotRepeatable && f.last.Why != failover.WhyPassedNotRepeatable {
		return
	}
	facts := []string{"failure", f.failures(f.d), "buffer", bufferText(f.c.PostBuffer)}
	if f.rq.Body < 0 {
		f.add("error-body", "unknown", facts...)
		return
	}
	f.add("error-body", "", append(facts, "size", sizeText(f.rq.Body),
		"need", strconv.FormatInt((f.rq.Body+1023)/1024, 10))...)
}

func bufferText(size int64) string {
	if size == 0 {
		return "0 (nothing is kept)"
	}
	return sizeText(size)
}

func sizeText(bytes int64) string {
	if bytes%1024 == 0 {
		return fmt.Sprintf("%d KB", bytes/1024)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// lastOutcome: the last attempt decides (R53, R54, R61).
func (f *failure) lastOutcome() {
	attempts := f.d.Result.Attempts
	if len(attempts) == 0 {
		return
	}
	last := attempts[len(attempts)-1]
	m := &f.c.Members[last.Member]
	switch last.Outcome {
	case explain.NoAnswer:
		asked := 0
		for _, a := range attempts {
			if a.Member == last.Member {
				asked++
			}
		}
		when := ""
		switch {
		case asked == 1 && f.c.Single():
			when = "only"
		case asked == 1 && f.all(explain.NoAnswer):
			when = "all"
		}
		f.add("error-io-timeout", when, "member", m.Name, "timeout", words.Seconds(m.IOTimeout), "times", times(asked),
			"failures", f.failures(f.d))
	case explain.Busy:
		f.add("error-503", f.only(), "member", m.Name)
	}
}

// only is the form of a cause that tells of the only server of a cluster (R51).
func (f *failure) only() string {
	if f.c.Single() {
		return "only"
	}
	return ""
}

// all reports whether every attempt failed in the same way.
func (f *failure) all(how explain.FailureMode) bool {
	return !slices.ContainsFunc(f.d.Result.Attempts, func(a explain.Attempt) bool { return a.Outcome != how })
}

// other: nothing that has a cause of its own; what the last attempt or the body has to do with it is told.
func (f *failure) other() {
	attempts := f.d.Result.Attempts
	switch n := len(attempts); {
	case f.last.Why == failover.WhyTooLarge && f.rq.Body >= 0:
		f.add("error-other", "too-long", "size", sizeText(f.rq.Body), "limit", strconv.FormatInt(f.c.PostLimit, 10))
	case n > 0 && attempts[n-1].Outcome == explain.Malformed:
		f.add("error-other", "malformed", "failures", f.failures(f.d))
	case n > 0 && f.c.Single() && attempts[n-1].Outcome != explain.Healthy:
		f.add("error-other", "only", "failures", f.failures(f.d))
	default:
		f.add("error-other", "", "step", f.d.Steps[len(f.d.Steps)-1].Text)
	}
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// failures tells the failed attempts of a run: who failed, and how.
func (q *inquiry) failures(d *explain.Decision) string {
	var by [len(failureWords)][]string // names of members
	var order []explain.FailureMode
	for _, a := range d.Result.Attempts {
		name := q.c.Members[a.Member].Name
		if a.Outcome == explain.Healthy || slices.Contains(by[a.Outcome], name) {
			continue
		}
		if by[a.Outcome] == nil {
			order = append(order, a.Outcome)
		}
		by[a.Outcome] = append(by[a.Outcome], name)
	}
	var parts []string
	for _, how := range order {
		parts = append(parts, few(by[how])+" "+failureWords[how])
	}
	return strings.Join(parts, ", ")
}

// few joins names, of many the first.
func few(names []string) string {
	const most = 3
	switch n := len(names); {
	case n > most:
		return strings.Join(names[:most-1], ", ") + fmt.Sprintf(" and %d more", n-most+1)
	case n > 1:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

var failureWords = [...]string{
	explain.Refused:   "refused the connection",
	explain.Timeout:   "did not connect in time",
	explain.NoAnswer:  "did not answer in time",
	explain.Busy:      "answered 503",
	explain.Reset:     "closed the connection",
	explain.Malformed: "sent what cannot be read",
}
