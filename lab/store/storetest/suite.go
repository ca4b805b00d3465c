package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// D1: the row is there before the servlet goes on, with the plain columns and no attributes.
func created(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	create(t, a, key)
	r := load(t, b, key, 1, start+10)
	if r.Key != key || r.Created != start || r.LastAccess != start+10 || r.Before != start ||
		r.MaxInactive != 1800 || r.User != "anonymous" {
		t.Errorf("loaded %+v", r)
	}
	if r.WriteNo != 0 {
		t.Errorf("write number %d before the first write", r.WriteNo)
	}
	holds(t, r)
}

// D4: values come back as the JSON that was written, not as something that means the same.
func takenOver(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	create(t, a, key, "count", "7", "name", `{"first":"Ada"}`)
	r := load(t, b, key, 1, start+10)
	holds(t, r, "count", "7", "name", `{"first":"Ada"}`)
	if r.WriteNo != 1 {
		t.Errorf("write number %d, want 1", r.WriteNo)
	}
}

// Eight writes, each by the next of three members: what one reads is always what the one before wrote.
func takenOverAndOver(t *testing.T, c *Cluster) {
	stores := []session.Store{c.Store(t, "a"), c.Store(t, "b"), c.Store(t, "c")}
	create(t, stores[0], key, "count", "1")
	for i := 2; i < 9; i++ {
		s := stores[(i-1)%3]
		r := load(t, s, key, i-1, start+session.Millis(i))
		holds(t, r, "count", fmt.Sprint(i-1))
		r.CacheID, r.Owner = i, string(rune('a'+(i-1)%3))
		write(t, s, whole(r, uint64(i), "count", fmt.Sprint(i)))
	}
}

// D2 is a compare and set: a second touch from the same last access finds that it is another one.
func touched(t *testing.T, c *Cluster) {
	a := c.Store(t, "a")
	create(t, a, key)
	touch(t, a, key, start, start+5, true)
	touch(t, a, key, start, start+6, false)
	touch(t, a, key, start+5, start+6, true)
}

// A take-over must show in the last access also where it comes in the same millisecond, or D2 would let the former
// owner go on with an old copy.
func touchedAfterTakeOver(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	create(t, a, key, "count", "1")
	taken := load(t, b, key, 1, start)
	if taken.LastAccess <= start {
		t.Errorf("a take-over in the millisecond of the last access left it at +%d", taken.LastAccess-start)
	}
	touch(t, a, key, start, start+20, false)
	touch(t, b, key, taken.LastAccess, start+30, true)
}

// A write without attributes leaves them as they are (D5); a take-over by a member whose clock is behind moves the
// last access on all the same.
func plainColumns(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	r := create(t, a, key, "count", "1")
	r.LastAccess, r.User, r.MaxInactive, r.WriteNo = start+500, "ada", 60, 2
	write(t, a, &session.Write{Record: *r, TouchesAccess: true, TouchesUser: true, TouchesMaxInactive: true})
	got := load(t, b, key, 1, start+100)
	if got.User != "ada" || got.MaxInactive != 60 || got.LastAccess <= start+500 {
		t.Errorf("loaded %+v", got)
	}
	holds(t, got, "count", "1")
}

// W5: where attributes are kept apart those that a write does not name stay, and removing what is not there is no
// error.
func delta(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	if !a.Apart() {
		t.Skip("this store keeps all attributes in one piece")
	}
	r := create(t, a, key, "count", "1", "name", `"Ada"`, "old", "true")
	r.WriteNo = 2
	w := &session.Write{Record: *r, Removed: []string{"old", "never there"}}
	w.Attributes = attributes("count", "2", "new", "[]")
	write(t, a, w)
	got := load(t, b, key, 1, start+10)
	holds(t, got, "count", "2", "name", `"Ada"`, "new", "[]")
	if got.WriteNo != 2 {
		t.Errorf("write number %d, want 2", got.WriteNo)
	}
}

// A former owner that knows nothing of the take-over writes: a table or a grid compares nothing, so the last writer
// wins (D12, G2); replication refuses it (L2).
func twoWriters(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	mine := create(t, a, key, "count", "1")
	others := load(t, b, key, 1, start+10)
	others.CacheID, others.Owner = 2, "b"
	write(t, b, whole(others, 2, "count", "5"))
	_, err := a.Write(t.Context(), whole(mine, 2, "count", "2"))
	want := "2"
	if c.Fences {
		want = "5"
		if !errors.Is(err, session.ErrNewer) {
			t.Errorf("an old owner wrote: %v, want %v", err, session.ErrNewer)
		}
	} else {
		must(t, err)
	}
	holds(t, load(t, c.Store(t, "c"), key, 2, start+20), "count", want)
}

// D10: gone for all members at once; the ID may be used anew, and what was deleted does not come back with it (S15).
func deleted(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	create(t, a, key, "count", "1")
	must(t, a.Delete(t.Context(), key))
	isGone(t, a, key)
	isGone(t, b, key)
	if there, err := b.Exists(t.Context(), key.ID); there || err != nil {
		t.Errorf("exists: %t, %v", there, err)
	}
	must(t, a.Delete(t.Context(), key)) // again: nothing to complain about
	create(t, b, key)
	holds(t, load(t, a, key, 1, start+10))
}

// An ID comes from a client, so it can be anything: too long for the column, no UTF-8, or an attempt on the
// statement.
func unknown(t *testing.T, c *Cluster) {
	a := c.Store(t, "a")
	isGone(t, a, key)
	isGone(t, a, session.Key{App: "shop", ID: "no\x00 ID \xff"})
	for _, id := range []string{key.ID, "", strings.Repeat("x", 5000), "'; drop table sessions; --"} {
		if there, err := a.Exists(t.Context(), id); there || err != nil {
			t.Errorf("exists %.40q: %t, %v", id, there, err)
		}
	}
}

// S15: the ID is known to all applications, the session is one's own.
func twoApplications(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	create(t, a, key, "count", "1")
	if there, err := b.Exists(t.Context(), key.ID); !there || err != nil {
		t.Errorf("exists: %t, %v", there, err)
	}
	other := session.Key{App: "news", ID: key.ID}
	isGone(t, b, other)
	create(t, b, other, "count", "2")
	must(t, b.Delete(t.Context(), other))
	holds(t, load(t, b, key, 1, start+10), "count", "1")
}

// D9: over its time is later than last access + max inactive, not at it. A month in milliseconds does not fit into 32
// bits.
func reaped(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	id := func(name string) session.Key { return session.Key{App: "shop", ID: name + key.ID[len(name):]} }
	for _, name := range []string{"stale", "touched", "other"} {
		create(t, a, id(name), "count", "1")
	}
	touch(t, a, id("touched"), start, start+2_000, true)
	for name, seconds := range map[string]int{"never": -1, "long": 3600, "month": 30 * 24 * 3600} {
		r := fresh(id(name))
		r.MaxInactive = seconds
		must(t, a.Create(t.Context(), r))
	}
	create(t, a, session.Key{App: "news", ID: key.ID})

	gone := reap(t, start+1_800_000, a, b)
	if len(gone) > 0 {
		t.Errorf("%v went at the last moment of their time", gone)
	}
	gone = reap(t, start+1_800_001, a, b)
	want := []session.Key{id("other"), id("stale")}
	if !slices.Equal(gone, want) {
		t.Errorf("reaped %v, want %v", gone, want)
	}
	isGone(t, b, id("stale"))
	holds(t, load(t, b, id("touched"), 1, start+1_900_000), "count", "1")
	for _, name := range []string{"never", "long", "month"} {
		load(t, b, id(name), 1, start+1_900_000)
	}
}

// reap lets all members look, and returns what went.
func reap(t *testing.T, now session.Millis, stores ...session.Store) (gone []session.Key) {
	t.Helper()
	for _, s := range stores {
		keys, err := s.Reap(t.Context(), "shop", now)
		must(t, err)
		gone = append(gone, keys...)
	}
	slices.SortFunc(gone, func(a, b session.Key) int { return strings.Compare(a.ID, b.ID) })
	return gone
}

// D9: members whose reapers wake at the same moment must not all do the work.
func reapedInTurns(t *testing.T, c *Cluster) {
	if !c.Turns {
		t.Skip("each member of this store looks at its own sessions")
	}
	stores := []session.Store{c.Store(t, "a"), c.Store(t, "b"), c.Store(t, "c")}
	for round := range 5 {
		turns := make([]bool, len(stores))
		var members sync.WaitGroup
		for i, s := range stores {
			members.Go(func() {
				keys, err := s.Reap(t.Context(), "shop", start+session.Millis(round)*1000)
				turns[i] = keys != nil
				if err != nil {
					t.Error(err)
				}
			})
		}
		members.Wait()
		if n := len(slices.DeleteFunc(turns, func(had bool) bool { return !had })); n != 1 {
			t.Errorf("round %d: %d members looked, want 1", round, n)
		}
	}
}

// text is an attribute of so many bytes.
func text(bytes int) string { return `"` + strings.Repeat("x", bytes-2) + `"` }

// The sizes lie to both sides of the limits of SQLite's columns (3122, 32700), up and down again: a session that has
// shrunk must not be read from the column that it filled before.
func large(t *testing.T, c *Cluster) {
	a, b := c.Store(t, "a"), c.Store(t, "b")
	r := create(t, a, key)
	for no, size := range []int{10, 3_000, 3_200, 32_000, 33_000, 1_000_000, 40_000, 20} {
		r.WriteNo = uint64(no + 1)
		write(t, a, whole(r, r.WriteNo, "text", text(size), "size", fmt.Sprint(size)))
		got, err := a.Attributes(t.Context(), key, "text")
		must(t, err)
		if len(got.Attributes["text"]) != size {
			t.Errorf("%d bytes were written, %d read", size, len(got.Attributes["text"]))
		}
	}
	holds(t, load(t, b, key, 1, start+10), "text", text(20), "size", "20")
}

// What fits into no column is not written at all, and what was written before is still what a take-over finds (row
// 25).
func tooLarge(t *testing.T, c *Cluster) {
	if c.Largest == 0 {
		t.Skip("nothing is too large for this store")
	}
	a, b := c.Store(t, "a"), c.Store(t, "b")
	r := create(t, a, key, "text", `"short"`)
	_, err := a.Write(t.Context(), whole(r, 2, "text", text(c.Largest)))
	if !errors.Is(err, session.ErrTooLarge) {
		t.Errorf("written: %v, want %v", err, session.ErrTooLarge)
	}
	got := load(t, b, key, 1, start+10)
	holds(t, got, "text", `"short"`)
	if got.WriteNo != 1 {
		t.Errorf("write number %d, want that of the write that fitted", got.WriteNo)
	}
}

// While the store is out of reach every method says so, by ErrDown: a manager that took it for ErrGone would begin
// new sessions. Nothing of what was asked meanwhile may have been done.
func down(t *testing.T, c *Cluster) {
	if c.Down == nil {
		t.Skip("this store cannot be out of reach")
	}
	a := c.Store(t, "a")
	r := create(t, a, key, "count", "1")
	c.Down(t, "a", true)
	for name, err := range everything(t, a, r) {
		if !errors.Is(err, session.ErrDown) {
			t.Errorf("%s: %v, want %v", name, err, session.ErrDown)
		}
	}
	c.Down(t, "a", false)
	holds(t, load(t, a, key, 1, start+10), "count", "1")
	for name, err := range everything(t, a, r) {
		if err != nil {
			t.Errorf("%s, back again: %v", name, err)
		}
	}
}

// everything calls each method that may fail, with what would succeed.
func everything(t *testing.T, s session.Store, r *session.Record) map[string]error {
	errs, other := map[string]error{}, session.Key{App: r.App, ID: "other"}
	errs["create"] = s.Create(t.Context(), fresh(other))
	_, errs["touch"] = s.Touch(t.Context(), r.Key, start, start+5)
	_, errs["load"] = s.Load(t.Context(), r.Key, 1, start+20)
	_, errs["attributes"] = s.Attributes(t.Context(), r.Key, "count")
	_, errs["write"] = s.Write(t.Context(), whole(r, 9, "count", "9"))
	_, errs["exists"] = s.Exists(t.Context(), r.ID)
	_, errs["reap"] = s.Reap(t.Context(), r.App, start)
	errs["delete"] = s.Delete(t.Context(), other)
	return errs
}

// Clients at different sessions do not hinder each other: each finds all of its own writes.
func atOnce(t *testing.T, c *Cluster) {
	stores := []session.Store{c.Store(t, "a"), c.Store(t, "b"), c.Store(t, "c")}
	const clients, writes = 12, 8
	var running sync.WaitGroup
	for client := range clients {
		running.Go(func() { count(t, stores[client%3], client, writes) })
	}
	running.Wait()
	for client := range clients {
		r := load(t, stores[(client+1)%3], nth(client), 1, start+1_000)
		if r.WriteNo != writes || string(r.Attributes["count"]) != fmt.Sprint(writes) {
			t.Errorf("client %d: write %d, attributes %s", client, r.WriteNo, r.Attributes)
		}
	}
}

func nth(client int) session.Key {
	return session.Key{App: "shop", ID: fmt.Sprintf("client%02d", client)}
}

// count is a client that increments its session at one member.
func count(t *testing.T, s session.Store, client, writes int) {
	r := fresh(nth(client))
	if err := s.Create(t.Context(), r); err != nil {
		t.Error(err)
	}
	for no := 1; no <= writes; no++ {
		now := r.LastAccess + 1
		if ok, err := s.Touch(t.Context(), r.Key, r.LastAccess, now); !ok || err != nil {
			t.Errorf("client %d touches: %t, %v", client, ok, err)
		}
		r.LastAccess = now
		w := whole(r, uint64(no))
		w.Attributes["count"] = json.RawMessage(fmt.Sprint(no))
		if _, err := s.Write(t.Context(), w); err != nil {
			t.Errorf("client %d writes: %v", client, err)
		}
	}
}
