package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// Unified writes what makes one text of another, as "diff -u" does; patch and git apply take it. Texts that are equal
// give nothing.
func Unified(w io.Writer, oldName, newName string, old, new []byte) error {
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: lines(old), B: lines(new), FromFile: oldName, ToFile: newName, Context: 3,
	})
	if err == nil {
		_, err = fmt.Fprint(w, text)
	}
	return err
}

// lines splits text behind each line end. A last line without one is marked as diff does.
func lines(src []byte) []string {
	ls := strings.SplitAfter(string(src), "\n")
	if last := ls[len(ls)-1]; last == "" {
		return ls[:len(ls)-1]
	}
	ls[len(ls)-1] += "\n\\ No newline at end of file\n"
	return ls
}
