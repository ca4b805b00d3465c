package lintreport

import (
	"bytes"
	"testing"
)

// TestReportsAreKnownAgain: a report is of its own kind, an empty one too, and of no other; nor are files of other
// people.
func TestReportsAreKnownAgain(t *testing.T) {
	for _, r := range []*Findings{run("default", "/src/conf/plugin-cfg.xml", example), run("default")} {
		for _, written := range Lint.Names() {
			var b bytes.Buffer
			if err := Lint.Write(&b, written, r); err != nil {
				t.Fatal(err)
			}
			for _, format := range Lint.Names() {
				// Reports without findings say nothing in formats of a line for each.
				if got, want := Lint.Own(format, b.Bytes()), written == format; got != want && b.Len() > 0 {
					t.Errorf("a %s report with %d findings is taken for %s: %v", written, len(r.Findings), format, got)
				}
			}
		}
		var counts bytes.Buffer
		r.Counts = true
		if err := Lint.Write(&counts, "text", r); err != nil || !Lint.Own("text", counts.Bytes()) {
			t.Errorf("the counts are no text report: %v", err)
		}
	}
	for _, text := range []string{"<Config/>\n", "{}", "[1]", "[{}]", "notes of mine\n",
		`{"version": 1, "findings": []}`, "1 error in the office\n", `<testsuites name="other"/>`, `{"runs":[{}]}`} {
		for _, format := range Lint.Names() {
			if Lint.Own(format, []byte(text)) {
				t.Errorf("%q is taken for a %s report", text, format)
			}
		}
	}
}
