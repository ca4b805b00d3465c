package requests

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog/words"
)

// Why says a single reason in the words of this request: who failed, and by which code. Where the log tells no more
// it is that of Words.
func (r *Request) Why(reason Reason) string {
	var say func(*Attempt) string
	switch reason {
	case handshakeBroken:
		say = (*Attempt).handshakeWords
	case serverError:
		say = (*Attempt).statusWords
	default:
		return reason.Words()
	}
	var all []string
	for i := range r.Attempts {
		if said := say(&r.Attempts[i]); said != "" && !slices.Contains(all, said) {
			all = append(all, said)
		}
	}
	if len(all) == 0 {
		return reason.Words()
	}
	return strings.Join(all, "; ")
}

// handshakeWords says which handshake failed and what the code means; "" where none did.
func (at *Attempt) handshakeWords() string {
	if at.Outcome != HandshakeRefused {
		return ""
	}
	said := "TLS handshake failed"
	switch {
	case at.Host != "" && at.Port != 0:
		said += fmt.Sprintf(" to %s:%d", at.Host, at.Port)
	case at.Host != "":
		said += " to " + at.Host
	case at.Member != "":
		said += " to " + at.Member
	}
	return said + words.GSK(at.GSK)
}

// statusWords says who answered with a status of trouble; "" where it did not.
func (at *Attempt) statusWords() string {
	if !odd(at.Status) {
		return ""
	}
	who := at.Member
	if who == "" {
		who = "a member"
	}
	return fmt.Sprintf("%s answered %d", who, at.Status)
}
