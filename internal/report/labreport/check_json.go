package labreport

import (
	"io"
	"time"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/check"
)

// A check of servers as lab-check.schema.json describes it. Times are seconds; null is what was not seen.
type (
	checkRunJSON struct {
		Version     int             `json:"version"`
		URL         string          `json:"url"`
		Fine        bool            `json:"fine"`
		Sent        int             `json:"sent"`
		Answered    int             `json:"answered"`
		Failed      int             `json:"failed"`
		Failure     string          `json:"failure,omitempty"`
		Servers     []string        `json:"servers"`
		Killed      *string         `json:"killed"`
		Worst       float64         `json:"worstGapSeconds"`
		Unrecovered int             `json:"unrecovered"`
		Started     bool            `json:"started"`
		Serves      *float64        `json:"servesAfterSeconds"`
		Clients     []checkClient   `json:"clients"`
		Moves       []checkMove     `json:"moves"`
		Cookie      checkCookieJSON `json:"cookie"`
		Findings    []labCheckJSON  `json:"checks"`
	}
	checkClient struct {
		Name      string             `json:"name"`
		Server    string             `json:"server"`
		Cookie    string             `json:"cookie"`
		Counted   int64              `json:"counted"`
		Recovered bool               `json:"recovered"`
		Gap       float64            `json:"gapSeconds"`
		Failover  *checkFailoverJSON `json:"failover"`
	}
	checkMove struct {
		Client  string  `json:"client"`
		Cause   string  `json:"cause"`
		From    string  `json:"from"`
		To      string  `json:"to"`
		After   float64 `json:"afterSeconds"`
		Session string  `json:"session"`
		Before  int64   `json:"before"`
		Found   int64   `json:"found"`
		Lost    int64   `json:"lost"`
		Twice   int64   `json:"twice"`
		LostAge float64 `json:"lostAgeSeconds"`
		Gap     float64 `json:"gapSeconds"`
		Had     string  `json:"cookieBefore"`
		Has     string  `json:"cookieAfter"`
	}
	checkFailoverJSON struct {
		checkMove
		Predicted *checkPredicted `json:"predicted"`
		Differs   []string        `json:"differs"`
	}
	checkPredicted struct {
		Owner   string   `json:"owner"`
		Session string   `json:"session"`
		Changes string   `json:"changes"`
		Bound   float64  `json:"bound"`
		Cookie  string   `json:"cookie"`
		Serves  []string `json:"serves"`
		Text    string   `json:"text"`
		Rules   []string `json:"rules"`
	}
	checkCookieJSON struct {
		Example    string           `json:"example"`
		CacheID    *int             `json:"cacheId"`
		IDLength   int              `json:"idLength"`
		Servers    []string         `json:"servers"`
		Keeps      string           `json:"persistence,omitempty"`
		Attributes *checkAttributes `json:"attributes"`
	}
	checkAttributes struct {
		Path     string `json:"path"`
		Domain   string `json:"domain"`
		SameSite string `json:"sameSite"`
		HTTPOnly bool   `json:"httpOnly"`
		Secure   bool   `json:"secure"`
		Lasts    bool   `json:"lasts"`
	}
)

func checkJSON(w io.Writer, r *check.Result) error {
	out := checkRunJSON{Version: 1, URL: r.URL, Fine: r.Fine(), Sent: r.Sent, Answered: r.Answered, Failed: r.Failed,
		Failure: r.FirstFailure, Servers: append([]string{}, r.Servers...), Worst: r.WorstGap.Seconds(),
		Unrecovered: r.Unrecovered, Started: r.Started, Serves: secondsOrNull(r.ServesAgain), Clients: []checkClient{},
		Moves: []checkMove{}, Cookie: checkCookieOf(&r.Facts), Findings: []labCheckJSON{}}
	if r.Victim != "" {
		out.Killed = &r.Victim
	}
	for _, c := range r.Clients {
		out.Clients = append(out.Clients,
			checkClient{c.Name, c.Server, c.Cookie, c.Counted, c.Recovered, c.Gap.Seconds(),
				checkFailoverOf(c.Failover)})
	}
	for i := range r.Moves {
		out.Moves = append(out.Moves, checkMoveOf(&r.Moves[i]))
	}
	for _, f := range r.Report.Findings {
		out.Findings = append(out.Findings, labCheckJSON{f.Check, f.Client, f.Text})
	}
	return forms.JSON(w, &out)
}

func secondsOrNull(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

func checkMoveOf(m *check.Move) checkMove {
	return checkMove{m.Client, string(m.Cause), m.From, m.To, m.After.Seconds(), m.Session, m.Before, m.Found, m.Lost,
		m.Twice, m.LostAge.Seconds(), m.Gap.Seconds(), m.Had, m.Has}
}

// checkFailoverOf is nil of a client whose session the kill did not touch; predicted is nil without a configuration.
func checkFailoverOf(m *check.Move) *checkFailoverJSON {
	if m == nil {
		return nil
	}
	out := &checkFailoverJSON{checkMove: checkMoveOf(m), Differs: append([]string{}, m.Differs...)}
	if p := m.Predicted; p != nil {
		out.Predicted = &checkPredicted{p.Owner, p.Session, p.Changes, p.Bound.Seconds(), p.Cookie,
			append([]string{}, p.Serves...), p.Text, append([]string{}, p.Rules...)}
	}
	return out
}

// checkCookieOf is what a cookie shows; CacheID is negative where it has none.
func checkCookieOf(f *check.Facts) checkCookieJSON {
	out := checkCookieJSON{Example: f.Example, IDLength: f.IDLength,
		Servers: append([]string{}, f.Servers...), Keeps: f.Keeps}
	if f.CacheID >= 0 {
		out.CacheID = &f.CacheID
	}
	if a := f.Attributes; a != nil {
		out.Attributes = &checkAttributes{a.Path, a.Domain, a.SameSite, a.HTTPOnly, a.Secure, a.Lasts}
	}
	return out
}
