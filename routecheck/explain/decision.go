package explain

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Decision is the explained answer to one request, as `why --format json` prints it (schemas/why.schema.json).
type Decision struct {
	Version    int            `json:"version"`
	Request    int            `json:"request"` // number of the request, from 1
	Decision   string         `json:"decision"`
	Status     *int           `json:"status"`
	Cluster    string         `json:"cluster"`
	Member     string         `json:"member"` // "" where chance decides between several
	Attempts   []AttemptNote  `json:"attempts"`
	Steps      []StepNote     `json:"steps"`
	Candidates []RouteNote    `json:"candidates"`
	NotMatched map[string]int `json:"notMatched"` // Routes that do not compete, by what does not match
	Possible   []Possibility  `json:"possible"`
	State      StateNotes     `json:"state"`
	Session    *SessionNote   `json:"session"` // nil where nothing is known of the servers' sessions
	// why the answer is not that of a healthy request, filled in by package cause
	Cause     *Cause       `json:"cause"`
	Also      []string     `json:"also"`   // codes of the other causes that apply
	Margin    *Margin      `json:"margin"` // of a Route to another cluster that nearly won
	Certain   bool         `json:"certain"`
	Proven    bool         `json:"proven"` // false: the budget ended before every combination of choices was tried
	DependsOn []Dependence `json:"dependsOn"`
	// the members that can get the request, as long as they answer, and have no address that can be reached
	Unreachable []UnreachableNote `json:"unreachable,omitempty"`
	// why the web server answers itself without asking the plug-in (R16)
	Refused string `json:"-"`
	// of a path that was asked without a host: for which the answer is the same
	Hosts  string   `json:"hosts,omitempty"`
	Lines  []string `json:"-"` // what people read first, of package cause
	GoesTo string   `json:"-"` // who gets the request, likewise
	Ends   []Answer `json:"-"` // every answer that chance allows
	// the members that the request marks down, nil where chance decides
	Marked  []string `json:"-"`
	Result  *Result  `json:"-"` // of the run that Steps shows
	Answers string   `json:"-"` // the set of answers in words
}

// Cause says why an answer is not what a healthy request would get: what it means for the user, and why.
type Cause struct {
	Code   string   `json:"code"`
	Effect string   `json:"effect"` // "the session is lost"
	Text   string   `json:"text"`   // the cause; with the effect and a colon before it, it is the first line of `why`
	Near   []Near   `json:"near"`   // at most three
	Margin *Margin  `json:"margin"` // of the Route that beats the expected one
	Until  *float64 `json:"until"`  // seconds until a retry is due, where the cause waits for one
	Advice string   `json:"advice"` // what to look at
}

// Near is a near miss: a name, or a URL, for which the answer is another one. Each was asked again before it is told.
type Near struct {
	What    string         `json:"what"` // what is different
	Name    string         `json:"name"` // a clone ID, or a Uri; "" where the URL tells
	Cluster string         `json:"cluster"`
	Member  string         `json:"member"` // "" where the near miss leads to a cluster only
	URL     string         `json:"url"`
	At      *diag.Position `json:"at"`
}

// Margin is how far a Route to another cluster was from winning (R1, R12).
type Margin struct {
	By     int      `json:"by"` // the winner's scores together, less those of the loser
	Winner Side     `json:"winner"`
	Loser  Side     `json:"loser"`
	Assume []string `json:"assume"` // choice=value, each of which alone lets the loser's cluster win
}

// Side is a Route that competed, by the alias and the Uri that it matched with.
type Side struct {
	Cluster    string         `json:"cluster"`
	Alias      string         `json:"alias"`
	URI        string         `json:"uri"`
	VhostScore int            `json:"vhostScore"`
	URIScore   int            `json:"uriScore"`
	At         *diag.Position `json:"at"`
}

// Sum is both scores together.
func (s *Side) Sum() int { return s.VhostScore + s.URIScore }

// AttemptNote is one attempt.
type AttemptNote struct {
	Member  string `json:"member"`
	Outcome string `json:"outcome"` // ok, refused, timeout, io-timeout, 503, reset or malformed
	Marked  bool   `json:"marked"`  // this attempt marked the member down
}

// StepNote is one step that has a text.
type StepNote struct {
	Rule   string         `json:"rule"`
	Also   []string       `json:"also,omitempty"`
	Mark   string         `json:"mark"`
	Choice string         `json:"choice,omitempty"`
	Text   string         `json:"text"`
	At     *diag.Position `json:"at"`
	Step   failover.Step  `json:"-"` // what the text tells
}

// Source says where a step comes from: its place in the file, its rules, their mark.
func (n *StepNote) Source() string {
	text := strings.Join(append([]string{n.Rule}, n.Also...), " ") + ", " + n.Mark
	if n.Choice != "" {
		text += " (" + n.Choice + ")"
	}
	if n.At == nil {
		return text
	}
	return n.At.String() + ": " + text
}

// RouteNote is a Route that competed, or that nearly did when none matches.
type RouteNote struct {
	Route      int            `json:"route"` // number in the file, from 1
	Cluster    string         `json:"cluster"`
	Alias      string         `json:"alias"`
	URI        string         `json:"uri"`
	VhostScore int            `json:"vhostScore"`
	URIScore   int            `json:"uriScore"`
	Wins       bool           `json:"wins"`
	Why        string         `json:"why"`
	Missing    string         `json:"-"` // of a Route that does not compete: its key in NotMatched
	At         *diag.Position `json:"at"`
}

// SessionNote says what becomes of the session.
type SessionNote struct {
	Fate    string         `json:"fate"` // one of package session's, or changes younger than N s lost
	Text    string         `json:"text"`
	Outcome SessionOutcome `json:"outcome"`
	Notes   []string       `json:"-"` // what people read below the text
}

// SessionOutcome is what becomes of the session, in parts.
type SessionOutcome struct {
	Session string   `json:"session"` // home, kept, empty, new, none or depends
	Changes string   `json:"changes"` // all, none-lost-older-than, unwritten-lost or lost
	Bound   float64  `json:"bound"`   // seconds: nothing older is lost; 0 with all
	Applied [2]int   `json:"applied"` // how often the request at the moment of the failure takes effect: least, most
	Serves  []string `json:"serves"`
	Cookie  string   `json:"cookie"`
	User    string   `json:"user"`
	Rules   []string `json:"rules"`
	Hangs   []string `json:"hangs"` // session choices that would change it
}

func sessionNote(p *session.Prediction) *SessionNote {
	o := SessionOutcome{string(p.Session), string(p.Changes), p.Bound.Seconds(), p.Applied, p.Serves, p.Cookie,
		p.User, p.Rules, p.Hangs}
	return &SessionNote{p.Fate, p.Text, o, p.Notes}
}

// Possibility is a member that chance can choose for this request, or for one of those that follow.
type Possibility struct {
	Member string  `json:"member"`
	First  float64 `json:"first"` // probability for this request
	// of the requests that members get over a full cycle once failures have been noticed; all together 1
	Share float64 `json:"share"`
}

// UnreachableNote is a member whose Transports can never be reached, as the file has them.
type UnreachableNote struct {
	Member string         `json:"member"`
	Why    string         `json:"why"`
	At     *diag.Position `json:"at"`
}

// String is the note as people read it.
func (n *UnreachableNote) String() string {
	text := n.Member + " can never be reached: " + n.Why
	if n.At != nil {
		text += ", " + n.At.String()
	}
	return text
}

// StateNotes is the state of the cluster around the request, in the run that Steps shows.
type StateNotes struct {
	Before *ClusterNote `json:"before"`
	After  *ClusterNote `json:"after"`
}

// ClusterNote is the state of a cluster in a process.
type ClusterNote struct {
	Cluster string       `json:"cluster"`
	Next    string       `json:"next"` // where round robin stands, "" before it has started
	Members []MemberNote `json:"members"`
}

// MemberNote is the state of a member in a process.
type MemberNote struct {
	Member   string  `json:"member"`
	Role     string  `json:"role"` // primary, backup, cluster-address or none
	Weight   int32   `json:"weight"`
	Start    int32   `json:"start"`
	Marked   bool    `json:"marked"`
	RetryIn  float64 `json:"retryIn"` // seconds until the retry is due
	Pending  int32   `json:"pending"`
	Failed   uint64  `json:"failed"`
	Affinity uint64  `json:"affinity"`
	Total    uint64  `json:"total"`
}
