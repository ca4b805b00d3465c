// Package alerttest holds alert rules for Prometheus against the metrics that they are about, and against Prometheus.
package alerttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Check fails t where rules name a metric with prefix that metrics, a page of /metrics, does not have. Then promtool,
// where it is installed, reads the rules and plays testdata/alerts_test.yml, which names them alerts.yml.
func Check(t *testing.T, rules, prefix, metrics string) {
	t.Helper()
	Names(t, rules, prefix, metrics)
	cases, err := os.ReadFile(filepath.Join("testdata", "alerts_test.yml"))
	if err != nil {
		t.Fatal(err)
	}
	Promtool(t, map[string]string{"alerts.yml": rules, "alerts_test.yml": string(cases)},
		[]string{"check", "rules", "alerts.yml"}, []string{"test", "rules", "alerts_test.yml"})
}

// Names fails t where text names a metric with prefix that metrics does not have. The series of a histogram go by its
// name.
func Names(t *testing.T, text, prefix, metrics string) {
	t.Helper()
	names := regexp.MustCompile(prefix+`[a-z_]+`).FindAllString(text, -1)
	if len(names) == 0 {
		t.Errorf("nothing in it is called %s...", prefix)
	}
	series := regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, name := range names {
		whole := "# TYPE " + name + " "
		if of := series.ReplaceAllString(name, ""); of != name {
			whole = "# TYPE " + of + " histogram"
		}
		if !strings.Contains(metrics, whole) {
			t.Errorf("no metric is called %s", name)
		}
	}
}

// Promtool runs promtool in a folder with these files, once for each list of arguments. It skips t where there is
// none.
func Promtool(t *testing.T, files map[string]string, runs ...[]string) {
	t.Helper()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("SKIPPED: promtool is not here: whether Prometheus takes it is not checked")
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range runs {
		cmd := exec.Command(promtool, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
