package diag

// Attr is a value as it is written: an attribute of an XML element, or a value of a YAML file.
type Attr struct {
	Name  string // "" in YAML, where the key is not the value's affair
	Value string // references resolved, line breaks and tabs turned into blanks as XML demands
	// NameSpan is the name, Span the value without its quotes.
	NameSpan, Span Span
}

// Val is a value that a file may hold. V is the value in force: what is written, or the default where nothing, or
// nothing readable, is written. The zero Val is "not written, zero default".
type Val[T any] struct {
	V     T
	At    *Attr // where it is written, nil when it is not
	Valid bool  // written and readable as a T
}

// Written returns a value that stands at a span, or that what stands there means.
func Written[T any](v T, at Span) Val[T] { return Val[T]{v, &Attr{Span: at}, true} }

// Set reports whether the value is written, readable or not.
func (v Val[T]) Set() bool { return v.At != nil }

// Raw returns the value as it is written, "" when it is not.
func (v Val[T]) Raw() string {
	if v.At == nil {
		return ""
	}
	return v.At.Value
}

// Span returns where the value stands, the zero span when it is not written.
func (v Val[T]) Span() Span {
	if v.At == nil {
		return Span{}
	}
	return v.At.Span
}
