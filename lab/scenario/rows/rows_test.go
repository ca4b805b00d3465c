package rows_test

import (
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/scenario/rows"
)

const header = "row\tpersistence\tsettings\twhat happens\toutcome\tnot staged\n"

// files are a matrix and a scenario beside a topology, which is none.
func files(matrix, scenario string) fstest.MapFS {
	return fstest.MapFS{
		"rows.tsv":      {Data: []byte(header + matrix)},
		"scenario.yaml": {Data: []byte(scenario)},
		"topology.yaml": {Data: []byte("version: 1\nclusters: {}\n")},
		"notes.txt":     {Data: []byte("\ntests:\n")},
	}
}

const scenarioOf = "config: topology.yaml\nsession: {persistence: none}\ntests:\n" +
	"  - {name: gone, row: ROW, steps: [{kill: a}]}\n  - {name: of no row, steps: [{kill: a}]}\n"

// TestRead: each row has its tests, variants included, or says why it has none.
func TestRead(t *testing.T) {
	const two = "31b\tdatabase\tany\ta dies\tkept\n46\tany\t\tall die\t500\tnobody is left\n"
	all, err := rows.Read(files(two,
		strings.Replace(scenarioOf, "row: ROW", "row: 31b, lab: {grid: redis}, under: [database, grid]", 1)))
	if err != nil || len(all) != 2 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	staged, not := all[0], all[1]
	if staged.Number != "31b" || staged.Persistence != "database" || staged.Outcome != "kept" ||
		staged.Unstaged != "" {
		t.Errorf("%+v", staged)
	}
	if len(staged.Tests) != 2 || staged.Tests[1].Name != "scenario.yaml" ||
		staged.Tests[1].Test.Name.V != "gone (grid)" || staged.Tests[1].Needs() != "redis-server" {
		t.Errorf("tests %+v", staged.Tests)
	}
	if not.Unstaged != "nobody is left" || len(not.Tests) != 0 {
		t.Errorf("%+v", not)
	}
}

// TestReadErrors: a matrix and scenarios that do not fit each other are no matrix.
func TestReadErrors(t *testing.T) {
	const row = "1\ta\tb\tc\td\n"
	fits := strings.Replace(scenarioOf, "ROW", "1", 1)
	for want, from := range map[string]fstest.MapFS{
		"rows.tsv:2: want 6 columns, got 4":                 files("1\tnone\tany\tdies\n", fits),
		"row 2: want a test, or a reason why there is none": files(row+"2\ta\tb\tc\td\n", fits),
		"row 1: want a test, or a reason why there is none": files("1\ta\tb\tc\td\tboth\n", fits),
		"scenario.yaml:4:12: there is no row 7":             files(row, strings.Replace(fits, "row: 1", "row: 7", 1)),
		`scenario.yaml:4:5: tests[0] needs "name"`:          files(row, strings.Replace(fits, "name:", "nme:", 1)),
		"open rows.tsv: file does not exist":                {},
	} {
		if _, err := rows.Read(from); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
