package history

// Operations of clients, and events of a run.
const (
	Increment  = "increment" // of the attribute; Value is what the answer showed
	Get        = "read"
	set        = "set"
	Invalidate = "invalidate"

	Begin    = "run" // the first line: what the sessions' settings are
	Kill     = "kill"
	Stop     = "stop" // SIGSTOP: hung, not dead
	Continue = "continue"
	Shutdown = "shutdown"
	Start    = "start" // T1: it serves
	Tick     = "tick"
	Reap     = "reap" // a look for sessions that have timed out
	Store    = "store"
)

// The texts of a store event: it takes the store away, brings it back, or what the store had is gone.
const (
	StoreDown = "down"
	StoreUp   = "up"
	StoreLost = "lost"
)

var operations = []string{Increment, Get, set, Invalidate, Begin, Kill, Stop, Continue, Shutdown,
	Start, Tick, Reap, Store}

// Line is one operation of a client, or one event: a line of the file. Other tools may write histories, too: what a
// line must have stands in fits, all else may be missing.
type Line struct {
	T0      int64  `json:"t0"` // sent, and answered: microseconds since some start
	T1      int64  `json:"t1"`
	Clock   int64  `json:"clock,omitempty"` // of the sessions, in milliseconds, where it is not that of T0 and T1
	Client  string `json:"client,omitempty"`
	Session string `json:"session,omitempty"` // its ID, as the answer showed it
	Op      string `json:"op"`
	Attr    string `json:"attr,omitempty"`
	Value   *int64 `json:"value,omitempty"` // nil: the answer showed none
	Text    string `json:"text,omitempty"`  // the value of an attribute that is no number
	Member  string `json:"member,omitempty"`
	Status  int    `json:"status,omitempty"` // 0: no answer came
	CacheID int    `json:"cacheId,omitempty"`
	WriteNo uint64 `json:"writeNo,omitempty"`
	// Written is the value of the attribute that the member has acknowledged as written; nil for none.
	Written  *int64 `json:"written,omitempty"`
	Replicas int    `json:"replicas,omitempty"` // copies beside the owner's when it was acknowledged
	Kill     int    `json:"kill,omitempty"`     // the number of a fault; of an operation: of the one that it met

	// Predicted is what was foretold of the answer, nil for nothing.
	Predicted *Predicted `json:"predicted,omitempty"`

	// Of the first line.
	// none, database, memory-to-memory, grid; "": a copy always survives
	Persistence string `json:"persistence,omitempty"`
	Database    string `json:"database,omitempty"` // sqlite or postgres
	// the members that hold copies for others; none: all that appear
	Holders []string `json:"holders,omitempty"`
}

// Predicted is a prediction, as far as a history is judged by it.
type Predicted struct {
	Changes string  `json:"changes"`           // all, none-lost-older-than, unwritten-lost, lost
	Bound   int64   `json:"bound,omitempty"`   // milliseconds: nothing older is lost
	Exact   bool    `json:"exact,omitempty"`   // what it says to be lost is lost
	Applied *[2]int `json:"applied,omitempty"` // how often this request takes effect; nil: once
}

// The words of Predicted.Changes.
const (
	changesAll       = "all"
	changesBound     = "none-lost-older-than"
	changesUnwritten = "unwritten-lost"
	changesLost      = "lost"
)

// isEvent reports a line that is no operation of a client.
func (l *Line) isEvent() bool {
	switch l.Op {
	case Increment, Get, set, Invalidate:
		return false
	}
	return true
}

// answered reports an operation whose answer showed a value.
func (l *Line) answered() bool { return l.Status == 200 && l.Value != nil }
