package session

import (
	"context"
	"encoding/json"
	"errors"
)

// Millis is a time in milliseconds since 1970, as the table of a database has it.
type Millis int64

// Key names what a store keeps: the session of one application under one ID (S15).
type Key struct{ App, ID string }

// Record is a session as a store knows it.
type Record struct {
	Key
	WriteNo uint64 // of the last write, from 1 on; 0 for a session that was created and never written
	CacheID int    // of the last write; 0 where the store keeps none
	Owner   string // the member that wrote it last; "" where the store keeps none

	Created, LastAccess Millis
	Before              Millis // what Load found the last access to be, before it moved it: S4 compares it
	MaxInactive         int    // seconds, -1 never
	User                string // "anonymous" without a login
	Replicas            int    // as in [Ack], of a session that Load has taken over; 0 where the store does not tell

	// Attributes are those that were read with the record; nil where [Store.Attributes] is to be asked (D4).
	Attributes map[string]json.RawMessage
}

// Write is what a session's owner wants to be kept of it.
type Write struct {
	Record
	// Whole says that Attributes are all there are; otherwise they are those that were set (W5). In a single row there
	// is no other write of attributes than a whole one. Not whole, none, nothing removed: they are as they were.
	Whole   bool
	Removed []string // since the last write, named under Whole, too
	// Plain columns that changed (D5); a store that always writes all of them may ignore it.
	TouchesAccess, TouchesUser, TouchesMaxInactive bool
}

// Ack says what a store has done with a write.
type Ack struct {
	Replicas int  // members, or tables, that hold it now; 0 under memory-to-memory: unprotected (L10)
	Pending  bool // the store does not wait: this write is not acknowledged yet (replication-ack: async, M8)
}

var (
	// ErrGone: the store has no such session.
	ErrGone = errors.New("no such session")
	// ErrDown: the store cannot be asked (database down, D12's notes); memory goes on being served.
	ErrDown = errors.New("the session store cannot be reached")
	// ErrNewer: another member has written the session since; the own copy is to be dropped and read again (L2).
	ErrNewer = errors.New("another member has written the session since")
	// ErrName: an attribute of the name cannot be kept (multi-row: the session's ID is none); the others were written.
	ErrName = errors.New("an attribute of this name cannot be kept")
	// ErrTooLarge: the attributes fit into no column and were not written (section 2 of the specification).
	ErrTooLarge = errors.New("the attributes are larger than the largest column")
)

// Store keeps the sessions of one member outside of its manager's memory. It is safe for concurrent use.
type Store interface {
	// Create puts a new session there, its attributes still missing (D1). It raises r.WriteNo where the store
	// remembers writes to an earlier session of the ID.
	Create(ctx context.Context, r *Record) error
	// Touch moves the last access from mine to now. False: it is no longer mine, somebody else had the session (D2).
	// Now is later than mine, max(now, mine+1): two accesses in one millisecond could not be told apart.
	Touch(ctx context.Context, k Key, mine, now Millis) (bool, error)
	// Load reads a session and moves its last access to max(now, before+1) (D4): the record has both. Were it not
	// later than before, the copy of the member that had the session would look like the newest (S4). cacheID is that
	// of the request. ErrGone, ErrDown.
	Load(ctx context.Context, k Key, cacheID int, now Millis) (*Record, error)
	// Attributes reads the attribute of a name, or all of them where they lie in one piece or no name is given (D4).
	// Of the record Attributes, WriteNo, CacheID and Owner count: what was written with them. ErrGone, ErrDown.
	Attributes(ctx context.Context, k Key, name string) (*Record, error)
	// Write keeps a change (D5, D7, D8). ErrGone: the session must be created first. ErrNewer, ErrTooLarge, ErrDown.
	Write(ctx context.Context, w *Write) (Ack, error)
	// Delete forgets a session (D10).
	Delete(ctx context.Context, k Key) error
	// Exists says whether an application has a session of the ID (S15).
	Exists(ctx context.Context, id string) (bool, error)
	// Reap removes what is over its time, and says what (D9). Nil where another member's turn it was.
	Reap(ctx context.Context, app string, now Millis) ([]Key, error)
	// Apart says that attributes are kept each by itself (multi-row, a replica's delta): only then a Write need not be
	// Whole, and [Store.Attributes] of a name gives no more than that one (W5).
	Apart() bool
	// Holders are the members that hold copies of an owner's sessions; nil where the store has none.
	Holders(owner string) []string
}
