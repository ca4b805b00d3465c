// Package http1 parses HTTP/1.1 heads and chunked bodies without allocation. Heads are given as offsets into the
// caller's buffer, so that parsing can go on when more bytes have come and the buffer has moved.
//
// It is strict where leniency lets two programs see different messages in the same bytes: a message that is not
// exactly one thing is an error. What is taken in several forms, such as a URL in place of a path or a padded chunk
// size, is given back in one. What net/http accepts and this package does not, or the other way round, stands in the
// tests, with the reasons.
package http1

// Error is what is wrong with a message. Status is what a client gets for it.
type Error struct {
	Status int
	Msg    string
}

func (e *Error) Error() string { return e.Msg }

// bad is an error that a client gets 400 for.
func bad(msg string) *Error { return &Error{400, msg} }

// Limits bound a head. A zero field means the default.
type Limits struct {
	Bytes  int // of a whole head, default 64 KiB
	Fields int // default 300
}

func (l Limits) bytes() int {
	if l.Bytes == 0 {
		return 64 << 10
	}
	return l.Bytes
}

func (l Limits) fields() int {
	if l.Fields == 0 {
		return 300
	}
	return l.Fields
}
