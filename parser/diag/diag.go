package diag

import (
	"cmp"
	"slices"
)

// FileID names a file of a [Files]. The zero FileID names none: a value that stands in no file, such as a default. An
// ID never changes, and means nothing to another register.
type FileID int32

// Span is the half-open byte range [Start, End) of a file. The zero Span stands in no file.
type Span struct {
	File       FileID
	Start, End int32
}

// IsZero reports whether the span stands in no file.
func (s Span) IsZero() bool { return s.File == 0 }

// Contains reports whether t lies within s.
func (s Span) Contains(t Span) bool {
	return s.File == t.File && s.Start <= t.Start && t.End <= s.End
}

// To returns the span from the start of s to the end of t; both stand in one file.
func (s Span) To(t Span) Span { return Span{s.File, s.Start, t.End} }

// Severity grades a diagnostic. Error: the plug-in rejects, skips or misroutes something.
// Warning: an outage or a security risk in production. Info: advice.
type Severity uint8

const (
	Info Severity = iota + 1
	Warning
	Error
)

// String returns the severity as reports and settings files spell it.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "off"
}

// Rule identifies what a diagnostic is about: the code never changes ("WP301"), the name is its readable form
// ("clone-id-collision").
type Rule struct{ Code, Name string }

// Related is a second place that a diagnostic speaks of, such as the other of two equal clone IDs.
type Related struct {
	Span    Span
	Message string
}

// Edit replaces the bytes of a span by New.
type Edit struct {
	Span Span
	New  string
}

// Fix is a change that removes the cause of a diagnostic. A safe fix leaves every request routed, refused and
// protected as before; an unsafe one changes behaviour in a way that the owner of the file must choose.
type Fix struct {
	Title string
	Safe  bool
	Edits []Edit
}

// Diagnostic is one finding at one place. Message says what is wrong and what happens at run time, in lower case and
// without a full stop.
type Diagnostic struct {
	Span     Span // zero where it is about no place in a file
	Severity Severity
	Rule     Rule // zero where it is about no rule of lint: a file of YAML that cannot be read, say
	Message  string
	Related  []Related
	Fix      *Fix // nil where none is known
}

// Sort orders diagnostics by file, start, end, code and message, so that two runs print the same.
func Sort(ds []Diagnostic) {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Span.End, b.Span.End),
			cmp.Compare(a.Rule.Code, b.Rule.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// Worst returns the gravest severity among ds, 0 when there are none.
func Worst(ds []Diagnostic) Severity {
	var worst Severity
	for _, d := range ds {
		worst = max(worst, d.Severity)
	}
	return worst
}
