package affinity

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Source is where a session identifier stands in a request (R20).
type Source uint8

const (
	SSLSession Source = iota + 1 // cookie SSLJSESSION, TLS only
	SessionCookie
	SessionURL
)

// SSLCookie is the cookie that holds the SSL session id (R20): a log names it too, and no file does.
const SSLCookie = "SSLJSESSION"

// SessionID is one session identifier: cache id, session id and clone IDs (R21).
type SessionID struct {
	Source Source
	Name   string // of the cookie or identifier
	Value  string
}

// Affinity holds the session identifiers of a request in the order in which they are tried (R20, R29). The zero value
// is that of a request without any.
type Affinity struct {
	few  [2]SessionID // so that a usual request, with a cookie or a URL, takes no memory
	more []SessionID  // behind the first two
	n    int
	At   diag.Span // the Uri that names cookie and identifier (R4)
}

// Len returns the number of session identifiers.
func (a *Affinity) Len() int { return a.n }

// Session returns source, name and value of the i-th identifier.
func (a *Affinity) Session(i int) (Source, string, string) {
	s := a.ID(i)
	return s.Source, s.Name, s.Value
}

// ID returns the i-th identifier, from 0, to read.
func (a *Affinity) ID(i int) *SessionID {
	if i < len(a.few) {
		return &a.few[i]
	}
	return &a.more[i-len(a.few)]
}

func (a *Affinity) add(s SessionID) {
	if a.n < len(a.few) {
		a.few[a.n] = s
	} else {
		a.more = append(a.more, s)
	}
	a.n++
}

// Of finds the session identifiers of a request that matched (R4, R20, R29).
func Of(
	t *match.Table, rq *match.Request, m *match.Match, sem *choices.Assumptions, seen *choices.Consulted,
) Affinity {
	a := Affinity{At: m.URIAt()}
	if rq.TLS || sends(rq.Cookies, SSLCookie) &&
		sem.Consult(choices.SSLSessionCookie, seen) == choices.SSLCookieAlways {
		a.addCookies(rq.Cookies, SSLSession, SSLCookie, sem, seen)
	}
	a.addCookies(rq.Cookies, SessionCookie, m.Cookie(), sem, seen)
	if value, ok := pathSession(t, rq, m, sem, seen); ok {
		a.add(SessionID{SessionURL, m.Identifier(), value})
	}
	return a
}

// addCookies adds the cookies of one name (R29), over all Cookie headers. Each is added as it is met; which of several
// count is open (choice many-cookies), and asked only where there are several.
func (a *Affinity) addCookies(
	headers []string, source Source, name string, sem *choices.Assumptions, seen *choices.Consulted,
) {
	first, count := a.n, 0 // first is where those of this name begin
	var last string
	for _, h := range headers {
		for h != "" {
			var pair string
			pair, h, _ = strings.Cut(h, ";")
			key, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=") // quotes would be a part of the value
			if !ok || key != name && !SameButForCase(key, name, sem, seen) {
				continue
			}
			count++
			last = value
			a.add(SessionID{source, name, value})
		}
	}
	if count < 2 {
		return
	}
	switch sem.Consult(choices.ManyCookies, seen) {
	case choices.FirstCookie:
		a.truncate(first + 1)
	case choices.LastCookie:
		a.truncate(first)
		a.add(SessionID{source, name, last})
	}
}

// sends reports whether a cookie of a name may be among those sent: a quick look, which takes the end of a longer name
// for it, too. It spares nearly all requests the choice ssl-session-cookie, on which their answers would else hang.
func sends(headers []string, name string) bool {
	for _, h := range headers {
		for {
			i := strings.IndexByte(h, '=')
			if i < 0 {
				break
			}
			if i >= len(name) && strings.EqualFold(h[i-len(name):i], name) {
				return true
			}
			h = h[i+1:]
		}
	}
	return false
}

// SSLSessionShowsTLS reports whether a request whose SSL session id was looked at must have come over TLS (R20;
// choice ssl-session-cookie).
func SSLSessionShowsTLS(sem *choices.Assumptions, seen *choices.Consulted) bool {
	return sem.Consult(choices.SSLSessionCookie, seen) != choices.SSLCookieAlways
}

// truncate keeps the first n identifiers.
func (a *Affinity) truncate(n int) {
	a.more = a.more[:max(0, min(n-len(a.few), len(a.more)))]
	a.n = n
}

// pathSession is the session identifier of the URL. R16 speaks of what is matched; which path this is read from no
// text says. It is taken from the path as sent; where the other one has other clone IDs, the answer hangs on that
// (session-path, a fact that nobody can settle).
func pathSession(
	t *match.Table, rq *match.Request, m *match.Match, sem *choices.Assumptions, seen *choices.Consulted,
) (string, bool) {
	c, identifier := &t.Clusters[m.Cluster], m.Identifier()
	sent, plain := match.PathOf(rq.Target)
	if plain { // no ; in it
		return "", false
	}
	value, ok := urlSession(sent, identifier)
	if rq.Normalised || !c.HasClones && !c.GetTable || len(c.Members) < 2 {
		return value, ok // there is no other path, or nobody asks for a session
	}
	if left, _ := match.Normalised(sent, sem, seen); left != sent {
		if v, _ := urlSession(left, identifier); clonePart(v) != clonePart(value) {
			sem.Consult(choices.SessionPath, seen)
		}
	}
	return value, ok
}

// clonePart is a session value from its first separator on, whichever of the two it is.
func clonePart(value string) string {
	return strings.TrimLeftFunc(value, func(r rune) bool { return r != ':' && r != '+' })
}

// urlSession finds ";identifier=value" in a path; the value ends at ";", "/" or the end of the path (R14, R20).
func urlSession(p, identifier string) (string, bool) {
	for {
		_, rest, ok := strings.Cut(p, ";")
		if !ok {
			return "", false
		}
		if value, ok := strings.CutPrefix(rest, identifier); ok && strings.HasPrefix(value, "=") {
			value = value[1:]
			if end := strings.IndexAny(value, ";/"); end >= 0 {
				value = value[:end]
			}
			return value, true
		}
		p = rest
	}
}
