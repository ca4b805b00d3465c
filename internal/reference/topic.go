package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/wrap"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// topic is a question that is no name in a file: what it is about, and the pages that hold the answer.
type topic struct {
	names []string // the first is its title
	text  string
	see   []string
}

// topics are few on purpose: words that people ask with and that are no names. What else is asked for is found by the
// titles of pages (topicPage).
func topics() []topic {
	return []topic{
		{
			names: []string{"drain", "draining", "quiesce"},
			text: `To take a member out without hurting its users: LoadBalanceWeight="0" gives it no new
sessions while another primary is usable, and keeps those that it has (R36, R23). When no session is left, stop
it and take it out of the file. A member that is just stopped, or taken out of PrimaryServers while sessions
live on it, sends them to another one at once (R39, R40); what it held in memory only is lost then.`,
			see: []string{"Server/LoadBalanceWeight", "PrimaryServers", "R23", "R36", "R39", "R40", "weight-zero",
				"WP406", "WP401"},
		},
		{
			names: []string{"weight", "weights"},
			text: `Round robin gives each member as many new requests as its weight, divided by what all weights
have in common (R31): each lowers its weight by 1, and when no usable primary has any left, all are raised again
(R32, R33). Requests of sessions count or not by IgnoreAffinityRequests (R34). Random and backups use no weights
(R35, R38).`,
			see: []string{"Server/LoadBalanceWeight", "ServerCluster/IgnoreAffinityRequests", "R31", "R32", "R33",
				"R34", "R36", "weight-threshold", "weight-reset", "weight-zero"},
		},
		{
			names: []string{"affinity", "session", "sticky", "stickiness"},
			text: `A session stays with the member whose clone ID its cookie or URL carries (R20-R22), whatever
the weights (R23). A member that takes a session over appends its own clone ID, so that the session returns
later (R24). An unknown clone ID, or none, is balanced (R25, R27).`,
			see: []string{"Server/CloneID", "Uri/AffinityCookie", "Uri/AffinityURLIdentifier",
				"ServerCluster/CloneSeparatorChange", "R20", "R21", "R22", "R24", "R26", "R27", "R28",
				"affinity-failover", "WP301", "WP303"},
		},
		{
			names: []string{"failover"},
			text: `A connect that fails marks the member down, and the request is selected again (R50), at most
as often as there are members (R62). What was sent already is repeated only where its body was kept (R57), and
nothing once the answer has begun (R58).`,
			see: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout", "ServerCluster/RetryInterval",
				"ServerCluster/PostBufferSize", "R50", "R52", "R54", "R55", "R57", "R58", "R61", "R62"},
		},
		{
			names: []string{"backup", "backups"},
			text: `Members of BackupServers get requests only while no primary is usable, in the order of the
list (R38). Without PrimaryServers every server is primary (R37). Sessions go back to a primary (R39).`,
			see: []string{"BackupServers", "PrimaryServers", "R37", "R38", "R39", "R40", "affinity-to-backup", "WP403",
				"WP404"},
		},
		{
			names: []string{"timeout", "timeouts", "hang"},
			text: `ConnectTimeout bounds the connect, ServerIOTimeout the wait for an answer: a positive one
does not mark the member down (R54), a negative one does (R55). ServerIOTimeoutRetry bounds the repeats (R56).`,
			see: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout", "ServerCluster/ServerIOTimeoutRetry",
				"R50", "R54", "R55", "R56", "WP501", "WP502", "WP503", "WP508"},
		},
		{
			names: []string{"score", "routing", "match"},
			text: `Every Route whose virtual hosts and URIs match gets a score, mostly by the length of what
matched; the best one names the cluster, and of equal ones the first (R1, R2, R11-R13). When none matches, the
web server serves the request itself (R9).`,
			see: []string{"Route", "VirtualHost/Name", "Uri/Name", "R1", "R2", "R3", "R7", "R9", "R11", "R12", "R13",
				"score-combination", "score-tie", "WP601", "WP602", "WP603"},
		},
	}
}

// topicNamed finds a topic by any of its names, nil for none.
func topicNamed(word string) *topic {
	for _, t := range topics() {
		if slices.ContainsFunc(t.names, func(name string) bool { return strings.EqualFold(name, word) }) {
			return &t
		}
	}
	return nil
}

// hit is a page in a list of several.
type hit struct{ word, title string }

// index lists all pages, with the word that shows each.
func index() (all []hit) {
	for _, e := range parser.ElementTypes() {
		all = append(all, hit{e.Name, e.Doc.Meaning})
	}
	for _, a := range parser.Attributes() {
		all = append(all, hit{a.Element + "/" + a.Name, a.Doc.Meaning})
	}
	for _, r := range choices.Rules() {
		all = append(all, hit{r.ID, r.Says})
	}
	for _, ch := range choices.All() {
		all = append(all, hit{ch.Name, ch.Meaning})
	}
	for _, r := range session.Rules() {
		all = append(all, hit{r.ID, r.Says})
	}
	for _, ch := range session.Choices() {
		all = append(all, hit{ch.Name, ch.Meaning})
	}
	for _, r := range rules.All() {
		all = append(all, hit{r.Code, r.Name + ": " + r.Doc.Title})
	}
	return all
}

// PageWords lists the words that each show one page.
func PageWords() (words []string) {
	for _, h := range index() {
		words = append(words, h.word)
	}
	return words
}

// topicPage returns the page of a topic, or else the list of the pages that speak of a word, "" for none. Those
// whose name holds the word come first.
func topicPage(word string) string {
	var b strings.Builder
	t := topicNamed(word)
	if t != nil {
		fmt.Fprintf(&b, "%s, a topic\n\n%s", t.names[0], wrap.Fill(t.text, 0))
	}
	var named, told []hit
	for _, h := range index() {
		switch {
		case t != nil && slices.Contains(t.see, h.word), holds(h.word, word):
			named = append(named, h)
		case speaksOf(h.title, word):
			told = append(told, h)
		}
	}
	hits := append(named, told...)
	if len(hits) == 0 {
		return ""
	}
	if t != nil {
		b.WriteString("\nPages:\n")
	} else {
		fmt.Fprintf(&b, "%s is no page of its own; it is spoken of in\n", diag.Quote(word))
	}
	for _, h := range hits {
		fmt.Fprintf(&b, "  %-36s  %s\n", h.word, clipTitle(h.title))
	}
	return b.String()
}

// holds reports whether a name holds a word of three letters or more.
func holds(name, word string) bool {
	return len(word) >= 3 && strings.Contains(strings.ToLower(name), strings.ToLower(word))
}

// speaksOf reports whether a word of a text is the word, or begins with it.
func speaksOf(text, word string) bool {
	return len(word) >= 4 && strings.Contains(" "+strings.ToLower(text), " "+strings.ToLower(word))
}

// clipTitle keeps the list of pages to one line each.
func clipTitle(title string) string {
	const most = 72
	runes := []rune(title)
	if len(runes) <= most {
		return title
	}
	return strings.TrimRight(string(runes[:most-3]), " ,;") + "..."
}
