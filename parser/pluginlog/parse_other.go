package pluginlog

import (
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// parseHeader reads the lines of a request or response head, which stand indented behind the level. Only the few that
// say something about routing, time or caching are events.
func (l *Line) parseHeader(e *Event) Kind {
	text := l.Text
	if len(text) < 6 {
		return None
	}
	switch text[0] {
	case 'H':
		if strings.HasPrefix(text, "HTTP/") {
			return parseStatusLine(text, e)
		}
	case '$':
		if strings.HasPrefix(text, "$WSFO") {
			return FailoverHeaderSent
		}
		return None
	case 'S', 's', 'E', 'e', 'C', 'c':
		if k := parseCacheHeader(text, e); k != None {
			return k
		}
	}
	if isMethod(text) {
		if i := strings.Index(text, " HTTP/"); i > 0 {
			e.Method, e.URI, _ = strings.Cut(text[:i], " ")
			return RequestLine
		}
	}
	return None
}

// parseStatusLine reads "HTTP/1.1 200 OK".
func parseStatusLine(text string, e *Event) Kind {
	_, rest, ok := strings.Cut(text, " ")
	if code := leading(rest); ok && len(rest) >= 3 && code >= 100 && code <= 999 {
		e.Code, e.Text = code, strings.TrimSpace(rest[3:])
		return StatusLine
	}
	return None
}

// parseCacheHeader picks Set-Cookie, Cache-Control and Expires out: a cookie in an answer that caches may keep is a
// leak.
func parseCacheHeader(text string, e *Event) Kind {
	name, value, ok := strings.Cut(text, ": ")
	if !ok {
		return None
	}
	switch {
	case strings.EqualFold(name, "Set-Cookie"), strings.EqualFold(name, "Cache-Control"),
		strings.EqualFold(name, "Expires"):
		e.Pattern, e.Text = name, value
		return Header
	}
	return None
}

// isMethod reports whether a text begins with a word of two capitals or more, as all usual methods of HTTP are.
func isMethod(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			return i > 1
		case c < 'A' || c > 'Z':
			return false
		}
	}
	return false
}

// parseOther looks for the phrases that stand behind changing functions. TRACE lines are many and hold few of them,
// so of those only the ones whose text begins like a phrase are searched.
func (l *Line) parseOther(e *Event) Kind {
	text := l.Text
	if l.Level == LevelTrace && !l.mayHoldPhrase() {
		return None
	}
	prose := l.Level == LevelNone && l.Function == "" // a line of prose between the lines of an excerpt
	for i := range phrases {
		p := &phrases[i]
		if strings.Contains(text, p.text) && (!prose || strings.HasPrefix(text, p.text)) {
			// The phrase is there, but the line is no event for its sake: it may be one for another.
			if p.fill != nil && !p.fill(text, e) {
				continue
			}
			return p.kind
		}
	}
	return l.parseByLevel(e)
}

// mayHoldPhrase reports whether a TRACE line is worth a search: it is of a part of the plug-in whose lines begin with
// names (callbacks, server groups, ESI), or begins as a phrase may.
func (l *Line) mayHoldPhrase() bool {
	if strings.HasPrefix(l.Function, "cb_") || l.Component == "ws_server_group" || l.Component == "ESI" ||
		strings.HasPrefix(l.Function, "esi") {
		return true
	}
	if l.Text == "" {
		return false
	}
	switch l.Text[0] {
	case 'C', 'S', 'W', 'w', 'f', 'j', 'a', 'A', '$', 'E', 'B':
		return true
	}
	return false
}

// phrases in the order of trust: the first that a line contains decides. "Write failed" is about the member and "write
// failed" about the client: the capital alone tells them apart. "ServerIOTimeout fired" stands before " fired", which
// may be about any timeout.
var phrases = []struct {
	text string
	kind Kind
	fill func(text string, e *Event) bool
}{
	{"ServerIOTimeout fired", IOTimedOut, fillIOTimeout},
	{"Connect timeout fired", ConnectTimedOut, nil},
	{" fired", TimeoutFired, fillText},
	{"just_read", BodyShort, fillShort},
	{"all could be down", AllCouldBeDown, fillText},
	{"Config was successfully reloaded", ConfigReloaded, nil},
	{"Created a new stream; queue was empty", StreamCreated, fillSocket},
	{"Write failed", ServerWriteFailed, fillText},
	{"Malformed response", ResponseMalformed, fillText},
	{"Attempt dropped", AttemptDropped, fillText},
	{"write failed", ClientWriteFailed, fillText},
	{"flush failed", ClientWriteFailed, fillText},
	{"xtended handshake", HandshakeExtended, fillText}, // *
	{"$WSFO", FailoverHeaderSent, nil},
	{"cache hit", ESICacheHit, nil},
	{"cache miss", ESICacheMiss, nil},
	{"Connection to ", ConnectFailed, fillConnection},
}

func fillText(text string, e *Event) bool { e.Text = text; return true }

func fillSocket(text string, e *Event) bool { e.Socket = afterLast(text, "socket = "); return true }

// fillIOTimeout reads "Time out T. retry count C. serverIOTimeoutRetry R, retry YES|NO, rc N".
func fillIOTimeout(text string, e *Event) bool {
	seconds, _ := field(text, "Time out ")
	count, _ := field(text, "retry count ")
	limit, _ := field(text, "serverIOTimeoutRetry ")
	code, _ := field(text, "rc ")
	e.Seconds, e.Count, e.Limit, e.Code = int32(seconds), int32(count), int32(limit), int32(code)
	e.Retry = strings.Contains(text, "retry YES")
	return true
}

// fillShort reads "just_read = N of the expected M"; equal numbers are no event.
func fillShort(text string, e *Event) bool {
	_, rest, _ := strings.Cut(text, "just_read")
	read := leading64(strings.TrimLeft(rest, " =:"))
	expected, ok := field(rest, "of the expected ")
	if !ok || read == expected {
		return false
	}
	e.Length, e.Expected = read, expected
	return true
}

// fillConnection reads "Connection to H... failed", of a connect that did not block.
func fillConnection(text string, e *Event) bool {
	if !strings.Contains(text, "ailed") {
		return false
	}
	_, rest, _ := strings.Cut(text, "Connection to ")
	e.Host, _, _ = strings.Cut(unquote(rest), " ")
	e.Text = text
	return true
}

// tellsError reports whether a line that names no level is an error: the plug-in writes some so while it reads its
// configuration.
func (l *Line) tellsError() bool {
	if !isComponent(l.Component) || l.Function == "" {
		return false
	}
	_, known := catalogue.OfLine(l.Text)
	return known || strings.HasPrefix(l.Text, "Failed")
}

// parseByLevel keeps what no form fits but the level makes worth counting.
func (l *Line) parseByLevel(e *Event) Kind {
	switch {
	case l.Level == LevelError, l.Level == LevelNone && l.tellsError():
		e.Text = l.body
		return ErrorLine
	case l.Level == LevelWarn:
		e.Text = l.body
		return WarnLine
	case l.Component == "ESI":
		e.Text = l.Text
		return ESI
	}
	return None
}
