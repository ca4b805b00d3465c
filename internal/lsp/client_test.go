package lsp_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/wasplug/wasplug/internal/app"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/lsp"
	"github.com/wasplug/wasplug/lint"
)

// hangs is how long a test waits for what comes at once, where it comes at all.
const hangs = 2 * time.Minute

type position struct{ Line, Character int }

type span struct{ Start, End position }

type diagnostic struct {
	Range         span
	Severity      int
	Code, Message string
}

type published struct {
	URI         string
	Version     *int
	Diagnostics []diagnostic
}

// editor is a client of a server that runs in the test.
type editor struct {
	t         testing.TB
	rpc       *jrpc2.Client
	published chan published
	ended     chan error
}

// disk is what lies beside what is open.
type disk map[string]string

func (d disk) input() app.Input {
	files := fstest.MapFS{}
	for name, text := range d {
		files[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(text)}
	}
	return app.Input{Open: func(name string) (fs.File, error) {
		return files.Open(strings.TrimPrefix(filepath.ToSlash(name), "/"))
	}}
}

// options are those of the tests: a day, and files in memory.
func options(d disk) lsp.Options {
	o := lsp.Options{Input: d.input(), Version: "test",
		Now: func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }}
	o.Lint.Options = lint.Options{Profile: "pedantic"}
	return o
}

// start runs a server, and ends it with the test.
func start(t testing.TB, d disk) *editor {
	e := connect(t, options(d))
	e.call("initialize", map[string]any{"capabilities": map[string]any{}}, nil)
	e.notify("initialized", struct{}{})
	t.Cleanup(func() {
		e.call("shutdown", nil, nil)
		e.notify("exit", nil)
		if err := e.end(); err != nil {
			t.Errorf("the server ends with %v", err)
		}
	})
	return e
}

func connect(t testing.TB, o lsp.Options) *editor {
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	e := &editor{t: t, published: make(chan published, 1000), ended: make(chan error, 1)}
	go func() { e.ended <- lsp.New(o).Serve(context.Background(), toServer, fromServer) }()
	e.rpc = jrpc2.NewClient(channel.LSP(toClient, fromClient), &jrpc2.ClientOptions{OnNotify: func(r *jrpc2.Request) {
		var p published
		if r.Method() == "textDocument/publishDiagnostics" && r.UnmarshalParams(&p) == nil {
			e.published <- p
		}
	}})
	t.Cleanup(func() { e.rpc.Close() })
	return e
}

// end waits for the server.
func (e *editor) end() error {
	select {
	case err := <-e.ended:
		return err
	case <-time.After(hangs):
		e.t.Fatal("the server does not end")
		return nil
	}
}

func (e *editor) call(method string, params, result any) {
	e.t.Helper()
	if err := e.try(method, params, result); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

// try asks, and returns what is answered instead.
func (e *editor) try(method string, params, result any) error {
	ctx, stop := context.WithTimeout(context.Background(), hangs)
	defer stop()
	answer, err := e.rpc.Call(ctx, method, params)
	if err != nil || result == nil {
		return err
	}
	return answer.UnmarshalResult(result)
}

func (e *editor) notify(method string, params any) {
	e.t.Helper()
	if err := e.rpc.Notify(context.Background(), method, params); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

const uri = "file:///conf/plugin-cfg.xml"

type object = map[string]any

func (e *editor) open(uri, text string) []diagnostic {
	e.t.Helper()
	e.notify("textDocument/didOpen", object{"textDocument": object{"uri": uri, "languageId": "xml", "version": 1,
		"text": text}})
	return e.findings(uri, 1)
}

// change makes changes, and returns the findings of that version.
func (e *editor) change(uri string, version int, changes ...object) []diagnostic {
	e.t.Helper()
	e.notify("textDocument/didChange", object{"textDocument": object{"uri": uri, "version": version},
		"contentChanges": changes})
	return e.findings(uri, version)
}

// findings waits for those of a version.
func (e *editor) findings(uri string, version int) []diagnostic {
	e.t.Helper()
	for {
		select {
		case p := <-e.published:
			if p.URI == uri && p.Version != nil && *p.Version == version {
				return p.Diagnostics
			}
		case <-time.After(hangs):
			e.t.Fatalf("no findings of version %d", version)
		}
	}
}

func at(line, character int) position { return position{line, character} }

func place(uri string, p position) object {
	return object{"textDocument": object{"uri": uri}, "position": inJSON(p)}
}

func inJSON(p position) object { return object{"line": p.Line, "character": p.Character} }

func from(start, end position, text string) object {
	return object{"range": object{"start": inJSON(start), "end": inJSON(end)}, "text": text}
}

// marked takes a text with a ‸, and returns it without and where that stands.
func marked(t testing.TB, text string) (string, position) {
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatal("no mark in the text")
	}
	return before + after, positionIn(before+after, len(before))
}

func asJSON(v any) string {
	out, _ := json.Marshal(v)
	return string(out)
}
