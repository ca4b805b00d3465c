// Package diag holds what every other package says about its input: files, spans of bytes in them, and diagnostics.
//
// A position is a byte range of the original file until the moment it is printed; only then does it become a line and
// a column. So edits are exact, and lines are counted only where something is printed.
//
// What every message needs stands here, too, in one form for all: how a text of a file is quoted ([Quote]), what a
// terminal may get of it ([Visible]), which known word a misspelt one stands for ([Suggest]), and the codes of all
// rules. Whoever chose a name, a URL or a header must not be able to write a line of a report.
//
// The package knows no format: neither what a plugin-cfg.xml is nor what YAML is. It prints nothing by itself.
//
// Start at [Span], [Diagnostic] and [Files]; value.go has [Val], a value with its place and whether it is written.
package diag
