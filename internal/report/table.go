package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/diag"
)

// textTable prints rows in aligned columns.
type textTable struct {
	head  []string
	rows  [][]string
	align []bool
}

func (t *textTable) rightAlign(columns ...int) {
	t.align = make([]bool, len(t.head))
	for _, c := range columns {
		t.align[c] = true
	}
}

func (t *textTable) add(cells ...string) {
	for i := range cells {
		cells[i] = printable(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// section prints the table under a title; nothing when it has no rows.
func (t *textTable) section(w io.Writer, title string) {
	if len(t.rows) > 0 {
		fmt.Fprintf(w, "\n%s\n", title)
		t.write(w)
	}
}

func (t *textTable) write(w io.Writer) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range append([][]string{t.head}, t.rows...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			line.WriteString("  ")
			if t.align[i] {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func countOf(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return decimal(n) + " " + what + "s"
}

// printable makes a text of the log fit for a cell or a line.
func printable(s string) string { return string(diag.AppendVisible(nil, s, diag.Text, "")) }
