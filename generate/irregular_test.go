package generate

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/configtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
)

// TestImportOfIrregularFiles: whatever is odd about a file, its topology generates a file of the same meaning, or what
// got lost is named.
func TestImportOfIrregularFiles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src := configtest.Irregular(rt)
		cfg, files, _ := parse([]byte(src))
		yaml, ds := Import(cfg, nil)
		messages := sharedtest.Lines(files, ds)
		_, outputs, reports := reread(yaml)
		if outputs == nil {
			rt.Fatalf("%v\n%s\n%s", reports, src, yaml)
		}
		var written strings.Builder
		if err := parser.Write(&written, outputs[0].Doc); err != nil {
			rt.Fatal(err)
		}
		again, _, _ := parse([]byte(written.String()))
		for _, c := range diff.Attributes(cfg, again) {
			rt.Fatalf("%s\n%s\n%s\n%s", c, messages, src, yaml)
		}
		r, err := diff.Compare(diff.File{Config: cfg}, diff.File{Config: again})
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range r.Classes {
			rt.Fatalf("%+v\n%s\n%s", c, src, yaml)
		}
	})
}
