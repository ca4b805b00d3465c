package rules_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// FuzzLint holds lint to what must be true of any bytes: it ends, says the same twice, points into the file, and its
// fixes leave a file that can be repaired no further.
func FuzzLint(f *testing.F) {
	f.Add([]byte(clean))
	for _, r := range rules.All() {
		f.Add([]byte(complete(r.Doc.Bad)))
		f.Add([]byte(r.Doc.NearMiss))
	}
	f.Add([]byte("<UriGroup Name='u'><Uri Name='/a&amp;b'/><Uri Name='/\xdd'/></UriGroup>"))
	f.Fuzz(func(t *testing.T, src []byte) { hold(t, src) })
}

var allOptions = lint.Options{Profile: "pedantic", Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	Target: "7.0.0.13", Session: "memory-to-memory"}

func hold(t *testing.T, src []byte) {
	files := diag.NewFiles()
	id := files.Add("f.xml", src)
	inputs := lint.Read(files, id)
	ds := lint.Run(rules.All(), files, inputs, allOptions)
	if again := lint.Run(rules.All(), files, lint.Read(files, id), allOptions); describe(again, files) != describe(ds,
		files) {
		t.Errorf("two runs differ:\n%s%s", describe(ds, files), describe(again, files))
	}
	for _, d := range ds {
		inside(t, d, d.Span, len(src))
		for _, r := range d.Related {
			inside(t, d, r.Span, len(src))
		}
		if d.Fix != nil {
			for _, e := range d.Fix.Edits {
				inside(t, d, e.Span, len(src))
			}
		}
	}
	lint.Place(inputs, ds)
	for _, unsafe := range []bool{false, true} {
		fixed, n := lint.Fix(rules.All(), files, id, allOptions, unsafe)
		if n == 0 && !bytes.Equal(fixed, src) {
			t.Error("no fix was applied, and the bytes changed")
		}
		again := diag.NewFiles()
		if _, more := lint.Fix(rules.All(), again, again.Add("f.xml", fixed), allOptions, unsafe); more > 0 && n < 200 &&
			len(src) < 4096 {
			t.Errorf("after %d fixes there are %d more (unsafe %t):\n%s\n--\n%s", n, more, unsafe, src, fixed)
		}
	}
}

func inside(t *testing.T, d diag.Diagnostic, s diag.Span, size int) {
	if !s.IsZero() && (s.Start < 0 || s.End < s.Start || int(s.End) > size) {
		t.Errorf("%s points to %v of %d bytes", d.Message, s, size)
	}
}

func TestHoldsOnRealFiles(t *testing.T) {
	for _, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		hold(t, src)
	}
}

// TestSafeFixesChangeOnlyTheirBytes repairs every bad example that has a safe fix: the finding is gone, nothing new is
// there, and what stands around the edits is the same.
func TestSafeFixesChangeOnlyTheirBytes(t *testing.T) {
	fixed := 0
	for _, r := range rules.All() {
		if r.Fix == lint.NoFix || r.Doc.Bad == "" {
			continue
		}
		t.Run(r.Code, func(t *testing.T) {
			src := []byte(complete(r.Doc.Bad))
			files := diag.NewFiles()
			id := files.Add("f.xml", src)
			o := only(r)
			before := lint.Run(rules.All(), files, lint.Read(files, id), o)
			unsafe := r.Fix == lint.UnsafeFix || r.Fix == lint.SomeUnsafe
			got, n := lint.Fix(rules.All(), files, id, o, unsafe)
			if n == 0 {
				if r.Fix == lint.SafeFix || r.Fix == lint.UnsafeFix {
					t.Errorf("nothing was repaired:\n%s", describe(before, files))
				}
				return
			}
			fixed++
			after, afterFiles := lintText(string(got), o)
			if strings.Contains(codes(after), r.Code) || len(after) > len(before) {
				t.Errorf("after the repair:\n%s\n%s", describe(after, afterFiles), got)
			}
		})
	}
	if fixed < 15 {
		t.Errorf("only %d examples were repaired", fixed)
	}
}
