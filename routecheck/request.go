package routecheck

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Request is what a decision needs of a request.
type Request struct {
	TLS     bool     // it came over TLS
	Host    string   // value of the Host header, "" when there is none
	Port    int      // the port it arrived on
	Target  string   // path and query as sent
	Cookies []string // values of the Cookie headers in the order sent
	Body    int64    // bytes of the body, 0 none, -1 unknown beforehand (chunked)
}

// hostPort returns the host in lower case and the port used for matching (R5, R7, R8).
func (t *Table) hostPort(rq *Request, sem *Semantics, rec *Recorder) (string, int) {
	host, written := splitHost(rq.Host)
	host = lower(host)
	if t.portArrived {
		return host, rq.Port
	}
	if n, ok := decimal(written); ok {
		return host, n
	}
	if !rq.TLS || sem.ask(TLSDefaultPort, rec) == tlsPort80 {
		return host, 80
	}
	return host, 443
}

// splitHost divides a Host header into host and written port; an IPv6 address keeps its brackets.
func splitHost(s string) (host, port string) {
	for i := len(s) - 1; i >= 0 && s[i] != ']'; i-- {
		if s[i] == ':' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// lower is strings.ToLower, faster for the usual host that has no capitals.
func lower(s string) string {
	odd := uint64(0)
	for i := 0; i < len(s); i += 8 {
		var w uint64
		if i+8 <= len(s) {
			w = word(s[i:])
		} else {
			w = wordAt(s, i)
		}
		odd |= w&0x8080808080808080 | w&^(w<<1)&0x4040404040404040 // beyond ASCII, or among @ A-Z [ \ ] ^ _
	}
	if odd != 0 {
		return strings.ToLower(s)
	}
	return s
}

// matchPath returns the part of the target that is compared with the patterns: no query, no session parameter (R14, R16).
func (t *Table) matchPath(target string, sem *Semantics, rec *Recorder) string {
	p, plain := pathOf(target)
	if plain {
		return p
	}
	p = normalised(p, sem, rec)
	if strings.IndexByte(p, ';') < 0 {
		return p
	}
	switch sem.ask(PathParams, rec) {
	case cutAtSemicolon:
		p, _, _ = strings.Cut(p, ";")
	case keepParams:
	default:
		p = t.cutIdentifier(p)
	}
	return p
}

// normalised is what the web server leaves of a path before the plug-in sees it (R16): %-decoded once, // merged, dot segments removed.
func normalised(p string, sem *Semantics, rec *Recorder) string {
	if !strings.Contains(p, "%") && !strings.Contains(p, "//") && !strings.Contains(p, "/.") {
		return p
	}
	how := sem.ask(PathNormalisation, rec)
	if how == decodePath || how == decodeAndClean {
		if d, err := url.PathUnescape(p); err == nil {
			p = d
		}
	}
	if how == cleanPath || how == decodeAndClean {
		p = clean(p, !strings.Contains(p, "//") || sem.ask(MergeSlashes, rec) != slashesKept)
	}
	return p
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

// clean removes dot segments (RFC 3986 5.2.4), and merges slashes where merge says so; a final slash stays.
func clean(p string, merge bool) string {
	if merge {
		for strings.Contains(p, "//") {
			p = strings.ReplaceAll(p, "//", "/")
		}
	}
	var kept []string
	segments := strings.Split(p, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s != "." && s != "..":
			kept = append(kept, s)
			continue
		case s == ".." && len(kept) > 1:
			kept = kept[:len(kept)-1]
		}
		if last {
			kept = append(kept, "")
		}
	}
	return strings.Join(kept, "/")
}

// ParseURL makes the request that a client sends for a URL. The path stays byte for byte as it is written; without one it is "/".
func ParseURL(raw string) (Request, error) {
	scheme, rest, _ := strings.Cut(raw, "://")
	authority := rest[:len(rest)-len(strings.TrimLeftFunc(rest, func(r rune) bool { return !strings.ContainsRune("/?#", r) }))]
	u, err := url.Parse(scheme + "://" + authority) // of the rest nothing is asked: clients send what is no good URL, too
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Request{}, fmt.Errorf("URL %q: want http://HOST[:PORT]/PATH or https://...", raw)
	}
	if strings.ContainsFunc(raw, unicode.IsControl) {
		return Request{}, fmt.Errorf("URL %q holds a control character: write it as %%XX", raw)
	}
	rq := Request{TLS: u.Scheme == "https", Host: u.Host, Port: 80, Target: target(raw)}
	if rq.TLS {
		rq.Port = 443
	}
	if p := u.Port(); p != "" {
		rq.Port, _ = strconv.Atoi(p)
	}
	if rq.Port < 1 || rq.Port > 65535 {
		return rq, fmt.Errorf("URL %q: port %d, want 1 to 65535", raw, rq.Port)
	}
	return rq, nil
}

// target returns path and query of a URL as written.
func target(raw string) string {
	_, rest, _ := strings.Cut(raw, "://")
	rest, _, _ = strings.Cut(rest, "#")
	switch i := strings.IndexAny(rest, "/?"); {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	default:
		return rest[i:]
	}
}

// AddHeader lets a header of the client count: Host and Cookie do. The error is about a Host that names no host and port.
func (rq *Request) AddHeader(name, value string) error {
	switch strings.ToLower(name) {
	case "host":
		if strings.ContainsAny(value, "/?#@ \t") {
			return fmt.Errorf("Host %q: want HOST or HOST:PORT", value)
		}
		if _, port := splitHost(value); port != "" {
			if n, ok := decimal(port); !ok || n < 1 || n > 65535 {
				return fmt.Errorf("Host %q: port %q, want 1 to 65535", value, port)
			}
		}
		rq.Host = value
	case "cookie":
		rq.Cookies = append(rq.Cookies, value)
	}
	return nil
}
