package lsp

import (
	"context"
	"slices"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

// mark notes that a document is to be checked; the lock is held. The token in wake is one however many documents are
// dirty, so that whoever marks never waits for the check.
func (s *Server) mark(uri string) {
	if !slices.Contains(s.dirty, uri) {
		s.dirty = append(s.dirty, uri)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// check checks what was changed, one document at a time, until the end. What an editor writes meanwhile makes no
// queue: the version that counts when a check begins is checked, and an answer about a version that counts no longer
// is dropped, since the document was marked again.
func (s *Server) check(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		for d := s.takeDirty(); d != nil && ctx.Err() == nil; d = s.takeDirty() {
			s.publish(ctx, d, s.findings(d))
		}
	}
}

// takeDirty returns the next document to check, nil for none. It is the version that counts now, whichever it was when
// the document was marked; one that was closed meanwhile is passed over.
func (s *Server) takeDirty() *document {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.dirty) > 0 {
		uri := s.dirty[0]
		s.dirty = s.dirty[1:]
		if d := s.docs[uri]; d != nil {
			return d
		}
	}
	return nil
}

// publish tells findings, unless the document has changed since they were sought: then they are about other places.
func (s *Server) publish(ctx context.Context, d *document, found []finding) {
	s.mu.Lock()
	current := s.docs[d.uri] == d
	if current {
		d.findings = found
		d.checked()
	}
	s.mu.Unlock()
	if !current {
		return
	}
	p := published{URI: d.uri, Version: &d.version, Diagnostics: make([]diagnostic, len(found))}
	for i := range found {
		p.Diagnostics[i] = found[i].diagnostic
	}
	s.rpc.Notify(ctx, "textDocument/publishDiagnostics", p)
}

// findings are those of a document, or why there are none.
func (s *Server) findings(d *document) []finding {
	var found []finding
	err := func() (err error) {
		defer fault("the check", &err)
		found = s.find(d)
		return nil
	}()
	return d.failed(found, err)
}

// find returns what is to be said of a document. The whole use case is asked, as on the command line: what is open is
// read in place of files, so a suite meets the configuration as it stands in the editor.
func (s *Server) find(d *document) []finding {
	if d.isSuite() {
		return s.findInSuite(d)
	}
	l := s.options.Lint
	l.Files = []checks.LintFile{{Path: d.path}}
	l.Options.Now = s.options.Now()
	a, err := l.Run(s.input())
	found := d.noted(a.Notes)
	for i := range a.Findings {
		found = append(found, d.finding(a.Files, &a.Findings[i].Diagnostic))
	}
	return d.failed(found, err)
}

// findInSuite runs the tests of a suite, and says which fail.
func (s *Server) findInSuite(d *document) []finding {
	t := checks.Test{Suites: []string{d.path}}
	a, err := t.Run(s.input())
	found := d.noted(a.Notes)
	for _, suite := range a.Suites {
		for i := range suite.Tests {
			found = append(found, d.unmet(&suite.Tests[i])...)
		}
	}
	return d.failed(found, err)
}

// unmet are the expectations of a test that are not so.
func (d *document) unmet(t *checks.Tested) (found []finding) {
	for i := range t.Requests {
		r := &t.Requests[i]
		for _, f := range r.Failures {
			from := d.text.written(r.Expected) // up to the end of its line: nobody says where the value ends
			_, to := d.text.line(d.text.position(from).Line)
			message := diag.Sprintf("%s of %s is %q, expected %q", f.Field, r.URL, f.Got, f.Want)
			found = append(found, d.finding(nil, &diag.Diagnostic{Span: diag.Span{Start: from, End: to},
				Severity: diag.Error, Message: message}))
		}
	}
	return found
}

// noted are the notes of a use case that are about the document.
func (d *document) noted(notes app.Notes) (found []finding) {
	for _, n := range notes {
		if n.Text != "" {
			found = append(found, d.finding(nil, &diag.Diagnostic{Severity: diag.Warning, Message: n.Text}))
		}
		for i := range n.Diagnostics {
			if n.Files.Name(n.Diagnostics[i].Span.File) == app.DisplayName(d.path) {
				found = append(found, d.finding(n.Files, &n.Diagnostics[i]))
			}
		}
	}
	return found
}

// failed adds why the work could not be done, at the beginning of the document, unless errors in it say so.
func (d *document) failed(found []finding, err error) []finding {
	isError := func(f finding) bool { return f.Severity == severities[diag.Error] }
	if err == nil || slices.ContainsFunc(found, isError) {
		return found
	}
	return append(found, d.finding(nil, &diag.Diagnostic{Severity: diag.Error, Message: err.Error()}))
}

// severities are those of the protocol.
var severities = map[diag.Severity]int{diag.Error: 1, diag.Warning: 2, diag.Info: 3}

// finding makes the protocol's form of a diagnostic; files is nil where it has no second place. Places in other files
// are left out: the message names them in its text.
func (d *document) finding(files *diag.Files, x *diag.Diagnostic) finding {
	f := finding{at: x.Span, fix: x.Fix, diagnostic: diagnostic{
		Range: d.text.rangeOf(x.Span), Severity: severities[x.Severity], Code: x.Rule.Code,
		Source: "wasplug", Message: x.Message,
	}}
	if x.Rule.Name != "" {
		f.Message += " [" + x.Rule.Name + "]"
	}
	for _, r := range x.Related {
		if files.Name(r.Span.File) == app.DisplayName(d.path) {
			f.Related = append(f.Related, related{location{d.uri, d.text.rangeOf(r.Span)}, r.Message})
		}
	}
	return f
}

// rule is the rule of a finding, nil for none.
func (f *finding) rule(all []*lint.Rule) *lint.Rule { return lint.Lookup(all, f.Code) }
