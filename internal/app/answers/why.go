package answers

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

// Why asks which cluster and member a request goes to, and why.
type Why struct {
	Config  app.Config
	Request Request
	Plugin  app.Plugin
	Members Members
	Seed    *uint64 // nil leaves chance open
	Times   int     // how often the same request is sent, from 1 on
	Every   float64 // seconds from the start of one to that of the next

	Sessions Sessions

	Expect []string       // member:X, cluster:X, status:N, declined, or the bare name or status
	Not    []string       // likewise, what must not be
	Detail explain.Detail // what is worked out beside the answer; 0 for all
	Show   Show
}

// Show says how much of an answer people read.
type Show uint8

const (
	Everything Show = iota
	Brief           // the first lines
	GoesTo          // who gets the request
)

// Request is what a client sends.
type Request struct {
	URL      string   // http://HOST[:PORT]/PATH, without http://, or a path that all hosts of the file treat alike
	Headers  []string // NAME: VALUE
	Cookies  []string // NAME=VALUE, a whole Cookie header, or a session value alone
	Method   string   // such as GET; no rule decides by it
	BodySize int64    // -1 unknown beforehand
	Client   string   // IP address, which no rule decides by
	Port     *int     // that it arrives on, nil that of the URL
}

// WhyAnswer is one decision for each request.
type WhyAnswer struct {
	Notes     app.Notes
	Files     *diag.Files
	Table     *routecheck.Table
	Decisions []routecheck.Decision
	Unmet     []Unmet // of Why.Expect and Why.Not
	Show      Show
}

// Run decides the requests.
func (w *Why) Run(in app.Input) (*WhyAnswer, error) {
	a := &WhyAnswer{Files: diag.NewFiles(), Show: w.Show}
	return a, w.run(in, a)
}

func (w *Why) run(in app.Input, a *WhyAnswer) error {
	// A path and a bare session value are complete only with the file (completed); all else is judged now.
	if !isPath(w.Request.URL) && !slices.ContainsFunc(w.Request.Cookies, bareValue) {
		if _, err := w.Request.read(); err != nil { // what is wrong without the file is said first
			return err
		}
	}
	switch {
	// The bound is for people who mistype: each request is explained with all it hangs on.
	case w.Times < 1 || w.Times > 10000:
		return app.Wrong("requests", " %d: want 1 to 10000", w.Times)
	case !(w.Every >= 0 && w.Every <= 1e9):
		return app.Wrong("every", " %v: want seconds from 0 on", w.Every)
	}
	l, sem, fixed, err := w.Plugin.Load(in, w.Config, a.Files, &a.Notes)
	if err != nil {
		return err
	}
	a.Table = l.Table
	request, hosts, err := w.Request.completed(l.Table, &sem, &a.Notes)
	if err != nil {
		return err
	}
	sc := &explain.Scenario{Requests: explain.Repeat(request, w.Times, nanos(w.Every)), Seed: w.Seed}
	if err := w.Members.into(l.Table, sc, &a.Notes); err != nil {
		return err
	}
	if sc.Sessions, err = w.Sessions.read(l, fixed); err != nil {
		return err
	}
	expect, err := readExpectations(l.Table, "expect", w.Expect)
	if err != nil {
		return err
	}
	not, err := readExpectations(l.Table, "not", w.Not)
	if err != nil {
		return err
	}
	expect = append(expect, not...)
	detail := w.Detail
	if detail == 0 {
		detail = explain.WithAll
	}
	a.Decisions = cause.Explain(l.Table, a.Files, sc, sem, fixed, detail, wantedOf(expect, l.Config)...)
	for i := range a.Decisions {
		cause.ForHosts(l.Table, &a.Decisions[i], hosts)
	}
	a.Unmet = unmet(a.Decisions, expect)
	return nil
}

// completed is the request, with what only the file says: a host for a path, the name of a cookie for its value.
func (r Request) completed(t *routecheck.Table, sem *choices.Assumptions, notes *app.Notes) (rq routecheck.Request,
	hosts string,
	err error) {
	if isPath(r.URL) {
		if r.URL, hosts, err = hostFor(t, sem, r.URL); err != nil {
			return rq, "", err
		}
	}
	if slices.ContainsFunc(r.Cookies, bareValue) {
		// The request without cookies is matched to find the name, see nameCookies.
		named := r
		named.Cookies = nil
		if rq, err = named.read(); err != nil {
			return rq, "", err
		}
		// The slice is the caller's: names are put into a copy.
		r.Cookies = slices.Clone(r.Cookies)
		r.nameCookies(t, sem, rq, notes)
	}
	rq, err = r.read()
	return rq, hosts, err
}

// read makes the request. The path stays byte for byte as it is written.
func (r *Request) read() (routecheck.Request, error) {
	rq, err := written.URL(wholeURL(r.URL))
	if err != nil {
		return rq, app.Misuse("%w", err)
	}
	rq.Body = r.BodySize
	if r.Port != nil {
		rq.Port = *r.Port
	}
	if rq.Port < 1 || rq.Port > 65535 {
		return rq, app.Misuse("port %d: want 1 to 65535", rq.Port)
	}
	for _, cookie := range r.Cookies {
		if err := written.Cookie(&rq, withoutHeaderName(cookie)); err != nil {
			return rq, app.Wrong("cookie", ": %w", err)
		}
	}
	for _, h := range r.Headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || name == "" {
			return rq, app.Wrong("header", " %q: want 'NAME: VALUE'", h)
		}
		if err := written.Header(&rq, name, strings.TrimSpace(value)); err != nil {
			return rq, app.Wrong("header", " %q: %w", h, err)
		}
	}
	// What decides is checked before what does not, so that the first error is the one that matters.
	return rq, r.check()
}

// check looks at what no rule decides by.
func (r *Request) check() error {
	if r.Client != "" {
		if _, err := netip.ParseAddr(r.Client); err != nil {
			return app.Wrong("client", " %q: want an IP address", r.Client)
		}
	}
	switch {
	case r.Method == "" || strings.ContainsAny(r.Method, " \t/:"):
		return app.Wrong("method", " %q: want an HTTP method such as GET or POST", r.Method)
	case r.BodySize < -1:
		return app.Wrong("body-size", " %d: want a number of bytes, or -1 for unknown", r.BodySize)
	}
	return nil
}
