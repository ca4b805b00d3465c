package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/lab/session"
)

// A Cluster is one database, or one replication domain, without a session at first.
type Cluster struct {
	// Store returns the store of the member a, b or c, for as long as the test runs.
	Store func(t *testing.T, member string) session.Store

	Fences  bool // a member that does not know of another's write may not write (L2)
	Turns   bool // one member at a time looks for what is over its time, in the place of all (D9)
	Largest int  // bytes of attributes that are refused from here on; 0: none are
	// Down lets a member's store be out of reach, and back; nil: there is nothing that could be.
	Down func(t *testing.T, member string, down bool)
}

// Run holds a kind of store to what all of them must do.
func Run(t *testing.T, start func(t *testing.T) *Cluster) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, c *Cluster)
	}{
		{"a session that was created is there for all members, empty", created},
		{"what was written is read by another member", takenOver},
		{"several take-overs", takenOverAndOver},
		{"the first to touch a session has it", touched},
		{"who takes a session over, takes it from who had it", touchedAfterTakeOver},
		{"plain columns change alone", plainColumns},
		{"attributes by name", delta},
		{"a write of two members", twoWriters},
		{"a session that was deleted is gone", deleted},
		{"nobody knows a session that was never created", unknown},
		{"a session belongs to one application", twoApplications},
		{"what is over its time goes, what is in use stays", reaped},
		{"one member looks at a time", reapedInTurns},
		{"large attributes", large},
		{"too large attributes leave what was written last", tooLarge},
		{"out of reach, and back", down},
		{"many sessions at all members at once", atOnce},
		{"one client of three session managers", func(t *testing.T, c *Cluster) { Walk(t, c.Store) }},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, start(t)) })
	}
}

// start is when sessions of the suite are made: far enough from 0 that a time which is none is seen.
const start session.Millis = 1_750_000_000_000

var key = session.Key{App: "shop", ID: "A2MBr0nzeYl-_8uJ3kQx7Vd"}

// fresh is a session as getSession creates it.
func fresh(k session.Key) *session.Record {
	return &session.Record{Key: k, CacheID: 1, Owner: "a", Created: start, LastAccess: start, MaxInactive: 1800,
		User: "anonymous"}
}

// attributes are given in pairs of name and value.
func attributes(pairs ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

// whole is a write of all attributes by the owner of a record.
func whole(r *session.Record, no uint64, pairs ...string) *session.Write {
	w := &session.Write{Record: *r, Whole: true}
	w.WriteNo, w.Attributes = no, attributes(pairs...)
	return w
}

// create puts a session into the store of a member and writes attributes, where some are given.
func create(t *testing.T, s session.Store, k session.Key, pairs ...string) *session.Record {
	t.Helper()
	r := fresh(k)
	must(t, s.Create(t.Context(), r))
	if len(pairs) > 0 {
		write(t, s, whole(r, 1, pairs...))
		r.WriteNo = 1
	}
	return r
}

func write(t *testing.T, s session.Store, w *session.Write) {
	t.Helper()
	_, err := s.Write(t.Context(), w)
	must(t, err)
}

// load takes a session over, with its attributes.
func load(t *testing.T, s session.Store, k session.Key, cacheID int, now session.Millis) *session.Record {
	t.Helper()
	r, err := s.Load(t.Context(), k, cacheID, now)
	must(t, err)
	if r.Attributes == nil {
		lazy, err := s.Attributes(t.Context(), k, "")
		must(t, err)
		r.Attributes, r.WriteNo = lazy.Attributes, lazy.WriteNo
	}
	return r
}

func isGone(t *testing.T, s session.Store, k session.Key) {
	t.Helper()
	if r, err := s.Load(t.Context(), k, 1, start+1); !errors.Is(err, session.ErrGone) {
		t.Errorf("loaded %+v, %v; want %v", r, err, session.ErrGone)
	}
}

// holds compares the attributes of a record.
func holds(t *testing.T, r *session.Record, pairs ...string) {
	t.Helper()
	if diff := cmp.Diff(attributes(pairs...), r.Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// touch expects a touch to succeed or not.
func touch(t *testing.T, s session.Store, k session.Key, mine, now session.Millis, want bool) {
	t.Helper()
	ok, err := s.Touch(context.Background(), k, mine, now)
	must(t, err)
	if ok != want {
		t.Errorf("touched from %d to %d: %t, want %t", mine-start, now-start, ok, want)
	}
}
