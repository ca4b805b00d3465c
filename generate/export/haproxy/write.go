package haproxy

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/parser/diag"
)

// writer collects a configuration.
type writer struct {
	plan *export.Plan
	opt  *export.Options
	out  bytes.Buffer
}

// longestText is how many bytes of a path are looked up: in a tree of beginnings (map_beg) HAProxy 2.6 finds none of
// 2,048 bytes and more. What stands before the path in a key is left room for.
const longestText = 2000

// Write writes haproxy.cfg and its maps.
func Write(p *export.Plan, opt *export.Options) ([]export.File, []export.Loss, error) {
	w := &writer{plan: p, opt: opt}
	if err := refusal(p); err != nil {
		return nil, nil, err
	}
	losses := p.Grade(verdicts())
	w.out.WriteString(p.Header("#", "HAProxy 2.6 and later", losses))
	if !opt.Fragment {
		w.global()
	}
	w.frontend()
	for i := range p.Clusters {
		for _, s := range w.opt.Schemes() {
			if err := w.backend(&p.Clusters[i], s); err != nil {
				return nil, nil, err
			}
		}
	}
	return append([]export.File{{Name: "haproxy.cfg", Data: w.out.Bytes()}}, w.maps()...), losses, nil
}

// refusal is what this target alone cannot take.
func refusal(p *export.Plan) error {
	for i := range p.Entries {
		if e := &p.Entries[i]; strings.HasPrefix(e.Cookie, "$") {
			return &export.Refusal{At: e.Span, What: fmt.Sprintf("affinity cookie %s: HAProxy passes over cookies "+
				"whose names begin with $", diag.Quote(e.Cookie))}
		}
	}
	return p.TooLong("HAProxy", longestText, func(text string) int { return len(text) })
}

// line writes a line of a section.
func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.out, "    "+format+"\n", args...) }

// section begins a section.
func (w *writer) section(format string, args ...any) { fmt.Fprintf(&w.out, "\n"+format+"\n", args...) }

// privateHeaders are the names that members of WebSphere read letter by letter.
// They are those that headers sets: HAProxy sends every name in small letters unless h1-case-adjust names it.
var privateHeaders = []string{"$WSIS", "$WSSC", "$WSPR", "$WSRA", "$WSRH", "$WSSN", "$WSSP", "$WSCS"}

// global writes what the whole process needs. Without "daemon" it stays in the foreground.
func (w *writer) global() {
	w.section("global")
	w.line("default-path config # maps are found beside this file")
	w.line("log stdout format raw daemon notice")
	if w.opt.Private() {
		for _, name := range privateHeaders {
			w.line("h1-case-adjust %s %s", strings.ToLower(name), name)
		}
	}
	w.section("defaults")
	w.line("mode http")
	w.line("log global")
	// How long clients may take is up to the web server, and no file says it. The limits for members hold where a
	// cluster has none: 120 s stand for the operating system's own limit (R50), a day for none.
	w.line("timeout client 300s")
	w.line("timeout http-request 60s")
	w.line("timeout http-keep-alive 60s")
	w.line("timeout connect 120s")
	w.line("timeout server 1d")
}
