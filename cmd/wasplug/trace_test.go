package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/wasplug/wasplug/internal/logtest"
)

// runTrace runs the command inside the test. What the program does stands in testdata/script/trace_*.txtar.
func runTrace(stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	var out, errOut bytes.Buffer
	code = run(context.Background(), append([]string{"wasplug", "trace"}, args...), stdin, &out, &errOut)
	return out.String(), errOut.String(), code
}

const traceLine = "[06/Oct/2017:19:06:43.24773] 00000001 00000001 - ERROR: ws_server: serverSetFailoverStatus: " +
	"Marking m down\n"

func TestTraceExitCodes(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "http_plugin.log")
	text := filepath.Join(dir, "notes.txt")
	empty := filepath.Join(dir, "empty.log")
	for name, data := range map[string]string{log: traceLine, text: "no log\n", empty: ""} {
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{[]string{log}, 0, ""},
		{[]string{log, "--slow", "0.5", "--format", "json"}, 0, ""},
		{[]string{"--request", "1", log}, 0, ""},
		{[]string{log, "--request", "2"}, 1, "no request 2 in "},
		{[]string{"--request", "/x", log}, 1, "no request /x in "},
		{nil, 2, "no log given"},
		{[]string{"--format", "xml", log}, 2, "xml"},
		{[]string{"--slow", "0", log}, 2, "--slow 0"},
		{[]string{"--slow", "NaN", log}, 2, "--slow NaN"},
		{[]string{"--limit", "-1", log}, 2, "--limit -1"},
		{[]string{"-", "-"}, 2, "stdin can be read only once"},
		{[]string{text}, 3, "no line of a plug-in log among 1 line"},
		{[]string{empty}, 3, "no line of a plug-in log among 0 lines"},
		{[]string{filepath.Join(dir, "absent.log")}, 3, "absent.log"},
		{[]string{dir}, 3, "is a directory"},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			stdout, stderr, code := runTrace(strings.NewReader(traceLine), tc.args...)
			if code != tc.code || !strings.Contains(stderr, tc.stderr) || tc.stderr == "" && stderr != "" {
				t.Errorf("exit code %d, stderr %q", code, stderr)
			}
			if (code == 0) == (stdout == "") {
				t.Errorf("exit code %d, stdout %q", code, stdout)
			}
		})
	}
}

// TestTraceSources: a packed file, stdin and a packed stdin say the same as the plain file, and one request is found
// in each.
func TestTraceSources(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // where nobody else leaves anything
	var plain, packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := logtest.Write(io.MultiWriter(&plain, z), logtest.Options{Size: 1 << 20, FailEvery: 7}); err != nil {
		t.Fatal(err)
	}
	z.Close()
	dir := t.TempDir()
	name, gz := filepath.Join(dir, "a.log"), filepath.Join(dir, "b.log")
	for file, data := range map[string][]byte{name: plain.Bytes(), gz: packed.Bytes()} {
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, flags := range [][]string{{"--format", "json"}, {"--request", "7", "--format", "json"},
		{"--request", "/app0/*"}} {
		want, _, code := runTrace(nil, append(flags, name)...)
		if code != 0 {
			t.Fatal(code)
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(plain.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for source, stdin := range map[string][]byte{gz: nil, "-": plain.Bytes(), "- packed": packed.Bytes(),
			"- UTF-16": wide} {
			file, _, _ := strings.Cut(source, " ")
			got, stderr, code := runTrace(bytes.NewReader(stdin), append(flags, file)...)
			got = strings.ReplaceAll(strings.ReplaceAll(got, "<stdin>", name), gz, name)
			if code != 0 || got != want {
				t.Errorf("%v %s: exit code %d, %s; output differs: %v", flags, source, code, stderr, got != want)
			}
		}
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "wasplug-trace-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestTraceCutGzip prints what could be read and fails.
func TestTraceCutGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(strings.Repeat(traceLine, 5000)))
	z.Close()
	stdout, stderr, code := runTrace(bytes.NewReader(packed.Bytes()[:packed.Len()-20]), "-")
	if code != exitFailed || !strings.Contains(stderr, "unexpected EOF") ||
		!strings.Contains(stdout, "Marking m down") {
		t.Errorf("exit code %d, stderr %q, stdout %q", code, stderr, stdout)
	}
}

// TestTraceJSON: the output is JSON whatever bytes the log holds, and no control character reaches a terminal.
func TestTraceJSON(t *testing.T) {
	log := "ERROR: ws_server: serverSetFailoverStatus: Marking \x1b[31mm\xff\x00<b> down\n"
	stdout, _, code := runTrace(strings.NewReader(log), "--format", "json", "-")
	var doc struct {
		Version int
		Odd     []any
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || code != 0 || doc.Version != 1 || len(doc.Odd) != 1 {
		t.Errorf("%v, exit code %d: %s", err, code, stdout)
	}
	for _, flags := range [][]string{{}, {"--request", "1"}} {
		stdout, _, _ = runTrace(strings.NewReader(log), append(flags, "-")...)
		if strings.ContainsAny(stdout, "\x1b\x00") || strings.Contains(stdout, "\xff") ||
			!strings.Contains(stdout, `\x1b[31mm\xff\x00<b>`) {
			t.Errorf("%q", stdout)
		}
	}
}
