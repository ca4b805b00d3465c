package session

import (
	"slices"
	"time"
)

// Case is a question: a member had a session, another one gets its request. Members are told by their places in
// Members. A Case is asked as a value, so that trying other assumptions on a copy leaves it as it was.
type Case struct {
	Policy  Policy
	Failure Failure
	Members []Member // the servers of the cluster
	Owner   int      // the member that served the session last, -1: the request carries no session of a member
	Serves  []int    // the members that can answer, several where chance decides
	Fails   bool     // it can be that nobody answers
	Down    []Death
	Holders []int // the members that hold the replicas, nil where nobody knows

	Remembers []int // the members that have had the session before, and have that older state in memory
	Restarted []int // the members that are up, and have begun anew since: they have nothing of it

	Value     string // of the session cookie
	Separator byte
	Partition bool // the cookie carries a partition ID in place of clone IDs (M10)

	Assumed Assumed

	// of one look at the question, see decide
	serves int      // the one of Serves that is looked at
	asked  Set      // the choices that were consulted
	cited  []string // the rules that the outcome rests on, in the order in which they came up
}

// Member is a server of a cluster.
type Member struct{ Name, Clone string }

// Death is a member that is down.
type Death struct {
	Member int
	Before time.Duration // how long before the owner it went down, 0: at the same time
}

// Failure is what is known of the last change and of the moment in which the owner failed.
type Failure struct {
	Moment    Moment
	Age       time.Duration // of the last change
	Aged      bool          // Age is known
	InPlace   bool          // an attribute was changed without setAttribute (W6)
	OtherSet  bool          // and another one was set in the same write period, which in a single row takes it along
	New       bool          // the session was new: the change is in its first request
	StoreDown bool          // the database, the grid, or every replicator, cannot be reached
	StoreLost bool          // database or grid can, and have lost what they had
	// a member that hung has gone on, and its write, which compares nothing, was the last (D5, D7)
	Covered bool
	App     App
}

// Changes says which changes of finished requests the member that serves does not find.
type Changes string

// What can become of changes.
const (
	all               Changes = "all"
	noneLostOlderThan Changes = "none-lost-older-than" // Outcome.Bound
	unwrittenLost     Changes = "unwritten-lost"
	lost              Changes = "lost"
)

// State says what the member that serves has of the session.
type State string

// The states.
const (
	noSession State = "none"    // the request carries none, or nobody answers
	home      State = "home"    // its owner serves
	kept      State = "kept"    // the same session
	empty     State = "empty"   // the same session ID, no attributes
	another   State = "new"     // another session
	depends   State = "depends" // it hangs on who answers, or on who holds the copies
)

// The users' view of a failover, as a report names it; users has the sentences.
const (
	goesOn             = "goes-on"
	firstScreen        = "first-screen"
	sendAgain          = "send-again"
	portletUnavailable = "portlet-unavailable"
	logIn              = "log-in"
)

// Outcome is what becomes of a session.
type Outcome struct {
	Session State
	Changes Changes
	Bound   time.Duration // nothing older than this is lost; 0: changes of any age can be, or none
	Applied [2]int        // how often the request at the moment of the failure takes effect: least, most
	Serves  []string      // the members that can answer
	Cookie  string        // 0002<id>:a:b, 0000<new>:b; "" where it stays as it is
	User    string
	Rules   []string
	Hangs   []string // the session choices that would change it
}

// found reports whether the member that serves shows the last change in the old session: from its copy, or because
// the repeated request made it.
func (o *Outcome) found() bool {
	return (o.Session == kept || o.Session == home) && (o.Changes == all || o.Applied[0] > 0)
}

// same compares all that somebody could notice, rules and choices aside.
func (o *Outcome) same(other *Outcome) bool {
	return o.Session == other.Session && o.Changes == other.Changes && o.Bound == other.Bound &&
		o.Applied == other.Applied && o.Cookie == other.Cookie && o.User == other.User &&
		slices.Equal(o.Serves, other.Serves)
}

// ask reads a choice and notes that the outcome may hang on it.
func (c *Case) ask(choice Choice) uint8 {
	c.asked |= Of(choice)
	return c.Assumed[choice]
}

func (c *Case) cite(rules ...string) {
	for _, r := range rules {
		if !slices.Contains(c.cited, r) {
			c.cited = append(c.cited, r)
		}
	}
}

// decide works out what one of the members finds under one value of each choice, and says what was consulted.
func (c Case) decide(serves int) (Outcome, Set) {
	c.serves = serves
	o := Outcome{Serves: []string{c.Members[serves].Name}}
	if serves == c.Owner && !slices.Contains(c.Restarted, serves) && !c.forgotten() {
		o.Session, o.Changes, o.User = home, all, goesOn
	} else {
		c.moved(&o)
	}
	o.Rules = c.cited
	return o, c.asked
}

// forgotten reports that even the owner has lost the session: its next request finds nothing in the store to compare
// its last access with.
func (c *Case) forgotten() bool {
	if !c.Failure.StoreLost || !c.Policy.outside() || c.Policy.Frequency != EndOfService {
		return false
	}
	c.cite("D2")
	return true
}

// moved is decide where another member than the owner serves, or the owner has no session any more. The cookie comes
// last: whether its ID and list are kept hangs on what was found (S9, S15).
func (c *Case) moved(o *Outcome) {
	switch found := c.copies(); {
	case found == nothing && c.fromMemory():
		o.Session, o.Changes = kept, lost
		if c.Failure.Moment.inFlight() {
			o.Applied = again(0)
		}
	case found == aCopy:
		c.found(o)
	case found == perhaps:
		c.found(o)
		if o.Session != another {
			o.Session = depends
		}
	default:
		o.Session, o.Changes = another, lost
		if c.Failure.Moment.inFlight() {
			o.Applied = again(0)
		}
	}
	switch o.Session {
	case another:
		o.Cookie = c.newCookie()
	case depends:
		c.cite("S4")
	default:
		c.cite("S4", "S9")
		o.Cookie = c.keptCookie()
	}
	o.User = c.user(o)
}

// fromMemory reports a member that has had the session before: while database or grid cannot be asked, it serves what
// it has.
func (c *Case) fromMemory() bool {
	return c.Policy.outside() && c.Failure.StoreDown && slices.Contains(c.Remembers, c.serves)
}

// user is what the person at the browser has to do. What the application makes of a failover comes before what became
// of the session: a form behind a redirect is lost with the request, whatever was saved (W8).
func (c *Case) user(o *Outcome) string {
	began := o.Session == another || o.Session == empty || o.Session == depends
	switch {
	case c.Failure.App == post:
		c.cite("W8")
		return sendAgain
	case c.Failure.App == portlet:
		c.cite("W7")
		return portletUnavailable
	case c.Failure.App == login && began:
		return logIn
	case c.Failure.App == wizard:
		c.cite("W8")
		return firstScreen
	case began:
		return firstScreen
	}
	return goesOn
}

// Lost reports that the member that serves has nothing of the session: its user begins anew.
func (o *Outcome) Lost() bool { return o.Session == another || o.Session == empty }

// Open reports that nobody can tell whether the member that serves has the session.
func (o *Outcome) Open() bool { return o.Session == depends }

// LosesChanges reports that the member that serves has the session without its last change, if that is younger than
// Bound; 0: however old it is.
func (o *Outcome) LosesChanges() bool { return !o.Lost() && o.Changes != all }
