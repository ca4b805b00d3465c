package database_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

const (
	now session.Millis = 1_750_000_000_000

	row       = " WHERE id = $1 AND propid = $1 AND appname = $2"
	attribute = " WHERE id = $1 AND propid = $3 AND appname = $2"

	insert = "INSERT INTO sessions (id, propid, appname, listenercnt, lastaccess, creationtime, maxinactivetime, " +
		"username, small, medium, large) VALUES ($1, $1, $2, 0, $3, $4, $5, $6, NULL, NULL, NULL)"
	touch = "UPDATE sessions SET lastaccess = $3" + row + " AND lastaccess = $4"
	turn  = "SELECT lastaccess FROM sessions" + row
	stale = "SELECT id, lastaccess FROM sessions WHERE appname = $1 AND id = propid AND maxinactivetime >= 0 " +
		"AND lastaccess + maxinactivetime * CAST(1000 AS bigint) < $2"
	removed = "DELETE FROM sessions" + row + " AND lastaccess = $3"
	all     = "DELETE FROM sessions WHERE id = $1 AND appname = $2"
)

var loaded = []string{
	"SELECT listenercnt, lastaccess, creationtime, maxinactivetime, username FROM sessions" + row,
	touch,
}

// A recorded store lists its statements.
type recorded struct {
	*database.Store
	log *storetest.Recorder
}

// A moment is one of those of section 2, and what the store is asked for then.
type moment struct {
	rule, name       string
	ask              func(t *testing.T, s recorded)
	single, multirow []string
}

var moments = []moment{
	{"D1", "getSession creates", func(t *testing.T, s recorded) {
		check(t, s.Create(t.Context(), newSession("new")))
	}, []string{insert}, []string{insert}},
	{"D2", "a request finds a valid copy in memory", func(t *testing.T, s recorded) {
		ok, err := s.Touch(t.Context(), keyOf("there"), now, now+1)
		check(t, err)
		if !ok {
			t.Error("another had it")
		}
	}, []string{touch}, []string{touch}},
	{"D2", "somebody else had the session", func(t *testing.T, s recorded) {
		ok, err := s.Touch(t.Context(), keyOf("there"), now-5, now+1)
		check(t, err)
		if ok {
			t.Error("nobody had it")
		}
	}, []string{touch}, []string{touch}},
	{"D4", "not in memory", func(t *testing.T, s recorded) {
		_, err := s.Load(t.Context(), keyOf("there"), 1, now+1)
		check(t, err)
	}, loaded, loaded},
	{"D4", "gone", func(t *testing.T, s recorded) {
		if _, err := s.Load(t.Context(), keyOf("gone"), 1, now+1); err != session.ErrGone {
			t.Error(err)
		}
	}, loaded[:1], loaded[:1]},
	{"D4", "the first getAttribute", func(t *testing.T, s recorded) {
		_, err := s.Attributes(t.Context(), keyOf("there"), "count")
		check(t, err)
	}, []string{"SELECT small, medium, large FROM sessions" + row},
		[]string{"SELECT small, medium, large FROM sessions" + attribute}},
	{"D4", "getAttributeNames", func(t *testing.T, s recorded) {
		_, err := s.Attributes(t.Context(), keyOf("there"), "")
		check(t, err)
	}, []string{"SELECT small, medium, large FROM sessions" + row},
		[]string{"SELECT small, medium, large FROM sessions WHERE id = $1 AND propid <> $1 AND appname = $2"}},
	{"D5", "nothing changed", func(t *testing.T, s recorded) {
		writes(t, s, &session.Write{})
	}, nil, nil},
	{"D5", "an attribute was set, another removed", func(t *testing.T, s recorded) {
		writes(t, s, set(`1`, "gone"))
	}, []string{"UPDATE sessions SET small = $3, medium = NULL, large = NULL" + row},
		[]string{
			"UPDATE sessions SET small = $4, medium = NULL, large = NULL" + attribute,
			"DELETE FROM sessions" + attribute,
		}},
	{"D5", "an attribute was set for the first time", func(t *testing.T, s recorded) {
		w := set(`1`)
		w.Attributes = map[string]json.RawMessage{"new": json.RawMessage(`2`)}
		writes(t, s, w)
	}, []string{"UPDATE sessions SET small = $3, medium = NULL, large = NULL" + row},
		[]string{
			"UPDATE sessions SET small = $4, medium = NULL, large = NULL" + attribute,
			"INSERT INTO sessions (id, propid, appname, small) VALUES ($1, $3, $2, $4)",
		}},
	{"D5", "attributes of 20,000 bytes", func(t *testing.T, s recorded) {
		writes(t, s, set(`"`+strings.Repeat("x", 20_000)+`"`))
	}, []string{"UPDATE sessions SET small = NULL, medium = $3, large = NULL" + row},
		[]string{"UPDATE sessions SET small = NULL, medium = $4, large = NULL" + attribute}},
	{"D5", "attributes of 200,000 bytes", func(t *testing.T, s recorded) {
		writes(t, s, set(`"`+strings.Repeat("x", 200_000)+`"`))
	}, []string{"UPDATE sessions SET small = NULL, medium = NULL, large = $3" + row},
		[]string{"UPDATE sessions SET small = NULL, medium = NULL, large = $4" + attribute}},
	{"D5", "attributes larger than the largest column", func(t *testing.T, s recorded) {
		w := set(`"` + strings.Repeat("x", 2<<20) + `"`)
		w.Key = keyOf("there")
		if _, err := s.Write(t.Context(), w); err == nil {
			t.Error("written")
		}
	}, nil, nil},
	{"D5", "with scheduled invalidation, user and timeout changed", func(t *testing.T, s recorded) {
		w := set(`1`)
		w.TouchesAccess, w.TouchesUser, w.TouchesMaxInactive = true, true, true
		writes(t, s, w)
	}, []string{"UPDATE sessions SET small = $3, medium = NULL, large = NULL, lastaccess = $4, " +
		"maxinactivetime = $5, " +
		"username = $6" + row},
		[]string{
			"UPDATE sessions SET lastaccess = $3, maxinactivetime = $4, username = $5" + row,
			"UPDATE sessions SET small = $4, medium = NULL, large = NULL" + attribute,
		}},
	{"D7", "a session is due; D8 and D11 the same", func(t *testing.T, s recorded) {
		w := set(`1`)
		w.TouchesAccess = true
		writes(t, s, w)
	}, []string{"UPDATE sessions SET small = $3, medium = NULL, large = NULL, lastaccess = $4" + row},
		[]string{
			"UPDATE sessions SET lastaccess = $3" + row,
			"UPDATE sessions SET small = $4, medium = NULL, large = NULL" + attribute,
		}},
	{"D9", "the first look for an application", func(t *testing.T, s recorded) {
		reap(t, s, now+1, 0)
	}, []string{turn, insert, stale}, []string{turn, insert, stale}},
	{"D9", "a look that finds a session over its time", func(t *testing.T, s recorded) {
		reap(t, s, now+1, 0)
		s.log.Take()
		reap(t, s, now+1_800_001, 1)
	}, []string{turn, touch, stale, removed}, []string{turn, touch, stale, removed, all}},
	{"D9", "another member has looked", func(t *testing.T, s recorded) {
		reap(t, s, now+1, 0)
		s.log.Take()
		reap(t, s, now+1, 0)
	}, []string{turn}, []string{turn}},
	{"D10", "invalidate()", func(t *testing.T, s recorded) {
		check(t, s.Delete(t.Context(), keyOf("there")))
	}, []string{all}, []string{all}},
	{"S15", "has any application the ID", func(t *testing.T, s recorded) {
		_, err := s.Exists(t.Context(), "there")
		check(t, err)
	}, []string{"SELECT 1 FROM sessions WHERE id = $1 AND propid = $1"},
		[]string{"SELECT 1 FROM sessions WHERE id = $1 AND propid = $1"}},
}

// TestMoments holds what each moment sends to the database, and that it is nothing else: no transaction around a
// request, no lock of a row (D12).
func TestMoments(t *testing.T) {
	for _, schema := range []string{"single row", "multi-row"} {
		for _, m := range moments {
			t.Run(schema+" "+m.rule+" "+m.name, func(t *testing.T) {
				s, want := record(t, schema == "multi-row"), m.single
				if schema == "multi-row" {
					want = m.multirow
				}
				m.ask(t, s)
				if diff := cmp.Diff(want, s.log.Take()); diff != "" {
					t.Errorf("statements (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// record opens a table with the session "there", which has the attributes count and gone.
func record(t *testing.T, multirow bool) recorded {
	t.Helper()
	s := recorded{log: &storetest.Recorder{}}
	s.Store = open(t, database.Config{DSN: filepath.Join(t.TempDir(), "lab.db"), Multirow: multirow, Wrap: s.log.Wrap})
	check(t, s.Create(t.Context(), newSession("there")))
	w := set(`0`)
	w.Attributes["gone"] = json.RawMessage(`true`)
	writes(t, s, w)
	s.log.Take()
	return s
}

func keyOf(id string) session.Key { return session.Key{App: "shop", ID: id} }

func newSession(id string) *session.Record {
	return &session.Record{Key: keyOf(id), Created: now, LastAccess: now, MaxInactive: 1800, User: "anonymous"}
}

// set is a write of the attribute count, after others were removed.
func set(count string, removed ...string) *session.Write {
	w := &session.Write{Whole: true, Removed: removed}
	w.Attributes = map[string]json.RawMessage{"count": json.RawMessage(count)}
	return w
}

func writes(t *testing.T, s recorded, w *session.Write) {
	t.Helper()
	w.Key, w.LastAccess, w.User, w.MaxInactive = keyOf("there"), now+10, "ada", 60
	_, err := s.Write(t.Context(), w)
	check(t, err)
}

func reap(t *testing.T, s recorded, at session.Millis, want int) {
	t.Helper()
	keys, err := s.Reap(t.Context(), "shop", at)
	check(t, err)
	if len(keys) != want {
		t.Errorf("reaped %v, want %d", keys, want)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
