package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/handler"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/checks"
)

// Options say what a server reads and how it checks.
type Options struct {
	Input   app.Input        // of what is not open
	Lint    checks.Lint      // how files are checked; its Files are those that are open
	Now     func() time.Time // for dates in ignores and clone IDs
	Version string           // of the program
}

// Server serves one editor.
type Server struct {
	options Options
	rpc     *jrpc2.Server
	frames  *frames
	methods handler.Map

	mu       sync.Mutex
	state    state
	snippets bool // the editor takes completions with a place for the cursor
	docs     map[string]*document
	dirty    []string      // documents to check, the first to become so first
	wake     chan struct{} // holds one token while there may be any
}

// state of a connection.
type state uint8

const (
	begun       state = iota
	initialized       // requests are answered
	shutDown          // nothing but exit is taken
	exited
)

// mostRequests are answered at once. Some wait for findings, and must not keep those from being answered that do not.
const mostRequests = 16

// ErrNoExit says that the editor ended the connection without the words for it.
var ErrNoExit = errors.New("the editor ended without shutdown and exit")

// New makes a server.
func New(o Options) *Server {
	s := &Server{options: o, docs: map[string]*document{}, wake: make(chan struct{}, 1)}
	s.methods = handler.Map{
		"initialize":                      handler.New(s.initialize),
		"initialized":                     plain(s.nothing),
		"shutdown":                        plain(s.shutdown),
		"exit":                            plain(s.exit),
		"textDocument/didOpen":            handler.New(s.didOpen),
		"textDocument/didChange":          handler.New(s.didChange),
		"textDocument/didClose":           handler.New(s.didClose),
		"textDocument/didSave":            plain(s.didSave),
		"textDocument/hover":              handler.New(s.hover),
		"textDocument/definition":         handler.New(s.definition),
		"textDocument/references":         handler.New(s.references),
		"textDocument/prepareRename":      handler.New(s.prepareRename),
		"textDocument/rename":             handler.New(s.rename),
		"textDocument/completion":         handler.New(s.completion),
		"textDocument/codeAction":         handler.New(s.codeAction),
		"textDocument/codeLens":           handler.New(s.codeLens),
		"codeLens/resolve":                handler.New(s.resolveLens),
		"textDocument/documentSymbol":     handler.New(s.documentSymbol),
		"textDocument/formatting":         handler.New(s.formatting),
		"$/cancelRequest":                 handler.New(s.cancel),
		"workspace/didChangeWatchedFiles": plain(s.nothing),
	}
	return s
}

// Serve talks to an editor until it says exit. An error is an end that is none: a connection that breaks off, messages
// without a frame, or exit without shutdown before. It returns when the check at hand has ended, too.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.WriteCloser) error {
	ctx, stop := context.WithCancel(ctx)
	s.rpc = jrpc2.NewServer(s, &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: mostRequests,
		NewContext: func() context.Context { return ctx }})
	s.frames = newFrames(in, out)
	checked := make(chan struct{})
	go func() {
		defer close(checked)
		s.check(ctx)
	}()
	s.rpc.Start(s.frames)
	err := s.rpc.Wait()
	stop()
	<-checked
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state == exited:
		return nil
	case err != nil:
		return err
	}
	return ErrNoExit
}

// The protocol's codes of errors.
const (
	notInitialized = jrpc2.Code(-32002)
	requestFailed  = jrpc2.Code(-32803)
)

// Assign finds what answers a method. What begins with $/ may be ignored by who does not know it.
func (s *Server) Assign(ctx context.Context, method string) jrpc2.Handler {
	h := s.methods[method]
	if h == nil && strings.HasPrefix(method, "$/") {
		h = func(_ context.Context, r *jrpc2.Request) (any, error) {
			if r.IsNotification() {
				return nil, nil
			}
			return nil, jrpc2.Errorf(jrpc2.MethodNotFound, "nothing answers %s", method)
		}
	}
	if h == nil {
		return nil
	}
	return func(ctx context.Context, r *jrpc2.Request) (answer any, err error) {
		defer fault(method, &err)
		if err := s.admit(method); err != nil && r.IsNotification() {
			return nil, nil // nobody is told of those
		} else if err != nil {
			return nil, err
		}
		return h(ctx, r)
	}
}

// fault is deferred: it makes an error of a panic. A bug of ours costs one answer, not what the editor has open.
func fault(in string, err *error) {
	if problem := recover(); problem != nil {
		*err = jrpc2.Errorf(jrpc2.InternalError, "%s met a fault of wasplug, please report it: %v", in, problem).
			WithData(string(debug.Stack()))
	}
}

// admit refuses what comes before initialize and after shutdown, as the protocol asks for. exit is always taken: an
// editor must be able to end a server that it cannot talk to.
func (s *Server) admit(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case method == "exit", strings.HasPrefix(method, "$/"):
		return nil
	case s.state == begun && method != "initialize":
		return jrpc2.Errorf(notInitialized, "initialize comes first, not %s", method)
	case s.state != begun && method == "initialize":
		return jrpc2.Errorf(jrpc2.InvalidRequest, "initialize comes once")
	case s.state >= shutDown:
		return jrpc2.Errorf(jrpc2.InvalidRequest, "after shutdown comes exit, not %s", method)
	}
	return nil
}

func (s *Server) initialize(_ context.Context, p initializeParams) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = initialized
	s.snippets = p.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport
	return capabilities(s.options.Version), nil
}

// plain is a method whose parameters say nothing.
func plain(do func()) jrpc2.Handler {
	return func(context.Context, *jrpc2.Request) (any, error) {
		do()
		return nil, nil
	}
}

func (s *Server) nothing() {}

func (s *Server) shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = shutDown
}

// exit without shutdown before leaves the state as it is, by which Serve knows.
func (s *Server) exit() {
	s.mu.Lock()
	if s.state == shutDown {
		s.state = exited
	}
	s.mu.Unlock()
	s.frames.stop() // jrpc2's Stop beside a message that is no JSON panics
}

// cancel ends the wait of a request for findings.
func (s *Server) cancel(_ context.Context, p struct{ ID json.RawMessage }) error {
	s.rpc.CancelRequest(string(p.ID))
	return nil
}
