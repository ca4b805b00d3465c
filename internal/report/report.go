// Package report writes what use cases answer, in the formats that people and programs read. It knows how an answer
// looks and not how it came about, and writes to whatever it is given.
//
// Each kind of answer has a list of formats: [Why] and others. A format is one row in such a list and one function
// that writes it; --format, its help and completion read the list. What formats share stands in json.go and junit.go.
package report

import (
	"bufio"
	"io"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Formats are the ways to write a kind of answer.
type Formats[T any] []format[T]

type format[T any] struct {
	name  string
	write func(io.Writer, T) error
}

// Names lists the formats in the order in which help shows them.
func (f Formats[T]) Names() []string {
	names := make([]string, len(f))
	for i := range f {
		names[i] = f[i].name
	}
	return names
}

// Write writes an answer in a format. An unknown format is an error that names those that there are.
func (f Formats[T]) Write(w io.Writer, name string, answer T) error {
	for i := range f {
		if f[i].name != name {
			continue
		}
		b := bufio.NewWriter(w)
		if err := f[i].write(Visible(b, name), answer); err != nil {
			return err
		}
		return b.Flush()
	}
	return diag.Errorf("no format is called %q: want one of %s", name, strings.Join(f.Names(), ", "))
}

// Visible is what a report of a format goes through: nothing in it does more on a terminal than be read.
func Visible(w io.Writer, format string) io.Writer {
	switch format {
	case "json", "sarif", "gitlab":
		return diag.VisibleWriter{To: w, Form: diag.JSON}
	case "junit":
		return diag.VisibleWriter{To: w, Form: diag.XML}
	}
	return diag.VisibleWriter{To: w, Form: diag.Text}
}

// unwrapped is what lies below Visible, for text with escape sequences of its own.
func unwrapped(w io.Writer) io.Writer { return w.(diag.VisibleWriter).To }
