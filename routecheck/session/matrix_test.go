package session

import (
	"os"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// TestMatrix holds every cell of the table beside the project against the predictions.
func TestMatrix(t *testing.T) {
	text, err := os.ReadFile(sharedtest.Dir(t, "spec", "lab-matrix.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := ReadMatrix(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Cells) < 500 {
		t.Errorf("only %d cells", len(m.Cells))
	}
	for i := range m.Cells {
		if d := m.Cells[i].Differs(); d != nil {
			t.Errorf("line %d, %v: %v", m.Cells[i].Line, m.Cells[i].values, d)
		}
	}
}
