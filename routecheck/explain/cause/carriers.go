package cause

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// This file looks for sessions that could get home: in another place, or read in another way.

// carrier is where a session may stand in a request.
type carrier struct {
	kind        carrierKind
	name, value string
	watched     bool // the winning Uri names it (R4)
}

type carrierKind uint8

const (
	inCookie carrierKind = iota
	inPath               // behind ;name=
	inQuery
)

func (p *carrier) String() string {
	if p.kind == inCookie {
		return "the cookie"
	}
	return "the URL"
}

// watched are the places of the session identifiers.
func (q *inquiry) watched() (all []carrier) {
	for i := range q.a.Len() {
		s := q.a.ID(i)
		p := carrier{name: s.Name, value: s.Value, watched: true}
		if s.Source == affinity.SessionURL {
			p.kind = inPath
		}
		all = append(all, p)
	}
	return all
}

// unwatched are the places where a session may stand that nobody looks for.
func (q *inquiry) unwatched() (all []carrier) {
	for name, value := range eachCookie(q.rq.Cookies) {
		all = append(all, carrier{kind: inCookie, name: name, value: value})
	}
	// Wider than any Uri looks: each segment, and the query, where no rewriting should put a session.
	path, query, _ := strings.Cut(q.rq.Target, "?")
	for _, segment := range strings.Split(path, "/") {
		_, parameters, _ := strings.Cut(segment, ";")
		all = appendParameters(all, inPath, parameters, ";")
	}
	return appendParameters(all, inQuery, query, "&;")
}

func appendParameters(all []carrier, kind carrierKind, list, separators string) []carrier {
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if name, value, ok := strings.Cut(part, "="); ok {
			all = append(all, carrier{kind: kind, name: name, value: value})
		}
	}
	return all
}

// remedies are a set of changes that may bring a session home, in the order in which they are made.
type remedies uint8

const (
	otherPlace     remedies = 1 << iota // where the winning Uri looks for it (R4)
	otherCoding                         // %-decoded, or without quotes
	otherSeparator                      // that of the cluster (R21)
	otherCase                           // of the clone ID
)

// several are the sets of more than one change to a value.
var several = []remedies{otherCoding | otherSeparator, otherCoding | otherCase, otherSeparator | otherCase,
	otherCoding | otherSeparator | otherCase}

// reading is what a carrier says after some remedies.
type reading struct {
	*carrier
	mended string               // the value
	sem    *choices.Assumptions // under which it is read: otherCase changes it
	near   *explain.Near        // nil: it names a server, but does not lead to it
}

// mend tells the causes by the first set of remedies after which a carrier leads home, or names a server at least. It
// reports whether there was one.
func (q *inquiry) mend(carriers []carrier, sets ...remedies) bool {
	// Sets stand in the order of how much they change: what needs one change is not explained by two.
	for _, set := range sets {
		for i := range carriers {
			c := &carriers[i]
			if !c.watched {
				set |= otherPlace
			}
			if r := q.read(c, set); r != nil {
				q.tell(r, set)
				return true
			}
		}
	}
	return false
}

// read asks again after a set of remedies, nil where one of them changes nothing or the session leads nowhere.
func (q *inquiry) read(p *carrier, set remedies) *reading {
	r := &reading{carrier: p, mended: p.value, sem: &q.sem}
	var what []string
	for one := otherPlace; one <= otherCase; one <<= 1 {
		if set&one == 0 {
			continue
		}
		w := q.apply(r, one)
		if w == "" {
			return nil
		}
		what = append(what, w)
	}
	// Asked, not concluded: the mended session is sent in the cookie that is watched, wherever it was found.
	r.near = q.home(q.with(r.mended), r.sem, strings.Join(what, ", "))
	// Where it does not lead home, mending still counts if it names a server that it did not name before.
	if r.near == nil && (p.watched && q.names(p, p.value, &q.sem) || !q.names(p, r.mended, r.sem)) {
		return nil
	}
	return r
}

// names reports whether a session value names a server of the cluster or, where it is looked for, of another one.
func (q *inquiry) names(p *carrier, value string, sem *choices.Assumptions) bool {
	return slices.ContainsFunc(cloneIDs(q.c, value), func(id string) bool {
		if q.owner(id, sem) != match.NoMember {
			return true
		}
		_, elsewhere := q.elsewhere(id)
		return p.watched && (elsewhere != match.NoMember || q.c.GetTable && affinity.IsPartitionID(q.t, id))
	})
}

// apply makes one change to a reading and says what, "" where there is nothing to change.
func (q *inquiry) apply(r *reading, one remedies) string {
	before := r.mended
	switch one {
	case otherPlace:
		if r.kind == inCookie {
			return "in a cookie named " + q.m.Cookie()
		}
		return "behind ;" + q.m.Identifier() + "="
	case otherCoding:
		plain, ok := match.Decoded(strings.Trim(before, `"`))
		if !ok || plain == before {
			return ""
		}
		r.mended = plain
		return "where the value is " + plain
	case otherSeparator:
		behind := affinity.BehindCacheID(before)
		// The cache ID is left alone: separators begin behind it (R21).
		r.mended = before[:len(before)-len(behind)] + strings.ReplaceAll(behind, string(separatorNotOf(q.c)),
			string(q.c.Separator))
		if r.mended == before {
			return ""
		}
		return fmt.Sprintf("with %c as the separator", q.c.Separator)
	}
	r.sem = q.ignoringCase()
	return "in this letter case"
}

// tell adds the causes that a set of remedies takes away. The first has the near miss, and the advice of all.
func (q *inquiry) tell(r *reading, set remedies) {
	before := len(q.causes)
	for _, one := range []remedies{otherPlace, otherSeparator, otherCoding, otherCase} {
		if set&one != 0 {
			q.addMended(r, one)
		}
	}
	first := &q.causes[before]
	for _, c := range q.causes[before+1:] {
		first.Advice += "; " + c.Advice
	}
	// What is told of the session from here on is about the mended value, in the spelling of the file.
	if r.near == nil {
		q.ids = cloneIDs(q.c, r.mended)
		for i, id := range q.ids {
			if m := q.owner(id, r.sem); m != match.NoMember {
				q.ids[i] = q.c.Members[m].CloneID
			}
		}
		return
	}
	first.Near = append([]explain.Near{*r.near}, first.Near[:min(len(first.Near), mostNear-1)]...)
}

// addMended adds the cause that one remedy takes away: each remedy has one.
func (q *inquiry) addMended(r *reading, one remedies) {
	switch one {
	case otherPlace:
		q.notWatched(r)
	case otherSeparator:
		q.add("session-separator", "", nil, "carrier", r.String(),
			"other", string(separatorNotOf(q.c)), "separator", string(q.c.Separator))
	case otherCoding:
		how := "%-encoded"
		if plain, _ := match.Decoded(r.value); plain == r.value {
			how = "in quotes"
		}
		q.add("session-encoded", "", nil, "carrier", r.String(), "how", how)
	default:
		q.inOtherCase(r)
	}
}

// notWatched: the session stands in a cookie, or in a part of the URL, that the winning Uri does not name (R4).
func (q *inquiry) notWatched(r *reading) {
	by, watched, when := "the Route without UriGroup", q.m.Identifier(), "query"
	if q.m.HasURI() {
		by = q.m.Pattern()
	}
	var near []explain.Near
	switch {
	case r.kind == inPath:
		when = "path"
	case r.kind == inCookie:
		watched, near, when = q.m.Cookie(), q.watchers(r.name), ""
		if r.name == affinity.SSLCookie {
			when = "ssl"
		} else if strings.EqualFold(r.name, q.m.Cookie()) {
			when = "case"
		}
	}
	q.add("session-cookie-not-watched", when, near, "by", by, "watched", watched, "sent", r.name,
		"at", q.where(q.m.URIAt()))
}

// watchers are Uris of the same host that name a cookie.
func (q *inquiry) watchers(cookie string) (near []explain.Near) {
	for s := range q.samples(
		func(r *match.Route, p *match.Pattern) bool { return p.Source.AffinityCookie.V == cookie }) {
		near = append(near, explain.Near{What: "watches cookie " + cookie, Name: s.match.Pattern(),
			Cluster: q.t.Clusters[s.match.Cluster].Name,
			URL:     s.url, At: q.place(s.match.URIAt())})
		if len(near) == mostNear {
			break
		}
	}
	return near
}

// inOtherCase: where letter case did not count, the session would be at home.
func (q *inquiry) inOtherCase(r *reading) {
	for _, id := range cloneIDs(q.c, r.mended) {
		if m := q.owner(id, r.sem); m != match.NoMember {
			q.add("session-case", "", nil, "id", id, "own", q.c.Members[m].CloneID, "member", q.c.Members[m].Name)
			return
		}
	}
}

// separatorNotOf is the one that CloneSeparatorChange does not name (R21).
func separatorNotOf(c *match.Cluster) byte {
	if c.Separator == '+' {
		return ':'
	}
	return '+'
}

// cloneIDs are the IDs of a session value that are not empty.
func cloneIDs(c *match.Cluster, value string) []string {
	return slices.DeleteFunc(affinity.CloneIDs(value, c.Separator), func(id string) bool { return id == "" })
}

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
	match match.Match
}

const mostSamples = 200 // patterns for which a URL is sought

// samples yields URLs on the host of the request that win by a wanted pattern of a Route.
func (q *inquiry) samples(wanted func(*match.Route, *match.Pattern) bool) iter.Seq[siteURL] {
	return func(yield func(siteURL) bool) {
		unused := space.Unused(q.t)
		scheme, tried := "http://", 0
		if q.rq.TLS {
			scheme = "https://"
		}
		for i := range q.t.Routes {
			if q.rq.Host == "" {
				return // no URL stands for such a request
			}
			rt := &q.t.Routes[i]
			if rt.URIs == nil {
				continue
			}
			for j := range rt.URIs.Patterns {
				p := &rt.URIs.Patterns[j]
				path, ok := unused.Path(p)
				if !ok || p.Internal || !wanted(rt, p) {
					continue
				}
				if tried++; tried > mostSamples {
					return
				}
				rq := *q.rq
				rq.Target = path
				q.asked++
				m, ok := q.t.Match(&rq, &q.sem)
				if ok && m.By(p) && m.Of(rt) && !yield(siteURL{scheme + rq.Host + path, m}) {
					return
				}
			}
		}
	}
}
