package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// told takes what a run that follows a log tells, and ends it then.
type told struct {
	bytes.Buffer
	then func()
}

func (w *told) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	w.then()
	return n, err
}

var metricsAt = regexp.MustCompile(`metrics on (http://\S+)/metrics`)

// TestTraceFollow: what goes on is told, once over two runs, the same is shown at the address, and the end of the
// context, which is what SIGTERM does, ends the program well.
func TestTraceFollow(t *testing.T) {
	log, state := filepath.Join(t.TempDir(), "http_plugin.log"), filepath.Join(t.TempDir(), "state")
	for _, member := range []string{"m1", "m2"} {
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.NewReplacer("Marking m ", "Marking "+member+" ", " 00000001 -",
			" 0000000"+member[1:]+" -").Replace(traceLine)
		if _, err := f.WriteString(line); err != nil {
			t.Fatal(err)
		}
		f.Close()
		ctx, end := context.WithCancel(context.Background())
		var errOut bytes.Buffer
		out := &told{}
		out.then = func() {
			at := metricsAt.FindStringSubmatch(errOut.String())
			if at == nil {
				t.Error(errOut.String())
			} else if shown, err := http.Get(at[1] + "/incidents.json"); err != nil {
				t.Error(err)
			} else {
				defer shown.Body.Close()
				doc, err := io.ReadAll(shown.Body)
				if err != nil || !strings.Contains(string(doc), `"member": "`+member+`"`) {
					t.Errorf("%v %s", err, doc)
				}
				fitsSchema(t, "trace", string(doc))
			}
			end()
		}
		code := run(ctx, []string{"wasplug", "trace", "--follow", "--format", "json", "--admin", "127.0.0.1:0",
			"--state", state, log}, nil, out, &errOut)
		end()
		if code != exitFine || strings.Count(out.String(), "\n") != 1 ||
			!strings.Contains(out.String(), `"what":"begins"`) || !strings.Contains(out.String(), member) {
			t.Errorf("exit code %d: %s%s", code, out, &errOut)
		}
		fitsSchema(t, "trace", out.String())
	}
}
