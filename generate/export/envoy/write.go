package envoy

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// writer collects a configuration.
type writer struct {
	plan *export.Plan
	opt  *export.Options
	out  bytes.Buffer
}

// Write writes envoy.yaml. A fragment is its static_resources without the line of that name.
func Write(p *export.Plan, opt *export.Options) ([]export.File, []export.Loss, error) {
	w := &writer{plan: p, opt: opt}
	losses := p.Grade(verdicts())
	w.out.Grow(len(p.Entries) * perRoute)
	w.out.WriteString(p.Header("#", "Envoy 1.34 and later; it has been run on none", losses))
	if !opt.Fragment {
		w.line(0, "static_resources:")
	}
	w.line(1, "listeners:")
	for i, l := range opt.Listen {
		w.listener(fmt.Sprintf("plain%d", i), l, false)
	}
	for i, l := range opt.TLSListen {
		w.listener(fmt.Sprintf("tls%d", i), l, true)
	}
	if len(p.Clusters) == 0 {
		w.line(1, "clusters: []")
	} else {
		w.line(1, "clusters:")
	}
	for i := range p.Clusters {
		for _, tls := range w.opt.Schemes() {
			if err := w.cluster(&p.Clusters[i], tls); err != nil {
				return nil, nil, err
			}
		}
	}
	return []export.File{{Name: "envoy.yaml", Data: w.out.Bytes()}}, losses, nil
}

// perRoute is about how many bytes a route takes.
const perRoute = 500

// line writes a line at a depth of indentation.
func (w *writer) line(depth int, format string, args ...any) {
	fmt.Fprintf(&w.out, strings.Repeat("  ", depth)+format+"\n", args...)
}

// text is a text in single quotes, in which YAML reads nothing but quotes.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
