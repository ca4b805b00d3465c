package parser

import "io"

// Write prints a document: 3 blanks per level, one element per line, attributes in alphabetical order, comments where they stand.
// It is the only printer of the format.
func Write(w io.Writer, doc *Document) error { panic("helper") }
