package live

import (
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lab/listener"
)

// orderHeader must be set where something is ordered: a page in a browser cannot send it elsewhere unasked.
const orderHeader = "X-Wasplug-Control"

// memberAt is a member and the address where it listens.
type memberAt struct {
	Member  string `json:"member"`
	Address string `json:"address"`
}

// Control is the interface of the members, for Remote and for people with curl. Orders carry a header (orderHeader)
// and are POST; what is told needs neither:
//
//	GET  /                     what arrived last, for people
//	GET  /members              who there is
//	GET  /seen?since=ORDER     what arrived, a line of JSON each
//	POST /fault?member=M&do=F  what goes wrong from now on; none ends it; with times=N and ms=N
func (m *Members) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", m.servePage)
	mux.HandleFunc("GET /members", m.serveMembers)
	mux.HandleFunc("GET /seen", m.recorder.ServeSeen)
	mux.HandleFunc("POST /fault", m.serveFault)
	return mux
}

func (m *Members) serveMembers(w http.ResponseWriter, _ *http.Request) {
	list := []memberAt{}
	m.mu.Lock()
	for _, name := range m.names {
		list = append(list, memberAt{name, m.doors[name].Address()})
	}
	m.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(list)
}

// serveFault hands an order on to the member that it names. Without the header a page of somebody else in a browser on
// this machine could give orders; it cannot set one without being asked first (CORS).
func (m *Members) serveFault(w http.ResponseWriter, rq *http.Request) {
	if rq.Header.Get(orderHeader) == "" {
		http.Error(w, "an order carries the header field "+orderHeader, http.StatusForbidden)
		return
	}
	m.mu.Lock()
	l := m.doors[rq.FormValue("member")]
	m.mu.Unlock()
	if l == nil {
		http.Error(w, "no member "+rq.FormValue("member")+": see /members", http.StatusNotFound)
		return
	}
	l.ServeFault(w, rq)
}

// shown is how many requests the page shows.
const shown = 100

// servePage shows what arrived last, heads whole. Nothing on it acts, so it may load nothing but its own style.
func (m *Members) servePage(w http.ResponseWriter, _ *http.Request) {
	seen := m.recorder.Since(0)
	total := len(seen)
	seen = seen[max(0, total-shown):]
	slices.Reverse(seen)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	page.Execute(w, struct {
		Members, Total int
		Seen           []listener.Seen
	}{m.Count(), total, seen})
}

// line is the first line of a head.
func line(head string) string {
	first, _, _ := strings.Cut(head, "\r\n")
	return first
}

var page = template.Must(template.New("").Funcs(template.FuncMap{"line": line}).Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>wasplug members</title>
<style>
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui;margin:1.5rem}
td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}
pre{margin:0;white-space:pre-wrap}
</style>
<h1>Members</h1>
<p>{{.Members}} members; {{.Total}} requests arrived, the last ones first. <a href="/members">members</a>
<a href="/seen">all, as JSON</a></p>
<table><tr><th>order<th>member<th>connection<th>met<th>request
{{range .Seen}}<tr><td>{{.Order}}<td>{{.Member}}<td>{{.Connection}}, its request {{.Request}}
<td>{{or .Fault "an answer"}}<td><details><summary>{{line .Head}}</summary><pre>{{.Head}}</pre></details>
{{else}}<tr><td colspan="5">nothing yet
{{end}}</table>
`))
