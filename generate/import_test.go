package generate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func parse(src []byte) (*parser.Config, *diag.Files, []diag.Diagnostic) {
	files := diag.NewFiles()
	cfg, ds := parser.Parse(files.Add("plugin-cfg.xml", src), src)
	return cfg, files, ds
}

// back imports a file and generates it anew.
func back(t testing.TB, src []byte) (cfg *parser.Config, yaml []byte, again *parser.Config, messages string) {
	t.Helper()
	cfg, files, _ := parse(src)
	yaml, ds := Import(cfg, nil)
	messages = sharedtest.Lines(files, ds)
	if yaml == nil {
		return cfg, nil, nil, messages
	}
	outputs, reports := compile(t, "topology.yaml", yaml)
	if strings.Contains(reports, " error: ") || len(outputs) != 1 {
		t.Fatalf("the imported topology does not compile:\n%s\n%s", reports, yaml)
	}
	return cfg, yaml, outputs[0].Config, messages
}

// TestImportOfTheCorpus: every whole file that strangers wrote comes back with the same meaning.
func TestImportOfTheCorpus(t *testing.T) {
	paths := append(sharedtest.Files(t, "*.xml", "corpus", "cfg"), sharedtest.Files(t, "*/*.xml", "corpus",
		"merge")...)
	whole := 0
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cfg, files, ds := parse(src)
		if cfg.Node == nil || diag.Worst(ds) == diag.Error {
			continue
		}
		whole++
		_, yaml, again, messages := back(t, src)
		changes := slices.DeleteFunc(diff.Attributes(cfg, again), func(c diff.Change) bool {
			// A topology has no place for text between elements; that is said, which is all that can be done.
			place := fmt.Sprintf("plugin-cfg.xml:%d:%d: warning: a topology cannot say ", files.Start(c.OldAt).Line,
				files.Start(c.OldAt).Column)
			return strings.HasSuffix(c.Subject, " text") && strings.Contains(messages, place)
		})
		if r, err := diff.Compare(diff.File{Config: cfg}, diff.File{Config: again}); err != nil {
			t.Fatal(err)
		} else if len(r.Classes)+len(r.LostClones) > 0 {
			t.Errorf("%s: other decisions: %+v", filepath.Base(path), r.Classes)
		}
		if len(changes) > 0 {
			t.Errorf("%s: %s\n%v\n%s", filepath.Base(path), messages, changes, yaml)
		}
	}
	if whole < 50 {
		t.Errorf("only %d whole files", whole)
	}
}

func TestImportGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(inputs) == 0 {
		t.Fatal("no inputs", err)
	}
	for _, in := range inputs {
		src, err := os.ReadFile(in)
		if err != nil {
			t.Fatal(err)
		}
		_, yaml, _, messages := back(t, src)
		golden.Check(t, in+".golden", append([]byte(messages), yaml...))
	}
}

func TestImportOfTheFigure(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(figure, "plugin-cfg.xml"))
	if err != nil {
		t.Fatal(err)
	}
	_, yaml, _, messages := back(t, src)
	outputs, _ := compile(t, "t.yaml", yaml)
	if d := cmp.Diff(string(src), string(xml(t, outputs[0]))); d != "" || messages != "" {
		t.Errorf("%s%s", messages, d)
	}
}
