package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/schemas"
)

const replayLines = `[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost='h:80'; uri='/snoop'
[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereParseCloneID: Adding clone id 'v544d031'
[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_server_group: lockedServerGroupUseServer: Server PluginMember2 picked, weight 1.
[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereEndRequest: Ending the request
`

const serverLines = `[Fri Oct 06 19:06:43.000000 2017] [mpmstats:notice] [pid 9:tid 1] mpmstats: rdy 0 bsy 150 rd 2 wr 148 ka 0 log 0 dns 0 cls 0
[Fri Oct 06 19:06:43.000000 2017] [mpmstats:notice] [pid 9:tid 1] mpmstats: bsy: 9 in mod_was_ap24_http.c (AV 2462, CN 5, SR 0, SB 0, WR 4, RR 0, RB 0)
[Fri Oct 06 19:06:44.000000 2017] [core:notice] [pid 9:tid 1] AH00052: child pid 4711 exit signal Segmentation fault (11)
[Fri Oct 06 19:06:44.000000 2017] [mpm_event:notice] [pid 9:tid 1] AH00489: Apache/2.4 configured -- resuming normal operations
`

// TestTraceFitsItsSchema validates every kind of answer against schemas/trace.schema.json.
func TestTraceFitsItsSchema(t *testing.T) {
	log := filepath.Join(t.TempDir(), "http_plugin.log")
	if err := os.WriteFile(log, []byte(replayLines+traceLine), 0o666); err != nil {
		t.Fatal(err)
	}
	access := filepath.Join(t.TempDir(), "access_log")
	if err := os.WriteFile(access,
		[]byte(`192.0.2.1 - - [06/Oct/2017:19:06:43 +0100] "GET /snoop HTTP/1.1" 200 9`+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	phases := filepath.Join(t.TempDir(), "phases_log")
	if err := os.WriteFile(phases,
		[]byte("[06/Oct/2017:19:06:43 +0100] \"GET /snoop HTTP/1.1\" 200 WAS=h:9080 9 1 2 3 4\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	server := filepath.Join(t.TempDir(), "error_log")
	if err := os.WriteFile(server, []byte(serverLines), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		code int
	}{
		{[]string{log}, exitFine},
		{[]string{log, "--error-log", server}, exitFine},
		{[]string{log, "--access-log", phases, "--log-format",
			`%t "%r" %>s WAS=%{WAS}e %D %{TPCN}e %{TPSB}e %{TPWR}e %{TPRB}e`}, exitFine},
		{[]string{log, "--timeline", "--access-log", access}, exitFine},
		{[]string{log, "--request", "1"}, exitFine},
		{[]string{log, "-c", figure}, exitFindings},
	} {
		out, errOut, code := program(t, append([]string{"trace", "--format", "json"}, tc.args...)...)
		if code != tc.code {
			t.Errorf("%v: exit code %d\n%s", tc.args, code, errOut)
		}
		fitsSchema(t, "trace", out)
	}
}

// TestSemanticsSchemaKnowsEveryChoice: the schema lists the choices and values of the core, no more and no less.
func TestSemanticsSchemaKnowsEveryChoice(t *testing.T) {
	all := choices.All()
	for _, c := range session.Choices() {
		all = append(all, choices.Info{Name: c.Name, Values: c.Values})
	}
	for _, c := range all {
		for _, v := range append(slices.Clone(c.Values), "nonsense") {
			src := "version: 1\nassume: {" + c.Name + ": \"" + v + "\"}\n"
			files := diag.NewFiles()
			_, reports := schemas.Load(files, files.Add("semantics.yaml", []byte(src)), "semantics")
			if ok := diag.Worst(reports) < diag.Error; ok != (v != "nonsense") {
				t.Errorf("%s: accepted %t", src, ok)
			}
		}
	}
	source, err := schemas.Source("semantics")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), `"enum"`) - 1; n != len(all) {
		t.Errorf("the schema lists %d choices, the core has %d", n, len(all))
	}
}
