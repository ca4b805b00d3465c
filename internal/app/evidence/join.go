package evidence

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// AccessJoin is what an access log says of the time of incidents.
type AccessJoin struct {
	Name       string
	Note       string // what is to be known of its times, "" nothing
	Requests   int64  // with a time
	Others     int64  // lines without one, or of another form
	Hit        int64  // requests of the plug-in's log that incidents hit, with what is needed to find them
	Found      int64  // those of them that exactly one line fits
	ByID       int64  // of Found, by the ID that both logs have
	NoMember   bool   // the log says which member answered: where it says none, no member was reached
	First      int64  // of the lines, on the clock of the web server; seconds
	Last       int64
	Members    []*MemberTimes // by address
	Further    int64          // requests of further members than Members has
	byIncident map[*story.Incident]*Seen
	members    map[string]*MemberTimes
}

// Seen is what clients saw while an incident went on.
type Seen struct {
	Requests  int64         // that began then
	Statuses  map[int]int64 // that they got
	Unreached int64         // without a member, where the log shows members
	Hit       int64         // requests that it hit, see AccessJoin
	Found     int64
	Got       map[int]int64 // statuses of those found
}

// Of returns what was seen of an incident, nil where there is nothing to be known.
func (a *AccessJoin) Of(i *story.Incident) *Seen {
	if a == nil {
		return nil
	}
	return a.byIncident[i]
}

// inUTC is what is to be known of a log of the W3C's form: nothing in it tells the web server's zone.
const inUTC = "its times are UTC, and those of http_plugin.log the web server's: unless that has UTC, too, requests " +
	"of another hour are compared; --log-zone +02:00, say, tells how far the web server's clock is ahead of UTC"

// maxHits bounds how many requests that were hit are looked for.
const maxHits = 100_000

// hits are the requests that incidents hit, by what an access log shows of them.
type hits struct {
	tale    *story.Story // says which incidents a request was hit by
	all     map[hitKey][]*hit
	n       int64           // of all, at most maxHits
	members map[string]bool // host:port of those that requests asked, in lower case
	ids     idJoin
}

// hitKey is a path, as a checksum, and the second in which a request began, on the clock of the web server.
type hitKey struct {
	path uint64
	at   int64
}

type hit struct {
	incidents []int    // numbers of incidents, which stay when incidents are folded
	method    string   // "" unknown
	members   []string // host:port of those that were asked; nil where the log does not show all of them
	fits      int      // lines that may be about it, each counted for every hit that it fits: 1 leaves no doubt
	status    int
	// Exactly one line has the ID of the request: that counts for more than what fits it.
	byID       bool
	statusByID int
}

func newHits(tale *story.Story) *hits {
	return &hits{tale: tale, all: map[hitKey][]*hit{}, members: map[string]bool{}, ids: newIDJoin()}
}

// add takes a finished request.
func (h *hits) add(r *requests.Request) error {
	numbers := h.tale.Hit(r)
	if len(numbers) == 0 || r.Start == 0 || h.n >= maxHits {
		return nil
	}
	h.n++
	k := hitKey{at: noPath}
	if r.Began && r.URI != "" {
		k = hitKey{pathOf(r.URI), wholeSecond(r.Start)}
	}
	one := &hit{incidents: numbers, method: strings.Clone(r.Method), members: askedOf(r)}
	for _, member := range one.members {
		h.members[strings.ToLower(member)] = true
	}
	h.all[k] = append(h.all[k], one)
	h.ids.expect(r, one)
	return nil
}

// noPath is the second of requests of which only an ID could tell what they were.
const noPath = math.MinInt64

// askedOf lists the members that a request asked, as %{WAS}e names them; nil where one of them is not known, as where
// the log does not show who answered in the end.
func askedOf(r *requests.Request) (all []string) {
	for i := range r.Attempts {
		at := &r.Attempts[i]
		last := i == len(r.Attempts)-1
		if at.Host == "" || at.Port == 0 || last && at.Outcome != requests.Answered {
			return nil
		}
		if place := fmt.Sprintf("%s:%d", at.Host, at.Port); !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	return all
}

// mayBe reports whether a line says nothing else than what is known of a request. A member that the plug-in's log has
// under no such name may be one of its members all the same.
func (h *hit) mayBe(r *accesslog.Record, known bool) bool {
	if h.method != "" && r.Method != "" && h.method != r.Method {
		return false
	}
	asked := func(member string) bool { return strings.EqualFold(member, r.WAS) }
	return h.members == nil || r.WAS == "" || slices.ContainsFunc(h.members, asked) || !known
}

// pathOf is a path without its query. The plug-in's log has it decoded.
// A checksum in place of the text keeps 100,000 hits small; with 64 bits, two paths of a log hardly share one.
func pathOf(target string) uint64 {
	path, _, _ := strings.Cut(target, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	sum := fnv.New64a()
	io.WriteString(sum, path)
	return sum.Sum64()
}

// join reads the access log, and the plug-in's once more where the access log has IDs.
func (h *hits) join(run *traceRun, log *app.URLs, all []*story.Incident) (*AccessJoin, error) {
	a := &AccessJoin{Name: app.DisplayName(log.Path), byIncident: map[*story.Incident]*Seen{},
		members: map[string]*MemberTimes{}}
	l, err := log.Open(run.input)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if l.Format.Name == accesslog.PluginLog {
		return nil, app.Wrong("access-log", " %s is a log of the plug-in: name it without a flag", diag.Quote(a.Name))
	}
	// The note is told even where nothing matches: that may be why.
	if l.Format.Name == accesslog.W3CName && log.Zone == "" {
		a.Note = inUTC
	}
	spans := a.spansOf(all)
	for {
		part, err := l.Source()
		if part.Block != nil {
			a.Others += int64(part.Block.TooLong)
			l.Format.Each(part.Block, func(r *accesslog.Record, ok bool) {
				if !ok || r.Time == 0 {
					a.Others++
					return
				}
				a.record(r, spans)
				h.record(r)
				h.ids.record(r)
			})
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	// IDs go before found: what they tell counts for more than place and time.
	if err := h.ids.find(run); err != nil {
		return nil, err
	}
	h.found(a)
	a.settle()
	return a, nil
}

// span is the time of an incident, in seconds.
type span struct {
	from, to int64
	seen     *Seen
}

// spansOf returns the times of incidents and their parts, the earliest first.
func (a *AccessJoin) spansOf(all []*story.Incident) (spans []span) {
	for _, head := range all {
		for _, i := range append([]*story.Incident{head}, head.Parts...) {
			// Without a time nothing can be laid beside it; a notice, such as a restart, hits nobody.
			if i.First == 0 || i.Kind.Notice() {
				continue
			}
			seen := &Seen{Statuses: map[int]int64{}, Got: map[int]int64{}}
			a.byIncident[i] = seen
			spans = append(spans, span{wholeSecond(i.First), wholeSecond(i.End()), seen})
		}
	}
	// Ascending, so that record may stop at the first that begins later than its line.
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	return spans
}

func wholeSecond(t pluginlog.Time) int64 { return int64(t) / int64(time.Second) }

// record counts a line for the incidents of its time.
func (a *AccessJoin) record(r *accesslog.Record, spans []span) {
	at := r.Clock()
	a.Requests++
	if a.First == 0 || at < a.First {
		a.First = at
	}
	a.Last = max(a.Last, at)
	a.NoMember = a.NoMember || r.WAS != ""
	a.took(r)
	for _, s := range spans {
		if s.from > at {
			break
		}
		if at > s.to {
			continue
		}
		s.seen.Requests++
		s.seen.Statuses[r.Status]++
		if r.WAS == "" {
			s.seen.Unreached++
		}
	}
}

// record notes which requests a line may be about. Logs that are written when a request is over show when it began all
// the same; clocks of two logs may differ by a second.
func (h *hits) record(r *accesslog.Record) {
	// Three seconds are looked at: that of the line, and those around it.
	k := hitKey{pathOf(r.Target), r.Clock() - 1}
	known := h.members[strings.ToLower(r.WAS)]
	var near []*hit
	for range 3 {
		for _, one := range h.all[k] {
			if one.mayBe(r, known) {
				near = append(near, one)
			}
		}
		k.at++
	}
	for _, hit := range near {
		hit.fits += len(near) // where a line fits several, it tells of none
		hit.status = r.Status
	}
}

// found adds up the requests that exactly one line fits. Those without a path count where their ID was found.
func (h *hits) found(a *AccessJoin) {
	byNumber := map[int]*Seen{}
	for i, seen := range a.byIncident {
		byNumber[i.Number()] = seen
	}
	for k, same := range h.all {
		for _, hit := range same {
			found := hit.byID || hit.fits == 1
			if k.at == noPath && !found {
				continue
			}
			a.Hit++
			if found {
				a.Found++
			}
			if hit.byID {
				a.ByID++
			}
			for _, n := range hit.incidents {
				if seen := byNumber[n]; seen != nil {
					seen.count(hit, found)
				}
			}
		}
	}
}

// count adds a request that the incident hit, with the status of the line that was found for it.
func (s *Seen) count(h *hit, found bool) {
	s.Hit++
	if found {
		s.Found++
		if h.byID {
			s.Got[h.statusByID]++
			return
		}
		s.Got[h.status]++
	}
}
