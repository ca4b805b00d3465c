package match

import (
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// ComparedPath returns the part of the target that is compared with the patterns: no query, no session parameter (R14,
// R16). Where the web server refuses the path itself, it says why.
func (t *Table) ComparedPath(
	rq *Request, sem *choices.Assumptions, seen *choices.Consulted,
) (p string, refused Refusal) {
	p, plain := PathOf(rq.Target)
	if plain {
		return p, Accepted
	}
	return t.oddPath(p, rq.Normalised, sem, seen)
}

// oddPath is ComparedPath for a path, without its query, that is not plain: first what the web server does (R16), then
// the plug-in's cut (R14), so a ;jsessionid= that was sent as %3Bjsessionid= ends the path, too.
func (t *Table) oddPath(
	p string, normalised bool, sem *choices.Assumptions, seen *choices.Consulted,
) (_ string, refused Refusal) {
	if !normalised {
		p, refused = Normalised(p, sem, seen)
	}
	if refused != Accepted || strings.IndexByte(p, ';') < 0 {
		return p, refused
	}
	switch sem.Consult(choices.PathParams, seen) {
	case choices.CutAtSemicolon:
		p, _, _ = strings.Cut(p, ";")
	case choices.KeepParams:
	default:
		p = t.cutIdentifier(p)
	}
	return p, Accepted
}

// PathEnds are the texts before the first of which a path ends for matching (R14), none where it is compared whole.
func (t *Table) PathEnds(sem *choices.Assumptions) (ends []string) {
	switch {
	case sem.Is(choices.PathParams, choices.CutAtSemicolon):
		return []string{";"}
	case sem.Is(choices.PathParams, choices.KeepParams):
		return nil
	}
	for _, name := range t.identifiers {
		ends = append(ends, ";"+name+"=")
	}
	return ends
}

// PathOf cuts the query. plain says that nothing in the path asks for R14 or R16: no ; no % and no / before another /
// or a dot. It looks at eight bytes at a time; behind is a / at the end of those before. A dot behind a slash need not
// be a dot segment, "/.well-known" is none: that costs a closer look and no more.
func PathOf(target string) (path string, plain bool) {
	odd, behind := uint64(0), uint64(0)
	for i := 0; i < len(target); i += 8 {
		var w uint64
		if i+8 <= len(target) {
			w = texthash.Word(target[i:])
		} else {
			w = texthash.WordAt(target, i)
		}
		slash := texthash.Equal(w, '/')
		// slash<<8|behind marks the byte behind each slash
		o := texthash.Equal(w, ';') | texthash.Equal(w, '%') | (slash<<8|behind)&(slash|texthash.Equal(w, '.'))
		if query := texthash.Equal(w, '?'); query != 0 {
			// query-1 keeps the marks before the first ?, and those of further ones, which o does not have
			return target[:i+texthash.First(query)], odd|o&(query-1) == 0
		}
		odd, behind = odd|o, slash>>56
	}
	return target, odd == 0
}

// cutIdentifier ends a path before the first ";identifier=" of the file's identifiers. Without the = a parameter of
// that name is none of a session, and the path goes on.
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

// Refusal is why a web server answers a request itself: no Route takes it (R9), or the plug-in is never asked (R16).
type Refusal uint8

// The order counts: what stands behind NoRoute never reaches the plug-in (Table.Refusal), and what stands from
// GuardedNUL on hangs on no choice (ByChoice).
const (
	Accepted     Refusal = iota
	NoRoute              // the path is fine, no Route takes it
	EncodedSlash         // %2F, which httpd takes only where AllowEncodedSlashes says so
	EncodedNUL           // %00
	BrokenEscape         // a % without two hexadecimal digits
	AboveRoot            // more .. than folders before them
	GuardedNUL           // from here on see guard
	GuardedEscape
	GuardedClimb
)

// statuses are those of httpd.
var statuses = [...]int{EncodedSlash: 404, EncodedNUL: 404, BrokenEscape: 400, AboveRoot: 400,
	GuardedNUL: 400, GuardedEscape: 400, GuardedClimb: 400}

// ByChoice reports whether the refusal hangs on the choice path-normalisation.
func (r Refusal) ByChoice() bool { return r < GuardedNUL }

// Status is what the web server answers a path with that it refuses.
func (r Refusal) Status() int { return statuses[r] }

// Refusal says why the web server answers a request itself without asking the plug-in (R16); false where it asks.
func (t *Table) Refusal(rq *Request, sem *choices.Assumptions) (why Refusal, refused bool) {
	_, why = t.Decide(rq, sem, nil)
	return why, why > NoRoute
}

// guard is why the bundled proxy answers what a Route takes itself: behind a NUL or a broken escape a path ends for
// one reader and goes on for another, and one above the root leads nowhere, or out of an application. It is asked of
// the path as sent, and not of one of the plug-in's log, which has reached it.
func guard(path string) Refusal {
	switch badEscape(path, false) {
	case EncodedNUL:
		return GuardedNUL
	case BrokenEscape:
		return GuardedEscape
	}
	if climbs(path) {
		return GuardedClimb
	}
	return Accepted
}

// climbs reports whether .. leads a path above the root. What cannot is told without memory. Slashes are merged for
// the question: "//.." would else leave one folder for the .. to go back to.
func climbs(path string) bool {
	if !strings.Contains(path, "..") && !strings.Contains(path, "%2e") && !strings.Contains(path, "%2E") {
		return false
	}
	_, refused := cleaned(unescaped(path), true)
	return refused == AboveRoot
}

// Normalised is what the web server leaves of a path before the plug-in sees it (R16): %-decoded once, // merged, dot
// segments removed. What needs none of it is told apart first, so that an answer does not hang on a choice that
// changes nothing. Decoding comes first: %2e%2e is a dot segment by then, and %252e is not.
func Normalised(p string, sem *choices.Assumptions, seen *choices.Consulted) (string, Refusal) {
	escaped, slashes := strings.Contains(p, "%"), strings.Contains(p, "//")
	if !escaped && !slashes && !hasDotSegment(p) {
		return p, Accepted
	}
	how := sem.Consult(choices.PathNormalisation, seen)
	if escaped && (how == choices.DecodePath || how == choices.DecodeAndClean) {
		var refused Refusal
		if p, refused = decoded(p); refused != Accepted {
			return p, refused
		}
	}
	if how == choices.CleanPath || how == choices.DecodeAndClean {
		return cleaned(p, slashes && sem.Consult(choices.MergeSlashes, seen) != choices.SlashesKept)
	}
	return p, Accepted
}

// DecodesPaths reports whether the web server decodes paths (R16).
func DecodesPaths(sem *choices.Assumptions) bool {
	return sem.Is(choices.PathNormalisation, choices.DecodePath) ||
		sem.Is(choices.PathNormalisation, choices.DecodeAndClean)
}

// hasDotSegment tells "/a/./b" and "/a/.." from "/a/.b", which PathOf takes for the same.
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
	return plain, refused == Accepted
}

// decoded replaces each %XX by its byte, once.
func decoded(p string) (string, Refusal) {
	if refused := badEscape(p, true); refused != Accepted {
		return p, refused
	}
	return unescaped(p), Accepted
}

// unescaped is decoded for what has no broken escape: badEscape has looked. A %25 becomes a % that stays.
func unescaped(p string) string {
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c == '%' {
			c = unhex(p[i+1])<<4 | unhex(p[i+2])
			i += 2
		}
		out = append(out, c)
	}
	return string(out)
}

// badEscape is what the first escape is that a web server refuses: broken, a NUL or, where slashes count, a slash.
func badEscape(p string, slashes bool) Refusal {
	for {
		i := strings.IndexByte(p, '%')
		if i < 0 {
			return Accepted
		}
		if p = p[i+1:]; len(p) < 2 || !isHex(p[0]) || !isHex(p[1]) {
			return BrokenEscape
		}
		switch c := unhex(p[0])<<4 | unhex(p[1]); {
		case c == 0:
			return EncodedNUL
		case c == '/' && slashes:
			return EncodedSlash
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

// cleaned removes dot segments (RFC 3986 5.2.4), and merges slashes where merge says so; a final slash stays, and a
// dot segment at the end leaves one: "/a/.." is "/".
func cleaned(p string, merge bool) (string, Refusal) {
	segments := strings.Split(p, "/") // the first is the empty text before the root's slash
	kept := segments[:0:0]
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "." || s == "..":
			if s == ".." {
				if len(kept) < 2 {
					return p, AboveRoot
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
	return strings.Join(kept, "/"), Accepted
}
