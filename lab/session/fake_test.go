package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/session"
)

// table is a store that several members share, and that notes what it is asked.
type table struct {
	apart bool
	async bool   // writes are not acknowledged
	wrote uint64 // what it remembers of earlier sessions
	mu    sync.Mutex
	rows  map[session.Key]*session.Record
	calls []string
	fails error  // every operation's answer, when not nil
	wait  func() // before a load
}

func newTable() *table { return &table{rows: map[session.Key]*session.Record{}} }

func (t *table) note(format string, args ...any) error {
	t.calls = append(t.calls, fmt.Sprintf(format, args...))
	return t.fails
}

// seen gives what was asked since the last time.
func (t *table) seen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	calls := strings.Join(t.calls, "; ")
	t.calls = nil
	return calls
}

func (t *table) Create(_ context.Context, r *session.Record) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.note("create"); err != nil {
		return err
	}
	r.WriteNo = t.wrote
	row := *r
	row.Attributes = map[string]json.RawMessage{}
	t.rows[r.Key] = &row
	return nil
}

func (t *table) Touch(_ context.Context, k session.Key, mine, now session.Millis) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.note("touch"); err != nil {
		return false, err
	}
	row := t.rows[k]
	if row == nil || row.LastAccess != mine {
		return false, nil
	}
	row.LastAccess = now
	return true, nil
}

func (t *table) Load(_ context.Context, k session.Key, _ int, now session.Millis) (*session.Record, error) {
	if t.wait != nil {
		t.wait()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.note("load"); err != nil {
		return nil, err
	}
	row := t.rows[k]
	if row == nil {
		return nil, session.ErrGone
	}
	before := row.LastAccess
	row.LastAccess = max(row.LastAccess+1, now)
	found := *row
	found.Before, found.Attributes = before, nil
	return &found, nil
}

func (t *table) Attributes(_ context.Context, k session.Key, name string) (*session.Record, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.note("attributes(%s)", name); err != nil {
		return nil, err
	}
	row := t.rows[k]
	if row == nil {
		return nil, session.ErrGone
	}
	found := *row
	found.Attributes = maps.Clone(row.Attributes)
	if t.apart && name != "" {
		maps.DeleteFunc(found.Attributes, func(other string, _ json.RawMessage) bool { return other != name })
	}
	return &found, nil
}

func (t *table) Write(_ context.Context, w *session.Write) (session.Ack, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.note("write(%s)", describe(w)); err != nil {
		return session.Ack{}, err
	}
	row := t.rows[w.Key]
	if row == nil {
		return session.Ack{}, session.ErrGone
	}
	attributes := maps.Clone(row.Attributes)
	if w.Whole {
		attributes = map[string]json.RawMessage{}
	}
	maps.Copy(attributes, w.Attributes)
	for _, name := range w.Removed {
		delete(attributes, name)
	}
	access := row.LastAccess
	if w.TouchesAccess {
		access = w.LastAccess
	}
	*row = w.Record
	row.LastAccess, row.Attributes = access, attributes
	return session.Ack{Replicas: 1, Pending: t.async}, nil
}

// describe says what a write takes along.
func describe(w *session.Write) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(w.Attributes)) {
		words = append(words, name+"="+string(w.Attributes[name]))
	}
	for _, name := range w.Removed {
		words = append(words, "-"+name)
	}
	if w.Whole {
		words = append(words, "whole")
	}
	touches := map[string]bool{"access": w.TouchesAccess, "user": w.TouchesUser, "inactive": w.TouchesMaxInactive}
	for word, on := range touches {
		if on {
			words = append(words, word)
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return strings.Compare(kind(a), kind(b)) })
	return strings.Join(words, " ")
}

func kind(word string) string {
	if strings.ContainsAny(word, "=-") {
		return ""
	}
	return word
}

func (t *table) Delete(_ context.Context, k session.Key) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, k)
	return t.note("delete")
}

func (t *table) Exists(_ context.Context, id string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k := range t.rows {
		if k.ID == id {
			return true, t.note("exists")
		}
	}
	return false, t.note("exists")
}

func (t *table) Reap(_ context.Context, app string, now session.Millis) (keys []session.Key, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, row := range t.rows {
		if k.App == app && row.MaxInactive >= 0 && row.LastAccess+session.Millis(row.MaxInactive)*1000 < now {
			delete(t.rows, k)
			keys = append(keys, k)
		}
	}
	return keys, t.note("reap")
}

func (t *table) Apart() bool { return t.apart }

func (t *table) Holders(string) []string { return []string{"holder"} }

// world is a clock, a store and some members.
type world struct {
	t      testing.TB
	clock  session.Millis
	table  *table
	random *counter
	events []string
	mu     sync.Mutex
}

// counter is a source of IDs: AAA…A, BBB…B and so on.
type counter struct{ next byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.next
	}
	c.next++
	return len(p), nil
}

func newWorld(t testing.TB) *world {
	return &world{t: t, clock: 1_800_000_000_000, table: newTable(), random: &counter{}}
}

func (w *world) now() session.Millis {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(seconds int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock += session.Millis(seconds) * 1000
}

func (w *world) tell(e session.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e.Event)
}

// member makes one of a clone ID; persistent says whether it has the store.
func (w *world) member(clone string, persistent bool) *session.Member {
	mb := &session.Member{Name: clone, CloneID: clone, Now: w.now, Random: w.random, Tell: w.tell}
	if persistent {
		mb.Store = w.table
	}
	return mb
}

// manager makes the manager of one application.
func (w *world) manager(mb *session.Member, app string, change func(*session.Config)) *session.Manager {
	w.t.Helper()
	cfg := session.Default()
	cfg.WriteFrequency = session.EndOfService
	if change != nil {
		change(&cfg)
	}
	m, err := session.NewManager(mb, app, cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// persistent is a member with one application.
func (w *world) persistent(clone string, change func(*session.Config)) *session.Manager {
	w.t.Helper()
	return w.manager(w.member(clone, true), "/app", change)
}

// memory is a member with one application, without a store.
func (w *world) memory(clone string, change func(*session.Config)) *session.Manager {
	w.t.Helper()
	return w.manager(w.member(clone, false), "/app", change)
}

// begin starts a request with cookies.
func begin(m *session.Manager, cookies ...string) *session.Exchange {
	r := httptest.NewRequest(http.MethodGet, "/app", nil)
	for _, c := range cookies {
		r.Header.Add("Cookie", c)
	}
	return m.Begin(r)
}

// browser is a client that keeps the session cookie.
type browser struct {
	t      testing.TB
	cookie string // JSESSIONID=…
}

// get sends a request whose servlet does something with its session, and gives the cookie's value after it.
func (b *browser) get(m *session.Manager, do func(s *session.Session)) string {
	b.t.Helper()
	var cookies []string
	if b.cookie != "" {
		cookies = append(cookies, b.cookie)
	}
	x := begin(m, cookies...)
	s, err := x.Get(true)
	if err != nil {
		b.t.Fatal(err)
	}
	if do != nil {
		do(s)
	}
	x.End()
	if set := x.Commit(); set != "" {
		b.cookie, _, _ = strings.Cut(set, ";")
	}
	return strings.TrimPrefix(b.cookie, "JSESSIONID=")
}

// set is a servlet that sets an attribute.
func set(name string, v any) func(*session.Session) {
	return func(s *session.Session) { _ = s.Set(name, v) }
}

var (
	idA = strings.Repeat("A", 23)
	idB = strings.Repeat("B", 23)
)
