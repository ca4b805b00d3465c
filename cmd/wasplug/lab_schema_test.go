package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

const (
	labScenario = `config: TOPOLOGY
tests:
  - name: the session dies with its member
    row: 1
    steps:
      - {get: /hitcount, as: u, repeat: 2, expect: {count: 2, member: a}}
      - kill: a
      - {get: /hitcount, as: u, expect: {member: b, session: new, count: 9}}
  - name: nobody has this name
    steps:
      - {kill: nobody}
`
	labCells = "persistence\treplicas\tdead\tfrequency\tcontents\tschema\tchange\tmoment\tsession\n" +
		"none\t-\ta\teos\tall\t-\tset\tafter-answer\tkept\n"
)

// TestLabFitsItsSchemas validates what the lab's commands print of running members, and the history of a run.
func TestLabFitsItsSchemas(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	topology, err := filepath.Abs("../../testdata/lab/three.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	scenario, cells := write("s.yaml", strings.Replace(labScenario, "TOPOLOGY", topology, 1)), write("c.tsv", labCells)
	history := filepath.Join(folder, "h.ndjson")
	for _, c := range []struct {
		schema string
		code   int
		args   []string
	}{
		{"lab-run", exitFailed, []string{"run", scenario, "--history", history}},
		{"lab-history", exitFine, []string{"history", history}},
		{"lab-kill-test", exitFine, []string{"kill-test", "-c", topology, "--kills", "1", "--clients", "1",
			"--persistence", "memory-to-memory", "--write-frequency", "end of servlet service"}},
		{"lab-matrix", exitFindings, []string{"matrix", "--predict", cells}},
		{"lab-matrix", exitFindings, []string{"matrix", "--cells", cells, "-c", topology}},
		{"lab-run", exitFine, []string{"matrix", "--run", "^1 "}},
		{"lab-bench", exitFine, []string{"bench", "-c", topology, "--clients", "1", "--each", "10ms"}},
	} {
		if c.schema == "lab-bench" && !sharedtest.Long() {
			continue // script lab_bench has just started all its labs
		}
		out, errOut, code := program(t, append([]string{"lab"}, append(c.args, "--format", "json")...)...)
		if code != c.code {
			t.Errorf("lab %v: exit code %d\n%s", c.args, code, errOut)
			continue
		}
		fitsSchema(t, c.schema, out)
	}
	lines, err := os.ReadFile(history)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		fitsSchema(t, "history", line)
	}
}

// TestLabCheckFitsItsSchema validates a check of servers of which one is killed, with a prediction, and one of which
// none is.
func TestLabCheckFitsItsSchema(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell for the command that kills")
	}
	dead := filepath.Join(t.TempDir(), "dead")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
		count, name := 1, "a"
		if k, err := rq.Cookie("COUNT"); err == nil {
			fmt.Sscan(k.Value, &count)
			count++
		} else {
			w.Header().Add("Set-Cookie", "JSESSIONID=0001A2MBr0nzeYl-_8uJ3kQx7Vd:a; Path=/; HttpOnly")
		}
		if _, err := os.Stat(dead); err == nil {
			name = "b"
			w.Header().Add("Set-Cookie", "JSESSIONID=0002A2MBr0nzeYl-_8uJ3kQx7Vd:a:b; Path=/; HttpOnly")
		}
		w.Header().Add("Set-Cookie", fmt.Sprintf("COUNT=%d", count))
		fmt.Fprintf(w, "Hit count: %d by %s", count, name)
	}))
	defer server.Close()
	for kill, code := range map[string]int{"touch " + dead: exitFine, "true": exitFindings} {
		os.Remove(dead)
		out, errOut, got := program(t, "lab", "check", "--url", server.URL, "--who", "by (.)", "--clients",
			"1", "--before", "150ms",
			"--every", "100ms", "--kill", kill, "--yes", "--format", "json", "-c",
			"../../testdata/lab/three.yaml", "--public-url",
			"http://shop.example.com/hitcount", "--persistence", "database", "--write-frequency",
			"end of servlet service")
		if got != code {
			t.Errorf("%s: exit code %d, want %d\n%s\n%s", kill, got, code, out, errOut)
		}
		fitsSchema(t, "lab-check", out)
	}
}
