package answers

import (
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/cookie"
)

// Cookie asks what the cookie of a session tells.
type Cookie struct {
	Config app.Config // without a path no clone ID is looked up
	Text   string     // a value, NAME=VALUE, a Cookie or a Set-Cookie header, - for standard input
	URL    string     // to which it is sent, "" where nobody says it
}

// CookieAnswer is what it tells.
type CookieAnswer struct {
	Notes  app.Notes
	Report *cookie.Report // nil beside an error
}

// Fine reports whether every clone ID is known, as far as any was looked up, and nothing is wrong.
func (a *CookieAnswer) Fine() bool { return len(a.Report.Problems) == 0 }

// mostCookie is how many bytes of standard input are read.
const mostCookie = 1 << 20

// Run reads the cookie.
func (c *Cookie) Run(in app.Input) (*CookieAnswer, error) {
	a := &CookieAnswer{}
	q := cookie.Question{}
	if err := c.load(in, &q, &a.Notes); err != nil {
		return a, err
	}
	text := c.Text
	if text == "-" {
		src, err := io.ReadAll(io.LimitReader(in.Stdin, mostCookie))
		if err != nil {
			return a, err
		}
		text = string(src)
	}
	// A line end behind the cookie is usual where it is piped; one within it would be two headers read as one.
	if strings.ContainsAny(strings.TrimSpace(text), "\r\n") {
		return a, app.Misuse(
			"the cookie has several lines: want one value, NAME=VALUE, or one Cookie or Set-Cookie header")
	}
	if err := q.Parse(text); err != nil {
		return a, app.Misuse("%w", err)
	}
	a.Report = cookie.Read(q)
	return a, nil
}

// load reads the configuration, where there is one, and the request.
func (c *Cookie) load(in app.Input, q *cookie.Question, notes *app.Notes) error {
	switch {
	case c.Config.Path == "-" && c.Text == "-":
		return app.Misuse("configuration and cookie cannot both be standard input")
	case c.Config.Path == "" && c.URL != "":
		return app.Wrong("url", " needs a configuration: name it with -c FILE")
	case c.Config.Path == "":
		return nil
	}
	l, sem, _, err := app.Plugin{}.Load(in, c.Config, diag.NewFiles(), notes)
	if err != nil {
		return err
	}
	if q.Table, q.Sem = l.Table, sem; c.URL == "" {
		return nil
	}
	rq, _, err := Request{URL: c.URL, Method: "GET"}.completed(l.Table, &sem, notes)
	q.Request = &rq
	return err
}
