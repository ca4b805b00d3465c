package check

import (
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab/history"
)

// Result is what came of a check.
type Result struct {
	URL                    string
	Sent, Answered, Failed int
	FirstFailure           string // of an answer that was no good
	Victim                 string // the server that was killed; "" where no session left one
	Servers                []string
	KillTook               time.Duration
	Clients                []Client
	Moves                  []Move // all of them, in the order of time
	Unrecovered            int    // clients without an answer after the kill
	WorstGap               time.Duration
	// from the start command's begin to the first answer; nil: none was given, or seen
	ServesAgain *time.Duration
	Started     bool
	Facts       Facts
	History     *history.History
	Report      *history.Report
}

// Client is what one client saw of its session.
type Client struct {
	Name, Server string // who served before the kill
	Cookie       string // before the kill
	Counted      int64
	Recovered    bool
	Gap          time.Duration // the longest that it waited for an answer which came after the kill began
	Failover     *Move         // nil: its session was not touched by the kill
}

// Cause is why a session changed its server or its contents.
type Cause string

// The causes of a move. With none, a second server served the session although nothing had happened to the first one.
const (
	ByKill  Cause = "kill"
	ByStart Cause = "start" // of the server that had been killed: the switch-back
	ByNone  Cause = "none"
)

// Move is an answer of another server than before, or of another session, or of one that lacks changes. Counts go up
// by one for each request, so two of them tell what is missing or too much.
type Move struct {
	Client    string
	Cause     Cause
	From, To  string
	At        time.Time
	After     time.Duration // after the kill, or the start
	Session   string        // kept, empty, new
	Before    int64         // the count that the client had seen
	Found     int64         // the count that was found: what the answer shows, less its own change
	Lost      int64
	Twice     int64         // changes that took effect more than once, or without an answer
	LostAge   time.Duration // age of the oldest change that is lost, when the server was killed
	Gap       time.Duration // without an answer
	Had, Has  string        // the cookie before and after
	Predicted *Prediction
	Differs   []string // where it is not as predicted
}

// result judges the answers.
func (r *run) result() (*Result, error) {
	out := &Result{URL: r.URL, Sent: r.sent, Victim: r.victim(), KillTook: r.kill.to.Sub(r.kill.from),
		Started: r.up.happened(), Facts: r.facts()}
	for _, c := range r.clients {
		moves := r.moves(c, out.Victim)
		out.Clients = append(out.Clients, r.client(c, moves))
		out.Moves = append(out.Moves, moves...)
	}
	r.tally(out)
	r.predict(out)
	return out, r.judge(out)
}

// moves are the answers of a client that are not what follows from the one before.
func (r *run) moves(c *client, victim string) (all []Move) {
	var before *answer
	asked := time.Time{} // when the first request was sent that has no good answer yet
	for i := range c.answers {
		a := &c.answers[i]
		if asked.IsZero() {
			asked = a.sent
		}
		if !a.good() {
			continue
		}
		if before != nil {
			if m := r.move(before, a, victim); m != nil {
				m.Client, m.Gap = c.name, a.got.Sub(asked)
				m.LostAge = r.lostAge(c.answers[:i], m)
				all = append(all, *m)
			}
		}
		before, asked = a, time.Time{}
	}
	return all
}

// move compares an answer with the one before.
func (r *run) move(before, now *answer, victim string) *Move {
	m := &Move{From: before.member, To: now.member, At: now.got, Before: before.count, Found: now.count - 1,
		Had: before.cookie, Has: now.cookie, Cause: ByNone}
	had, has := r.Form.read(m.Had), r.Form.read(m.Has)
	switch {
	case had.id != has.id:
		m.Session = "new"
	case m.Found == 0 && m.Before > 0:
		m.Session = "empty"
	default:
		m.Session = "kept"
	}
	// of a new or empty session the count begins anew, so nothing is there twice
	if m.Lost = max(0, m.Before-m.Found); m.Session == "kept" {
		m.Twice = max(0, m.Found-m.Before)
	}
	if m.From == m.To && m.Session == "kept" && m.Lost == 0 {
		return nil
	}
	r.cause(m, now, victim)
	return m
}

// cause says why a session moved: nothing but time and names are known of it. What comes back to the victim after its
// start is the switch-back, wherever it comes from.
func (r *run) cause(m *Move, now *answer, victim string) {
	switch {
	case r.up.happened() && now.got.After(r.up.from) && m.To == victim:
		m.Cause, m.After = ByStart, now.got.Sub(r.up.from)
	case m.From == victim && now.got.After(r.kill.from):
		m.Cause, m.After = ByKill, now.got.Sub(r.kill.from)
	}
}

// lostAge is how old the oldest change was that is lost, when the server was killed. Answers count by one.
func (r *run) lostAge(answers []answer, m *Move) (age time.Duration) {
	if m.Lost == 0 || m.Session == "new" {
		return 0
	}
	for i := range answers {
		if a := &answers[i]; a.good() && a.cookie != "" && a.count > m.Found && r.kill.from.After(a.got) {
			age = max(age, r.kill.from.Sub(a.got))
		}
	}
	return age
}

// victim is the server that sessions left after the kill; of several the one that most of them left. The command
// names none, and what it kills may have another name than the answers give it.
func (r *run) victim() (victim string) {
	left := map[string]int{}
	for _, c := range r.clients {
		var before *answer
		for i := range c.answers {
			a := &c.answers[i]
			if !a.good() || r.up.happened() && a.got.After(r.up.from) {
				continue
			}
			if before != nil && before.member != "" && a.got.After(r.kill.from) && r.leaves(before, a) {
				if left[before.member]++; left[before.member] > left[victim] {
					victim = before.member
				}
				break
			}
			before = a
		}
	}
	return victim
}

// leaves reports that a session left its server: another one answers, or with another session.
func (r *run) leaves(before, now *answer) bool {
	return before.member != now.member || r.Form.read(before.cookie).id != r.Form.read(now.cookie).id
}

// client sums up what one client saw. A gap that began before the kill and ended after it counts as a whole.
func (r *run) client(c *client, moves []Move) Client {
	out, asked := Client{Name: c.name}, time.Time{}
	for i := range c.answers {
		a := &c.answers[i]
		if asked.IsZero() {
			asked = a.sent
		}
		if !a.good() {
			continue
		}
		if a.got.After(r.kill.from) {
			out.Gap = max(out.Gap, a.got.Sub(asked))
		}
		asked = time.Time{}
		if out.Counted = a.count; a.got.Before(r.kill.from) {
			out.Server, out.Cookie = a.member, a.cookie
		}
		out.Recovered = !a.sent.Before(r.kill.to)
	}
	for i := range moves {
		if moves[i].Cause == ByKill && out.Failover == nil {
			out.Failover = &moves[i]
		}
	}
	return out
}

// tally counts what the answers came to.
func (r *run) tally(out *Result) {
	seen := map[string]bool{}
	for i, c := range r.clients {
		for j := range c.answers {
			a := &c.answers[j]
			switch {
			case a.good():
				out.Answered++
				if a.member != "" && !seen[a.member] {
					seen[a.member] = true
					out.Servers = append(out.Servers, a.member)
				}
			default:
				if out.Failed++; out.FirstFailure == "" {
					out.FirstFailure = strings.TrimSpace(a.err)
				}
			}
		}
		if !out.Clients[i].Recovered {
			out.Unrecovered++
		}
		out.WorstGap = max(out.WorstGap, out.Clients[i].Gap)
	}
	if at := r.firstAnswer(out.Victim, r.up.from); r.up.happened() && !at.IsZero() {
		took := at.Sub(r.up.from)
		out.ServesAgain = &took
	}
}

// Fine reports that all is as predicted, or, where nothing was predicted, that nothing was lost.
func (out *Result) Fine() bool {
	if out.Victim == "" || out.Unrecovered > 0 || !out.Report.Fine() {
		return false
	}
	for _, c := range out.Clients {
		m := c.Failover
		if m == nil {
			continue
		}
		if len(m.Differs) > 0 || m.Predicted == nil && (m.Session != "kept" || m.Lost > 0) {
			return false
		}
	}
	return true
}
