package report_test

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/generate/edit"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/internal/reporttest"
)

// long is a hostile name as XML can have it, which has no escape character.
var long = strings.NewReplacer("\x1b", "\u009b", "<", "&lt;", `"`, "&quot;").Replace(reporttest.Hostile)

// accessLog asks for what is served, for nothing, and with what a client makes up.
const accessLog = "10.0.0.1 - - [29/Nov/2026:15:40:00 +0100] \"GET /a/b?card=4711 HTTP/1.1\" 200 12\n" +
	"10.0.0.2 - - [29/Nov/2026:15:41:00 +0100] \"GET /a/=<b>\u009b[31m\u202e HTTP/1.1\" 404 12\n" +
	"10.0.0.2 - - [29/Nov/2026:15:42:00 +0100] \"GET /none HTTP/1.1\" 500 12\nno line of the form \x1b[2J\n"

// memory has two configurations, whose one cluster has another member and another Uri, and a log.
func memory(t *testing.T) app.Input {
	t.Helper()
	config := func(member, uri string) string {
		return `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>` +
			`<ServerCluster Name="c"><Server CloneID="c1" Name="m1"><Transport Hostname="h" Port="1"/></Server>` +
			`<Server CloneID="c2" Name="` + member + `"><Transport Hostname="h" Port="2"/></Server></ServerCluster>` +
			`<UriGroup Name="u"><Uri Name="` + uri + `"/></UriGroup>` +
			`<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/></Config>`
	}
	return apptest.Memory(t, map[string]string{"a.xml": config("m2", "/a/*"), "b.xml": config(long, "/b/*"),
		"hostile.xml": config(long, "/a/*"), "access.log": accessLog,
		"twice.xml":    strings.Replace(config(long, "/a/*"), `"c2"`, `"c1"`, 1),
		"rejected.xml": strings.Replace(config("m2", "/a/*"), `VirtualHostGroup="v"`, `VirtualHostGroup="gone"`, 1),
		"one.log":      accessLog[:strings.Index(accessLog, "\n")+1]})
}

// must runs a use case.
func must[A any](t *testing.T) func(A, error) A {
	return func(a A, err error) A {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// TestCookie: each part that a value can have, none at all, and what is nobody's.
func TestCookie(t *testing.T) {
	list := map[string]*answers.CookieAnswer{}
	for name, ask := range map[string]answers.Cookie{
		"bare": {Text: "0000A2MB8IJ7EJaFGbXpzRSRb7c"},
		"once": {Text: "0002A2MB8IJ7EJaFGbXpzRSRb7c:c1", Config: app.Config{Path: "a.xml"}},
		"taken-over": {Text: "JSESSIONID=0004A2MB8IJ7EJaFGbXpzRSRb7c:c1:c2:c1",
			Config: app.Config{Path: "hostile.xml"}},
		"hostile": {Text: "JSESSIONID=" + reporttest.Hostile + ":x", Config: app.Config{Path: "a.xml"}},
		"tomcat":  {Text: "JSESSIONID=0123456789ABCDEF0123456789ABCDEF.node1"},
	} {
		list[name] = must[*answers.CookieAnswer](t)(ask.Run(memory(t)))
	}
	reporttest.Kind[*answers.CookieAnswer]{Name: "cookie", Formats: report.Cookie, Schema: "cookie",
		Answers: list}.Run(t)
}

// TestURLs: a log of one request speaks in the singular; what is not of the form is said.
func TestURLs(t *testing.T) {
	list, changed := map[string]*answers.WhyURLsAnswer{}, map[string]*checks.DiffURLsAnswer{}
	for name, file := range map[string]string{"one": "one.log", "hostile": "access.log"} {
		ask := answers.WhyURLs{Config: app.Config{Path: "hostile.xml"},
			URLs: app.URLs{Path: file, Format: "common", Jobs: 1}}
		list[name] = must[*answers.WhyURLsAnswer](t)(ask.Run(memory(t)))
		diff := checks.DiffURLs{Diff: checks.Diff{Old: "a.xml", New: "b.xml"}, URLs: ask.URLs}
		changed[name] = must[*checks.DiffURLsAnswer](t)(diff.Run(memory(t)))
	}
	reporttest.Kind[*answers.WhyURLsAnswer]{Name: "urls", Formats: report.URLs, Schema: "why-urls",
		Answers: list}.Run(t)
	reporttest.Kind[*checks.DiffURLsAnswer]{Name: "diff-urls", Formats: report.DiffURLs, Schema: "diff-urls",
		Answers: changed}.Run(t)
}

// TestURLLines: a record a line, with and without what belongs to users; no cell is a formula.
func TestURLLines(t *testing.T) {
	for _, format := range report.EachURL {
		for _, secrets := range []bool{false, true} {
			var out bytes.Buffer
			ask := answers.WhyURLs{Config: app.Config{Path: "hostile.xml"},
				URLs: app.URLs{Path: "access.log", Format: "common"}, Each: report.URLLines(&out, format, secrets)}
			must[*answers.WhyURLsAnswer](t)(ask.Run(memory(t)))
			name := "each." + format
			if secrets {
				name = "each-secrets." + format
			}
			golden.Check(t, filepath.Join("testdata", name), out.Bytes())
			if strings.Contains(out.String(), "4711") != secrets || strings.ContainsAny(out.String(), "\u009b\u202e") {
				t.Errorf("%s:\n%s", name, out.String())
			}
		}
	}
	var table bytes.Buffer
	ask := answers.WhyURLs{Config: app.Config{Path: "a.xml"}, URLs: app.URLs{Path: "-", Format: "urls"},
		Each: report.URLLines(&table, "csv", true)}
	in := memory(t)
	in.Stdin = strings.NewReader("=1+2\n")
	ask.Run(in)
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
}

// TestSafety: nothing changes, and what makes a change unsafe stands first, with a log beside it.
func TestSafety(t *testing.T) {
	list := map[string]*checks.SafetyAnswer{}
	for name, ask := range map[string]checks.Safety{
		"same": {Diff: checks.Diff{Old: "a.xml", New: "a.xml"}},
		"unsafe": {Diff: checks.Diff{Old: "a.xml", New: "b.xml"},
			URLs: &app.URLs{Path: "access.log", Format: "common", Jobs: 1}},
	} {
		ask.Now = time.Unix(0, 0)
		list[name] = must[*checks.SafetyAnswer](t)(ask.Run(memory(t)))
	}
	reporttest.Kind[*checks.SafetyAnswer]{Name: "check", Formats: report.Safety, Schema: "check", Answers: list}.Run(t)
}

// TestDiagnose: of the symptom that is asked about everything is said, whether a cause was found or not; of all
// symptoms those with a cause are shown, and the others named.
func TestDiagnose(t *testing.T) {
	list := map[string]report.Diagnosed{}
	for name, ask := range map[string]evidence.Diagnose{
		"one":   {Symptom: "affinity-lost", Config: app.Config{Path: "hostile.xml"}},
		"found": {Symptom: "affinity-lost", Config: app.Config{Path: "twice.xml"}},
		"all":   {Config: app.Config{Path: "twice.xml"}},
	} {
		list[name] = report.Diagnosed{DiagnoseAnswer: must[*evidence.DiagnoseAnswer](t)(ask.Run(memory(t)))}
	}
	reporttest.Kind[report.Diagnosed]{Name: "diagnose", Formats: report.Diagnose, Schema: "diagnose",
		Answers: list}.Run(t)
}

// TestEdit: a patch has the bytes of the file, so that it applies; nothing is written of what was written; of a file
// that the plug-in rejects nobody says that the change has no effect.
func TestEdit(t *testing.T) {
	ask := checks.Edit{Path: "a.xml",
		Drain: &edit.Drain{Members: []string{"m2"}, By: edit.Ways[0], Date: "2026-11-29"}}
	a := must[*checks.EditAnswer](t)(ask.Run(memory(t)))
	ask.Path = "rejected.xml"
	rejected := must[*checks.EditAnswer](t)(ask.Run(memory(t)))
	reporttest.Kind[report.Edited]{Name: "edit", Formats: report.Edit, Schema: "edit",
		Answers: map[string]report.Edited{"shown": {EditAnswer: a}, "written": {EditAnswer: a, Written: true},
			"rejected": {EditAnswer: rejected}}}.Run(t)
	var words bytes.Buffer
	if err := report.EditWords(&words, a); err != nil {
		t.Error(err)
	}
	golden.Check(t, filepath.Join("testdata", "edit-words.text"), words.Bytes())
}
