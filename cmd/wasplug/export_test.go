package main

import (
	"path/filepath"
	"testing"

	"github.com/wasplug/wasplug/internal/app/authoring"
)

// TestExportFitsItsSchema validates what each target loses against schemas/export.schema.json.
func TestExportFitsItsSchema(t *testing.T) {
	for _, target := range authoring.ExportTargets() {
		out, errOut, code := program(t, "export", "--to", target, "-o",
			filepath.Join(t.TempDir(), "out"), "--format", "json",
			figure)
		if code != exitFine {
			t.Errorf("%s: exit code %d\n%s", target, code, errOut)
		}
		fitsSchema(t, "export", out)
	}
}
