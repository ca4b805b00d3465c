package verifyreport

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app/evidence"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestLate: every format says how late answers came, also where nothing is contradicted, and what that hides.
func TestLate(t *testing.T) {
	for _, tt := range []struct {
		late      match.Nanos
		untold    []*question.Question
		want, not map[string]string
	}{
		{late: 1500 * match.Second / 1000, want: map[string]string{
			"text":  "answers came up to 1.5 s later than due; what hangs on less than that cannot be told\n",
			"json":  `"late": 1.5`,
			"junit": "answers came up to 1.5 s later than due"}},
		{late: 3 * match.Second, untold: []*question.Question{{Name: "a retry is due"}}, want: map[string]string{
			"text":  "answers came too late to tell whether this is as it should be, ask again: a retry is due\n",
			"json":  "\"untold\": [\n    \"a retry is due\"\n  ]",
			"junit": "ask again: a retry is due"}},
		{not: map[string]string{"text": "late", "json": `"late"`, "junit": "late"}},
	} {
		a := &evidence.VerifyAnswer{Plan: &evidence.VerifyPlan{Plan: &question.Plan{}},
			Findings: &question.Findings{Late: tt.late, Untold: tt.untold}}
		for _, format := range Verify {
			var b bytes.Buffer
			if err := format.Write(&b, a); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), tt.want[format.Name]) {
				t.Errorf("%s: %q is not in\n%s", format.Name, tt.want[format.Name], b.String())
			}
			if not := tt.not[format.Name]; not != "" && strings.Contains(b.String(), not) {
				t.Errorf("%s: %q is in\n%s", format.Name, not, b.String())
			}
		}
	}
}
