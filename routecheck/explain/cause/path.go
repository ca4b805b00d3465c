package cause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// This file looks for paths that may have been meant.

// declinedPath: there are Routes for the host, and no Uri for the path.
func (q *inquiry) declinedPath() {
	path, _ := q.t.ComparedPath(q.rq, &q.sem, nil)
	if n := q.otherCase(path); n != nil {
		q.add("declined-path-case", "", []explain.Near{n.near}, "path", path, "pattern", n.pattern.Text,
			"at", q.where(n.pattern.At()))
		return
	}
	when, uri, roots := "", &match.Pattern{}, q.roots()
	// From the likeliest slip to the least: a typing error, a context root too many, a path below an exact Uri, one
	// that lacks its context root.
	near := slices.Concat(q.likeSegments(path, roots), q.withoutFirst(path))
	if exact := q.exact(path); exact != nil {
		when, uri = "exact", exact.pattern
		near = append(near, exact.near)
	}
	if len(near) == 0 {
		near = q.behindRoots(path, roots)
	}
	near = append(near, q.otherReadings()...)
	facts := []string{"path", path}
	if when != "" {
		facts = append(facts, "uri", uri.Text, "at", q.where(uri.At()))
	}
	q.add("declined-path", when, near, facts...)
}

// likePath is a near miss and the Uri that led to it.
type likePath struct {
	near    explain.Near
	pattern *match.Pattern
}

// patterns yields the Uris of all Routes, each group once, until visit returns false.
func (q *inquiry) patterns(visit func(*match.Pattern) bool) {
	seen := map[*match.URIGroup]bool{nil: true}
	for i := range q.t.Routes {
		g := q.t.Routes[i].URIs
		if seen[g] {
			continue
		}
		seen[g] = true
		for j := range g.Patterns {
			// Dead ones match nothing, whatever is asked.
			if p := &g.Patterns[j]; p.Kind != match.Dead && !visit(p) {
				return
			}
		}
	}
}

// withPath is the request for another path.
func (q *inquiry) withPath(path string) match.Request {
	rq := *q.rq
	_, query, asks := strings.Cut(rq.Target, "?")
	if rq.Target = (space.MatchKey{Path: path}).TargetIn(&q.sem); q.rq.Normalised {
		rq.Target = path
	}
	if asks {
		rq.Target += "?" + query
	}
	return rq
}

// otherCase asks for the path with the letter case of a Uri that it is like.
func (q *inquiry) otherCase(path string) (out *likePath) {
	q.patterns(func(p *match.Pattern) bool {
		head, tail := p.Head(), p.Tail()
		rest := len(path) - len(head) - len(tail)
		if rest < 0 || p.Kind == match.Exact && rest > 0 || !strings.EqualFold(path[:len(head)], head) ||
			!strings.EqualFold(path[len(path)-len(tail):], tail) {
			return true
		}
		// What * stands for keeps its letter case.
		other := head + path[len(head):len(head)+rest] + tail
		if other == path {
			return true
		}
		if n := q.forwarded(q.withPath(other), "in this letter case"); n != nil {
			out = &likePath{*n, p}
		}
		return out == nil
	})
	return out
}

// firstSegment is what stands between the first two slashes, and the rest of a path.
func firstSegment(path string) (segment, rest string) {
	segment = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(segment, '/'); i >= 0 {
		return segment[:i], segment[i:]
	}
	return segment, ""
}

// roots lists the first segments of the Uris, each once, in file order.
func (q *inquiry) roots() (all []string) {
	seen := map[string]bool{"": true}
	q.patterns(func(p *match.Pattern) bool {
		segment, rest := firstSegment(p.Head())
		if (rest != "" || p.Kind == match.Exact) && !seen[segment] {
			seen[segment] = true
			all = append(all, segment)
		}
		return true
	})
	return all
}

// likeSegments asks for paths whose first segment is one of the file's, one or two characters away.
func (q *inquiry) likeSegments(path string, roots []string) (near []explain.Near) {
	segment, rest := firstSegment(path)
	var far []explain.Near
	for _, root := range roots {
		d := diag.Distance(segment, root, 2)
		if len(near) == mostNear || d < 1 || d > min(2, len(segment)-1) {
			continue
		}
		what, into := "one character differs", &near
		if d == 2 {
			what, into = "two characters differ", &far
		}
		if n := q.forwarded(q.withPath("/"+root+rest), what); n != nil && len(*into) < mostNear {
			*into = append(*into, *n)
		}
	}
	return append(near, far...)
}

// withoutFirst asks for the path without its first segment, as where something was put in front of a context root.
func (q *inquiry) withoutFirst(path string) []explain.Near {
	segment, rest := firstSegment(path)
	if rest == "" {
		return nil
	}
	if n := q.forwarded(q.withPath(rest), "without /"+segment); n != nil {
		return []explain.Near{*n}
	}
	return nil
}

// exact finds a Uri without subtree under which the path stands.
func (q *inquiry) exact(path string) (out *likePath) {
	q.patterns(func(p *match.Pattern) bool {
		if p.Kind != match.Exact || p.Internal || p.Text == "/" || !strings.HasPrefix(path, p.Text+"/") {
			return true
		}
		if n := q.forwarded(q.withPath(p.Text), "this path alone"); n != nil {
			out = &likePath{*n, p}
		}
		return out == nil
	})
	return out
}

// behindRoots asks for the path behind each context root. Every Uri of a whole context root takes that, so it tells
// something only where there is one root, or where a longer Uri wins.
func (q *inquiry) behindRoots(path string, roots []string) (near []explain.Near) {
	const most = 200
	for _, root := range roots[:min(most, len(roots))] {
		rq := q.withPath("/" + root + path)
		m, ok := q.t.Match(&rq, &q.sem)
		q.asked++
		if !ok || len(near) == mostNear || len(roots) > 1 && m.URIScore() <= len("/"+root+"/") {
			continue
		}
		if n := q.forwarded(rq, "behind /"+root); n != nil {
			near = append(near, *n)
		}
	}
	return near
}

// otherReadings asks whether the path is forwarded where it is read in another way.
func (q *inquiry) otherReadings() (near []explain.Near) {
	// The choices about how a path is read; one value that helps is enough of each.
	for _, c := range []choices.Choice{choices.PathNormalisation, choices.PathParams, choices.SlashStarServesBare} {
		for v := range c.NumValues() {
			other := q.sem.With(c, v)
			m, ok := q.t.Match(q.rq, &other)
			if q.asked++; !ok || q.rq.Host == "" {
				continue
			}
			near = append(near, explain.Near{What: fmt.Sprintf("with --assume %s=%s", c, other.Value(c)),
				Cluster: q.t.Clusters[m.Cluster].Name, At: q.place(m.URIAt()),
				URL: scheme(q.rq.TLS) + "://" + q.rq.Host + q.rq.Target})
			break
		}
	}
	return near
}
