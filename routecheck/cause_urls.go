package routecheck

import (
	"iter"
	"strings"
)

// eachCookie yields name and value of the cookies of a request in the order sent.
func eachCookie(headers []string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, h := range headers {
			for pair := range strings.SplitSeq(h, ";") {
				if name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "="); ok && !yield(name, value) {
					return
				}
			}
		}
	}
}

// siteURL is a URL on the host of a request, and the Route that wins it.
type siteURL struct {
	url   string
	match Match
}

const mostSamples = 200 // patterns for which a URL is sought

// samples yields URLs on the host of the request that win by a wanted pattern of a Route.
func (q *inquiry) samples(wanted func(*route, *pattern) bool) iter.Seq[siteURL] {
	return func(yield func(siteURL) bool) {
		r := reacher{t: q.e.t, fresh: q.e.t.Fresh()}
		scheme, tried := "http://", 0
		if q.rq.TLS {
			scheme = "https://"
		}
		for i := range q.e.t.routes {
			if q.rq.Host == "" {
				return // no URL stands for such a request
			}
			rt := &q.e.t.routes[i]
			if rt.uris == nil {
				continue
			}
			for j := range rt.uris.patterns {
				p := &rt.uris.patterns[j]
				path, ok := r.path(p)
				if !ok || p.internal || !wanted(rt, p) {
					continue
				}
				if tried++; tried > mostSamples {
					return
				}
				rq := *q.rq
				rq.Target = path
				m, ok := q.e.t.Match(&rq, &q.e.sem)
				if ok && isOf(&m, p) && m.route == rt && !yield(siteURL{scheme + rq.Host + path, m}) {
					return
				}
			}
		}
	}
}
