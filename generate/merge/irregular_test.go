package merge

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/configtest"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// TestMergeOfIrregularFiles: whatever is odd about the files, the proof holds in every mode, and merging the result
// again changes nothing.
func TestMergeOfIrregularFiles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		files := diag.NewFiles()
		var sources [][]byte
		for range rapid.IntRange(1, 3).Draw(rt, "files") {
			sources = append(sources, []byte(configtest.Irregular(rt)))
		}
		in := inputs(files, sources...)
		for mode := range Modes {
			r, err := Merge(files, in, Options{Mode: Mode(mode), Base: len(in) - 1})
			var refused *RefusedError
			if errors.As(err, &refused) {
				continue
			}
			if err != nil {
				rt.Fatalf("%s: %v\n%s", Modes[mode], err, sources)
			}
			second := diag.NewFiles()
			again, err := Merge(second, inputs(second, r.XML), Options{})
			if err != nil {
				rt.Fatalf("%s: merged again: %v\n%s", Modes[mode], err, r.XML)
			}
			if len(parse(again.XML).Routes) != len(parse(r.XML).Routes) {
				rt.Fatalf("%s: merged again there are other Routes\n%s\n%s", Modes[mode], r.XML, again.XML)
			}
		}
	})
}

// TestMergeOfOneFile: a file alone keeps every decision.
func TestMergeOfOneFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src := []byte(configtest.Irregular(rt))
		files := diag.NewFiles()
		in := inputs(files, src)
		if _, rejected := routecheck.New(in[0].Config); len(rejected) > 0 {
			return // the plug-in would reject it, so nothing is decided
		}
		r, err := Merge(files, in, Options{})
		if err != nil {
			rt.Fatal(err)
		}
		report, err := diff.Compare(diff.File{Config: in[0].Config}, diff.File{Config: parse(r.XML)})
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range report.Classes {
			rt.Fatalf("%+v\n%s\n%s", c, src, r.XML)
		}
	})
}
