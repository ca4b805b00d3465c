package merge

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// ask asks lint about the merged file. What it finds there and in no input is a conflict: every error, and the
// warnings that are told of generated files too. Nodes of the merged file keep their places in the inputs, so a
// finding stands where its cause is.
func (m *merger) ask(doc *parser.Document) {
	type finding struct {
		span diag.Span
		code string
	}
	options := lint.Options{Rules: map[string]lint.RuleSetting{}} // without mere advice
	for _, r := range m.rules {
		if r.Severity < diag.Warning && !r.Topology {
			options.Rules[r.Code] = lint.RuleSetting{Off: true}
		}
	}
	known := map[finding]bool{}
	for _, in := range m.inputs {
		for _, d := range lint.Run(m.rules, m.files, []lint.Input{{File: in.Config.Doc.File, Config: in.Config}},
			options) {
			known[finding{d.Span, d.Rule.Code}] = true
		}
	}
	clones := m.cloneIDs()
	nowhere := m.files.Add("the merged file", nil) // so that messages name the file of each place
	for _, d := range lint.Run(m.rules, m.files, []lint.Input{{File: nowhere, Config: parser.View(doc)}}, options) {
		if known[finding{d.Span, d.Rule.Code}] || d.Severity < diag.Error &&
			!lint.Lookup(m.rules, d.Rule.Code).Topology {
			continue
		}
		m.allow(&d) // by the code that the merged file has
		d = m.collision(d, clones)
		m.allow(&d)
		m.add(d)
	}
}

// allow turns an error that the user accepts into a warning.
func (m *merger) allow(d *diag.Diagnostic) {
	for _, word := range m.options.Allow {
		if r := lint.Lookup(m.rules, word); r != nil && r.Code == d.Rule.Code && d.Severity == diag.Error {
			d.Severity = diag.Warning
		}
	}
}

// holder is a server of an input with the place of its clone ID.
type holder struct {
	server *parser.Server
	file   int
}

// cloneIDs finds servers by the place of their clone ID, where findings of collisions stand.
func (m *merger) cloneIDs() map[diag.Span]holder {
	all := map[diag.Span]holder{}
	for _, src := range m.clusters {
		for _, s := range src.cluster.Servers {
			all[s.CloneID.Span()] = holder{s, src.file}
		}
	}
	return all
}

// collision words a finding about two servers of one clone ID in terms of the inputs when they come from two of them:
// the merge made it.
func (m *merger) collision(d diag.Diagnostic, clones map[diag.Span]holder) diag.Diagnostic {
	if len(d.Related) != 1 {
		return d
	}
	a, isA := clones[d.Span]
	b, isB := clones[d.Related[0].Span]
	if !isA || !isB || a.file == b.file || a.server.CloneID.V != b.server.CloneID.V {
		return d
	}
	d.Message = diag.Sprintf("clone ID %q of server %q of %s is that of server %q of %s at another address; "+
		"sessions of one reach the other (%s in the merged file)",
		a.server.CloneID.V, a.server.Name.V, m.inputs[a.file].Name, b.server.Name.V, m.inputs[b.file].Name,
		d.Rule.Code)
	d.Rule = lint.Lookup(m.rules, diag.CloneIDCollisionAfterMerge).Diag()
	return d
}
