package question

import (
	"strings"

	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

// mostURLs bounds how many URLs are looked at: a file of thousands of Uris repeats itself.
const mostURLs = 4000

// routingQuestions are requests of which the cluster alone counts: samples of each Route, written in other ways, too.
// controls hang on nothing: one for each Route, and they must go where they go.
func (p *Planner) routingQuestions() (asks, controls []*Question) {
	t, sem := p.Table, &p.Base
	seen := map[string]bool{}
	add := func(url string) (hangs bool) {
		url = p.sent(url)
		rq, err := written.URL(url)
		if seen[url] || err != nil || len(seen) > mostURLs {
			return false
		}
		seen[url] = true
		q := routing(t, url, rq, sem)
		if hangs = hangsOn(t, &rq, sem); hangs {
			asks = append(asks, q)
		}
		return hangs
	}
	for _, url := range probe.URLs() {
		add(url)
	}
	for _, rs := range space.Samples(t, sem) {
		for i, s := range rs.Requests {
			hangs := add(s.URL)
			for _, other := range otherForms(s.URL) {
				add(other)
			}
			url := p.sent(s.URL)
			if rq, err := written.URL(url); i == 0 && !hangs && err == nil && len(controls) < mostControls {
				controls = append(controls, routing(t, url, rq, sem))
			}
		}
	}
	return asks, controls
}

// mostControls bounds the requests that only see whether Routes lead where they should.
const mostControls = 15

// routing is the question where a request goes. Its cluster is that under the values that are assumed, -1 for none.
func routing(t *match.Table, url string, rq match.Request, sem *choices.Assumptions) *Question {
	q := &Question{Name: "where " + url + " goes", Cluster: -1, Routing: true, Steps: []Step{{Request: rq}}}
	if m, ok := t.Match(&rq, sem); ok {
		q.Cluster = m.Cluster
	}
	return q
}

// hangsOn reports whether a request consults an open choice on its way to a cluster.
func hangsOn(t *match.Table, rq *match.Request, sem *choices.Assumptions) bool {
	var seen choices.Consulted
	t.Decide(rq, sem, &seen)
	return seen.Asked() != 0
}

// otherForms are other ways to write the path of a URL, which some values of open choices read alike (path-params,
// path-normalisation, merge-slashes, slash-star-serves-bare).
func otherForms(url string) (out []string) {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, ok := strings.Cut(rest, "/")
	if !ok {
		return nil
	}
	to := func(path string) { out = append(out, scheme+"://"+host+"/"+path) }
	to(path + ";jsessionid=0000x")
	to(path + ";wasplug=1")
	to("/" + path)
	to("wasplug-verify/../" + path)
	if path != "" {
		to("%" + hex(path[0]) + path[1:])
	}
	if parent, _, below := cutLast(path, "/"); below {
		to(parent) // what /x/* makes of /x
	}
	return out
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func hex(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}
