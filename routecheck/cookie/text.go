package cookie

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// pair is a cookie as it is sent; name is "" for a value alone.
type pair struct{ name, value string }

// Parse takes what somebody typed for the cookie of a session: its value, NAME=VALUE, a whole Cookie header, or a
// Set-Cookie header. Of several cookies it takes the one that is watched where the request goes, that some Uri
// watches, JSESSIONID, or the first that looks like a session.
func (q *Question) Parse(text string) error {
	pairs, err := q.pairs(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	i := q.session(pairs)
	if i < 0 {
		return diag.Errorf("%q holds no cookie of a session; write it as NAME=VALUE", text)
	}
	q.Name, q.Value = pairs[i].name, pairs[i].value
	for _, p := range pairs[i+1:] {
		if p.name == q.Name {
			q.Others++
		}
	}
	if q.Name == "" {
		q.Name = q.watched()
	}
	return nil
}

// pairs reads the cookies, and the attributes of a Set-Cookie header. People paste it with and without its name, so
// one is also known by what only it has: what stands behind the first ; is no cookie then.
func (q *Question) pairs(text string) (pairs []pair, err error) {
	header, rest, found := strings.Cut(text, ":")
	sets := found && strings.EqualFold(header, "Set-Cookie")
	if found && (sets || strings.EqualFold(header, "Cookie")) {
		text = strings.TrimSpace(rest)
	}
	first, more, _ := strings.Cut(text, ";")
	if sets || hasAttributes(more) {
		text, q.Attributes = first, readAttributes(more)
	}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, named := strings.Cut(part, "=")
		if !named {
			name, value = "", part
		}
		pairs = append(pairs, pair{name, value})
	}
	if len(pairs) == 0 || pairs[0].value == "" {
		return nil, diag.Errorf("cookie %q has no value", text)
	}
	return pairs, nil
}

// hasAttributes tells a Set-Cookie header by what stands behind its first ;.
func hasAttributes(text string) bool {
	for part := range strings.SplitSeq(text, ";") {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), "=")
		if slices.Contains([]string{"path", "domain", "secure", "httponly", "samesite", "max-age", "expires"}, name) {
			return true
		}
	}
	return false
}

// session chooses among several cookies, -1 for none. A single one is taken as it is, whatever its name.
func (q *Question) session(pairs []pair) int {
	if len(pairs) == 1 {
		return 0
	}
	var names []string
	if w := q.watched(); w != "" {
		names = append(names, w)
	}
	if q.Table != nil {
		for i := range q.Table.Routes {
			names = append(names, cookiesOf(&q.Table.Routes[i])...)
		}
	}
	for _, name := range append(names, "JSESSIONID") {
		if i := slices.IndexFunc(pairs, func(p pair) bool { return p.name == name }); i >= 0 {
			return i
		}
	}
	// none has a name that is known: one that begins with four digits may be a session (S1)
	return slices.IndexFunc(pairs, func(p pair) bool {
		return len(p.value) > cacheIDLength && strings.Trim(p.value[:cacheIDLength], "0123456789") == ""
	})
}

// watched is the cookie that the winning Uri of the request names (R4), "" where there is none.
func (q *Question) watched() string {
	if q.Table == nil || q.Request == nil {
		return ""
	}
	if m, ok := q.Table.Match(q.Request, &q.Sem); ok {
		return m.Cookie()
	}
	return ""
}

// cookiesOf lists the cookies that the Uris of a Route name, each once; what R3 makes of a Uri has the same.
func cookiesOf(rt *match.Route) (names []string) {
	if rt.URIs == nil {
		return nil
	}
	for i := range rt.URIs.Patterns {
		if name := rt.URIs.Patterns[i].Source.AffinityCookie.V; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
