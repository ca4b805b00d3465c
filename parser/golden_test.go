package parser_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var update = flag.Bool("update", false, "rewrite the expected output of the golden tests")

// TestGolden reads each file of testdata and compares its diagnostics, and what is written of the tree, with the .out file beside it.
func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(inputs) == 0 {
		t.Fatal(inputs, err)
	}
	for _, input := range inputs {
		t.Run(filepath.Base(input), func(t *testing.T) {
			src, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			files := diag.NewFiles()
			cfg, ds := parser.Parse(files.Add(filepath.Base(input), src), src)
			checkTree(t, src, cfg.Doc, ds)
			var out bytes.Buffer
			for _, d := range ds {
				fmt.Fprintln(&out, files.Line(d))
				if err := files.Snippet(&out, d.Span); err != nil {
					t.Fatal(err)
				}
			}
			out.WriteString("---- written\n")
			if err := parser.Write(&out, cfg.Doc); err != nil {
				t.Fatal(err)
			}
			compare(t, input[:len(input)-len(".xml")]+".out", out.Bytes())
		})
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
