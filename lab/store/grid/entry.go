package grid

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/wasplug/wasplug/lab/session"
)

// entry is a session as the grid has it: one value, so that a change is there as a whole or not at all. A write to a
// multi-row table can be cut in two by a death; one to the grid cannot.
type entry struct {
	Stamp       string         `json:"stamp"` // of the change that made it what it is
	WriteNo     uint64         `json:"writeNo"`
	CacheID     int            `json:"cacheId"`
	Owner       string         `json:"owner,omitempty"` // the member that wrote it last
	Created     session.Millis `json:"created"`
	LastAccess  session.Millis `json:"lastAccess"`
	Accessor    string         `json:"accessor"`    // the life of the member that set LastAccess
	MaxInactive int            `json:"maxInactive"` // seconds; -1 never
	User        string         `json:"user"`

	Attributes map[string]json.RawMessage `json:"attributes,omitempty"`
}

func parse(k session.Key, old *kept) (*entry, error) {
	e := &entry{}
	if err := json.Unmarshal(old.value, e); err != nil {
		return nil, fmt.Errorf("session %s of %s: %w", k.ID, k.App, err)
	}
	return e, nil
}

// record is the session for a member.
func (e *entry) record(k session.Key) *session.Record {
	attributes := e.Attributes
	if attributes == nil {
		attributes = map[string]json.RawMessage{}
	}
	return &session.Record{Key: k, WriteNo: e.WriteNo, CacheID: e.CacheID, Owner: e.Owner, Created: e.Created,
		LastAccess: e.LastAccess, MaxInactive: e.MaxInactive, User: e.User, Attributes: attributes}
}

// take takes a write in. Each attribute is for itself, as in a session cache: those that are not named stay (G2).
func (e *entry) take(w *session.Write) {
	if w.TouchesAccess {
		e.LastAccess = w.LastAccess
	}
	if w.TouchesMaxInactive {
		e.MaxInactive = w.MaxInactive
	}
	if w.TouchesUser {
		e.User = w.User
	}
	if !w.Whole && len(w.Attributes) == 0 && len(w.Removed) == 0 {
		return
	}
	e.WriteNo, e.CacheID, e.Owner = w.WriteNo, w.CacheID, w.Owner
	if w.Whole || e.Attributes == nil {
		e.Attributes = map[string]json.RawMessage{}
	}
	maps.Copy(e.Attributes, w.Attributes)
	for _, name := range w.Removed {
		delete(e.Attributes, name)
	}
}

// over says that the time of a session is over.
func (e *entry) over(now session.Millis) bool {
	return e.MaxInactive >= 0 && e.LastAccess+session.Millis(e.MaxInactive)*1000 < now
}
