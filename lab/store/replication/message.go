package replication

import (
	"encoding/json"

	"github.com/wasplug/wasplug/lab/session"
)

// The kinds of messages, which are also the words in their subjects (L1).
const (
	kindPut   = "put"
	kindGet   = "get"
	kindDrop  = "drop"
	kindState = "state"
	kindBeat  = "hb"
)

// message is a session on its way: what put carries, and what the answer to get gives. Of a drop only key and stamp
// count.
type message struct {
	App string `json:"app"`
	ID  string `json:"id"`
	stamp
	CacheID    int            `json:"cacheId,omitempty"`
	Created    session.Millis `json:"created,omitempty"`
	LastAccess session.Millis `json:"lastAccess,omitempty"`
	// seconds; -1 never
	MaxInactive int    `json:"maxInactive,omitempty"`
	User        string `json:"user,omitempty"`

	// All attributes when Whole; otherwise those set since the write Base, Removed being gone (L3).
	Whole      bool            `json:"whole,omitempty"`
	Base       uint64          `json:"base,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
	Removed    []string        `json:"removed,omitempty"`

	mine bool // given by its owner (answer)

	Refused bool `json:"refused,omitempty"` // by a holder: of two writes of one number the other counts
	Gone    bool `json:"gone,omitempty"`    // the session was invalidated; nothing else counts
}

// stamp says which write of a session something is, and who may make the next one (L2). Numbers rise by write and by
// take-over, and go on through both, so the higher one is later, whoever made it; see refuses for two that are equal.
type stamp struct {
	No    uint64 `json:"no"`    // write number
	Owner string `json:"owner"` // the member that made it
	// Fence is a number above No that a member has reserved which took the session over and has not written it yet.
	Fence uint64 `json:"fence,omitempty"`
	To    string `json:"to,omitempty"` // the member that has reserved Fence; "" without one
}

// top is the highest number that is taken, and by whom: the session's owner (M3).
func (s *stamp) top() (no uint64, owner string) {
	if s.Fence > s.No {
		return s.Fence, s.To
	}
	return s.No, s.Owner
}

// owner is the member that may write: of a copy that was taken over the one that did, also before it has written.
func (s *stamp) owner() string {
	_, owner := s.top()
	return owner
}

// refuses reports whether another stamp comes too late: a lower number, or the same number of another owner (L2). Of
// two copies that one member took over the older one is late, too.
func (s *stamp) refuses(other *stamp) bool {
	top, owner := s.top()
	no, by := other.top()
	return no < top || no == top && (by != owner || other.No < s.No)
}

func (m *message) key() session.Key { return session.Key{App: m.App, ID: m.ID} }

// A verdict is what a holder says to a put.
type verdict string

const (
	taken   verdict = "taken"
	newer   verdict = "newer" // it holds a later write, or one of the same number of another owner (L2)
	wantAll verdict = "all"   // it has not the write that the delta starts from (L3)
)

// question asks for a session. By takes it over: who is asked reserves the next write number for it. Without By
// nothing changes where it is asked.
type question struct {
	App string `json:"app,omitempty"` // "" any: only whether there is one
	ID  string `json:"id"`
	By  string `json:"by,omitempty"`
}

// answer is what one member knows of a session.
type answer struct {
	Session *message `json:"session,omitempty"` // as it was last written (L7); nil: none
	// Fence is the write number that is reserved for the member that asks: all below it are known to be taken.
	Fence uint64 `json:"fence,omitempty"`
	Mine  bool   `json:"mine,omitempty"` // by its owner, who has all that was written in this life
}

// beat is a heartbeat (L6), to all members at once. Each carries all that there is to tell, so a lost one does not
// matter.
type beat struct {
	Member  string `json:"member"`
	Life    uint64 `json:"life"`              // drawn at each start: a member that was restarted has lost all
	Ready   bool   `json:"ready"`             // it has what it must hold (L9)
	Leaving bool   `json:"leaving,omitempty"` // the last one, when it stops in order
	Version uint64 `json:"version,omitempty"` // of its partition table (L11)
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // attributes are checked before they become part of a message
	}
	return data
}
