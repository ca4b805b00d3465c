package check

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Form is how a session cookie names a session and its servers.
type Form struct {
	Name    string
	pattern *regexp.Regexp // with a group id, and a group member where it names one; nil: that of WebSphere
}

// The forms of other servers: Tomcat's jvmRoute behind a dot, and JBoss, whose session IDs may hold a dot, so the
// last one counts.
var presets = map[string]string{
	"tomcat": `^(?P<id>[^.]+)(?:\.(?P<member>.+))?$`,
	"jboss":  `^(?P<id>.+?)(?:\.(?P<member>[^.]+))?$`,
}

// Forms are the names of the forms that are known.
func Forms() []string { return []string{websphere, "tomcat", "jboss"} }

const websphere = "websphere"

// NewForm reads the name of a form, or a regular expression with a group named id and perhaps one named member.
func NewForm(text string) (*Form, error) {
	if text == websphere {
		return &Form{Name: text}, nil
	}
	pattern := text
	if preset := presets[text]; preset != "" {
		pattern = preset
	} else if !strings.Contains(text, "(?P<id>") {
		return nil, diag.Errorf(
			"%q%s: want one of %s, or a regular expression with a group (?P<id>...), and (?P<member>...) "+
				"for the server", text, diag.DidYouMean(text, Forms()), strings.Join(Forms(), ", "))
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%w", err)
	}
	return &Form{text, compiled}, nil
}

// value is a session cookie taken apart. A value that does not have the form has an ID alone.
type value struct {
	id      string
	cacheID int      // -1: the form has none
	members []string // clone IDs, or a route
	was     session.Cookie
}

// read takes a value apart. One that does not have the form is a session ID as a whole.
func (f *Form) read(text string) value {
	if f.pattern == nil {
		c, ok := session.ReadCookie(text)
		if !ok {
			return value{id: text, cacheID: -1}
		}
		return value{id: c.ID, cacheID: c.CacheID, members: c.IDs, was: c}
	}
	v, m := value{id: text, cacheID: -1}, f.pattern.FindStringSubmatch(text)
	if m == nil {
		return v
	}
	v.id = m[f.pattern.SubexpIndex("id")]
	if i := f.pattern.SubexpIndex("member"); i >= 0 && m[i] != "" {
		v.members = []string{m[i]}
	}
	return v
}

// server is who answers, as far as a cookie tells it: the one that was added to those before, else the same as
// before. before is nil for the first cookie, was the server that answered last.
func (v *value) server(before *value, was string) string {
	for _, id := range v.members {
		if before == nil || before.id != v.id || !slices.Contains(before.members, id) {
			return id
		}
	}
	return was
}

// Attributes are those of a Set-Cookie header, as it came.
type Attributes struct {
	Path, Domain, SameSite string
	HTTPOnly, Secure       bool
	Lasts                  bool // Max-Age or Expires: it outlives the browser
	Text                   string
}

// setCookie finds the session cookie among those that an answer sets.
func setCookie(h http.Header, name string) (value string, a *Attributes) {
	for _, line := range h.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil || c.Name != name {
			continue
		}
		a = &Attributes{Path: c.Path, Domain: c.Domain, HTTPOnly: c.HttpOnly, Secure: c.Secure,
			Lasts: c.MaxAge != 0 || !c.Expires.IsZero()}
		value = c.Value
		if _, rest, ok := strings.Cut(line, ";"); ok {
			a.Text = strings.TrimSpace(rest)
		}
		switch c.SameSite {
		case http.SameSiteLaxMode:
			a.SameSite = "Lax"
		case http.SameSiteStrictMode:
			a.SameSite = "Strict"
		case http.SameSiteNoneMode:
			a.SameSite = "None"
		}
	}
	return value, a
}
