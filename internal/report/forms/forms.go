// Package forms is what the formats of all answers share: a list of formats, what keeps a terminal safe, JSON, JUnit,
// tables and counts. It knows no answer.
package forms

import (
	"bufio"
	"io"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// List is the ways to write a kind of answer.
type List[T any] []Form[T]

// Form is one of them.
type Form[T any] struct {
	Name  string
	Write func(io.Writer, T) error
}

// Names lists the formats in the order in which help shows them.
func (l List[T]) Names() []string {
	names := make([]string, len(l))
	for i := range l {
		names[i] = l[i].Name
	}
	return names
}

// Write writes an answer in a format. An unknown format is an error that names those that there are.
func (l List[T]) Write(w io.Writer, name string, answer T) error {
	for i := range l {
		if l[i].Name != name {
			continue
		}
		b := bufio.NewWriter(w)
		if err := l[i].Write(Visible(b, name), answer); err != nil {
			return err
		}
		return b.Flush()
	}
	return diag.Errorf("no format is called %q: want one of %s", name, strings.Join(l.Names(), ", "))
}

// Visible is what a report of a format goes through: nothing in it does more on a terminal than be read.
func Visible(w io.Writer, format string) io.Writer {
	switch format {
	case "json", "sarif", "gitlab":
		return diag.VisibleWriter{To: w, Form: diag.JSON}
	case "junit", "checkstyle":
		return diag.VisibleWriter{To: w, Form: diag.XML}
	}
	return diag.VisibleWriter{To: w, Form: diag.Text}
}

// Unwrapped is what lies below Visible, for text with escape sequences of its own.
func Unwrapped(w io.Writer) io.Writer { return w.(diag.VisibleWriter).To }
