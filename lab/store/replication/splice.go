package replication

import (
	"bytes"
	"slices"
)

// field is a field of a JSON object, as it stands in the text.
type field struct {
	name []byte // without quotes
	text []byte // "name":value
}

// spliced applies a delta to attributes without reading their values, which would be most of what a write costs. Both
// are objects as packed writes them, by encoding/json: no blanks, names in order; false: one is of another form, and
// must be read.
func spliced(old, set []byte, removed []string) (out []byte, ok bool) {
	a, plain := fieldsOf(old)
	b, plainToo := fieldsOf(set)
	if !plain || !plainToo {
		return nil, false
	}
	out = make([]byte, 0, len(old)+len(set)+1)
	for len(a)+len(b) > 0 {
		from := &a
		switch {
		case len(a) == 0:
			from = &b
		case len(b) > 0 && bytes.Equal(a[0].name, b[0].name):
			from, a = &b, a[1:]
		case len(b) > 0 && bytes.Compare(a[0].name, b[0].name) > 0:
			from = &b
		}
		next := (*from)[0]
		if *from = (*from)[1:]; !slices.Contains(removed, string(next.name)) {
			out = append(append(out, ','), next.text...)
		}
	}
	if len(out) == 0 {
		return nil, true
	}
	out[0] = '{'
	return append(out, '}'), true
}

// fieldsOf splits an object without blanks whose names need not be read to be compared, and are in order.
func fieldsOf(object []byte) (all []field, ok bool) {
	if len(object) == 0 {
		return nil, true
	}
	if len(object) < 2 || object[0] != '{' {
		return nil, false
	}
	for rest := object; len(rest) > 1; {
		rest = rest[1:] // the brace, or the comma between two fields
		colon := bytes.Index(rest, []byte(`":`))
		// a name that is escaped might be equal to one that is not; an empty one is left to encoding/json, too
		if colon < 2 || rest[0] != '"' || bytes.ContainsAny(rest[1:colon], `"\`) {
			return nil, false
		}
		end := colon + 2 + valueLength(rest[colon+2:])
		name := rest[1:colon]
		if n := len(all); end == len(rest) || n > 0 && bytes.Compare(all[n-1].name, name) >= 0 {
			return nil, false
		}
		all, rest = append(all, field{name, rest[:end]}), rest[end:]
	}
	return all, true
}

// valueLength is how long the value is that a text begins with: it ends at a comma or at the brace behind it.
func valueLength(text []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}'):
			return i
		case c == '}' || c == ']':
			depth--
		}
	}
	return len(text)
}
