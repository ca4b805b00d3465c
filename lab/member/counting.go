package member

import (
	"strings"

	"github.com/wasplug/wasplug/lab/session"
)

// mostBytes is what a request may add to a session with bytes=: 1 MB; the largest column of IBM's tables takes 2.
const mostBytes = 1 << 20

// hitcount counts requests in the session: with Set, or in place in a list that the session holds, which nobody is
// told of. The count is the sum of both, so each change is one more.
func hitcount(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	if c.rq.FormValue("get") == "" {
		if err := hit(c, s); err != nil {
			return err
		}
		c.during()
	}
	if c.rq.FormValue("sync") != "" {
		if err := s.Sync(); err != nil {
			return err
		}
	}
	set, inPlace := counted(s)
	c.printf("Hit count: %d\n   by setAttribute %d, in place %d\n   session %s, member %s\n",
		set+inPlace, set, inPlace,
		s.ID(), c.m.spec.Name)
	if c.rq.FormValue("invalidate") != "" {
		s.Invalidate()
	}
	if c.rq.FormValue("flush") != "" {
		c.flush()
	}
	return nil
}

// hit makes the change that the parameters say. A session without a count gets its attributes by Set also with
// inplace=1: there is nothing yet to change in place.
func hit(c *call, s *session.Session) error {
	set, _ := counted(s)
	if c.rq.FormValue("inplace") != "" && set > 0 {
		s.InPlace("list", func(v any) any { list, _ := v.([]any); return append(list, "hit") })
	} else {
		if set == 0 {
			if err := s.Set("list", []any{}); err != nil {
				return err
			}
		}
		if err := s.Set("count", set+1); err != nil {
			return err
		}
	}
	if c.rq.FormValue("other") != "" {
		if err := s.Set("other", set); err != nil {
			return err
		}
	}
	bytes, err := c.number("bytes", mostBytes)
	if err != nil || bytes == 0 {
		return err
	}
	return s.Set("filler", strings.Repeat("x", bytes))
}

// counted is how many hits the session has, by Set and in place.
func counted(s *session.Session) (set, inPlace int) {
	n, _ := s.Get("count").(float64)
	list, _ := s.Get("list").([]any)
	return int(n), len(list)
}

// noFailover is a portlet with state in memory, which a session that comes from another member does not bring along.
func noFailover(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	if s.Get("portlet") == nil {
		if err := s.Set("portlet", "on the page"); err != nil {
			return err
		}
		if err := s.Set("state", session.Local(new(int))); err != nil {
			return err
		}
	}
	visits, ok := s.Get("state").(*int)
	if !ok {
		c.printf("Portlet Unavailable\n")
		return nil
	}
	*visits++
	c.printf("Portlet: visit %d\n", *visits)
	return nil
}

// partial keeps one half of its state in the session, the other one in this member's memory.
func partial(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	n, _ := s.Get("partial").(float64)
	if err := s.Set("partial", n+1); err != nil {
		return err
	}
	here := c.m.memory.change("partial "+s.ID(), func(old any) any { n, _ := old.(int); return n + 1 })
	c.printf("in the session: %v\nin memory: %v\n", n+1, here)
	return nil
}

// author edits a document of many attributes in place and saves it rarely, as Web Content Authoring does: only where
// all attributes are written does a take-over find its edits (W6).
func author(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	for _, name := range document() {
		if s.Get(name) == nil {
			if err := s.Set(name, []any{}); err != nil {
				return err
			}
		}
	}
	if field := c.rq.FormValue("edit"); field != "" {
		s.InPlace("doc."+field, func(v any) any { list, _ := v.([]any); return append(list, "edit") })
	}
	if c.rq.FormValue("save") != "" {
		n, _ := s.Get("saves").(float64)
		if err := s.Set("saves", n+1); err != nil {
			return err
		}
	}
	c.during()
	edits := 0
	for _, name := range document() {
		list, _ := s.Get(name).([]any)
		edits += len(list)
	}
	saves, _ := s.Get("saves").(float64)
	c.printf("Edits: %d\nSaves: %v\n", edits, saves)
	return nil
}

// document lists the attributes that are edited.
func document() []string {
	return []string{"doc.title", "doc.summary", "doc.body", "doc.keywords", "doc.links", "doc.images", "doc.workflow"}
}
