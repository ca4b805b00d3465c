package written

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// URL makes the request that a client sends for a URL. The path stays byte for byte as it is written, blanks
// included; without one it is "/". The error says what is wrong with the URL.
func URL(raw string) (match.Request, error) {
	scheme, rest, _ := strings.Cut(raw, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	u, err := url.Parse(scheme + "://" + rest) // of the path nothing is asked: clients send what is no good URL, too
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return match.Request{}, diag.Errorf("URL %q: want http://HOST[:PORT]/PATH or https://...", raw)
	}
	if strings.ContainsFunc(raw, unicode.IsControl) {
		return match.Request{}, diag.Errorf("URL %q holds a control character: write it as %%XX", raw)
	}
	rq := match.Request{TLS: u.Scheme == "https", Host: u.Host, Port: 80, Target: target(raw)}
	if rq.TLS {
		rq.Port = 443
	}
	if p := u.Port(); p != "" {
		rq.Port, _ = strconv.Atoi(p)
	}
	if rq.Port < 1 || rq.Port > 65535 {
		return rq, diag.Errorf("URL %q: port %d, want 1 to 65535", raw, rq.Port)
	}
	if err := checkHost(u.Host); err != nil {
		return rq, diag.Errorf("URL %q: %w", raw, err)
	}
	return rq, nil
}

// target returns path and query of a URL as written, without the fragment, which a client keeps to itself.
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

// Header lets a header field of the client count: Host and Cookie do. The error is about a Host that names no host
// and port, or a cookie without a name. An empty Host stands for a request that has none (R8).
func Header(rq *match.Request, name, value string) error {
	switch strings.ToLower(name) {
	case "host":
		if err := checkHost(value); err != nil {
			return diag.Errorf("Host %q: %w", value, err)
		}
		rq.Host = value
	case "cookie":
		return Cookie(rq, value)
	}
	if holdsControl(name) || holdsControl(value) {
		return errControl
	}
	return nil
}

var errControl = errors.New("it holds a control character, which no client can send there")

// holdsControl looks for what no field of a head may hold, as it would end the field. A tab may stand there.
func holdsControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// Cookie adds what a Cookie header holds: NAME=VALUE, or several of them with ; between. A cookie without a name is
// an error: no rule could ever look at it.
func Cookie(rq *match.Request, field string) error {
	if holdsControl(field) {
		return diag.Errorf("cookie %q: %w", field, errControl)
	}
	for pair := range strings.SplitSeq(field, ";") {
		if pair = strings.Trim(pair, " \t"); pair != "" && strings.IndexByte(pair, '=') < 1 {
			return diag.Errorf("cookie %q: want NAME=VALUE", pair)
		}
	}
	if strings.Trim(field, "; \t") == "" {
		return diag.Errorf("cookie %q: want NAME=VALUE", field)
	}
	rq.Cookies = append(rq.Cookies, field)
	return nil
}

// checkHost reports what is wrong with HOST or HOST:PORT; "" stands for no host at all.
func checkHost(value string) error {
	host, port := match.SplitHost(value)
	switch {
	case value == "":
		return nil
	case host == "" || strings.ContainsAny(value, "/?#@ \t") || strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Errorf("want HOST or HOST:PORT")
	case strings.HasPrefix(host, "["):
		addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || !addr.Is6() || !strings.HasSuffix(host, "]") {
			return fmt.Errorf("want an IPv6 address in brackets, as in [2001:db8::1]:80")
		}
	case strings.ContainsAny(host, ":[]"):
		return fmt.Errorf("an IPv6 address stands in brackets, as in [2001:db8::1]:80")
	}
	if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
		return diag.Errorf("port %q, want 1 to 65535", port)
	}
	return nil
}
