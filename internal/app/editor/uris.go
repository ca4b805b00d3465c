package editor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// URI is what becomes of the requests that a Uri matches. Rivals match some of them, too.
type URI struct {
	At        diag.Span         // the Uri
	Pattern   string            // as written
	Score     int               // characters of the pattern (R2)
	Clusters  []string          // of the Routes that use it
	LosesTo   []Rival           // where both match, these decide
	WinsOver  []Rival           // where both match, these do not
	crossings map[crossing]bool // that were told already, over all sites and aliases
}

// Rival is another Uri, or a Route that takes any.
type Rival struct {
	Pattern, Cluster string
	Line             int
}

// crossing is a rival on one side: it may win by one alias and lose by another.
type crossing struct {
	at   diag.Span
	wins bool
}

// URIs lists where the Uris of the file stand, in file order.
func (d *Document) URIs() (at []diag.Span) {
	for _, g := range d.config.UriGroups {
		for _, u := range g.Uris {
			at = append(at, u.Node.Span)
		}
	}
	return at
}

// URIAt tells of the Uri that a place is in, nil where there is none.
func (d *Document) URIAt(place int32) *URI {
	n := d.at(place).node
	if n == nil || n.Name != "Uri" {
		return nil
	}
	u := newURI(n.Span, "")
	if a := n.Attr("Name"); a != nil {
		u.Pattern = a.Value
	}
	u.in(d.site())
	return u
}

// site is a configuration, and who decides in it, in the order in which it is asked.
type site struct {
	files  *diag.Files
	config *parser.Config
	order  []match.Entry // the first that takes a request decides
}

func newSite(files *diag.Files, config *parser.Config, sem *choices.Assumptions) site {
	table, _ := routecheck.New(config)
	return site{files, config, table.Ordered(sem)}
}

func newURI(at diag.Span, pattern string) *URI {
	return &URI{At: at, Pattern: pattern, crossings: map[crossing]bool{}}
}

// in notes what becomes of the Uri in a site.
func (u *URI) in(s site) {
	for i := range s.order {
		// One Uri has an entry for each alias of each Route that uses it.
		if u.At.Contains(s.order[i].Span) {
			u.add(&s, i)
		}
	}
}

// add notes what meets an entry of the list in which the first that takes a request decides.
func (u *URI) add(s *site, i int) {
	mine := &s.order[i]
	if cluster := s.cluster(mine); !slices.Contains(u.Clusters, cluster) {
		u.Clusters = append(u.Clusters, cluster)
	}
	// The aliases of a Uri have one URI score; in a topology one context root may make several Uris, of which the
	// longest pattern counts.
	u.Score = max(u.Score, mine.URIScore())
	for j := range s.order {
		other := &s.order[j]
		// All entries are looked at, but for one Uri at a time: of a file of thousands of Uris the pairs are millions.
		if u.At.Contains(other.Span) || u.crossings[crossing{other.Span, j < i}] || !mine.Meets(other) {
			continue
		}
		u.crossings[crossing{other.Span, j < i}] = true
		rival := Rival{other.Pattern, s.cluster(other), s.files.Start(other.Span).Line}
		if j < i {
			u.LosesTo = append(u.LosesTo, rival)
		} else {
			u.WinsOver = append(u.WinsOver, rival)
		}
	}
}

// cluster is what the Route of an entry names.
func (s *site) cluster(e *match.Entry) string {
	return s.config.Routes[e.Route].ServerCluster.V
}

// Title tells it in a line.
func (u *URI) Title() string {
	switch {
	case len(u.Clusters) == 0:
		return "no Route uses this Uri"
	case len(u.LosesTo)+len(u.WinsOver) == 0:
		return fmt.Sprintf("score %d, nobody else matches", u.Score)
	}
	text := fmt.Sprintf("score %d", u.Score)
	if n := len(u.LosesTo); n > 0 {
		text += fmt.Sprintf(", loses to %s%s", u.LosesTo[0], more(n))
	}
	if n := len(u.WinsOver); n > 0 {
		text += fmt.Sprintf(", wins over %s%s", u.WinsOver[0], more(n))
	}
	return text
}

// String names a rival in a line.
func (r Rival) String() string { return diag.Sprintf("%s (%s, line %d)", r.Pattern, r.Cluster, r.Line) }

func more(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n-1)
}

// mostRivals are told of on a page.
const mostRivals = 20

// page tells it with every rival.
func (u *URI) page() string {
	var b strings.Builder
	fmt.Fprint(&b, diag.Sprintf("Uri %s, score %d (R2)\n", u.Pattern, u.Score))
	if len(u.Clusters) == 0 {
		return b.String() + "No Route uses it.\n"
	}
	fmt.Fprint(&b, diag.Sprintf("Its requests go to %s.\n", strings.Join(u.Clusters, ", ")))
	for _, side := range []struct {
		title  string
		rivals []Rival
	}{
		{"These match some of them, too, and win:", u.LosesTo},
		{"These match some of them, too, and lose:", u.WinsOver},
	} {
		if len(side.rivals) == 0 {
			continue
		}
		fmt.Fprintln(&b, side.title)
		for _, r := range side.rivals[:min(len(side.rivals), mostRivals)] {
			fmt.Fprintf(&b, "   %s\n", r)
		}
		if n := len(side.rivals) - mostRivals; n > 0 {
			fmt.Fprintf(&b, "   and %d more\n", n)
		}
	}
	return b.String()
}
