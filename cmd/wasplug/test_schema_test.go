package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/wasplug/wasplug/schemas"
)

// TestTestFitsItsSchema validates reports of suites that pass, fail and measure coverage against
// schemas/test.schema.json.
func TestTestFitsItsSchema(t *testing.T) {
	absolute, err := filepath.Abs(figure)
	if err != nil {
		t.Fatal(err)
	}
	failing := filepath.Join(t.TempDir(), "routes.yaml")
	text := "config: " + absolute + "\ntests:\n  - name: wrong\n    requests: [{url: http://h/snoop, expect: " +
		"{status: 404}}]\n"
	if err := os.WriteFile(failing, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const passing = "../../testdata/figure-5-12/suite.yaml"
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitFine, []string{passing}},
		{exitFine, []string{passing, "--coverage"}},
		{exitFine, []string{passing, "--only-failures", "--fail-under", "1"}},
		{exitFindings, []string{passing, failing, "--coverage"}},
	} {
		out, errOut, code := program(t, append([]string{"test", "--format", "json"}, c.args...)...)
		if code != c.code {
			t.Errorf("%v: exit code %d\n%s", c.args, code, errOut)
		}
		fitsSchema(t, "test", out)
	}
}

// TestListFitsItsSchema validates the list of all that can be explained.
func TestListFitsItsSchema(t *testing.T) {
	out, errOut, code := program(t, "explain", "--list", "--format", "json")
	if code != exitFine {
		t.Fatalf("exit code %d\n%s", code, errOut)
	}
	fitsSchema(t, "explain", out)
}

// fitsSchema holds an output against a schema.
func fitsSchema(t *testing.T, name, doc string) {
	t.Helper()
	source, err := schemas.Source(name)
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(source), gojsonschema.NewStringLoader(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range result.Errors() {
		t.Errorf("%s: %s\n%s", name, e, doc)
	}
}
