package forms

import (
	"encoding/json"
	"io"
)

// JSONLines writes one value a line, with <, > and & as they are: \u003c, \u003e and \u0026 guard HTML that JSON is
// pasted into, and make URLs and XML unreadable for people.
func JSONLines[T any](w io.Writer, values []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range values {
		if err := enc.Encode(&values[i]); err != nil {
			return err
		}
	}
	return nil
}

// JSON writes one value, indented, with <, > and & as they are. Members stand in the order of the fields, and those of
// a map sorted, so that two runs give the same bytes.
func JSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}
