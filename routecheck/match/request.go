package match

import (
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// Request is what a decision needs of a request.
type Request struct {
	TLS    bool   // it came over TLS
	Host   string // value of the Host header, "" when there is none: then only aliases with host * match (R8)
	Port   int    // the port it arrived on
	Target string // path and query as sent
	// Normalised says that the path of Target is as the plug-in saw it, which its log shows: R16 is not applied to it
	// again.
	Normalised bool
	Cookies    []string // values of the Cookie headers in the order sent
	Body       int64    // bytes of the body, 0 none, -1 unknown beforehand (chunked)
}

// HostPort returns the host in lower case and the port that a request is matched by (R5, R7, R8).
func (t *Table) HostPort(rq *Request, sem *choices.Assumptions) (host string, port int) {
	return t.hostPort(rq, sem, nil)
}

// hostPort returns the host in lower case and the port used for matching (R5, R7); a Host header without a port means
// the usual one of the scheme (R8).
func (t *Table) hostPort(rq *Request, sem *choices.Assumptions, seen *choices.Consulted) (string, int) {
	host, written := SplitHost(rq.Host)
	if t.PortArrived {
		return lower(host), rq.Port
	}
	return lower(host), rq.portOf(written, sem, seen)
}

// portOf is the port that a Host header means that has this one written. What is no number counts as not written.
func (rq *Request) portOf(written string, sem *choices.Assumptions, seen *choices.Consulted) int {
	if n, ok := decimal(written); ok {
		return n
	}
	if !rq.TLS || sem.Consult(choices.TLSDefaultPort, seen) == choices.TLSPort80 {
		return 80
	}
	return 443
}

// ToldPort returns the port that a member is told the request came to ($WSSP): that of the Host header, or with
// AppServerPortPreference WebserverPort the one that it arrived on (R8, R10).
func (t *Table) ToldPort(rq *Request, sem *choices.Assumptions) int {
	if t.tellsArrived {
		return rq.Port
	}
	_, written := SplitHost(rq.Host)
	return rq.portOf(written, sem, nil)
}

// RequestRules are the rules beside R7 that the reading of a request shows.
func (t *Table) RequestRules(rq *Request) (also []string) {
	if _, port := SplitHost(rq.Host); port == "" && !t.PortArrived {
		also = append(also, "R8")
	}
	if strings.ContainsAny(rq.Target, "?;") {
		also = append(also, "R14")
	}
	return also
}

// SplitHost divides a Host header into host and written port; an IPv6 address keeps its brackets, and its colons are
// none of a port.
func SplitHost[T string | []byte](s T) (host, port T) {
	for i := len(s) - 1; i >= 0 && s[i] != ']'; i-- {
		if s[i] == ':' {
			return s[:i], s[i+1:]
		}
	}
	return s, port
}

// decimal reads a number without sign. One that is no port is still a number, which no alias has. A value of more than
// six digits is none, so that nothing overflows.
func decimal(s string) (n int, ok bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' || n > 99999 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != ""
}

// lower is strings.ToLower, faster for the usual host that has no capitals: such a host costs one pass and no memory.
func lower(s string) string {
	odd := uint64(0)
	for i := 0; i < len(s); i += 8 {
		var w uint64
		if i+8 <= len(s) {
			w = texthash.Word(s[i:])
		} else {
			w = texthash.WordAt(s, i)
		}
		odd |= w&0x8080808080808080 | w&^(w<<1)&0x4040404040404040 // beyond ASCII, or among @ A-Z [ \ ] ^ _
	}
	if odd != 0 {
		return strings.ToLower(s)
	}
	return s
}
