package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
)

// judge says what is said of a request: of the last of a step always, of one before it only what went wrong, or what
// showed in it of requests that nobody had answered. A difference from the prediction outweighs what the file
// expects.
func (r *run) judge(s *Step, b *browser, d *explain.Decision, f *facts, o *observed, last bool) {
	what := diag.Sprintf("%s %s as %q: %d", s.request.method, s.request.path, s.request.client, o.Status)
	if o.Member != "" {
		what += " from " + o.Member
	}
	late := o.late
	// its request met a failpoint, and can have taken effect twice
	if f != nil && f.inFlight {
		late = 0 // it has done that itself
	}
	if late > 0 {
		what += diag.Sprintf(", with %d of earlier requests that came late", late)
	}
	v, failures := AsExpected, []Failure(nil)
	if last {
		failures = s.expect.expected(o)
		failures = append(failures, r.certainty(s, f)...)
	}
	if len(failures) > 0 {
		v = NotAsExpected
	}
	var rules []string
	if d != nil {
		differ := r.differences(d, f, s.request, o)
		if differ = append(differ, r.owing(b, d, f, s.request, o)...); len(differ) > 0 {
			v, failures = Differs, append(failures, differ...)
			rules = rulesOf(d)
		}
	}
	if last || v != AsExpected || late > 0 {
		r.verdict(s, what, v, failures, rules)
		r.result.Steps[len(r.result.Steps)-1].Late = late
	}
}

// certainty compares whether the prediction hangs on an open choice. It predicts anew: the prediction of a request
// has all choices settled, which is cheap and has one answer.
func (r *run) certainty(s *Step, f *facts) []Failure {
	if !s.expect.certain.Set() || f == nil {
		return nil
	}
	if d := r.predict(f, explain.WithCertainty); d.Certain != s.expect.certain.V {
		return []Failure{{"certain", fmt.Sprint(s.expect.certain.V), fmt.Sprint(d.Certain)}}
	}
	return nil
}

// rulesOf are the rules behind a prediction, those of the decision and those of the session: what to read when it
// differs.
func rulesOf(d *explain.Decision) (rules []string) {
	for _, s := range d.Steps {
		rules = append(rules, s.Rule)
	}
	if d.Session != nil {
		rules = append(rules, d.Session.Outcome.Rules...)
	}
	return rules
}

// expected compares an answer with what a file expects of it.
func (e *expectation) expected(o *observed) (out []Failure) {
	for i := range e.fields {
		w := &e.fields[i]
		got := o.field(w.name)
		// an empty list would read as if nobody had been tried
		if w.name == "attempts" || w.name == "marked" {
			if got == nil {
				got = []string{"(not known: requests overlapped)"}
			}
		}
		if !w.fits(got) {
			out = append(out, Failure{w.name, strings.Join(w.want, ", "), short(w.name, got)})
		}
	}
	return out
}

// short keeps a page readable in a message.
func short(field string, got []string) string {
	text := strings.Join(got, ", ")
	if field == "text" && len(text) > 300 {
		text = text[:300] + "..."
	}
	return text
}

// differences compares an answer with its prediction: first who answered, since all else is about that member; the
// session only where the answer tells of one.
func (st *stage) differences(d *explain.Decision, f *facts, q *request, o *observed) (out []Failure) {
	differ := func(field, predicted, got string) { out = append(out, Failure{field, predicted, got}) }
	members, statuses := served(st.table, d)
	switch {
	case o.Member == "" && !slices.Contains(statuses, o.Status):
		differ("status", fmt.Sprint(members, statuses), strconv.Itoa(o.Status))
		return out
	case o.Member != "" && !slices.ContainsFunc(members, func(m string) bool { return bare(m) == bare(o.Member) }):
		differ("member", strings.Join(members, ", "), o.Member)
		return out
	}
	// an error page of the servlet tells nothing of the session, and half an answer is none
	if d.Session == nil || o.Member == "" || o.Status >= 500 || f.cut && o.Status == 0 || !q.showsSession() {
		return out
	}
	p := &d.Session.Outcome
	if !sameSession(p, o.session) {
		differ("session", p.Session, o.session)
	}
	if p.Cookie != "" &&
		!slices.ContainsFunc(strings.Split(p.Cookie, " or "), func(c string) bool { return o.hasCookie(c) }) {
		differ("cookie", p.Cookie, o.Cookie)
	}
	if p.User != o.user && !(p.Session == "depends") {
		differ("user", p.User, o.user)
	}
	if q.increments() && f.inFlight && (o.applied < int64(p.Applied[0]) || o.applied > int64(p.Applied[1])) {
		differ("applied", fmt.Sprintf("%d to %d", p.Applied[0], p.Applied[1]), fmt.Sprint(o.applied))
	}
	if o.Count >= 0 {
		out = append(out, losses(p, f, o)...)
	}
	return out
}

// owing compares how often requests that nobody answered have taken effect with what was predicted of them: the next
// answer with a count shows it. Until then what was predicted adds up, least and most, over all such requests.
func (r *run) owing(b *browser, d *explain.Decision, f *facts, q *request, o *observed) []Failure {
	if o.Status == 0 || o.Status >= 500 {
		if d.Session != nil && f.inFlight && q.increments() {
			if b.owed == nil {
				b.owed = &[2]int64{}
			}
			b.owed[0] += int64(d.Session.Outcome.Applied[0])
			b.owed[1] += int64(d.Session.Outcome.Applied[1])
		}
		return nil
	}
	owed := b.owed
	if owed == nil || o.Count < 0 {
		return nil
	}
	b.owed = nil
	// With losses what came late cannot be told from what is missing.
	if o.lost > 0 || o.late >= owed[0] && o.late <= owed[1] {
		return nil
	}
	return []Failure{{"applied", fmt.Sprintf("%d to %d, of requests without an answer", owed[0], owed[1]),
		fmt.Sprint(o.late)}}
}

// sameSession compares a predicted session with the one that was found; what depends on who answers fits any. A new
// session under the ID of the old one (S15) looks to its client like the old one without attributes.
func sameSession(p *explain.SessionOutcome, got string) bool {
	switch predicted := p.Session; predicted {
	case "depends":
		return true
	case "new":
		return got == predicted || got == string(sessionEmpty) && strings.Contains(p.Cookie, "<id>")
	case "none":
		return got == string(sessionNew) || got == string(sessionNone)
	case "kept":
		return got == string(sessionKept) || got == string(sessionHome)
	default:
		return predicted == got
	}
}

// hasCookie compares the cookie that the client has with a predicted one: <id> stands for the ID that it had, <new>
// for another one, <partition> for any partition ID.
func (o *observed) hasCookie(predicted string) bool {
	pattern := strings.NewReplacer("<id>", "[^:+]+", "<new>", "[^:+]+", "<partition>", "[0-9]+").Replace(
		regexp.QuoteMeta(predicted))
	if fits, err := regexp.MatchString("^"+pattern+"$", o.Cookie); err != nil || !fits {
		return false
	}
	had := len(o.Before) > 4 && strings.HasPrefix(o.Before[4:], o.Session)
	return had == strings.Contains(predicted, "<id>")
}

// losses compares what is lost with what was predicted to be. unwritten-lost says that changes are lost only at an
// exact moment; else whether a write came before the death is chance. Age is known (Aged) where clocks are real.
func losses(p *explain.SessionOutcome, f *facts, o *observed) (out []Failure) {
	differ := func(want string) { out = append(out, Failure{"changes", want, fmt.Sprintf("%d lost", o.lost)}) }
	if o.session == string(sessionNew) || o.session == string(sessionEmpty) {
		return nil // the session says it all
	}
	switch p.Changes {
	case "all":
		if o.lost > 0 {
			differ("none lost")
		}
	case "unwritten-lost":
		if f.exact && o.lost == 0 {
			differ("those that were not written are lost")
		}
	case "none-lost-older-than":
		bound := time.Duration(p.Bound * float64(time.Second))
		if o.lost > 0 && f.failure.Aged && f.failure.Age > bound {
			differ(fmt.Sprintf("none older than %s lost, and the last was made %s before", bound, f.failure.Age))
		}
	}
	// What the member had told to be written must be found whatever is lost beside it (C1), unless all is predicted
	// to be.
	if o.lost > 0 && p.Changes != "lost" && o.lastBefore-o.lost < o.floorBefore {
		differ("nothing acknowledged as written is lost")
	}
	return out
}

// predictedLine is a prediction as the history has it, nil where it says nothing that C2 or C6 could hold anybody to.
func predictedLine(d *explain.Decision, f *facts) *history.Predicted {
	if d == nil || d.Session == nil || d.Session.Outcome.Session == "depends" || d.Session.Outcome.Session == "none" {
		return nil
	}
	p := &d.Session.Outcome
	out := &history.Predicted{Changes: p.Changes, Bound: int64(p.Bound * 1000), Exact: f.exact}
	if f.inFlight {
		out.Applied = &p.Applied
	}
	return out
}
