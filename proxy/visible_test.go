package proxy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/proxy/logs"
)

// hostileTexts are what a client can put into a URL or a cookie, and what no terminal may get.
var hostileTexts = []string{"\u0085", "\u009b31m", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066",
	"\u2069", "\xff", "\xc2", "'", "\\x41", "’", "[06/Oct/2017:19:06:43]a/b/c"}

// Nothing that a client chooses reaches a terminal through a log, and a replay reads each request as it was.
func TestHostileTextInLogs(t *testing.T) {
	var text, structured, plugin syncBuffer
	var sent []string
	for _, log := range []*logs.Access{
		logs.NewAccess(&text, false, time.Now), logs.NewAccess(&structured, true, time.Now),
	} {
		plugin.reset()
		opt := Options{AccessLog: log, PluginLog: &plugin}
		w := start(t, false, site{members: 2, uri: "/app/*", extra: traceLog}, opt)
		sent = nil
		for _, s := range hostileTexts {
			path := "/app/" + s + "x"
			sent = append(sent, path, "/"+s)
			cookie := "Cookie: JSESSIONID=0000abc:" + strings.ReplaceAll(s, ":", ".") + " it"
			if r := w.once(get(path, cookie)); r.status != 200 {
				t.Errorf("%q: %+v", path, r)
			}
			w.once(get("/" + s))
		}
		w.stop()
		replays(t, w.p.gen.Load().Table, &w.p.gen.Load().Sem, plugin.String())
	}
	logs := map[string]string{"text": text.String(), "JSON": structured.String(), "plug-in log": plugin.String()}
	for name, log := range logs {
		for line := range strings.Lines(log) {
			for rest := strings.TrimSuffix(line, "\n"); rest != ""; {
				r, size := utf8.DecodeRuneInString(rest)
				if !diag.Visible(r, size) {
					t.Errorf("%s: %q shows %q", name, line, rest[:size])
				}
				rest = rest[size:]
			}
			if name == "JSON" && !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %s", line)
			}
		}
	}
	var read []string
	pluginlog.Read(strings.NewReader(plugin.String()),
		pluginlog.Options{Want: pluginlog.KindsOf(pluginlog.RouteTried)}, func(e *pluginlog.Event) error {
			read = append(read, e.URI)
			return nil
		})
	if !slices.Equal(read, sent) {
		t.Errorf("sent %q\nread %q", sent, read)
	}
}

// /metrics answers whatever the file calls its members, and what it says can be read.
func TestMetricsOfAnyNames(t *testing.T) {
	for _, name := range []string{
		`quot&quot;`, "line&#10;feed", `back\slash`, "", "m1", `\n`, "caf\u00e9", "\u202e\u0085", "bad\xff",
		"blank ", "{a=&quot;b&quot;}",
	} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			names := strings.NewReplacer(`Name="m2"`, `Name="`+name+`"`, `"C"`, `"C`+name+`"`)
			xml := names.Replace(site{members: 2}.xml())
			w := start(t, false, site{members: 2}, Options{})
			defer w.stop()
			w.xml.Store(xml)
			if err := w.p.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.once(get("/"))
			answer := w.page("/metrics")
			if problems, err := promlint.New(answer.Body).Lint(); answer.Code != 200 || err != nil ||
				len(problems) > 0 {
				t.Errorf("%d: %v %v", answer.Code, err, problems)
			}
			page := w.page("/").Body.String()
			if strings.Contains(page, "\u202e") {
				t.Errorf("the status page shows %q", page)
			}
		})
	}
}
