package answers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// This file reads what people write of a request where the file can say the rest: a path without a host, a session
// value without the name of its cookie.

// wholeURL puts http:// before HOST[:PORT]/PATH.
func wholeURL(text string) string {
	host, _, path := strings.Cut(text, "/")
	if strings.Contains(text, "://") || !path || host == "" {
		return text
	}
	return "http://" + text
}

func isPath(text string) bool { return strings.HasPrefix(text, "/") }

// place is a host and port of the file, as a client names it.
type place struct {
	url     string // "http://shop.example.com"
	cluster string // that gets the path there, "" for none
}

// hostFor finds a host for a path without one: every alias of a Route is asked, and where all give the path to one
// cluster, or to none, the first is taken. The note says for how many hosts the answer is the same.
func hostFor(t *routecheck.Table, sem *choices.Assumptions, path string) (url, note string, err error) {
	all, any := places(t)
	if len(all) == 0 {
		return "", "", app.Misuse("%q is a path, and no Route has an alias: write http://HOST%s", path, path)
	}
	for i := range all {
		rq, err := (&Request{URL: all[i].url + path, Method: "GET"}).read()
		if err != nil {
			return "", "", err
		}
		if m, ok := t.Match(&rq, sem); ok {
			all[i].cluster = t.Clusters[m.Cluster].Name
		}
	}
	if slices.ContainsFunc(all, func(p place) bool { return p.cluster != all[0].cluster }) {
		return "", "", severalAnswers(path, all)
	}
	switch {
	case len(all) > 1:
		note = fmt.Sprintf("same for all %d hosts", len(all))
	case any:
		note = "any host"
	}
	return all[0].url + path, note, nil
}

// places lists the hosts and ports of all aliases of Routes, each once. any says that the first stands for any host.
func places(t *routecheck.Table) (all []place, any bool) {
	// The order is that of the file, so the host that is taken, and the list of severalAnswers, are always the same.
	unused := space.Unused(t)
	seen := map[string]bool{}
	add := func(host string, port int) {
		any = any || len(all) == 0 && host == "*"
		if url := originOf(unused, host, port); !seen[url] {
			seen[url] = true
			all = append(all, place{url: url})
		}
	}
	for i := range t.Routes {
		g := t.Routes[i].Vhosts
		if g == nil {
			add("*", 80) // a Route without a VirtualHostGroup: whatever host and port
			continue
		}
		for j := range g.Aliases {
			add(g.Aliases[j].Host, g.Aliases[j].Port)
		}
	}
	return all, any
}

// originOf is how a URL for an alias begins.
func originOf(unused space.UnusedNames, host string, port int) string {
	// A host that no alias names: of one that is named another alias could be the better match.
	if host == "*" {
		host = unused.Host
	}
	switch port {
	case 0, 80:
		return "http://" + host
	case 443:
		return "https://" + host
	}
	return "http://" + host + ":" + strconv.Itoa(port)
}

func severalAnswers(path string, all []place) error {
	// It is an error of the request, and not an answer for each host: which one is meant only the user knows.
	const most = 10
	text := diag.Sprintf("%q goes to several clusters; name the host:", path)
	for i, p := range all {
		if i == most {
			text += fmt.Sprintf("\n  ... and %d more", len(all)-most)
			break
		}
		cluster := p.cluster
		if cluster == "" {
			cluster = "declined"
		}
		text += diag.Sprintf("\n  %s%s  %s", p.url, path, cluster)
	}
	return &app.RequestError{Err: errors.New(text)}
}

// bareValue reports whether a cookie is given as the value alone: cache ID, session ID and perhaps clone IDs (R21).
func bareValue(cookie string) bool {
	// Four digits and no "=" can be no NAME=VALUE; a value whose cache ID has letters must be given with its name.
	const cacheID = 4
	return len(cookie) > cacheID && !strings.ContainsAny(cookie, "=; \t") && strings.Trim(cookie[:cacheID],
		"0123456789") == ""
}

// nameCookies gives values without a name that of the cookie which the winning Uri watches.
func (r *Request) nameCookies(t *routecheck.Table, sem *choices.Assumptions, rq routecheck.Request, notes *app.Notes) {
	// Which cookie is read hangs on the Uri that wins, and which Uri wins on no cookie: rq needs none of them.
	name, by := "JSESSIONID", "no Uri matches"
	if m, ok := t.Match(&rq, sem); ok {
		name, by = m.Cookie(), watchedBy(&m)
	}
	for i, c := range r.Cookies {
		if bareValue(c) {
			notes.Say("the value is taken for cookie %s: %s", name, by)
			r.Cookies[i] = name + "=" + c
		}
	}
}

func watchedBy(m *match.Match) string {
	if !m.HasURI() {
		return "a Route without UriGroup watches it"
	}
	return m.Pattern() + " watches it"
}

// withoutHeaderName takes a whole Cookie header for what stands in it.
func withoutHeaderName(cookie string) string {
	if name, value, ok := strings.Cut(cookie, ":"); ok && strings.EqualFold(name, "cookie") {
		return strings.TrimSpace(value)
	}
	return cookie
}
