package failover

import (
	"slices"
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

// Affinity holds the session identifiers of a request in the order in which they are tried (R20, R29).
type Affinity struct {
	few  [2]SessionID
	more []SessionID
	n    int
	at   diag.Span // the Uri that names cookie and identifier (R4)
}

// Len returns the number of session identifiers.
func (a *Affinity) Len() int { return a.n }

// Session returns source, name and value of the i-th identifier.
func (a *Affinity) Session(i int) (Source, string, string) {
	s := a.ID(i)
	return s.Source, s.Name, s.Value
}

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

// AffinityOf finds the session identifiers of a request that matched (R4, R20, R29).
func AffinityOf(
	t *match.Table, rq *match.Request, m *match.Match, sem *choices.Assumptions, seen *choices.Consulted,
) Affinity {
	a := Affinity{at: m.URIAt()}
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

// addCookies adds the cookies of one name (R29).
func (a *Affinity) addCookies(
	headers []string, source Source, name string, sem *choices.Assumptions, seen *choices.Consulted,
) {
	first, count := a.n, 0
	var last string
	for _, h := range headers {
		for h != "" {
			var pair string
			pair, h, _ = strings.Cut(h, ";")
			key, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
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

// sends reports whether a cookie of a name may be among those sent: a quick look that lets other cookies pass quickly.
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

// SameButForCase compares two texts that differ, as the choice letter-case has it: clone IDs, or names of cookies.
func SameButForCase(a, b string, sem *choices.Assumptions, seen *choices.Consulted) bool {
	return len(a) == len(b) && strings.EqualFold(a, b) && sem.Consult(choices.LetterCase, seen) == choices.CaseIgnored
}

func (a *Affinity) truncate(n int) {
	a.more = a.more[:max(0, min(n-len(a.few), len(a.more)))]
	a.n = n
}

// pathSession is the session identifier of the URL. R16 speaks of what is matched; which path this is read from no
// text says.
func pathSession(
	t *match.Table, rq *match.Request, m *match.Match, sem *choices.Assumptions, seen *choices.Consulted,
) (string, bool) {
	c, identifier := &t.Clusters[m.Cluster], m.Identifier()
	sent, plain := match.PathOf(rq.Target)
	if plain {
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

const cacheID = 4 // characters of the cache id that begins a session value (R21)

// cutClone returns the first clone ID of a session value and what follows it; ok is false when there is none left.
// The first call gets the whole value, later ones the rest.
func cutClone(rest string, separator byte) (clone, after string, ok bool) {
	i := strings.IndexByte(rest, separator)
	if i < 0 {
		return "", "", false
	}
	rest = rest[i+1:]
	if end := strings.IndexByte(rest, separator); end >= 0 {
		return rest[:end], rest[end:], true
	}
	return rest, "", true
}

// CloneIDs lists the clone IDs of a session value in order (R21, R24).
func CloneIDs(value string, separator byte) []string {
	var ids []string
	for rest := BehindCacheID(value); ; {
		clone, after, ok := cutClone(rest, separator)
		if !ok {
			return ids
		}
		ids = append(ids, clone)
		rest = after
	}
}

func BehindCacheID(value string) string { return value[min(cacheID, len(value)):] }

const leastPartition = 8 // digits of a partition ID (R28)

// IsPartitionID reports whether what stands behind a separator is a partition ID: a decimal number of 8 digits or more
// that is the clone ID of no server (R28).
func IsPartitionID(t *match.Table, id string) bool { return PartitionForm(id) && !isCloneID(t, id) }

// PartitionForm reports whether what stands behind a separator has the form of a partition ID. It is one unless a
// server has it for clone ID.
func PartitionForm(id string) bool {
	return len(id) >= leastPartition && strings.Trim(id, "0123456789") == ""
}

// isCloneID reports whether some server has a clone ID, letter by letter.
func isCloneID(t *match.Table, id string) bool {
	var exact choices.Assumptions
	return slices.ContainsFunc(t.Clusters, func(c match.Cluster) bool { return hasClone(&c, id, &exact) })
}
