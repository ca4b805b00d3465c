package lsp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/creachadair/jrpc2"

	"github.com/wasplug/wasplug/internal/lsp"
)

// The words of a connection come in their order.
func TestLifecycle(t *testing.T) {
	e := connect(t, options(nil))
	refused := func(method string, code jrpc2.Code) {
		t.Helper()
		var got *jrpc2.Error
		if err := e.try(method, nil, nil); !errors.As(err, &got) || got.Code != code {
			t.Errorf("%s: %v, want code %d", method, err, code)
		}
	}
	refused("textDocument/hover", -32002)
	refused("shutdown", -32002)
	e.call("initialize", object{}, nil)
	refused("initialize", jrpc2.InvalidRequest)
	var got *jrpc2.Error
	if err := e.try("textDocument/hover", object{"position": "x"}, nil); !errors.As(err, &got) ||
		got.Code != jrpc2.InvalidParams {
		t.Errorf("a position that is none: %v", err)
	}
	refused("textDocument/frobnicate", jrpc2.MethodNotFound)
	refused("$/frobnicate", jrpc2.MethodNotFound)
	e.notify("$/setTrace", object{"value": "off"})
	e.notify("$/cancelRequest", object{"id": 12345678})
	e.notify("$/cancelRequest", object{"id": "a"})
	e.notify("workspace/didFrobnicate", nil)
	refused("textDocument/hover", jrpc2.InvalidParams)
	e.notify("textDocument/didChange", place("file:///nowhere", at(0, 0)))
	e.call("shutdown", object{}, nil)
	refused("textDocument/hover", jrpc2.InvalidRequest)
	e.notify("exit", nil)
	if err := e.end(); err != nil {
		t.Error(err)
	}
}

func frame(message string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(message), message)
}

// An editor that says exit without shutdown, or is gone, has not ended well.
func TestExitAlone(t *testing.T) {
	e := connect(t, options(nil))
	e.call("initialize", object{}, nil)
	e.notify("exit", nil)
	if err := e.end(); !errors.Is(err, lsp.ErrNoExit) {
		t.Errorf("exit alone: %v", err)
	}
	e = connect(t, options(nil))
	e.call("initialize", object{}, nil)
	e.call("shutdown", nil, nil)
	e.rpc.Close()
	if err := e.end(); !errors.Is(err, lsp.ErrNoExit) {
		t.Errorf("shutdown alone: %v", err)
	}
}

// Header lines that end in LF alone are read.
func TestLineEnds(t *testing.T) {
	in, toServer := io.Pipe()
	said, fromServer := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- lsp.New(options(nil)).Serve(context.Background(), in, fromServer) }()
	go io.WriteString(toServer, strings.ReplaceAll(frame(hello), "\r\n", "\n"))
	first := make([]byte, 100)
	if _, err := io.ReadFull(said, first); err != nil || !strings.Contains(string(first), `"id":1`) {
		t.Errorf("%s %v", first, err)
	}
	go io.Copy(io.Discard, said)
	toServer.Close()
	<-ended
}

type nobody struct{ bytes.Buffer }

func (*nobody) Close() error { return nil }

// serve gives a server some bytes, and returns what it says and how it ends.
func serve(in string) (string, error) {
	var out nobody
	err := lsp.New(options(nil)).Serve(context.Background(), strings.NewReader(in), &out)
	return out.String(), err
}

const hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`

// What is no message ends the connection with a reason; what is one and means nothing is answered.
func TestMalformed(t *testing.T) {
	for name, tt := range map[string]struct{ in, says, ends string }{
		"nothing":        {"", "", "without shutdown and exit"},
		"no length":      {"Content-Type: x\r\n\r\n{}", "", "without Content-Length"},
		"no number":      {"Content-Length: many\r\n\r\n", "", `"many" is no number`},
		"negative":       {"Content-Length: -1\r\n\r\n", "", "is no number"},
		"huge":           {"Content-Length: 999999999999\r\n\r\n", "", "at most"},
		"beyond numbers": {"Content-Length: 99999999999999999999999\r\n\r\n", "", "is no number"},
		"announced":      {"Content-Length: 100000000\r\n\r\n{}", "", "ends after 2"},
		"no header":      {"hello\r\n\r\n", "", "is no header"},
		"a long line":    {strings.Repeat("x", 1<<20), "", "too long"},
		"many fields":    {strings.Repeat("a: b\r\n", 1000), "", "too long"},
		"cut off":        {"Content-Len", "", "cut off"},
		"no JSON":        {frame("{"), `"code":-32700`, "without shutdown and exit"},
		"no method":      {frame(`{"jsonrpc":"2.0","method":""}`), `"code":-32600`, "without shutdown and exit"},
		"too early":      {frame(`{"jsonrpc":"2.0","method":"initialized"}`), "", "without shutdown and exit"},
		"a number":       {frame("7"), `"error"`, "without shutdown and exit"},
		"an empty batch": {frame("[]"), `"code":-32600`, "without shutdown and exit"},
	} {
		t.Run(name, func(t *testing.T) {
			said, err := serve(tt.in)
			if err == nil || !strings.Contains(err.Error(), tt.ends) {
				t.Errorf("ends with %v, want %q", err, tt.ends)
			}
			if !strings.Contains(said, tt.says) {
				t.Errorf("says %s, want %s", said, tt.says)
			}
		})
	}
}

// FuzzMessages: no bytes make the server panic or hang.
func FuzzMessages(f *testing.F) {
	f.Add([]byte(frame(hello)))
	f.Add([]byte("Content-Length: 5\r\n\r\n[]"))
	f.Add([]byte(frame(hello) + frame(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{}}}`)))
	f.Add([]byte(frame(`[{"jsonrpc":"2.0","id":1,"method":"exit"},{"id":{}}]`)))
	f.Add([]byte(frame(hello) + frame(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":`+
		`{"uri":"file:///a.xml","text":"<a>"}}}`) + frame(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":`+
		`{"textDocument":{"uri":"file:///a.xml"},"contentChanges":[{"range":{"start":{"line":-1,"character":-1},`+
		`"end":{"line":9999999999,"character":99999999999}},"text":"x"}]}}`)))
	f.Fuzz(func(t *testing.T, in []byte) {
		if _, err := serve(string(in)); err == io.EOF {
			t.Error("an end without a reason")
		}
	})
}

// A fault of ours costs the answer that meets it; everything else is answered as before.
func TestFault(t *testing.T) {
	o := options(nil)
	open := o.Input.Open
	o.Input.Open = func(name string) (fs.File, error) {
		if strings.HasSuffix(name, "broken.yaml") {
			panic("on purpose")
		}
		return open(name)
	}
	e := connect(t, o)
	e.call("initialize", object{}, nil)
	got := e.open(suiteURI, strings.Replace(trip, "topology.yaml", "broken.yaml", 1))
	if len(got) != 1 || !strings.Contains(got[0].Message, "the check met a fault of wasplug") {
		t.Errorf("%+v", got)
	}
	for range 2 {
		var err *jrpc2.Error
		if !errors.As(e.try("textDocument/hover", place(suiteURI, position{0, 10}), nil), &err) ||
			err.Code != jrpc2.InternalError || !strings.Contains(err.Message, "on purpose") ||
			!strings.Contains(string(err.Data), "runtime/debug.Stack") {
			t.Errorf("%v", err)
		}
	}
	e.notify("textDocument/didOpen", object{"textDocument": object{"uri": "file:///conf/broken.yaml", "version": 1}})
	e.open(topologyURI, town)
	e.call("textDocument/hover", place(topologyURI, position{1, 2}), nil)
}
