package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/parser/diag"
)

// Facts are what the session cookie tells.
type Facts struct {
	Example    string // the first one
	CacheID    int    // its cache ID; -1: the form has none
	IDLength   int
	Servers    []string // that cookies have named
	Keeps      string   // which persistence is on, as far as a cookie tells; "" where the form tells nothing
	Attributes *Attributes
}

// facts reads the cookies of all clients. The first one is the example: it is of a session that nothing has happened
// to yet.
func (r *run) facts() (f Facts) {
	f.CacheID = -1
	for _, c := range r.clients {
		for i := range c.answers {
			a := &c.answers[i]
			if a.set != nil && f.Attributes == nil {
				f.Attributes = a.set
			}
			if a.cookie == "" {
				continue
			}
			v := r.Form.read(a.cookie)
			if f.Example == "" {
				f.Example, f.CacheID, f.IDLength = a.cookie, v.cacheID, len(v.id)
				if v.cacheID >= 0 {
					f.Keeps = v.was.Keeps()
				}
			}
			for _, id := range v.members {
				if !slices.Contains(f.Servers, id) {
					f.Servers = append(f.Servers, id)
				}
			}
		}
	}
	return f
}

// predict asks what is foretold of each session that lost its server, and compares. It asks after everything was
// observed, so that no prediction can lead what is done; foretell has only seen that one can be made.
func (r *run) predict(out *Result) {
	if r.Predict == nil {
		return
	}
	for i := range out.Clients {
		m := out.Clients[i].Failover
		if m == nil {
			continue
		}
		p, err := r.Predict(r.Cookie, m.Had, m.From)
		if err != nil {
			m.Differs = []string{"nothing is predicted: " + err.Error()}
			continue
		}
		m.Predicted, m.Differs = p, r.differs(m, p)
	}
}

// differs lists where a failover is not as predicted.
func (r *run) differs(m *Move, p *Prediction) (all []string) {
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if p.Session != "depends" && p.Session != m.Session && !m.nothingWritten(p) {
		add("session: predicted %s, observed %s", p.Session, m.Session)
	}
	switch {
	case m.Session == "new":
	case p.Changes == "all" && m.Lost > 0:
		add("changes: none were to be lost, %d are", m.Lost)
	case p.Changes == "none-lost-older-than" && m.LostAge > p.Bound:
		add("changes: none older than %s were to be lost, one of %s is", p.Bound, m.LostAge)
	}
	if p.Cookie != "" && !r.fitsCookie(m, p.Cookie) {
		add("cookie: predicted %s, observed %s", p.Cookie, m.Has)
	}
	return all
}

// nothingWritten reports a session that is found empty, where only changes that may be lost had ever been made (W3):
// it is as old as its first one.
func (m *Move) nothingWritten(p *Prediction) bool {
	return m.Session == "empty" && p.Session == "kept" && p.Changes != "all"
}

// fitsCookie compares a cookie with what is predicted of it, in which <id> stands for the old session ID.
func (r *run) fitsCookie(m *Move, predicted string) bool {
	had, has := r.Form.read(m.Had), r.Form.read(m.Has)
	for form := range strings.SplitSeq(predicted, " or ") {
		switch {
		case strings.Contains(form, "<new>"):
			if had.id == has.id {
				continue
			}
			form = strings.Replace(form, "<new>", has.id, 1)
		default:
			form = strings.Replace(form, "<id>", had.id, 1)
		}
		if before, _, ok := strings.Cut(form, "<partition>"); ok {
			if strings.HasPrefix(m.Has, before) && len(m.Has) > len(before) {
				return true
			}
		} else if form == m.Has {
			return true
		}
	}
	return false
}

// judge writes the history, and lets it be checked. Servers that are not ours acknowledge no write, so C1 has nothing
// to hold on to: what can fail is what a client sees by itself (C3, C4, C6), and the prediction (C2).
func (r *run) judge(out *Result) error {
	w := history.Writer{}
	w.Add(&history.Line{Op: history.Begin, Persistence: r.Persistence})
	// A history needs a member for its kill. Where no session moved nobody is known to have died, and no answer is of
	// that member.
	victim := out.Victim
	if victim == "" {
		victim = "unknown"
	}
	w.Add(&history.Line{T0: r.micros(r.kill.from), T1: r.micros(r.kill.to), Op: history.Kill, Member: victim, Kill: 1})
	// The server counts as down until it answers again: between the end of the command and that moment requests may
	// still miss it.
	if r.up.happened() {
		end := r.up.to
		if at := r.firstAnswer(victim, r.up.from); !at.IsZero() && at.After(end) {
			end = at
		}
		w.Add(&history.Line{T0: r.micros(r.up.from), T1: r.micros(end), Op: history.Start, Member: victim})
	}
	for i, c := range r.clients {
		for j := range c.answers {
			w.Add(r.line(c, &c.answers[j], out.Clients[i].Failover))
		}
	}
	h, err := w.History()
	if err != nil {
		return diag.Errorf("history: %w", err)
	}
	out.History, out.Report = h, h.Check()
	return nil
}

// line is an answer as the history has it.
func (r *run) line(c *client, a *answer, m *Move) *history.Line {
	l := &history.Line{T0: r.micros(a.sent), T1: r.micros(a.got), Client: c.name, Op: history.Increment, Attr: "count",
		Member: a.member}
	if !a.good() {
		return l
	}
	v := r.Form.read(a.cookie)
	l.Status, l.Session, l.CacheID, l.Value = a.status, v.id, max(v.cacheID, 0), &a.count
	if m != nil && m.Predicted != nil && m.At.Equal(a.got) {
		l.Predicted = &history.Predicted{Changes: m.Predicted.Changes, Bound: m.Predicted.Bound.Milliseconds()}
	}
	return l
}
