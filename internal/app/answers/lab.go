package answers

import (
	"fmt"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/routecheck/session"
)

// LabMatrix asks what a table of failovers comes to: three members of which the first owns a session, one change, some
// of them dead.
type LabMatrix struct{ Predict string } // the path of the table

// LabMatrixAnswer is the table with its predicted columns, and where it gave others.
type LabMatrixAnswer struct {
	File   string
	Matrix *session.Matrix
}

// Run predicts the table.
func (l *LabMatrix) Run(in app.Input) (*LabMatrixAnswer, error) {
	text, err := in.Read(l.Predict, nil)
	if err != nil {
		return nil, err
	}
	name := app.DisplayName(l.Predict)
	m, err := session.ReadMatrix(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return &LabMatrixAnswer{File: name, Matrix: m}, nil
}
