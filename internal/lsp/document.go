package lsp

import (
	"context"
	"io/fs"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/creachadair/jrpc2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/editor"
	"github.com/wasplug/wasplug/parser/diag"
)

// document is one version of what is open under a URI. It never changes; the next version is another one.
type document struct {
	uri, path string
	version   int // the editor's number
	text      *text
	xml       func() *editor.Document // the text as XML, read when first asked
	yaml      func() *editor.YAML     // as YAML, with what is open then
	findings  []finding               // once it was checked; guarded by the lock of the server
	checked   func()                  // says that it was, or that it counts no longer
	settled   chan struct{}           // closed by that: answers about findings wait for it
}

// finding is a diagnostic as it was published, and how it can be repaired.
type finding struct {
	diagnostic
	at  diag.Span
	fix *diag.Fix
}

// version makes a version. Reading it costs more than most answers about it, and nobody may ask: hence the functions.
func (s *Server) version(uri, path string, version int, t *text) *document {
	d := &document{uri: uri, path: path, version: version, text: t, settled: make(chan struct{})}
	d.checked = sync.OnceFunc(func() { close(d.settled) })
	d.xml = sync.OnceValue(func() *editor.Document { return editor.Open(path, t.src, s.options.Lint.Options.Target) })
	d.yaml = sync.OnceValue(func() *editor.YAML {
		return editor.OpenYAML(path, t.src, s.options.Lint.Options.Target, s.input())
	})
	return d
}

// pathOf returns the path of a document: its URI where that is of no file.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	switch {
	case uri == "-":
		return "./-" // not what the editor says on standard input
	case err != nil || u.Scheme != "file" || u.Path == "":
		return uri
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' { // a drive of Windows
		path = path[1:]
	}
	return filepath.FromSlash(path)
}

// isXML reports whether a document is no YAML.
func (d *document) isXML() bool { return !app.IsTopology(d.path, d.text.src) }

// isSuite tells a test suite from a topology.
func (d *document) isSuite() bool { return !d.isXML() && editor.IsSuite(d.text.src) }

// read is the text as what it is. Each form is read at most once for each version.
func (d *document) read() readable {
	if d.isXML() {
		return d.xml()
	}
	return d.yaml()
}

// readable is a text that answers about its places, whatever form it has.
type readable interface {
	Hover(place int32) (text string, at diag.Span)
	Definitions(place int32) []diag.Span
	References(place int32, definitions bool) []diag.Span
	Complete(place int32) editor.Completion
	Renamable(place int32) (diag.Span, error)
	Rename(place int32, to string) ([]diag.Edit, error)
	URIs() []diag.Span
	URIAt(place int32) *editor.URI
	Symbols() []editor.Symbol
	Files() *diag.Files
}

// uriOf returns the URI of a file.
func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive of Windows
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// didOpen compares what the editor sends with the file, by which the encoding of the file is known: the protocol knows
// none.
func (s *Server) didOpen(_ context.Context, p openParams) error {
	path := pathOf(p.TextDocument.URI)
	saved, _ := s.options.Input.Read(path, nil) // there may be none
	s.keep(s.version(p.TextDocument.URI, path, p.TextDocument.Version, openText(p.TextDocument.Text, saved)))
	return nil
}

// didChange makes the next version out of pieces. They count from the version before, so their order matters: jrpc2
// runs notifications one after the other, before the requests behind them.
func (s *Server) didChange(_ context.Context, p changeParams) error {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return err
	}
	s.keep(s.version(d.uri, d.path, p.TextDocument.Version, d.text.apply(p.ContentChanges)))
	return nil
}

// keep makes this the version that counts, and has it checked.
func (s *Server) keep(d *document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(d)
}

// put does so while the lock is held.
func (s *Server) put(d *document) {
	s.drop(d.uri)
	s.docs[d.uri] = d
	s.mark(d.uri)
}

// drop forgets a version; the lock is held. Who waits for its findings gets none.
func (s *Server) drop(uri string) {
	if d := s.docs[uri]; d != nil {
		d.checked()
		delete(s.docs, uri)
	}
}

// didSave has suites read and checked again: the configuration that they name may be what was saved.
func (s *Server) didSave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range slices.Collect(maps.Values(s.docs)) { // a copy: put changes the map
		if d.isSuite() {
			s.put(s.version(d.uri, d.path, d.version, d.text))
		}
	}
}

// didClose takes the findings away, which an editor would show on.
func (s *Server) didClose(ctx context.Context, p documentParams) error {
	s.mu.Lock()
	s.drop(p.TextDocument.URI)
	s.mu.Unlock()
	return s.rpc.Notify(ctx, "textDocument/publishDiagnostics",
		published{URI: p.TextDocument.URI, Diagnostics: []diagnostic{}})
}

// document returns the version that counts.
func (s *Server) document(uri string) (*document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.docs[uri]; d != nil {
		return d, nil
	}
	return nil, jrpc2.Errorf(jrpc2.InvalidParams, "no document %s is open", diag.Quote(uri))
}

// input reads what is open as it stands in the editor, and all else from the disk. The texts are those of now: what
// changes while a use case reads is for the next check.
func (s *Server) input() app.Input {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := map[string][]byte{}
	for _, d := range s.docs {
		open[d.path] = d.text.src
	}
	disk := s.options.Input.Open
	return app.Input{Stdin: strings.NewReader(""), Open: func(name string) (fs.File, error) {
		if src, ok := open[name]; ok {
			return app.File(src), nil
		}
		return disk(name)
	}}
}
