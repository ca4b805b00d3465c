package scenario_test

import (
	"os"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestCells stages cells of the table: prediction, observation and table are the same, three ways.
func TestCells(t *testing.T) {
	t.Parallel()
	every := 120
	if isLong() {
		every = 6
	}
	stageCells(t, every, &scenario.Options{}, func(*session.Cell) bool { return true })
}

// TestCellsOnPostgres stages those whose sessions are in a database.
func TestCellsOnPostgres(t *testing.T) {
	if !isLong() {
		t.Skip("WASPLUG_LONG=1 runs it")
	}
	stageCells(t, 6, &scenario.Options{Database: database(t, "postgres")},
		func(c *session.Cell) bool { return c.Value("persistence") == "database" })
}

// stageCells stages one of so many cells, or all of them where WASPLUG_KILLS=all says so.
func stageCells(t *testing.T, every int, o *scenario.Options, which func(*session.Cell) bool) {
	t.Helper()
	text, err := os.ReadFile(sharedtest.Dir(t, "spec", "lab-matrix.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := session.ReadMatrix(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("WASPLUG_KILLS") == "all" {
		every = 1
	}
	staged := 0
	for i := range m.Cells {
		c := &m.Cells[i]
		if !which(c) {
			continue
		}
		if staged++; (staged-1)%every != 0 {
			continue
		}
		s := scenario.Stage(t.Context(), c, load(t, folder+"/three.yaml"), o)
		if s.Err != nil || len(s.Differs) > 0 {
			t.Errorf("lab-matrix.tsv:%d: %v %q", c.Line, s.Err, s.Differs)
		}
	}
	t.Logf("%d cells, one of %d staged", staged, every)
}
