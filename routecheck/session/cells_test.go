package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// This file is a second opinion of every cell of the table's columns (the lab, section 8), of which the table beside
// the project has a third. It is written from the rules alone and asks nothing of the package but what it predicts.

// staged is what the columns to be predicted hang on.
type staged struct {
	persistence, replicas, dead, frequency, contents, schema, change, moment string
}

// foretold are the predicted columns.
type foretold struct {
	session            string
	found, least, most int
	cookie             string
}

// survives: somebody who lives has the older state (M2M: L4, a's first holders are b and c; D1).
func (c *staged) survives() bool {
	switch c.persistence {
	case "none":
		return false
	case "database":
		return true
	}
	holders := map[string]string{"0": "", "1": "b", "2": "bc", "all": "bc"}[c.replicas]
	return strings.Trim(holders, c.dead) != ""
}

// carried: a write takes the change along (W5, W6).
func (c *staged) carried() bool {
	switch {
	case c.change == "set", c.contents != "only-updated":
		return true
	case c.change == "in-place":
		return false
	}
	return c.schema == "single-row" // whose writes hold all attributes
}

// written: the store had a write after the change and before a died.
func (c *staged) written() bool {
	writes := []string{"after-write", "after-answer", "after-look", "orderly-stop", "synced"}
	return slices.Contains(writes, c.moment) && c.carried()
}

// repeated: the request was in flight without an answer, so that the plug-in sends it again (R50b).
func (c *staged) repeated() bool {
	return slices.Contains([]string{"during", "before-write", "after-write"}, c.moment)
}

func (c *staged) foretell() foretold {
	f := foretold{session: "kept", cookie: "0002ID"}
	fresh := strings.HasPrefix(c.moment, "new-")
	switch {
	case c.persistence == "none":
		f.session, f.cookie = "new", "0000NEW:b" // S3, S9, S15
	case !c.survives():
		f.session, f.cookie = "new", "0001NEW"
	case fresh:
		f.session = "empty" // W3: its attributes are in no write yet
	case c.repeated() || c.written():
		f.found = 1
	}
	if c.repeated() {
		f.least, f.most = 1, 1
		if f.session == "kept" && c.written() {
			f.least, f.most = 2, 2 // W9
		}
	}
	return f
}

// allCells are all combinations of the columns.
func allCells() (all []staged) {
	type place struct{ persistence, replicas, schema, dead string }
	places := []place{{"none", "-", "-", "a"}, {"database", "-", "single-row", "a"},
		{"database", "-", "multi-row", "a"}}
	for _, n := range []string{"0", "1", "2", "all"} {
		for _, dead := range []string{"a", "ab", "ac"} {
			places = append(places, place{"memory-to-memory", n, "delta", dead})
		}
	}
	moments := map[string][]string{
		"eos":    {"during", "before-write", "after-write", "after-answer", "flushed-before-write"},
		"tbw":    {"before-look", "after-look", "new-before-look", "orderly-stop"},
		"manual": {"not-synced", "synced", "new-not-synced"},
	}
	for _, p := range places {
		for frequency, list := range moments {
			for _, moment := range list {
				for _, contents := range []string{"only-updated", "get-and-set", "all"} {
					for _, change := range []string{"set", "in-place", "in-place+other-set"} {
						all = append(all, staged{p.persistence, p.replicas, p.dead, frequency, contents, p.schema,
							change, moment})
					}
				}
			}
		}
	}
	return all
}

// TestEveryCell holds the predictions against the second opinion.
func TestEveryCell(t *testing.T) {
	var table strings.Builder
	table.WriteString("persistence\treplicas\tdead\tfrequency\tcontents\tschema\tchange\tmoment\t" +
		"session\tchangeFound\tappliedLeast\tappliedMost\tcookie\n")
	for _, c := range allCells() {
		f := c.foretell()
		fmt.Fprintf(&table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", c.persistence, c.replicas, c.dead,
			c.frequency, c.contents, c.schema, c.change, c.moment, f.session, f.found, f.least, f.most, f.cookie)
	}
	m, err := ReadMatrix(table.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Cells) != 1620 {
		t.Errorf("%d cells", len(m.Cells))
	}
	for i := range m.Cells {
		if d := m.Cells[i].Differs(); d != nil {
			t.Errorf("%v: %v", m.Cells[i].values, d)
		}
	}
}
