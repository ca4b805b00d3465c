package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// This file reads a table of cells: three members a, b and c of which a owns the session; an older state is written,
// then one change is made, then some of them die.

// The columns of a table: what is given, and what is to be predicted. Rules are for the reader.
var (
	givenColumns = []string{
		"persistence", "replicas", "dead", "frequency", "contents", "schema", "change", "moment"}
	predictedColumns = []string{"session", "changeFound", "appliedLeast", "appliedMost", "cookie"}
	rulesColumn      = "rules"
)

// Matrix is a table of cells, such as testdata/lab/cells.tsv: the program predicts each cell, and the lab stages it.
type Matrix struct {
	columns []string // as the header names them
	Cells   []Cell
}

// Cell is one line: its number, its values by column, and the case it describes.
type Cell struct {
	Line   int
	values map[string]string
	Case   Case
}

// ReadMatrix reads tab-separated lines with a header. Predicted columns may be missing.
func ReadMatrix(text string) (*Matrix, error) {
	m := &Matrix{}
	for i, line := range strings.Split(strings.TrimRight(text, "\r\n"), "\n") {
		fields := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if i == 0 {
			if err := m.header(fields); err != nil {
				return nil, fmt.Errorf("1: %w", err)
			}
			continue
		}
		cell, err := m.cell(i+1, fields)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		m.Cells = append(m.Cells, cell)
	}
	return m, nil
}

// header reads the names of the columns, which may come in any order.
func (m *Matrix) header(fields []string) error {
	for i, name := range fields {
		if !slices.Contains(append(slices.Concat(givenColumns, predictedColumns), rulesColumn), name) {
			return diag.Errorf("no column is named %q", name)
		}
		if slices.Contains(fields[:i], name) {
			return diag.Errorf("column %q stands twice", name)
		}
	}
	for _, name := range givenColumns {
		if !slices.Contains(fields, name) {
			return diag.Errorf("column %q is missing", name)
		}
	}
	m.columns = fields
	return nil
}

func (m *Matrix) cell(line int, fields []string) (Cell, error) {
	if len(fields) != len(m.columns) {
		return Cell{}, fmt.Errorf("want %d columns, got %d", len(m.columns), len(fields))
	}
	c := Cell{Line: line, values: map[string]string{}}
	for i, name := range m.columns {
		c.values[name] = fields[i]
	}
	var err error
	c.Case, err = c.read()
	return c, err
}

// The table's short words, and the words of settings that they stand for. Under "delta", the form of replicas, and "-"
// there is no schema.
var (
	tableFrequencies = map[string]string{"eos": "end of servlet service", "tbw": "time based",
		"manual": "manual update"}
	tableContents = map[string]string{"only-updated": "only updated attributes", "all": "all session attributes",
		"get-and-set": "get and set attributes"}
	tableSchemas = map[string]string{"single-row": "single row", "multi-row": "multi-row", "delta": "", "-": ""}
	tableChanges = map[string]Failure{"set": {}, "in-place": {InPlace: true},
		"in-place+other-set": {InPlace: true, OtherSet: true}}
)

// read makes the case of a cell, under the lab's own values of the session choices. Of several wrong words the first
// is reported.
func (c *Cell) read() (Case, error) {
	var s Settings
	var f Failure
	s.Persistence = c.values["persistence"]
	err := c.replicas(&s)
	for _, w := range []struct {
		column string
		look   func(word string) bool
	}{
		{"frequency", func(w string) (ok bool) { s.WriteFrequency, ok = tableFrequencies[w]; return ok }},
		{"contents", func(w string) (ok bool) { s.WriteContents, ok = tableContents[w]; return ok }},
		{"schema", func(w string) (ok bool) { s.Schema, ok = tableSchemas[w]; return ok }},
		{"change", func(w string) (ok bool) { f, ok = tableChanges[w]; return ok }},
	} {
		if word := c.values[w.column]; !w.look(word) && err == nil {
			err = diag.Errorf("column %s: %q is none of its words", w.column, word)
		}
	}
	if err != nil {
		return Case{}, err
	}
	moment, isNew := strings.CutPrefix(c.values["moment"], "new-")
	f.New = isNew
	if f.Moment, err = ParseMoment(moment); err != nil {
		return Case{}, err
	}
	return c.scene(s, f)
}

// replicas reads the column of that name, where "-" leaves the default.
func (c *Cell) replicas(s *Settings) error {
	switch word := c.values["replicas"]; word {
	case "-":
	case "all":
		n := -1
		s.Replicas = &n
	default:
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 {
			return diag.Errorf("column replicas: %q is no number, - or all", word)
		}
		s.Replicas = &n
	}
	return nil
}

// scene is the cluster of a table: the first of the living serves.
func (c *Cell) scene(s Settings, f Failure) (Case, error) {
	p, err := s.Policy("was")
	if err != nil {
		return Case{}, err
	}
	out := Case{Policy: p, Failure: f, Separator: ':', Members: []Member{{"a", "a"}, {"b", "b"}, {"c", "c"}},
		Value: p.first() + "id:a"}
	out.Assumed[replicaHolder], out.Assumed[replicationAck] = nextInList, ackWaits
	for i, m := range out.Members {
		if strings.Contains(c.values["dead"], m.Name) {
			out.Down = append(out.Down, Death{Member: i})
		} else if out.Serves == nil {
			out.Serves = []int{i}
		}
	}
	if strings.Trim(c.values["dead"], "abc") != "" || out.death(0) == nil || out.Serves == nil {
		return out, diag.Errorf("column dead: %q: want a, with one of b and c, that die at once", c.values["dead"])
	}
	return out, nil
}

// predicted are the predicted columns of a cell.
func (c *Cell) predicted() map[string]string {
	p := c.Case.Predict(^Set(0))
	out := map[string]string{"session": string(p.Session), "changeFound": strconv.Itoa(count(p.found())),
		"appliedLeast": strconv.Itoa(p.Applied[0]), "appliedMost": strconv.Itoa(p.Applied[1]), "cookie": p.Cookie,
		rulesColumn: strings.Join(p.Rules, " ")}
	// The table leaves the clone ID of the member that serves out: it follows from who died. A new session has no
	// other, a kept one has that of a before it.
	short := strings.NewReplacer(newID, "NEW", anyID, "ID").Replace(p.Cookie)
	if p.Session == another && c.Case.Policy.Persistence != None {
		short = strings.TrimSuffix(short, ":"+p.Serves[0])
	} else {
		short = strings.TrimSuffix(short, ":a:"+p.Serves[0])
	}
	out["cookie"] = short
	return out
}

// Predicted are the predicted columns, and the rules that they rest on.
func (c *Cell) Predicted() (columns map[string]string, rules []string) {
	columns = c.predicted()
	rules = strings.Fields(columns[rulesColumn])
	delete(columns, rulesColumn)
	return columns, rules
}

// Columns are what the table says: the columns that are given, and those of the predicted ones that it has.
func (c *Cell) Columns() (given, table map[string]string) {
	given, table = map[string]string{}, map[string]string{}
	for _, name := range givenColumns {
		given[name] = c.values[name]
	}
	for _, name := range predictedColumns {
		if v, ok := c.values[name]; ok {
			table[name] = v
		}
	}
	return given, table
}

// Value is what the table says in a column.
func (c *Cell) Value(column string) string { return c.values[column] }

// Given are the values of the given columns, joined by blanks.
func (c *Cell) Given() string {
	var values []string
	for _, name := range givenColumns {
		values = append(values, c.values[name])
	}
	return strings.Join(values, " ")
}

// Compare lists the columns in which what was observed is neither what is predicted nor what the table says, or where
// those two differ. How often a request took effect lies between least and most.
func (c *Cell) Compare(observed map[string]string) (differs []string) {
	predicted := c.predicted()
	for _, name := range predictedColumns {
		o, p := observed[name], predicted[name]
		fits := o == p || name == "appliedLeast" && o >= p || name == "appliedMost" && o <= p // one digit each
		if given, ok := c.values[name]; !fits || ok && given != p {
			differs = append(differs, fmt.Sprintf("%s: given %s, predicted %s, observed %s", name, given, p, o))
		}
	}
	return differs
}

// Differs lists the columns of a cell in which another value is given than predicted.
func (c *Cell) Differs() (columns []string) {
	predicted := c.predicted()
	for _, name := range predictedColumns {
		if given, ok := c.values[name]; ok && given != predicted[name] {
			columns = append(columns, fmt.Sprintf("%s: given %s, predicted %s", name, given, predicted[name]))
		}
	}
	return columns
}

// Print writes the table with its predicted columns.
func (m *Matrix) Print() string {
	columns := append(slices.Concat(givenColumns, predictedColumns), rulesColumn)
	var b strings.Builder
	b.WriteString(strings.Join(columns, "\t") + "\n")
	for i := range m.Cells {
		c, row := &m.Cells[i], []string{}
		predicted := c.predicted()
		for _, name := range columns {
			if v, ok := predicted[name]; ok {
				row = append(row, v)
			} else {
				row = append(row, c.values[name])
			}
		}
		b.WriteString(strings.Join(row, "\t") + "\n")
	}
	return b.String()
}
