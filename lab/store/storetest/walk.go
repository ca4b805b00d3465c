package storetest

import (
	"crypto/rand"
	mrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// Walk leads one client through three members with session managers on their stores. At the end of each request all
// is written: nothing is lost, whoever serves next, and the cookie's cache ID never goes back within one ID (C4).
func Walk(t *testing.T, store func(t *testing.T, member string) session.Store) {
	for i, contents := range []session.Contents{session.OnlyUpdated, session.GetAndSet, session.All} {
		w := &walk{t: t, clock: start, has: map[string]float64{}, chance: mrand.New(mrand.NewPCG(uint64(i), 1))}
		for _, name := range []string{"a", "b", "c"} {
			w.members = append(w.members, w.manager(name, store(t, name), contents))
		}
		for range 40 {
			w.request()
			w.clock += session.Millis(w.chance.IntN(3))
		}
	}
}

// walk is a client that knows what its session must hold. It goes to any of the three members with each request, as no
// plug-in would send it: most requests are take-overs, or come back to a copy that is old.
type walk struct {
	t       *testing.T
	clock   session.Millis
	chance  *mrand.Rand
	members []*session.Manager
	cookie  string // name and value
	has     map[string]float64
}

// manager is the session manager of a member. All members have the one clock, which stands still in about a third of
// all steps: two accesses in one millisecond must be told apart all the same.
func (w *walk) manager(name string, store session.Store, contents session.Contents) *session.Manager {
	cfg := session.Default()
	cfg.WriteFrequency, cfg.WriteContents = session.EndOfService, contents
	mb := &session.Member{Name: name, CloneID: name, Store: store, Random: rand.Reader,
		Now: func() session.Millis { return w.clock }}
	m, err := session.NewManager(mb, "shop", cfg)
	must(w.t, err)
	return m
}

// request is one request of the client: what it finds must be what it knows, and what it changed must be written when
// it ends.
func (w *walk) request() {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Cookie", w.cookie)
	x := w.members[w.chance.IntN(3)].Begin(r)
	s, err := x.Get(true)
	must(w.t, err)
	w.compare(s)
	w.change(s)
	x.End()
	if st := s.State(); st.Unwritten {
		w.t.Errorf("not written: %+v", st)
	}
	if set, _, _ := strings.Cut(x.Commit(), ";"); set != "" {
		before, now := strings.TrimPrefix(w.cookie, "JSESSIONID="), strings.TrimPrefix(set, "JSESSIONID=")
		if before != "" && before[4:27] == now[4:27] && before[:4] > now[:4] {
			w.t.Errorf("the cache ID goes back: %s, then %s", before, now)
		}
		w.cookie = set
	}
}

// compare asks for some of the attributes or for all.
func (w *walk) compare(s *session.Session) {
	for _, name := range []string{"x", "y", "z"} {
		if w.chance.IntN(2) == 0 {
			continue
		}
		want, there := w.has[name]
		if got := s.Get(name); there && got != want || !there && got != nil {
			w.t.Fatalf("%s is %v, want %v", name, got, w.has)
		}
	}
	if got := s.Names(); w.chance.IntN(2) == 0 && len(got) != len(w.has) {
		w.t.Fatalf("the session has %v, want %v", got, w.has)
	}
}

// change does one thing to the session, most often by Set; has is kept in step with it.
func (w *walk) change(s *session.Session) {
	name := []string{"x", "y", "z"}[w.chance.IntN(3)]
	switch w.chance.IntN(8) {
	case 0:
	case 1:
		s.Remove(name)
		delete(w.has, name)
	case 2:
		s.Invalidate()
		clear(w.has)
	case 3:
		must(w.t, s.Set(name, 0))
		w.has[name] = 0
		must(w.t, s.Sync())
	default:
		n := w.chance.IntN(1000)
		must(w.t, s.Set(name, n))
		w.has[name] = float64(n)
	}
}
