package forms

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// List is the ways to write a kind of answer, in the order in which help and completion show them.
type List[T any] []Form[T]

// Form is a format of a kind of answer: all that is to be known of it, in one value, which stands above its writer.
type Form[T any] struct {
	Name  string // as --format takes it
	Place int    // in help, from 1 on; it counts where the formats of a kind are added from files of their own
	Usage string // what help says behind the name, where the name does not say enough
	Write func(io.Writer, T) error

	// Escape says how a character is written that would do more on a terminal than be read: a report for programs
	// must stay JSON or XML. Text, the zero value, also fits forms that have no escapes, such as HTML and CSV.
	Escape diag.Form

	// Own reports whether a text is a report of ours in this format, such as -o may replace without --force. It errs
	// on the side of a stranger's file. Nil: no text is.
	Own func(text []byte) bool
}

// AsText is the format for people.
func AsText[T any](write func(io.Writer, T) error) Form[T] {
	return Form[T]{Name: "text", Place: 1, Write: write}
}

// AsJSON is the format for programs; a kind that has it has a schema in package schemas.
func AsJSON[T any](write func(io.Writer, T) error) Form[T] {
	return Form[T]{Name: "json", Place: 2, Escape: diag.JSON, Write: write}
}

// Add adds a format where it stands, so that a format is one file, and returns it, as the declaration of a variable
// wants. The place decides the order, as that in which Go sets the variables of several files is a matter of their
// names.
func (l *List[T]) Add(f Form[T]) Form[T] {
	byPlace := func(f Form[T], place int) int { return cmp.Compare(f.Place, place) }
	at, taken := slices.BinarySearchFunc(*l, f.Place, byPlace)
	if taken || l.form(f.Name) != nil {
		panic("two formats have the name or the place of " + f.Name) // no test of the kind gets past this
	}
	*l = slices.Insert(*l, at, f)
	return f
}

// form returns the format of that name, nil where there is none.
func (l List[T]) form(name string) *Form[T] {
	if i := slices.IndexFunc(l, func(f Form[T]) bool { return f.Name == name }); i >= 0 {
		return &l[i]
	}
	return nil
}

// Names lists the formats in the order in which help shows them.
func (l List[T]) Names() []string {
	names := make([]string, len(l))
	for i := range l {
		names[i] = l[i].Name
	}
	return names
}

// Usage is what help says of the formats: "text, json or html, one page to be passed on".
func (l List[T]) Usage() string {
	var b strings.Builder
	for i, f := range l {
		switch {
		case i == 0:
		case i == len(l)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(f.Name + f.Usage)
	}
	return b.String()
}

// Write writes an answer in a format. An unknown format is an error that names those that there are.
func (l List[T]) Write(w io.Writer, name string, answer T) error {
	f := l.form(name)
	if f == nil {
		return diag.Errorf("no format is called %q: want one of %s", name, strings.Join(l.Names(), ", "))
	}
	// The buffer stands behind the escaping, which must not get half a character.
	b := bufio.NewWriter(w)
	if err := f.Write(Visible(b, f.Escape), answer); err != nil {
		return err
	}
	return b.Flush()
}

// Own reports whether a text is a report of ours in that format.
func (l List[T]) Own(name string, text []byte) bool {
	f := l.form(name)
	return f != nil && f.Own != nil && f.Own(text)
}

// Visible is what a report goes through: nothing in it does more on a terminal than be read.
func Visible(w io.Writer, escape diag.Form) io.Writer { return diag.VisibleWriter{To: w, Form: escape} }

// Unwrapped is what lies below Visible, for text with escape sequences of its own and for patches, which must keep
// every byte. Who writes to it answers for what a terminal gets.
func Unwrapped(w io.Writer) io.Writer { return w.(diag.VisibleWriter).To }
