package app

import (
	"fmt"

	"github.com/wasplug/wasplug/routecheck/session"
)

// LabMatrix asks what a table of failovers comes to: three members of which the first owns a session, one change, some
// of them dead.
type LabMatrix struct{ Predict string } // the path of the table

// LabMatrixAnswer is the table with its predicted columns, and where it gave others.
type LabMatrixAnswer struct {
	Table   string
	Differs []string // FILE:LINE: column: given ..., predicted ...
}

// Run predicts the table.
func (l *LabMatrix) Run(in Input) (*LabMatrixAnswer, error) {
	text, err := in.read(l.Predict, nil)
	if err != nil {
		return nil, err
	}
	name := DisplayName(l.Predict)
	m, err := session.ReadMatrix(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	a := &LabMatrixAnswer{Table: m.Print()}
	for i := range m.Cells {
		for _, column := range m.Cells[i].Differs() {
			a.Differs = append(a.Differs, fmt.Sprintf("%s:%d: %s", name, m.Cells[i].Line, column))
		}
	}
	return a, nil
}
