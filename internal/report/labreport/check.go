package labreport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/check"
)

// ServerCheck are the formats of a check of servers.
var ServerCheck = forms.List[*check.Result]{forms.AsText(checkText), forms.AsJSON(checkJSON)}

// checkText tells what happened in the order in which it did: killed, started again, and what moved besides; then what
// the cookies show, then what is wrong, and the verdict last, where whoever waits for it looks.
func checkText(w io.Writer, r *check.Result) error {
	fmt.Fprintf(w, "%s: %s, %s sent, %d answered; servers: %s\n", r.URL, forms.Count(len(r.Clients), "client"),
		forms.Count(r.Sent, "request"), r.Answered, forms.OrDash(strings.Join(r.Servers, ", ")))
	if r.Failed > 0 {
		fmt.Fprintf(w, "  %d without a count, the first: %s\n", r.Failed, r.FirstFailure)
	}
	checkFailovers(w, r)
	checkReturn(w, r)
	checkCookie(w, &r.Facts)
	checkElsewhere(w, r)
	for _, f := range r.Report.Findings {
		fmt.Fprintf(w, "%s: client %s: %s\n", f.Check, f.Client, f.Text)
	}
	_, err := fmt.Fprintln(w, checkVerdict(r))
	return err
}

// checkFailovers tells of each session that lost its server.
func checkFailovers(w io.Writer, r *check.Result) {
	if r.Victim == "" {
		fmt.Fprintf(w, "killed: no session left its server, so nobody knows which one was killed\n"+
			"worst gap of a client: %s\n",
			milliseconds(r.WorstGap))
		return
	}
	fmt.Fprintf(w, "killed: %s\n", r.Victim)
	elsewhere := 0
	for _, c := range r.Clients {
		m := c.Failover
		switch {
		case m != nil:
			checkFailover(w, m)
		case c.Recovered: // its session was not at the server that was killed
			elsewhere++
		default:
			fmt.Fprintf(w, "  %s: %s, and no answer since\n", c.Name, forms.OrDash(c.Server))
		}
	}
	if elsewhere > 0 {
		fmt.Fprintf(w, "  %s had another server, and noticed nothing\n", forms.Count(elsewhere, "client"))
	}
	fmt.Fprintf(w, "worst gap of a client: %s\n", milliseconds(r.WorstGap))
}

// checkFailover is what a session had before and after, and beside it what is predicted of the settings that the
// servers seem to have.
func checkFailover(w io.Writer, m *check.Move) {
	fmt.Fprintf(w, "  %s: %s -> %s: session %s, %d counted before, %d found, %d lost",
		m.Client, m.From, m.To, m.Session,
		m.Before, m.Found, m.Lost)
	if m.Twice > 0 {
		fmt.Fprintf(w, ", %d more than were answered", m.Twice)
	}
	fmt.Fprintf(w, "; answered after %s\n      cookie     %s -> %s\n", milliseconds(m.Gap), m.Had, m.Has)
	p := m.Predicted
	if p == nil {
		return
	}
	fmt.Fprintf(w, "      predicted  session %s, cookie %s: %s [%s]\n", p.Session, forms.OrDash(p.Cookie), p.Text,
		strings.Join(p.Rules, " "))
	for _, d := range m.Differs {
		fmt.Fprintf(w, "      differs    %s\n", d)
	}
}

// checkReturn tells what the server that was started again did.
func checkReturn(w io.Writer, r *check.Result) {
	if !r.Started || r.Victim == "" {
		return
	}
	if r.ServesAgain == nil {
		fmt.Fprintf(w, "started: %s has answered nobody since\n", forms.OrDash(r.Victim))
		return
	}
	back, lost := 0, int64(0)
	for _, m := range r.Moves {
		if m.Cause == check.ByStart {
			back, lost = back+1, lost+m.Lost
		}
	}
	fmt.Fprintf(w, "started: %s serves again after %s; %s went back to it, %s lost at that\n", r.Victim,
		milliseconds(*r.ServesAgain), forms.Count(back, "session"), forms.Count(int(lost), "change"))
}

// checkCookie says what the cookie of a session shows of the servers: whether sessions are persistent (S3), and which
// servers cookies have named.
func checkCookie(w io.Writer, f *check.Facts) {
	fmt.Fprintf(w, "cookie: %s", f.Example)
	if f.Keeps != "" {
		fmt.Fprintf(w, ": cache ID %04d: persistence %s (S3)", f.CacheID, f.Keeps)
	}
	fmt.Fprintf(w, "; session ID of %s; names %s\n",
		forms.Count(f.IDLength, "character"), forms.OrDash(strings.Join(f.Servers, ", ")))
	if f.Attributes != nil {
		fmt.Fprintf(w, "  set with %s\n", forms.OrDash(f.Attributes.Text))
	}
}

// checkElsewhere tells of sessions that moved although nothing had happened.
func checkElsewhere(w io.Writer, r *check.Result) {
	for _, m := range r.Moves {
		switch {
		case m.Cause != check.ByNone:
		case m.From == m.To:
			fmt.Fprintf(w, "%s: %s answers with another session or count, and nothing had "+
				"happened: session %s, %d lost\n",
				m.Client, m.From, m.Session, m.Lost)
		default:
			fmt.Fprintf(w, "%s: %s served the session while %s was up: session %s, %d lost\n", m.Client, m.To, m.From,
				m.Session, m.Lost)
		}
	}
}

// checkVerdict is the last line. Without a session that left its server nothing was tried.
func checkVerdict(r *check.Result) string {
	kept, sessions, lost, differ, predicted := 0, 0, int64(0), 0, false
	for _, c := range r.Clients {
		m := c.Failover
		if m == nil {
			continue
		}
		sessions++
		if lost += m.Lost; m.Session == "kept" {
			kept++
		}
		if len(m.Differs) > 0 {
			differ++
		}
		predicted = predicted || m.Predicted != nil
	}
	text := fmt.Sprintf("%d of %s kept, %s lost",
		kept, forms.Count(sessions, "session"), forms.Count(int(lost), "change"))
	switch {
	case r.Victim == "":
		text = "nothing is shown"
	case differ > 0:
		text += fmt.Sprintf("; %d not as predicted", differ)
	case predicted:
		text += ", as predicted"
	}
	if r.Unrecovered > 0 {
		text += fmt.Sprintf("; %s without an answer since", forms.Count(r.Unrecovered, "client"))
	}
	return text
}
