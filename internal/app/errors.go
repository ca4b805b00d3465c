package app

import (
	"github.com/wasplug/wasplug/parser/diag"
)

// RequestError says that a request cannot be meant as it stands: its words say what would be right.
type RequestError struct {
	Field string // that is wrong, "" where it is no single one
	err   error  // begins with the field
}

func (e *RequestError) Error() string { return e.err.Error() }
func (e *RequestError) Unwrap() error { return e.err }

// misuse is an error of the request as a whole.
func misuse(format string, args ...any) error {
	return &RequestError{err: diag.Errorf(format, args...)}
}

// wrong is an error of a field, whose name the text continues.
func wrong(field, format string, args ...any) error {
	return &RequestError{field, diag.Errorf("--"+field+format, args...)}
}
