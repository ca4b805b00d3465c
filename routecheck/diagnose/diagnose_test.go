package diagnose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/diagnose"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	m.Run()
}

// cut removes from where a text begins to where it ends.
func cut(text, from, to string) string {
	i := strings.Index(text, from)
	j := i + strings.Index(text[i:], to) + len(to)
	return text[:i] + text[j:]
}

func judge(t testing.TB, k *diagnose.Case, symptom string) *diagnose.Report {
	reports, err := diagnose.Judge(k, symptom)
	if err != nil {
		t.Fatal(err)
	}
	return reports[0]
}

// found are the causes that are found. Those that belong to another symptom, and answer for this one, too, are left
// out: a session that is lost (SL1) has moved (AL10), and both is said.
func found(r *diagnose.Report) (ids []string) {
	for _, j := range r.Found() {
		if j.Symptom == r.Symptom.Name {
			ids = append(ids, j.ID)
		}
	}
	return ids
}

func verdictOf(t testing.TB, k *diagnose.Case, c *diagnose.Cause) *diagnose.Judged {
	for _, j := range judge(t, k, c.Symptom).Causes {
		if j.ID == c.ID {
			return j
		}
	}
	t.Fatalf("%s is no cause of %s", c.ID, c.Symptom)
	return nil
}

// TestPlants plants each cause, and looks that it alone is found among those of its symptom; and that it is excluded
// where it must be. The confusion matrix has the diagonal only.
func TestPlants(t *testing.T) {
	var matrix []string
	for _, p := range plants {
		t.Run(p.cause, func(t *testing.T) {
			c := diagnose.Lookup(p.cause)
			if c == nil {
				t.Fatal("no such cause")
			}
			k := p.found.build(t)
			got := found(judge(t, k, c.Symptom))
			matrix = append(matrix, fmt.Sprintf("%-5s -> %s", p.cause, strings.Join(got, " ")))
			if !slices.Equal(got, []string{p.cause}) {
				t.Errorf("found %q", got)
			}
			if j := verdictOf(t, k, c); j.Verdict == diagnose.Found &&
				(j.Count == 0 || len(j.Evidence) == 0 || j.Why == "") {
				t.Errorf("found without evidence: %+v", j)
			}
			if j := verdictOf(t, p.excluded.build(t), c); j.Verdict != diagnose.Excluded || j.Why == "" {
				t.Errorf("where it is excluded it is %v: %s", j.Verdict, j.Why)
			}
		})
	}
	t.Log("planted -> found\n" + strings.Join(matrix, "\n"))
}

// TestHealthy: nothing is found where nothing is wrong, whatever the symptom and the level of the log.
func TestHealthy(t *testing.T) {
	for name, s := range map[string]scene{"file": {file: healthy}, "log": well, "access": visited, "both": wellBoth} {
		reports, err := diagnose.Judge(s.build(t), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			if ids := found(r); len(ids) > 0 {
				t.Errorf("%s: %s: found %q", name, r.Symptom.Name, ids)
			}
		}
	}
}
