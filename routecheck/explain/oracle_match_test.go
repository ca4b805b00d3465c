package explain

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file is a naive reading of section 2 of the procedure, written from its text alone, and what holds the matcher
// against it.

// oracleRoute is a Route; a nil list is a group that the Route does not name.
type oracleRoute struct {
	aliases []string
	uris    []oracleURI
}

type oracleURI struct{ text, cookie, identifier string }

// oracleFound is a Route that matches.
type oracleFound struct {
	route, uriScore, vhostScore int
	alias                       string
	uri                         oracleURI
	suffix                      bool // R15 under prefix-first: gives way to any other, also of another Route
}

// oracleMatch is section 2, Route by Route.
func oracleMatch(
	routes []oracleRoute, compat bool, rq *match.Request, sem *choices.Assumptions,
) (best oracleFound, ok bool) {
	is := func(c choices.Choice, value string) bool { return sem.Value(c) == value }
	host, port, written := oracleSplit(rq.Host)
	path, ok := oraclePath(routes, rq, is)
	if !ok {
		return best, false
	}
	ok = false
	switch {
	case compat:
		port = fmt.Sprint(rq.Port)
	case !written && rq.TLS && is(choices.TLSDefaultPort, "443"):
		port = "443"
	case !written:
		port = "80"
	}
	better := func(a, b int) bool { return a > b || a == b && is(choices.ScoreTie, "last") }
	for i, r := range routes {
		if (r.aliases == nil || r.uris == nil) && is(choices.OpenRoute, "never") {
			continue
		}
		f := oracleFound{route: i, vhostScore: -1, uriScore: -1}
		for _, a := range r.aliases {
			if s := oracleAlias(a, host, port, is); s >= 0 && better(s, f.vhostScore) {
				f.alias, f.vhostScore = a, s
			}
		}
		plain := false
		for _, u := range oracleURIs(r.uris, is(choices.SlashStarServesBare, "yes")) {
			head, tail, star := strings.Cut(u.text, "*")
			matches := path == u.text
			if star {
				matches = !strings.Contains(tail, "*") && len(path) >= len(head)+len(tail) &&
					strings.HasPrefix(path, head) &&
					strings.HasSuffix(path, tail)
			}
			suffix := tail != "" && is(choices.SuffixPatterns, "prefix-first")
			if !matches || suffix && plain {
				continue
			}
			if s := len(head) + len(tail); better(s, f.uriScore) ||
				!suffix && !plain && is(choices.SuffixPatterns, "prefix-first") {
				f.uri, f.uriScore, f.suffix = u, s, suffix
			}
			plain = plain || !suffix
		}
		if r.aliases == nil {
			f.vhostScore = 0
		}
		if r.uris == nil {
			f.uriScore, f.uri = 0, oracleURI{cookie: "JSESSIONID", identifier: "jsessionid"}
		}
		if f.vhostScore < 0 || f.uriScore < 0 {
			continue
		}
		if !ok || oracleBeats(f, best, is) {
			best, ok = f, true
		}
	}
	return best, ok
}

func oracleBeats(a, b oracleFound, is func(choices.Choice, string) bool) bool {
	// The text does not say which of two choices goes first: here vhost-then-uri does, so a better host wins even for
	// a suffix pattern.
	if a.suffix != b.suffix && !(is(choices.ScoreCombination, "vhost-then-uri") && a.vhostScore != b.vhostScore) {
		return b.suffix
	}
	keys := [2]int{a.uriScore + a.vhostScore - b.uriScore - b.vhostScore, 0}
	switch {
	case is(choices.ScoreCombination, "uri-then-vhost"):
		keys = [2]int{a.uriScore - b.uriScore, a.vhostScore - b.vhostScore}
	case is(choices.ScoreCombination, "vhost-then-uri"):
		keys = [2]int{a.vhostScore - b.vhostScore, a.uriScore - b.uriScore}
	}
	if keys[0] == 0 {
		return keys[1] > 0 || keys[1] == 0 && is(choices.ScoreTie, "last")
	}
	return keys[0] > 0
}

// oracleURIs adds the internal Uris of R3, directly before their origin.
func oracleURIs(uris []oracleURI, bare bool) (out []oracleURI) {
	for _, u := range uris {
		short := strings.TrimSuffix(u.text, "/*")
		if bare && short != u.text && !strings.Contains(short, "*") &&
			!slices.ContainsFunc(uris, func(v oracleURI) bool { return v.text == short }) {
			out = append(out, oracleURI{short, u.cookie, u.identifier})
		}
		out = append(out, u)
	}
	return out
}

// oracleAlias is the score of an alias, -1 when it does not match.
func oracleAlias(alias, host, port string, is func(choices.Choice, string) bool) int {
	h, p, ok := oracleSplit(alias)
	if !ok {
		p = "80"
	}
	if h != "*" && h != host &&
		!(is(choices.IPv6Hosts, "address") && oracleSameAddress(h, host)) || p != "*" && p != port {
		return -1
	}
	if is(choices.VhostScore, "characters") {
		return len(strings.NewReplacer("*", "", ":", "").Replace(alias))
	}
	class := 1
	if h != "*" {
		class += 2
	}
	if p != "*" {
		class++
	}
	return class
}

// oracleSplit divides a Host or an alias; an IPv6 address stands in brackets.
func oracleSplit(s string) (host, port string, written bool) {
	s = strings.ToLower(s)
	if end := strings.Index(s, "]"); strings.HasPrefix(s, "[") && end > 0 {
		_, port, written = strings.Cut(s[end:], ":")
		return s[:end+1], port, written
	}
	return strings.Cut(s, ":")
}

func oracleSameAddress(a, b string) bool {
	read := func(s string) (netip.Addr, error) { return netip.ParseAddr(strings.Trim(s, "[]")) }
	x, errX := read(a)
	y, errY := read(b)
	return errX == nil && errY == nil && x == y && x.Is6()
}

// oraclePath is R14 and R16: what is compared; false where the web server refuses the path.
func oraclePath(routes []oracleRoute, rq *match.Request, is func(choices.Choice, string) bool) (string, bool) {
	p, _, _ := strings.Cut(rq.Target, "?")
	if !rq.Normalised {
		var ok bool
		if p, ok = oracleNormalised(p, is); !ok {
			return "", false
		}
	}
	idents := []string{"jsessionid"}
	for _, r := range routes {
		for _, u := range r.uris {
			idents = append(idents, u.identifier)
		}
	}
	switch {
	case is(choices.PathParams, "cut-at-semicolon"):
		p, _, _ = strings.Cut(p, ";")
	case is(choices.PathParams, "cut-at-identifier"):
		whole := p
		for _, ident := range idents {
			if cut, _, ok := strings.Cut(whole, ";"+ident+"="); ok && len(cut) < len(p) {
				p = cut
			}
		}
	}
	return p, true
}

// oracleNormalised is the fine print of R16: decode once, merge slashes, remove dot segments.
func oracleNormalised(p string, is func(choices.Choice, string) bool) (string, bool) {
	whole := is(choices.PathNormalisation, "decode-and-clean")
	if whole || is(choices.PathNormalisation, "decode") {
		var out []byte
		for i := 0; i < len(p); i++ {
			if p[i] != '%' {
				out = append(out, p[i])
				continue
			}
			if i+3 > len(p) {
				return "", false
			}
			n, err := strconv.ParseUint(p[i+1:i+3], 16, 8)
			if err != nil || n == 0 || n == '/' {
				return "", false
			}
			out = append(out, byte(n))
			i += 2
		}
		p = string(out)
	}
	if !whole && !is(choices.PathNormalisation, "clean") {
		return p, true
	}
	for is(choices.MergeSlashes, "yes") && strings.Contains(p, "//") {
		p = strings.Replace(p, "//", "/", 1)
	}
	parts := strings.Split(p, "/")[1:] // each stands behind a slash
	var kept []string
	for i, part := range parts {
		last := i == len(parts)-1
		switch part {
		case ".":
		case "..":
			if len(kept) == 0 {
				return "", false
			}
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, part)
			last = false
		}
		if last { // a dot segment at the end leaves its slash
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/"), true
}

// oracleInURL is the session identifier of R20. The text does not say which path it is read from: here the one that
// was sent.
func oracleInURL(rq *match.Request, identifier string) string {
	path, _, _ := strings.Cut(rq.Target, "?")
	_, value, ok := strings.Cut(path, ";"+identifier+"=")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(value, ";/"); end >= 0 {
		value = value[:end]
	}
	return identifier + "=" + value
}

// TestOraclePath holds what the web server leaves of a path against the text of R16.
func TestOraclePath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := []string{"/", "/", "//", "/.", "/..", "/...", "a", "b", ".", "..", "%2e",
			"%2E%2e", "%2f", "%2F", "%00",
			"%", "%4", "%zz", "%252F", "%61", "%3B", "%3f", "%c3%a4", ";", "é", "%20", "+"}
		p := "/" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "path"), "")
		sem := choices.Latest()
		sem = sem.With(choices.PathNormalisation,
			uint8(rapid.IntRange(0, int(choices.PathNormalisation.NumValues())-1).Draw(t, "normalisation")))
		sem = sem.With(choices.MergeSlashes, uint8(rapid.IntRange(0, 1).Draw(t, "merge")))
		rq := get(p + rapid.SampledFrom([]string{"", "?", "?/../%zz"}).Draw(t, "query"))
		want, ok := oracleNormalised(p, func(c choices.Choice, value string) bool { return sem.Value(c) == value })
		reason, refused := mustParse(clusterXML("", "", server("a", ""))).Refusal(&rq, &sem)
		if got := match.SeenPath(&rq, &sem); ok == refused || ok && got != want {
			t.Fatalf("%v %s: got %q, refused %d, want %q %t", changed(&sem), rq.Target, got, reason, want, ok)
		}
	})
}

// TestOracleMatch holds the matcher against the text of section 2.
func TestOracleMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
		var routes []oracleRoute
		var groups, links strings.Builder
		for i := range d.n("routes", 1, 5) {
			var r oracleRoute
			link := ""
			if !d.yes("anyHost", 8) {
				link += fmt.Sprintf(` VirtualHostGroup="v%d"`, i)
				fmt.Fprintf(&groups, `<VirtualHostGroup Name="v%d">`, i)
				for range d.n("aliases", 1, 4) {
					a := pick("host", "*", "*", "a", "A", "bb", "a*", "[::1]", "[0:0::1]", "[2001:DB8::2]") +
						pick("port", "", ":80", ":443", ":9080", ":*", ":*")
					r.aliases = append(r.aliases, a)
					fmt.Fprintf(&groups, `<VirtualHost Name="%s"/>`, a)
				}
				groups.WriteString("</VirtualHostGroup>")
			}
			if !d.yes("anyURI", 8) {
				link += fmt.Sprintf(` UriGroup="u%d"`, i)
				fmt.Fprintf(&groups, `<UriGroup Name="u%d">`, i)
				for range d.n("uris", 1, 5) {
					u := oracleURI{pick("uri", "/*", "/x", "/x/*", "/x*", "/x/y", "/x/y/*", "*.jsp",
						"/x/*.jsp", "/*/*", "/x/y.jsp",
						"*", "/X", "/x/*y", "/x/y/", "/x/"),
						pick("cookie", "JSESSIONID", "JSESSIONID", "OTHER"),
						pick("identifier", "jsessionid", "jsessionid", "other")}
					r.uris = append(r.uris, u)
					fmt.Fprintf(&groups, `<Uri Name="%s" AffinityCookie="%s" AffinityURLIdentifier="%s"/>`,
						u.text, u.cookie, u.identifier)
				}
				groups.WriteString("</UriGroup>")
			}
			routes = append(routes, r)
			fmt.Fprintf(&links, `<Route ServerCluster="C"%s/>`, link)
		}
		compat := d.yes("compat", 4)
		text := fmt.Sprintf(`<Config VHostMatchingCompat="%t"><ServerCluster Name="C">%s</ServerCluster>%s%s</Config>`,
			compat, server("a", ""), groups.String(), links.String())
		table := mustParse(text)
		sem := choices.Latest()
		for c := choices.ScoreCombination; c <= choices.OpenRoute; c++ {
			if d.yes(c.String(), 3) {
				sem = sem.With(c, uint8(d.n(c.String(), 0, int(c.NumValues())-1)))
			}
		}
		sem = sem.With(choices.IPv6Hosts, uint8(d.n("ipv6-hosts", 0, 1)))
		if sem.Is(choices.OpenRoute, choices.OpenRejects) {
			sem = sem.With(choices.OpenRoute, choices.OpenNever)
		}
		for range d.n("requests", 1, 10) {
			rq := match.Request{TLS: d.yes("tls", 3), Port: d.of("port", 80, 443, 9080),
				Normalised: d.yes("normalised", 6),
				Host: pick("host", "a", "A", "bb", "c", "[::1]", "[0::1]", "[2001:db8:0::2]") +
					pick("port", "", ":80", ":443", ":9080"),
				Target: pick("path", "/", "/x", "/x/", "/x/y", "/x/y/", "/x/y.jsp", "/x/y/z.jsp", "/X",
					"/x/.jsp", "/xx", "/.jsp",
					"/x/y/*", "/*/*", "//x", "/x//y", "/z/../x", "/x/./y", "/x/%79", "/x%2Fy", "/..", "/%78/..",
					"/x/%2e%2e/x/y.jsp", "/x%3Bjsessionid=2") +
					pick("params", "", "", "", ";jsessionid=1:a", ";jsessionid=0000%31:a",
						";jsessionid=0000/../x", ";other=1",
						";jsessionid", ";a=1;other=2", ";a=1", ";JSESSIONID=2") +
					pick("query", "", "", "?x=/y;z", "?")}
			m, ok := table.Match(&rq, &sem)
			want, wantOK := oracleMatch(routes, compat, &rq, &sem)
			// Of aliases with the same score the one named may be another: routecheck prefers the more specific, R13
			// the first.
			score := -1
			if h, p := table.HostPort(&rq, &sem); m.Alias() != "" {
				score = oracleAlias(m.Alias(), h, fmt.Sprint(p),
					func(c choices.Choice, value string) bool { return sem.Value(c) == value })
			} else if ok {
				score = m.VhostScore()
			}
			if !wantOK {
				want.vhostScore = -1
			}
			got := fmt.Sprint(ok, max(m.Route(), 0), score, " ", m.Cookie(), m.Identifier(), " ", m.URI())
			if w := fmt.Sprint(wantOK, want.route, want.vhostScore, " ", want.uri.cookie, want.uri.identifier, " ",
				want.uri.text); got != w && (ok || wantOK) {
				t.Fatalf("%s\n%v %+v\ngot  %s\nwant %s", text, changed(&sem), rq, got, w)
			}
			if !ok {
				continue
			}
			session := ""
			for a, i := affinity.Of(table, &rq, &m, &sem, nil), 0; i < a.Len(); i++ {
				_, name, value := a.Session(i)
				session += name + "=" + value
			}
			if w := oracleInURL(&rq, want.uri.identifier); session != w {
				t.Fatalf("%s\n%v %+v\ngot session %s\nwant %s", text, changed(&sem), rq, session, w)
			}
		}
	})
}
