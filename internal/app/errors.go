package app

import (
	"github.com/wasplug/wasplug/parser/diag"
)

// RequestError says that a request cannot be meant as it stands: its words say what would be right.
type RequestError struct {
	Field string // that is wrong, "" where it is no single one
	Err   error  // begins with the field
}

func (e *RequestError) Error() string { return e.Err.Error() }
func (e *RequestError) Unwrap() error { return e.Err }

// Misuse is an error of the request as a whole.
func Misuse(format string, args ...any) error {
	return &RequestError{Err: diag.Errorf(format, args...)}
}

// Wrong is an error of a field, whose name the text continues.
func Wrong(field, format string, args ...any) error {
	return &RequestError{field, diag.Errorf("--"+field+format, args...)}
}
