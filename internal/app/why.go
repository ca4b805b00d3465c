package app

import (
	"net/netip"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Why asks which cluster and member a request goes to, and why.
type Why struct {
	Config  Config
	Request Request
	Plugin  Plugin
	Members Members
	Seed    *uint64 // nil leaves chance open
	Times   int     // how often the same request is sent, from 1 on
	Every   float64 // seconds from the start of one to that of the next

	Sessions Sessions

	Expect []string       // member:X, cluster:X, status:N, declined, or the bare name or status
	Detail explain.Detail // 0 for all
}

// Request is what a client sends.
type Request struct {
	URL      string
	Headers  []string // NAME: VALUE
	Cookies  []string // NAME=VALUE
	Method   string   // such as GET; no rule decides by it
	BodySize int64    // -1 unknown beforehand
	Client   string   // IP address, which no rule decides by
	Port     *int     // that it arrives on, nil that of the URL
}

// WhyAnswer is one decision for each request.
type WhyAnswer struct {
	Notes     Notes
	Files     *diag.Files
	Table     *routecheck.Table
	Decisions []routecheck.Decision
	Unmet     []Unmet // of Why.Expect
}

// Run decides the requests.
func (w *Why) Run(in Input) (*WhyAnswer, error) {
	a := &WhyAnswer{Files: diag.NewFiles()}
	return a, w.run(in, a)
}

func (w *Why) run(in Input, a *WhyAnswer) error {
	request, err := w.Request.read()
	if err != nil {
		return err
	}
	switch {
	case w.Times < 1 || w.Times > 10000:
		return wrong("requests", " %d: want 1 to 10000", w.Times)
	case !(w.Every >= 0 && w.Every <= 1e9):
		return wrong("every", " %v: want seconds from 0 on", w.Every)
	}
	l, sem, fixed, err := w.Plugin.load(in, w.Config, a.Files, &a.Notes)
	if err != nil {
		return err
	}
	a.Table = l.Table
	sc := &explain.Scenario{Requests: explain.Repeat(request, w.Times, nanos(w.Every)), Seed: w.Seed}
	if err := w.Members.into(l.Table, sc, &a.Notes); err != nil {
		return err
	}
	if sc.Sessions, err = w.Sessions.read(l, fixed); err != nil {
		return err
	}
	expect, err := readExpectations(l.Table, w.Expect)
	if err != nil {
		return err
	}
	detail := w.Detail
	if detail == 0 {
		detail = explain.WithAll
	}
	a.Decisions = explain.Explain(l.Table, a.Files, sc, sem, fixed, detail)
	a.Unmet = unmet(a.Decisions, expect)
	return nil
}

// read makes the request. The path stays byte for byte as it is written.
func (r *Request) read() (routecheck.Request, error) {
	rq, err := match.ParseURL(r.URL)
	if err != nil {
		return rq, misuse("%w", err)
	}
	rq.Body = r.BodySize
	if r.Port != nil {
		rq.Port = *r.Port
	}
	if rq.Port < 1 || rq.Port > 65535 {
		return rq, misuse("port %d: want 1 to 65535", rq.Port)
	}
	for _, cookie := range r.Cookies {
		if err := rq.AddCookie(cookie); err != nil {
			return rq, wrong("cookie", ": %w", err)
		}
	}
	for _, h := range r.Headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || name == "" {
			return rq, wrong("header", " %q: want 'NAME: VALUE'", h)
		}
		if err := rq.AddHeader(name, strings.TrimSpace(value)); err != nil {
			return rq, wrong("header", " %q: %w", h, err)
		}
	}
	return rq, r.check()
}

// check looks at what no rule decides by.
func (r *Request) check() error {
	if r.Client != "" {
		if _, err := netip.ParseAddr(r.Client); err != nil {
			return wrong("client", " %q: want an IP address", r.Client)
		}
	}
	switch {
	case r.Method == "" || strings.ContainsAny(r.Method, " \t/:"):
		return wrong("method", " %q: want an HTTP method such as GET or POST", r.Method)
	case r.BodySize < -1:
		return wrong("body-size", " %d: want a number of bytes, or -1 for unknown", r.BodySize)
	}
	return nil
}
