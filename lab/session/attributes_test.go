package session_test

import (
	"errors"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// TestLocal is W7: what cannot be serialised stays in memory and is gone at a take-over, the rest is kept.
func TestLocal(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", nil), w.persistent("b", nil)
	user := &browser{t: t}
	user.get(a, func(s *session.Session) { _ = s.Set("n", 1); _ = s.Set("portlet", session.Local(w)) })
	user.get(a, func(s *session.Session) {
		if s.Get("portlet") != w {
			t.Error("a local attribute is not there at home")
		}
	})
	user.get(b, func(s *session.Session) {
		if s.Get("portlet") != nil || s.Get("n") != 1.0 {
			t.Errorf("after the take-over: %v, %v", s.Get("portlet"), s.Get("n"))
		}
	})
}

func TestLocalDistributable(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", func(c *session.Config) { c.Distributable = true })
	(&browser{t: t}).get(a, func(s *session.Session) {
		for _, v := range []any{session.Local(1), make(chan int)} {
			if err := s.Set("portlet", v); !errors.Is(err, session.ErrNotSerialisable) {
				t.Errorf("Set(%T): %v", v, err)
			}
		}
	})
}

// TestContents is W5 and W6: what of a change in place survives the owner, by contents, form of the store, and whether
// another attribute was set beside it.
func TestContents(t *testing.T) {
	for _, tt := range []struct {
		contents session.Contents
		apart    bool
		other    bool
		want     string // the write at the end of service
		found    bool
	}{
		{session.OnlyUpdated, false, false, "touch", false},
		{session.OnlyUpdated, false, true, `touch; write(list={"n":2} other=1 whole)`, true},
		{session.OnlyUpdated, true, false, "touch", false},
		{session.OnlyUpdated, true, true, "touch; write(other=1)", false},
		{session.GetAndSet, false, false, `touch; write(list={"n":2} whole)`, true},
		{session.GetAndSet, true, true, `touch; write(list={"n":2} other=1)`, true},
		{session.All, false, false, `touch; write(list={"n":2} whole)`, true},
		{session.All, true, false, `touch; write(list={"n":2} whole)`, true},
	} {
		w := newWorld(t)
		w.table.apart = tt.apart
		contents := func(c *session.Config) { c.WriteContents = tt.contents }
		a, b := w.persistent("a", contents), w.persistent("b", contents)
		user := &browser{t: t}
		user.get(a, set("list", map[string]any{"n": 1}))
		w.table.seen()
		user.get(a, func(s *session.Session) {
			s.InPlace("list", func(v any) any { v.(map[string]any)["n"] = 2; return v })
			if tt.other {
				_ = s.Set("other", 1)
			}
		})
		w.asks(string(tt.contents), tt.want)
		user.get(b, func(s *session.Session) {
			if found := s.Get("list").(map[string]any)["n"] == 2.0; found != tt.found {
				t.Errorf("%+v: found %v", tt, found)
			}
		})
	}
}

// TestReadApart is D4 in a multi-row table: each attribute is read when it is asked for, once.
func TestReadApart(t *testing.T) {
	w := newWorld(t)
	w.table.apart = true
	only := func(c *session.Config) { c.WriteContents = session.OnlyUpdated }
	user := &browser{t: t}
	user.get(w.persistent("a", only), func(s *session.Session) { _ = s.Set("x", 1); _ = s.Set("y", 2) })
	w.table.seen()
	user.get(w.persistent("b", only), func(s *session.Session) {
		s.Get("x")
		s.Get("x")
		s.Get("none")
		s.Get("none")
		_ = s.Set("x", 3)
		if got := s.Names(); len(got) != 2 || s.Get("x") != 3.0 {
			t.Errorf("names %v, x %v", got, s.Get("x"))
		}
	})
	w.asks("D4", "load; attributes(x); attributes(none); attributes(); write(x=3)")
}

// TestInvalid: an ended session takes nothing and gives nothing.
func TestInvalid(t *testing.T) {
	w := newWorld(t)
	x := begin(w.persistent("a", nil))
	s, _ := x.Get(true)
	_ = s.Set("n", 1)
	s.Invalidate()
	if err := s.Set("n", 2); !errors.Is(err, session.ErrInvalid) || s.Get("n") != nil || s.Names() != nil {
		t.Errorf("Set: %v, Get: %v, Names: %v", err, s.Get("n"), s.Names())
	}
	if again, err := x.Get(false); again != nil || err != nil {
		t.Errorf("Get(false) gives %v, %v", again, err)
	}
	again, err := x.Get(true)
	if err != nil || again.ID() == s.ID() || !again.IsNew() {
		t.Errorf("Get(true) gives %v, %v", again, err)
	}
	x.End()
}
