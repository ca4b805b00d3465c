package parser_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestGolden reads each file of testdata and compares its diagnostics, and what is written of the tree, with the .out
// file beside it.
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
			golden.Check(t, input[:len(input)-len(".xml")]+".out", out.Bytes())
		})
	}
}
