package admin

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
)

//go:embed status.html
var statusPage string

//go:embed live.js
var liveScript []byte

// page is what the template shows.
type page struct {
	Status
	asked
	Blocks  []block
	Sick    []row // of all members, whatever is filtered
	All     int   // members
	Why     question
	Writing bool   // it has buttons
	Problem string // why a change was refused
}

// asked is what is asked of the page beside "why".
type asked struct {
	Text     string // words that a member must have in its names, addresses or state
	OnlySick bool
	AsInFile bool // the order of the file in place of the sick first
	Live     bool // the page keeps itself new
	query    url.Values
}

// block is a cluster, with those of its members that are shown.
type block struct {
	*ClusterStatus
	ID      string // of its element in the page, by which the script finds it again
	Members []row
	All     int    // of its members
	Ill     int    // of all
	Recent  Recent // of all together
	Open    bool   // unfolded
}

type row struct {
	*MemberStatus
	Cluster, ID string // ID as that of block
}

const (
	foldAbove = 30 // members: of more than these only clusters with sick members are open, and what is filtered
	topMost   = 12 // sick members that are named at the top
)

// readAsked reads the query of the page. The last three count by being there, whatever their value is.
func readAsked(query url.Values) asked {
	return asked{Text: query.Get("q"), OnlySick: query.Has("sick"), AsInFile: query.Has("sort"),
		Live: query.Has("live"), query: query}
}

// Toggled is the query of the same page with or without "live".
func (a asked) Toggled() template.URL {
	query := url.Values{}
	for name, values := range a.query {
		query[name] = values
	}
	if a.Live {
		query.Del("live")
	} else {
		query.Set("live", "1")
	}
	return template.URL("?" + query.Encode())
}

// Back is the query of the page itself.
func (a asked) Back() template.URL { return template.URL("?" + a.query.Encode()) }

// newPage filters and sorts. The sick are counted and named whatever is filtered: a filter must not hide a failure.
func newPage(s Status, query url.Values) *page {
	p := &page{Status: s, asked: readAsked(query)}
	for i := range s.Clusters {
		b := p.block(&s.Clusters[i])
		p.All += b.All
		if len(b.Members) > 0 {
			p.Blocks = append(p.Blocks, b)
		}
	}
	if !p.AsInFile {
		slices.SortStableFunc(p.Sick, sickFirst)
		slices.SortStableFunc(p.Blocks, func(a, b block) int { return sickFirst(a.Members[0], b.Members[0]) })
	}
	for i := range p.Blocks {
		b := &p.Blocks[i]
		b.Open = b.Ill > 0 || p.All <= foldAbove || p.Text != ""
	}
	return p
}

// block makes a cluster ready, and notes who is sick in it.
func (p *page) block(c *ClusterStatus) block {
	b := block{ClusterStatus: c, ID: "c/" + c.Cluster, All: len(c.Members)}
	for i := range c.Members {
		m := row{&c.Members[i], c.Cluster, "m/" + c.Cluster + "/" + c.Members[i].Member}
		b.Recent.add(&m.Recent)
		if m.Sick != "" {
			b.Ill++
			p.Sick = append(p.Sick, m)
		}
		if p.shows(&m) {
			b.Members = append(b.Members, m)
		}
	}
	if !p.AsInFile {
		slices.SortStableFunc(b.Members, sickFirst)
	}
	return b
}

// Top are the sick members that are named, and Others how many more there are.
func (p *page) Top() []row  { return p.Sick[:min(len(p.Sick), topMost)] }
func (p *page) Others() int { return max(len(p.Sick)-topMost, 0) }

// shows reports whether a member fits the filter: every word of it, in whatever case.
func (a asked) shows(m *row) bool {
	text := strings.ToLower(strings.Join(append([]string{
		m.Cluster, m.Member, m.Role, m.state(), string(m.Sick), m.Changed, m.failedHow(),
	}, m.Address...), " "))
	for _, word := range strings.Fields(strings.ToLower(a.Text)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return m.Sick != "" || !a.OnlySick
}

// Why and FailedHow are for the template.
func (m row) Why() string       { return m.why() }
func (m row) FailedHow() string { return m.failedHow() }

// failedHow is how attempts have failed, and how often: "refused 10, io-timeout 2".
func (m *MemberStatus) failedHow() string {
	var parts []string
	for mode := explain.Refused; mode < explain.NumFailureModes; mode++ {
		if n := m.Failures[mode]; n > 0 {
			parts = append(parts, fmt.Sprint(mode, " ", n))
		}
	}
	return strings.Join(parts, ", ")
}

// status also answers "why" where the query asks it, so that an answer has an address to send to a colleague.
func (a *Handler) status(w http.ResponseWriter, r *http.Request) {
	p := newPage(a.snapshot().Status, r.URL.Query())
	p.Why = a.ask(r.URL.Query())
	a.write(w, http.StatusOK, p)
}

// write writes the page. It may load its own script, and ask for itself.
func (a *Handler) write(w http.ResponseWriter, code int, p *page) {
	p.Writing = a.changer != nil
	var text bytes.Buffer // a template that fails half way must not have sent the first half
	if err := a.page.Execute(diag.VisibleWriter{To: &text, Form: diag.Text}, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", contentPolicy+"; script-src 'self'; connect-src 'self'")
	w.WriteHeader(code)
	w.Write(text.Bytes())
}

// snapshot says of each member what is wrong with it, too.
func (a *Handler) snapshot() *Snapshot {
	s := a.p.Snapshot()
	for i := range s.Clusters {
		s.Clusters[i].diagnose()
	}
	return s
}
