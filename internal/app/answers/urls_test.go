package answers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// TestWhyURLs: a log is read packed or not, from a file or standard input, and a request that cannot be meant is one.
func TestWhyURLs(t *testing.T) {
	const list = "http://www.example.com/snoop\n/snoop/x\n/none\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, list); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	in := apptest.Memory(t,
		map[string]string{"urls.txt": list, "urls.gz": packed.String(), "-": list, "cut.gz": packed.String()[:30]})
	for _, path := range []string{"urls.txt", "urls.gz", "-"} {
		w := WhyURLs{Config: app.Config{Path: "figure.xml"}, URLs: app.URLs{Path: path}}
		a, err := w.Run(in)
		if err != nil || a.Summary.Requests != 3 || a.Format != "urls" || len(a.Summary.Groups) != 2 {
			t.Errorf("%s: %v %+v", path, err, a.Summary)
		}
	}
	for want, u := range map[string]app.URLs{
		`--scheme "ftp"`: {Path: "urls.txt", Where: batch.Where{Scheme: "ftp"}},
		"--port 70000":   {Path: "urls.txt", Where: batch.Where{Port: 70000}},
		`--host "a/b"`:   {Path: "urls.txt", Where: batch.Where{Host: "a/b"}},
		"--jobs -1":      {Path: "urls.txt", Jobs: -1},
		"--log-format":   {Path: "urls.txt", Format: "%Z"},
	} {
		w := WhyURLs{Config: app.Config{Path: "figure.xml"}, URLs: u}
		_, err := w.Run(in)
		if request := new(app.RequestError); !errors.As(err, &request) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	w := WhyURLs{Config: app.Config{Path: "figure.xml"}, URLs: app.URLs{Path: "cut.gz", Format: "urls"}}
	if _, err := w.Run(in); err == nil || !strings.Contains(err.Error(), "cut.gz") {
		t.Error(err)
	}
}
