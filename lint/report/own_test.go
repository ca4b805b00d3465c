package report

import (
	"bytes"
	"testing"
)

// TestReportsAreKnownAgain: a report is of its own kind, an empty one too, and of no other; nor are files of other people.
func TestReportsAreKnownAgain(t *testing.T) {
	for _, r := range []*Report{run("default", "/src/conf/plugin-cfg.xml", example), run("default")} {
		for _, written := range Formats() {
			var b bytes.Buffer
			if err := r.Write(&b, written); err != nil {
				t.Fatal(err)
			}
			for _, format := range Formats() {
				// Reports without findings say nothing in formats of a line for each.
				if got, want := Is(format, b.Bytes()), written == format; got != want && b.Len() > 0 {
					t.Errorf("a %s report with %d findings is taken for %s: %v", written, len(r.Findings), format, got)
				}
			}
		}
		var counts bytes.Buffer
		if err := r.Counts(&counts); err != nil || !Is("text", counts.Bytes()) {
			t.Errorf("the counts are no text report: %v", err)
		}
	}
	for _, text := range []string{"<Config/>\n", "{}", "[1]", "[{}]", "notes of mine\n", `{"version": 1, "findings": []}`, "1 error in the office\n", `<testsuites name="other"/>`, `{"runs":[{}]}`} {
		for _, format := range Formats() {
			if Is(format, []byte(text)) {
				t.Errorf("%q is taken for a %s report", text, format)
			}
		}
	}
}
