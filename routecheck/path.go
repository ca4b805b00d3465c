package routecheck

import (
	"fmt"
	"strings"
)

// matchPath returns the part of the target that is compared with the patterns: no query, no session parameter (R14, R16). Where the web server
// refuses the path itself, it says why.
func (t *Table) matchPath(rq *Request, sem *Semantics, seen *Consulted) (p string, refused refusal) {
	p, plain := pathOf(rq.Target)
	if plain {
		return p, accepted
	}
	if !rq.Normalised {
		p, refused = normalised(p, sem, seen)
	}
	if refused != accepted || strings.IndexByte(p, ';') < 0 {
		return p, refused
	}
	switch sem.ask(PathParams, seen) {
	case cutAtSemicolon:
		p, _, _ = strings.Cut(p, ";")
	case keepParams:
	default:
		p = t.cutIdentifier(p)
	}
	return p, accepted
}

// pathOf cuts the query. plain says that nothing in the path asks for R14 or R16: no ; no % and no / before another / or a dot.
func pathOf(target string) (path string, plain bool) {
	odd, behind := uint64(0), uint64(0)
	for i := 0; i < len(target); i += 8 {
		var w uint64
		if i+8 <= len(target) {
			w = word(target[i:])
		} else {
			w = wordAt(target, i)
		}
		slash := equal(w, '/')
		o := equal(w, ';') | equal(w, '%') | (slash<<8|behind)&(slash|equal(w, '.'))
		if query := equal(w, '?'); query != 0 {
			return target[:i+first(query)], odd|o&(query-1) == 0
		}
		odd, behind = odd|o, slash>>56
	}
	return target, odd == 0
}

// cutIdentifier ends a path before the first ";identifier=" of the file's identifiers.
func (t *Table) cutIdentifier(p string) string {
	for from := 0; ; {
		semi := strings.IndexByte(p[from:], ';')
		if semi < 0 {
			return p
		}
		from += semi + 1
		name, _, ok := strings.Cut(p[from:], "=")
		for _, ident := range t.identifiers {
			if ok && name == ident {
				return p[:from-1]
			}
		}
	}
}

// refusal is why a web server answers a request itself: no Route takes it (R9), or the plug-in is never asked (R16).
type refusal uint8

const (
	accepted refusal = iota
	noRoute
	encodedSlash
	encodedNul
	brokenEscape
	aboveRoot
	guardedNul // from here on see guard
	guardedEscape
)

// refusals are in the words that follow "the path holds"; the statuses are those of httpd.
var refusals = [...]struct {
	what   string
	status int
}{
	encodedSlash:  {"an encoded slash, %2F", 404},
	encodedNul:    {"an encoded NUL, %00", 404},
	brokenEscape:  {"a % without two hexadecimal digits behind it", 400},
	aboveRoot:     {"a .. that leads above the root", 400},
	guardedNul:    {"an encoded NUL, %00", 400},
	guardedEscape: {"a % without two hexadecimal digits behind it", 400},
}

// ByChoice reports whether the refusal hangs on the choice path-normalisation.
func (r refusal) ByChoice() bool { return r < guardedNul }

func (r refusal) String() string {
	return fmt.Sprintf("the path holds %s, which the web server refuses itself with %d", refusals[r].what, refusals[r].status)
}

// Refused says why the web server answers a request itself without asking the plug-in (R16), "" where it asks.
func (t *Table) Refused(rq *Request, sem *Semantics) string {
	_, why := t.Refusal(rq, sem)
	return why
}

// Refusal returns the status with which the web server answers a request itself, and why; 0 where it asks the plug-in (R16).
func (t *Table) Refusal(rq *Request, sem *Semantics) (status int, why string) {
	if _, refused := t.match(rq, sem, nil); refused > noRoute {
		return refusals[refused].status, refused.String()
	}
	return 0, ""
}

// guard is why the bundled proxy answers what a Route takes itself: behind a NUL or a broken escape a path ends for one
// reader and goes on for another. A path of the plug-in's log has reached it.
func (s *Semantics) guard(rq *Request) refusal {
	if !s.GuardsMembers || rq.Normalised {
		return accepted
	}
	path, _, _ := strings.Cut(rq.Target, "?")
	switch badEscape(path, false) {
	case encodedNul:
		return guardedNul
	case brokenEscape:
		return guardedEscape
	}
	return accepted
}

// normalised is what the web server leaves of a path before the plug-in sees it (R16): %-decoded once, // merged, dot segments removed.
func normalised(p string, sem *Semantics, seen *Consulted) (string, refusal) {
	escaped, slashes := strings.Contains(p, "%"), strings.Contains(p, "//")
	if !escaped && !slashes && !hasDotSegment(p) {
		return p, accepted
	}
	how := sem.ask(PathNormalisation, seen)
	if escaped && (how == decodePath || how == decodeAndClean) {
		var refused refusal
		if p, refused = decoded(p); refused != accepted {
			return p, refused
		}
	}
	if how == cleanPath || how == decodeAndClean {
		return cleaned(p, slashes && sem.ask(MergeSlashes, seen) != slashesKept)
	}
	return p, accepted
}

// decodesPaths reports whether the web server decodes paths (R16).
func decodesPaths(sem *Semantics) bool {
	return sem.Is(PathNormalisation, decodePath) || sem.Is(PathNormalisation, decodeAndClean)
}

func hasDotSegment(p string) bool {
	for s := range strings.SplitSeq(p, "/") {
		if s == "." || s == ".." {
			return true
		}
	}
	return false
}

// Decoded is a text %-decoded once, as R16 does it; ok is false where the web server refuses it.
func Decoded(text string) (plain string, ok bool) {
	plain, refused := decoded(text)
	return plain, refused == accepted
}

// decoded replaces each %XX by its byte, once.
func decoded(p string) (string, refusal) {
	if refused := badEscape(p, true); refused != accepted {
		return p, refused
	}
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c == '%' {
			c = unhex(p[i+1])<<4 | unhex(p[i+2])
			i += 2
		}
		out = append(out, c)
	}
	return string(out), accepted
}

// badEscape is what the first escape is that a web server refuses: broken, a NUL or, where slashes count, a slash.
func badEscape(p string, slashes bool) refusal {
	for {
		i := strings.IndexByte(p, '%')
		if i < 0 {
			return accepted
		}
		if p = p[i+1:]; len(p) < 2 || !isHex(p[0]) || !isHex(p[1]) {
			return brokenEscape
		}
		switch c := unhex(p[0])<<4 | unhex(p[1]); {
		case c == 0:
			return encodedNul
		case c == '/' && slashes:
			return encodedSlash
		}
	}
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// cleaned removes dot segments (RFC 3986 5.2.4), and merges slashes where merge says so; a final slash stays.
func cleaned(p string, merge bool) (string, refusal) {
	segments := strings.Split(p, "/")
	kept := segments[:0:0]
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "." || s == "..":
			if s == ".." {
				if len(kept) < 2 {
					return p, aboveRoot
				}
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		case s == "" && merge && i > 0 && !last:
		default:
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "/"), accepted
}
