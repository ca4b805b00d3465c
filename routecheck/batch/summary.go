package batch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Lines counts what the lines of a log are, and when they were.
type Lines struct {
	All, Broken, TooLong int64
	First, Last          int64 // seconds since 1970, 0 unknown
}

func (l *Lines) see(r *accesslog.Record) {
	if r.Time != 0 {
		if l.First == 0 || r.Time < l.First {
			l.First = r.Time
		}
		l.Last = max(l.Last, r.Time)
	}
}

func (l *Lines) merge(o *Lines) {
	l.All, l.Broken, l.TooLong = l.All+o.All, l.Broken+o.Broken, l.TooLong+o.TooLong
	if l.First == 0 || o.First != 0 && o.First < l.First {
		l.First = o.First
	}
	l.Last = max(l.Last, o.Last)
}

// Summary counts the answers about a log.
type Summary struct {
	Lines
	Requests int64
	Groups   map[string]*Group
	Causes   map[string]*Cause
	Agreed   Agreement

	part  bool     // of a part of the log, whose text is there as long as it is
	spare []*Group // for further ones
}

// Group is the requests with one answer, or with one value of what they are grouped by.
type Group struct {
	Name     string
	Kind     Kind // of its first request
	Count    int64
	Paths    Top
	Statuses [6]int64 // that clients got, by their first digit; 0 unknown
}

// Cause is the requests whose sessions do not get home for one reason.
type Cause struct {
	Code, Text string
	Count      int64
	Sessions   Distinct
	Line       int // of the first
}

// Grouping says what requests are counted by.
type Grouping func(r *accesslog.Record, a *Answer) string

// Groupings are the ways by their names; that without a name is by cluster and members.
var Groupings = map[string]Grouping{
	"": func(_ *accesslog.Record, a *Answer) string { return a.Label },
	"cluster": func(_ *accesslog.Record, a *Answer) string {
		return cmp.Or(a.Cluster, a.Kind.String())
	},
	"member": func(_ *accesslog.Record, a *Answer) string {
		if len(a.Members) == 1 {
			return a.Members[0] + " of " + a.Cluster
		}
		return a.Label
	},
	"path": func(r *accesslog.Record, _ *Answer) string { return pathOf(r) },
	"host": func(r *accesslog.Record, _ *Answer) string { return cmp.Or(r.Host, "no host in the log") },
	"cause": func(_ *accesslog.Record, a *Answer) string {
		return cmp.Or(a.Cause, "no session is lost")
	},
	"status": func(r *accesslog.Record, _ *Answer) string {
		return []string{"unknown", "1xx", "2xx", "3xx", "4xx", "5xx"}[class(r)]
	},
}

// String is the kind in words.
func (k Kind) String() string {
	return []string{"", "forwarded", "declined", "refused by the web server", "not known: no host in the log",
		"no request"}[k]
}

// labelled says in words who gets a request.
func labelled(t Target) *Target {
	if t.Label = t.Kind.String(); t.Kind == forwarded {
		t.Label = cmp.Or(strings.Join(t.Members, " or "), "nobody") + " of " + t.Cluster
		if t.Home {
			t.Label = t.Members[0] + " by its session of " + t.Cluster
		}
	}
	return &t
}

// pathOf is the path of a request, without its query and its session, which are nobody else's affair.
func pathOf(r *accesslog.Record) string {
	path, _ := match.PathOf(r.Target)
	path, _, _ = strings.Cut(path, ";")
	return path
}

func class(r *accesslog.Record) int {
	if c := r.Status / 100; c >= 1 && c <= 5 {
		return c
	}
	return 0
}

// maxGroups bounds the groups by path or host; what comes later is counted as one.
const (
	maxGroups = 4 * topKept
	others    = "all others"
)

// group is that of a name, new if there is none. In the summary of a part a name is a piece of its block; in that of
// the whole log it is a copy.
func (s *Summary) group(name string) *Group {
	g := s.Groups[name]
	if g == nil {
		if len(s.Groups) >= maxGroups {
			name = others
		}
		if g = s.Groups[name]; g == nil {
			g = s.newGroup(name)
			s.Groups[g.Name] = g
		}
	}
	return g
}

// newGroup returns a group of that name: in the summary of a part one that an earlier part has left, if there is any.
func (s *Summary) newGroup(name string) *Group {
	if !s.part {
		return &Group{Name: strings.Clone(name)}
	}
	n := len(s.spare) - 1
	if n < 0 {
		return &Group{Name: name}
	}
	g := s.spare[n]
	s.spare = s.spare[:n]
	g.Name = name
	return g
}

const (
	// maxSpare is how many groups are kept for the next part.
	maxSpare = 1000
	// spareTexts is how many texts such a group may have had where there are more than spareFew. A map does not
	// shrink: a group that was large once would stay so for whoever takes it next, and in time all would be.
	spareTexts = 100
	spareFew   = 16
)

// reset empties the summary of a part, so that the next one needs no memory of its own.
func (s *Summary) reset() {
	spare := s.spare
	alike := len(s.Groups)+len(spare) <= spareFew
	for _, g := range s.Groups {
		if len(spare) < maxSpare && (alike || len(g.Paths.counts) <= spareTexts) {
			g.Paths.reset()
			*g = Group{Paths: g.Paths}
			spare = append(spare, g)
		}
	}
	clear(s.Groups)
	*s = Summary{Groups: s.Groups, Causes: map[string]*Cause{}, part: true, spare: spare}
}

// add counts a request.
func (s *Summary) add(r *accesslog.Record, a *Answer, by Grouping) {
	s.Requests++
	g := s.group(by(r, a))
	if g.Kind == 0 {
		g.Kind = a.Kind
	}
	g.Count++
	g.Statuses[class(r)]++
	g.Paths.add(pathOf(r), 1)
	if a.Cause == "" {
		return
	}
	c := s.Causes[a.Cause]
	if c == nil {
		c = &Cause{Code: a.Cause, Text: a.Text, Line: r.Line}
		s.Causes[a.Cause] = c
	}
	c.Count++
	c.Sessions.add(a.Session)
}

func newSummary() *Summary { return &Summary{Groups: map[string]*Group{}, Causes: map[string]*Cause{}} }

// merge adds what a later part of the log has.
func (s *Summary) merge(o *Summary) {
	s.Lines.merge(&o.Lines)
	s.Requests += o.Requests
	// The largest first, and in a fixed order: where groups have no place any more, which ones are left out must not
	// hang on the order of a map.
	for _, g := range o.Most() {
		mine := s.group(g.Name)
		if mine.Kind == 0 {
			mine.Kind = g.Kind
		}
		mine.Count += g.Count
		for i, n := range g.Statuses {
			mine.Statuses[i] += n
		}
		mine.Paths.merge(&g.Paths, shareOf(len(s.Groups)))
	}
	for code, c := range o.Causes {
		mine := s.Causes[code]
		if mine == nil {
			mine = &Cause{Code: code, Text: c.Text, Line: c.Line}
			s.Causes[code] = mine
		}
		mine.Count += c.Count
		mine.Sessions.merge(&c.Sessions)
	}
	s.Agreed.merge(&o.Agreed)
}

// Most lists the groups, the largest first.
func (s *Summary) Most() []*Group {
	list := make([]*Group, 0, len(s.Groups))
	for _, g := range s.Groups {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// MostCauses lists the causes, the most frequent first.
func (s *Summary) MostCauses() []*Cause {
	list := make([]*Cause, 0, len(s.Causes))
	for _, c := range s.Causes {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *Cause) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return list
}
