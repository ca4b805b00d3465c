package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPagesAreRead: groff understands every page.
func TestPagesAreRead(t *testing.T) {
	t.Parallel()
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not here: pages are not read")
	}
	folder := t.TempDir()
	if _, errOut, code := program(t, "man", "-o", folder); code != exitFine {
		t.Fatal(errOut)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "*.[15]"))
	if err != nil || len(pages) < 20 {
		t.Fatalf("%v, %d pages", err, len(pages))
	}
	args := append([]string{"-man", "-Tutf8", "-ww", "-z"}, pages...)
	if out, err := exec.Command(groff, args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
