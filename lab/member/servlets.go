package member

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"
)

// servlet answers a request. An error is answered 500, or 400 where a parameter is wrong.
type servlet func(*call) error

// servlets are those that there are, by the last part of a path. Each shows one thing that users are told about
// failover; docs/lab.md says which.
func servlets() map[string]servlet {
	return map[string]servlet{
		"snoop": snoop, "hitcount": hitcount, "wizard": wizard, "note": note, "nofailover": noFailover,
		"partial": partial, "author": author, "login": login, "logout": logout, "me": me, "slow": slow,
		"busy": beBusy, "hang": hang,
	}
}

// snoop shows what reached the member, as WebSphere's servlet of this name does.
func snoop(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	st := s.State()
	c.printf("%s (clone ID %s) answers\n\nRequest as it came:\n%s", c.m.spec.Name, c.m.spec.CloneID, indented(c.Head))
	if err := c.rq.ParseForm(); err == nil && len(c.rq.Form) > 0 {
		c.printf("Parameters:\n")
		for _, name := range sortedKeys(c.rq.Form) {
			c.printf("   %s = %s\n", name, strings.Join(c.rq.Form[name], ", "))
		}
	}
	asked := c.x.Asked()
	c.printf("Session asked for: %s\n   cache ID %04d, clone IDs %s\n",
		orNone(asked.ID), asked.CacheID, orNone(asked.Clones))
	c.printf("Session:           %s\n   cache ID %04d, new %t, user %s, attributes %s\n",
		st.ID, st.CacheID, st.New, st.User,
		orNone(strings.Join(st.Attributes, " ")))
	return nil
}

func indented(head string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(head, "\r\n")) {
		b.WriteString("   " + strings.TrimRight(line, "\r\n") + "\n")
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// sortedKeys lists the keys of a map in the same order each time.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// page answers with HTML.
func (c *call) page(title, body string) {
	c.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.printf("<!DOCTYPE html>\n<html lang=\"en\"><head><title>%s</title></head><body>\n<h1>%s</h1>\n%s"+
		"<p>served by %s</p>\n</body></html>\n", title, title, body, html.EscapeString(c.m.spec.Name))
}

// screens of the wizard; the last one commits.
const screens = 4

// wizard asks for a choice on each of its screens. Until the last one they live in this member's memory alone: who is
// sent to another member is back on the first screen.
func wizard(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	key := "wizard " + s.ID()
	choice := c.rq.FormValue("choice")
	chosen, _ := c.m.memory.change(key, func(old any) any {
		made, _ := old.([]string)
		if choice != "" {
			made = append(made, choice)
		}
		return made
	}).([]string)
	if len(chosen) >= screens {
		c.m.memory.change(key, func(any) any { return []string{} })
		if err := s.Set("wizard", strings.Join(chosen, ", ")); err != nil {
			return err
		}
		chosen = nil
	}
	c.during()
	committed, _ := s.Get("wizard").(string)
	c.page("Wizard", fmt.Sprintf("<p>Screen %d of %d</p>\n<p>Chosen so far: %s</p>\n<p>Committed: %s</p>\n"+
		"<form method=\"post\"><input name=\"choice\"><button>Next</button></form>\n", len(chosen)+1, screens,
		html.EscapeString(orNone(strings.Join(chosen, ", "))), html.EscapeString(orNone(committed))))
	return nil
}

// note takes a text by POST and answers with a redirect to the page that shows it. The text has travelled in the POST
// only: a member that did not get it cannot show it.
func note(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	key := "note " + s.ID()
	if c.rq.Method == http.MethodPost {
		text := c.rq.FormValue("text")
		c.m.memory.change(key, func(any) any { return text })
		c.during()
		c.Header().Set("Location", c.x.EncodeURL(c.rq.URL.Path))
		c.WriteHeader(http.StatusSeeOther)
		return nil
	}
	shown := "<p>There is no note: send the form again.</p>"
	if text, ok := c.m.memory.get(key).(string); ok {
		shown = "<p>Note: " + html.EscapeString(text) + "</p>"
	}
	c.page("Note", shown+"\n<form method=\"post\"><input name=\"text\"><button>Send</button></form>\n")
	return nil
}

// login gives a signed token, which every member of the run believes.
func login(c *call) error {
	user := c.rq.FormValue("user")
	if user == "" {
		c.page("Log in", "<form method=\"post\"><input name=\"user\"><button>Log in</button></form>\n")
		return nil
	}
	c.Header().Add("Set-Cookie", tokenCookie+"="+c.m.tokens.issue(user)+"; Path=/; HttpOnly")
	c.printf("%s is logged in\n", user)
	return nil
}

// logout takes the token back and ends the session.
func logout(c *call) error {
	if s, err := c.x.Get(false); err == nil && s != nil {
		s.Invalidate()
	}
	c.Header().Add("Set-Cookie", tokenCookie+"=; Path=/; HttpOnly; Max-Age=0")
	c.printf("logged out\n")
	return nil
}

// me is for those who have logged in, and whose session it is (S19).
func me(c *call) error {
	user := c.m.tokens.user(c.rq)
	if user == "" {
		c.WriteHeader(http.StatusUnauthorized)
		c.printf("log in first\n")
		return nil
	}
	s, err := c.session()
	if err != nil {
		return err
	}
	c.printf("you are %s, the session belongs to %s\n", user, s.User())
	return nil
}

const longest = 10 * 60 * 1000 // ms

// slow takes its time.
func slow(c *call) error {
	ms, err := c.number("ms", longest)
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(ms) * time.Millisecond)
	c.printf("that took %d ms\n", ms)
	return nil
}

// beBusy lets the member answer 503 for a while, from the next request on.
func beBusy(c *call) error {
	ms, err := c.number("for", longest)
	if err != nil {
		return err
	}
	c.m.busy.set(time.Duration(ms) * time.Millisecond)
	c.printf("busy for %d ms\n", ms)
	return nil
}

// hang never answers.
func hang(c *call) error {
	c.Hang()
	return nil
}
