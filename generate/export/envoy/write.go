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

	retries string // the policy that all clusters have in common, "" where they differ
}

// Write writes envoy.yaml. A fragment is its static_resources without the line of that name.
func Write(p *export.Plan, opt *export.Options) ([]export.File, []export.Loss, error) {
	w := &writer{plan: p, opt: opt, retries: retriesOfAll(p)}
	losses := p.Grade(verdicts())
	w.out.Grow(len(p.Entries) * perRoute)
	w.out.WriteString(p.Header("#", "Envoy 1.34 and later; it has been run on none", losses))
	w.expressionSize()
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

// expressionSize lets regular expressions of routes be larger than Envoy allows by itself (its runtime's
// re2.max_program_size.error_level is 100, and an expression over it keeps the file from being loaded): one of ours
// holds all places of a path.
func (w *writer) expressionSize() {
	if w.opt.Fragment {
		w.line(0, "# The bootstrap needs re2.max_program_size.error_level: %d in a layer of its layered_runtime.",
			mostExpression)
		return
	}
	w.line(0, "layered_runtime:")
	w.line(1, "layers:")
	w.line(1, "- name: wasplug")
	w.line(2, "static_layer: { re2.max_program_size.error_level: %d, re2.max_program_size.warn_level: %d }",
		mostExpression, mostExpression)
}

// mostExpression is how many instructions an expression may have: some 40 for each place and path, of which a route
// takes thousands in the largest files.
const mostExpression = 1 << 20

// perRoute is about how many bytes a route takes.
const perRoute = 500

// line writes a line at a depth of indentation.
func (w *writer) line(depth int, format string, args ...any) {
	fmt.Fprintf(&w.out, strings.Repeat("  ", depth)+format+"\n", args...)
}

// text is a text in single quotes, in which YAML reads nothing but quotes.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
