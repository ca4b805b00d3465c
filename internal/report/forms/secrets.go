//go:build !js

// A browser shows no logs: it would load this for nothing.

package forms

import (
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
)

// Secrets says whether a report that is passed on shows what belongs to users: session IDs, queries, names. Without
// it IDs keep their first four characters and queries are left out.
type Secrets bool

// ID returns a session ID as the report shows it.
func (show Secrets) ID(id string) string {
	if show || len(id) <= idShown {
		return id
	}
	return id[:idShown] + "…"
}

// idShown is as long as the cache ID in front of a session ID (S1): it tells whether sessions are kept, and names
// none.
const idShown = 4

// URI returns a URI as the report shows it: without the query and without parameters of the path.
func (show Secrets) URI(uri string) string {
	if i := strings.IndexAny(uri, "?;"); i >= 0 && !show {
		return uri[:i]
	}
	return uri
}

var (
	// A query begins behind a path, as "?" alone also ends sentences.
	queries = lazy.Regexp(`(/[^\s?'"|]*)\?[^\s'"|]+`)
	// Four characters of the value stay.
	sessions = lazy.Regexp(`(?i)((?:jsession|session|ltpatoken2?|token)[a-z]*\s?=\s?` +
		`['"]?[^\s;,&'"]{4})[^\s;,&'"]+`)
	// values have the form of WebSphere's own under no name: cache ID, 23 characters, clone IDs (S1)
	values = lazy.Regexp(`((?:^|[\s'"=(])\d{4})[\w-]{23}(?:[:+][^\s;,&'")]*)?([\s;,&'").]|$)`)
	// Of headers at the beginning of a line, or behind two blanks, as traces indent them; else "cookie:" may be a
	// word.
	names = lazy.Regexp(`(?i)((?:^|\s\s)(?:authorization|\$wsru|remote_user|cookie2?|set-cookie2?):\s*).*`)
)

// Line returns a line of a log as the report shows it. Headers that name a user or carry cookies lose their value, but
// for the first characters of sessions: these are shortened before, and what is shortened stays.
func (show Secrets) Line(line string) string {
	if show {
		return line
	}
	line = queries().ReplaceAllString(line, "$1?…")
	line = sessions().ReplaceAllString(line, "$1…")
	line = values().ReplaceAllString(line, "$1…$2")
	return names().ReplaceAllStringFunc(line, hideValue)
}

// hideValue leaves of a header its name and the shortened sessions of its value.
func hideValue(header string) string {
	name, value, _ := strings.Cut(header, ":")
	kept := []string{}
	for part := range strings.SplitSeq(value, ";") {
		if part = strings.TrimSpace(part); sessions().MatchString(part+"x") && strings.HasSuffix(part, "…") {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 {
		return name + ": …"
	}
	return name + ": " + strings.Join(kept, "; ")
}
