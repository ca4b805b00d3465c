package forms

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/diag"
)

// Table prints rows in aligned columns, as wide as their longest cell; width is counted in code points.
type Table struct {
	Head  []string
	rows  [][]string
	align []bool // by column: it ends flush; nil where none does
}

// RightAlign has columns end flush, as numbers do.
func (t *Table) RightAlign(columns ...int) {
	t.align = make([]bool, len(t.Head))
	for _, c := range columns {
		t.align[c] = true
	}
}

// Add adds a row.
func (t *Table) Add(cells ...string) {
	for i := range cells {
		cells[i] = Printable(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// Section prints the table under a title; nothing when it has no rows.
func (t *Table) Section(w io.Writer, title string) {
	if len(t.rows) > 0 {
		fmt.Fprintf(w, "\n%s\n", title)
		t.Write(w)
	}
}

// Write prints the table.
func (t *Table) Write(w io.Writer) {
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range append([][]string{t.Head}, t.rows...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			line.WriteString("  ")
			if i < len(t.align) && t.align[i] {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// Decimal is a number as a cell.
func Decimal(n int64) string { return strconv.FormatInt(n, 10) }

// OrDash is what a cell shows of a text that may be empty.
func OrDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Count is a number and what it counts: "1 request", "2 requests", "0 requests". There is no plural of info; of other
// words than those with an s the caller must see to it.
func Count[N int | int64](n N, what string) string {
	if n == 1 || what == "info" {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Printable makes a text of the log fit for a cell or a line.
func Printable(s string) string { return string(diag.AppendVisible(nil, s, diag.Text, "")) }
