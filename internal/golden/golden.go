// Package golden compares what a test made with the file that holds what is right, and writes the file anew under
// -update. Every package with tests imports it, so that "go test ./... -update" is known everywhere.
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files and the outputs of scripts anew")

// Update reports whether the test runs under -update.
func Update() bool { return *update }

// Check compares got with the content of the file at path. Under -update it writes the file first.
func Check(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; run with -update and look at the difference (-want +got):\n%s", path, diff)
	}
}
