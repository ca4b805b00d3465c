package whyreport_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/report/whyreport"
	"github.com/wasplug/wasplug/internal/reporttest"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/session"
)

// name is hostile as far as XML goes, which has no escape character.
var name = strings.NewReplacer("\x1b", "\u009b", "<", "&lt;", `"`, "&quot;").Replace(reporttest.Hostile)

// The configurations that are asked.
var (
	figure = app.Config{Path: "figure.xml"}
	bad    = app.Config{Path: "hostile.xml"}
	many   = app.Config{Path: "crowded.xml"}
	tied   = app.Config{Path: "open.xml"}
)

// hostile has a cluster of one member with a name that does more than be read, and one without members.
var hostile = `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c"><Server CloneID="c1" Name="` + name + `"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<ServerCluster Name="e"/><UriGroup Name="u"><Uri Name="/a/*"/></UriGroup><UriGroup Name="w"><Uri Name="/e"/></UriGroup>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/><Route ServerCluster="e" UriGroup="w" VirtualHostGroup="v"/>
</Config>`

// open has two Routes of which nobody knows which wins, and a Uri that one takes from the other.
const open = `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/><VirtualHost Name="s:443"/></VirtualHostGroup>
<ServerCluster Name="c"><Server CloneID="c1" Name="m1"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<ServerCluster Name="d"><Server CloneID="d1" Name="n1"><Transport Hostname="h" Port="2"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/a/*"/></UriGroup><UriGroup Name="w"><Uri Name="/a/*"/><Uri Name="/a/b/*"/></UriGroup>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/><Route ServerCluster="d" UriGroup="w" VirtualHostGroup="v"/>
</Config>`

// crowded has more Routes than text lists, all of which compete.
func crowded() string {
	var b strings.Builder
	b.WriteString(`<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>`)
	for i := range 30 {
		fmt.Fprintf(&b, `<ServerCluster Name="c%d"><Server Name="m%[1]d"><Transport Hostname="h" Port="1"/></Server>`+
			`</ServerCluster><UriGroup Name="u%[1]d"><Uri Name="/%s*"/></UriGroup>`+
			`<Route ServerCluster="c%[1]d" UriGroup="u%[1]d" VirtualHostGroup="v"/>`, i, strings.Repeat("a", i))
	}
	b.WriteString("</Config>")
	return b.String()
}

// TestWhy: each way to show an answer, of one request and of several, where all is well and where nothing is, where an
// open choice decides, and of a session that moves.
func TestWhy(t *testing.T) {
	in := apptest.Memory(t, map[string]string{"hostile.xml": hostile, "crowded.xml": crowded(), "open.xml": open})
	moved := answers.Request{URL: "http://h:9080/snoop/x", Cookies: []string{"JSESSIONID=0000secret:v544d031"}}
	list := map[string]*answers.WhyAnswer{"none": {Decisions: []routecheck.Decision{}}}
	for name, w := range map[string]answers.Why{
		"figure":  {Config: figure, Request: answers.Request{URL: "http://h/snoop"}},
		"brief":   {Config: figure, Request: answers.Request{URL: "http://h/no"}, Show: answers.Brief},
		"goes-to": {Config: figure, Request: answers.Request{URL: "http://h/no"}, Show: answers.GoesTo},
		"hostile": {Config: bad, Request: answers.Request{URL: "http://h/a/" + "%1b"}},
		"nobody":  {Config: bad, Request: answers.Request{URL: "http://h/e"}},
		"crowded": {Config: many, Request: answers.Request{URL: "http://h/" + strings.Repeat("a", 40)}},
		"open":    {Config: tied, Request: answers.Request{URL: "https://s/a/x"}},
		"session": {Config: figure, Request: moved, Members: answers.Members{Down: []string{"PluginMember1"}},
			Sessions: answers.Sessions{Settings: &session.Settings{Persistence: "database"}}},
		"repeated": {Config: bad, Request: answers.Request{URL: "http://h/a/b"}, Times: 3},
	} {
		w.Request.Method, w.Times = "GET", max(w.Times, 1)
		a, err := w.Run(in)
		if err != nil {
			t.Fatal(name, err, apptest.Noted(a.Notes))
		}
		list[name] = a
	}
	reporttest.Kind[*answers.WhyAnswer]{Name: "why", Formats: whyreport.Why, Schema: "why", Answers: list}.Run(t)
}

// TestTo: a cluster, one of its members, what nothing leads to, and what shares its Uris with another.
func TestTo(t *testing.T) {
	in := apptest.Memory(t, map[string]string{"hostile.xml": hostile, "open.xml": open})
	list := map[string]*answers.ToAnswer{}
	for name, to := range map[string]answers.To{
		"cluster": {Config: bad, Name: "c"},
		"empty":   {Config: bad, Name: "e"},
		"member":  {Config: figure, Name: "PluginMember2"},
		"hostile": {Config: bad, Name: strings.ReplaceAll(reporttest.Hostile, "\x1b", "\u009b")},
		"except":  {Config: tied, Name: "c"},
		"tied":    {Config: tied, Name: "n1"},
		"no-host": {Config: figure, Name: "PluginMember1", Host: "nowhere"},
	} {
		a, err := to.Run(in)
		if err != nil {
			t.Fatal(name, err, apptest.Noted(a.Notes))
		}
		list[name] = a
	}
	reporttest.Kind[*answers.ToAnswer]{Name: "to", Formats: whyreport.To, Schema: "why-to", Answers: list}.Run(t)
}
