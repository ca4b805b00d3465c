package lint

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
)

var update = flag.Bool("update", false, "rewrite golden files")

// corpus lints every file of the shared corpus by itself. Names are relative to it.
func corpus(t *testing.T, o Options, visit func(name string, ds []diag.Diagnostic, files *diag.Files)) {
	for _, dir := range [][]string{{"corpus", "cfg"}} {
		for _, path := range sharedtest.Files(t, "*.xml", dir...) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.Join(append(slices.Clone(dir), filepath.Base(path)), "/")
			files := diag.NewFiles()
			id := files.Add(name, src)
			visit(name, Run(files, Read(files, id), o), files)
		}
	}
}

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference", path)
	}
}

func TestCorpusDump(t *testing.T) {
	out := os.Getenv("CORPUS_DUMP")
	if out == "" {
		t.Skip()
	}
	var b strings.Builder
	count := map[string]int{}
	corpus(t, Options{}, func(name string, ds []diag.Diagnostic, files *diag.Files) {
		seen := map[string]bool{}
		for _, d := range ds {
			fmt.Fprintln(&b, files.Line(d))
			if !seen[d.Rule.Code] {
				seen[d.Rule.Code] = true
				count[d.Rule.Code+" "+d.Rule.Name]++
			}
		}
		fmt.Fprintf(&b, "== %s %d\n", name, len(ds))
	})
	for k, n := range count {
		fmt.Println(n, k)
	}
	os.WriteFile(out, []byte(b.String()), 0o644)
}
