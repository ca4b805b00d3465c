package export

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// This file holds what writers share.

// Header is the comment that each configuration begins with: what it is, what is lost, and which open choices its
// order hangs on.
// It holds what concerns the file alone; LOSSES.md holds all. comment is what begins a comment in the target.
func (p *Plan) Header(comment, target string, losses []Loss) string {
	var b strings.Builder
	say := func(format string, args ...any) {
		fmt.Fprintf(&b, "%s %s\n", comment, Comment(diag.Sprintf(format, args...)))
	}
	say("Made by wasplug export from %s, for %s. LOSSES.md tells each loss with its place.", filepath.Base(p.Name),
		target)
	for _, grade := range []Grade{NotKept, Approximate} {
		for _, l := range losses {
			if l.Grade == grade && l.Concerns {
				say("%s %s: %s", grade, l.Title, l.What)
			}
		}
	}
	if len(p.OpenChoices) > 0 {
		say("Open choices that the order of routes hangs on (WP603): %s", strings.Join(p.OpenChoices, ", "))
	}
	return b.String()
}

// PathRegex is the regular expression of the paths that an entry takes, to be matched whole.
func PathRegex(e *match.Entry) string {
	if e.Kind == match.Exact {
		return regexp.QuoteMeta(e.Pattern)
	}
	return regexp.QuoteMeta(e.Head()) + ".*" + regexp.QuoteMeta(e.Tail())
}

// PlaceRegex is the regular expression of the host and port of an entry, with those of any host and of any port.
// A pattern of the target's own stands for any, as each puts the text together in another way.
func PlaceRegex(e *match.Entry, host, port string) string {
	if e.Host != "*" {
		host = regexp.QuoteMeta(e.Host)
	}
	if e.Port != 0 {
		port = strconv.Itoa(e.Port)
	}
	return host + ":" + port
}

// Comment is a text that ends no comment, and does not make a part of it of the next line, as httpd does behind a
// backslash.
func Comment(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, text)
	if strings.HasSuffix(text, `\`) {
		text += " ."
	}
	return text
}

// Sendable reports whether a path can begin, end or be so: a request line holds no blanks, control characters or bytes
// beyond ASCII, and targets read quotes and backslashes in other ways.
// Of a Uri that is not, writers leave out the look-up; Grade tells that it takes no request.
func Sendable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"'\{}#`, r)
	})
}

// PlaceKey is host:port, with * for any.
func PlaceKey(host string, port int) string {
	if port == 0 {
		return host + ":*"
	}
	return host + ":" + strconv.Itoa(port)
}

// PlaceForm is one of the four ways in which a place is looked for.
type PlaceForm struct{ AnyHost, AnyPort bool }

// PlaceForms are those that the tables have, in the order in which they are asked.
// The narrowest comes first, and the first that is found counts: its class holds what wider aliases take, too.
func PlaceForms(t *lookups.Tables) (out []PlaceForm) {
	for _, f := range []PlaceForm{{false, false}, {false, true}, {true, false}, {true, true}} {
		if slices.ContainsFunc(t.Places, func(p lookups.Place) bool {
			return f == PlaceForm{p.Host == "*", p.Port == 0}
		}) {
			out = append(out, f)
		}
	}
	return out
}

// Key puts the parts of a key together in the words of a target.
func (f PlaceForm) Key(host, port, anyHost, anyPort string) string {
	if f.AnyHost {
		host = anyHost
	}
	if f.AnyPort {
		port = anyPort
	}
	return host + "," + port
}

// CloneIDs is how many clone IDs of a session value are looked at by targets that have no loops. A value has one for
// each member that the session has been moved to.
// Each more would be rules that hardly any request needs, and that all pay for.
const CloneIDs = 4

// BoundedClones tells that.
const BoundedClones = "of a session with more than four clone IDs those behind the fourth are not looked at"

// Scale is the weight of a member where a target has weights from 0 to most. Where nobody has one, all have the same.
// Backups count for no share, and a member with some weight keeps at least 1: 0 would take its new sessions away.
func Scale(c *Cluster, m *Member, most int) int {
	highest := 0
	for i := range c.Members {
		if !c.Members[i].Backup {
			highest = max(highest, c.Members[i].Weight)
		}
	}
	switch {
	case m.Backup || highest == 0:
		return 1
	case highest <= most:
		return m.Weight
	case m.Weight == 0:
		return 0
	}
	return max(1, m.Weight*most/highest)
}

// Keystore is the PEM file with the authorities that a member's certificate may be of.
func (o *Options) Keystore(t *match.Transport) (string, error) {
	p := parser.Find(t.Source.Properties, "keyring")
	if p == nil {
		return "", fmt.Errorf("transport %s speaks TLS and names no keyring", t.Address())
	}
	// by the path as the file has it first, then by the name alone, which is what people type; a path of Windows has
	// backslashes whatever we run on
	if pem := o.Keystores[p.Value.V]; pem != "" {
		return pem, nil
	}
	if pem := o.Keystores[filepath.Base(strings.ReplaceAll(p.Value.V, `\`, "/"))]; pem != "" {
		return pem, nil
	}
	return "", &KeystoreError{p.Value.V, p.Value.Span()}
}

// KeystoreError says that a key database has no PEM file in its place.
type KeystoreError struct {
	Name string
	At   diag.Span
}

func (e *KeystoreError) Error() string {
	return fmt.Sprintf("members are reached over TLS by the key database %s, which only GSKit reads: name a PEM file "+
		"with its authorities by --keystore %s=FILE.pem", diag.Quote(e.Name), filepath.Base(e.Name))
}
