package errorlog

import (
	"fmt"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

const (
	old = "[Thu Aug 19 14:01:00 2004] "
	now = "[Wed Sep 20 06:57:46.039912 2017] "
)

// told is a line in one word for each of its facts.
func told(l *Line) string {
	out := []string{l.Time.String(), l.Level, l.Kind.String()}
	add := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "0" {
			out = append(out, name+"="+s)
		}
	}
	add("module", l.Module)
	add("pid", l.PID)
	add("code", l.Code)
	add("errno", l.OSError)
	add("child", l.Child)
	add("signal", l.Signal)
	add("used", l.Used)
	add("limit", l.Limit)
	if l.Kind == Threads {
		add("threads", l.Threads)
	}
	for i := range l.Modules {
		add("in", fmt.Sprint(l.Modules[i]))
	}
	return strings.Join(out, " ")
}

// TestForms: the forms of Apache 2.2 and 2.4, of IBM HTTP Server and of Windows.
func TestForms(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{old + "[notice] mpmstats: rdy 712 bsy 312 rd 121 wr 173 ka 0 log 0 dns 0 cls 18",
			"2004-08-19 14:01:00 notice threads threads={712 312 121 173 0 0 0 18}"},
		{now + "[mpmstats:notice] [pid 12124232:tid 1] mpmstats: rdy 99 bsy 1 rd 0 wr 0 ka 0 log 0 dns 0 cls 1",
			"2017-09-20 06:57:46.03991 notice threads module=mpmstats pid=12124232 threads={99 1 0 0 0 0 0 1}"},
		{old + "[notice] mpmstats: bsy: 5 in mod_was_ap22_http.c, 26 in gate.cpp",
			"2004-08-19 14:01:00 notice busy in={mod_was_ap22_http.c 5 {0 0 0 0 0 0 0}} " +
				"in={gate.cpp 26 {0 0 0 0 0 0 0}}"},
		{now + "[mpmstats:notice] [pid 1] mpmstats: bsy: 7 in mod_was_ap24_http.c (AV 2462, CN 5, SR 0, SB 0, WR 2, " +
			"RR 0, RB 0), 1 in mod_x.c",
			"2017-09-20 06:57:46.03991 notice busy module=mpmstats pid=1 " +
				"in={mod_was_ap24_http.c 7 {2462 5 0 0 2 0 0}} " +
				"in={mod_x.c 1 {0 0 0 0 0 0 0}}"},
		{old + "[notice] mpmstats (long-running requests): bsy: 3 in mod_test.c",
			"2004-08-19 14:01:00 notice long-running in={mod_test.c 3 {0 0 0 0 0 0 0}}"},
		{old + "[notice] mpmstats: approaching MaxClients (48/50)",
			"2004-08-19 14:01:00 notice near-limit used=48 limit=50"},
		{old + "[error] server reached MaxClients setting, consider raising the MaxClients setting",
			"2004-08-19 14:01:00 error at-limit"},
		{now + "[mpm_event:error] [pid 9:tid 8] AH00484: server reached MaxRequestWorkers setting, consider raising " +
			"the MaxRequestWorkers setting", "2017-09-20 06:57:46.03991 error at-limit module=mpm_event pid=9 " +
			"code=AH00484"},
		{now + "[mpm_event:error] [pid 9:tid 8] AH10159: server is within MinSpareThreads of MaxRequestWorkers, " +
			"consider",
			"2017-09-20 06:57:46.03991 error near-limit module=mpm_event pid=9 code=AH10159"},
		{now + "[core:notice] [pid 19137] AH00051: child pid 19866 exit signal Segmentation fault (11), possible " +
			"coredump in /x",
			"2017-09-20 06:57:46.03991 notice crashed module=core pid=19137 code=AH00051 child=19866 " +
				"signal=Segmentation fault (11)"},
		{old + "[notice] child pid 22630 exit signal Segmentation fault (11)",
			"2004-08-19 14:01:00 notice crashed child=22630 signal=Segmentation fault (11)"},
		{now + "[mpm_winnt:notice] [pid 4:tid 5] AH00428: Parent: child process 716 exited with status 3221225477 " +
			"-- Restarting.",
			"2017-09-20 06:57:46.03991 notice crashed module=mpm_winnt pid=4 code=AH00428 child=716"},
		{now + "[core:error] [pid 4] AH00046: child process 77 still did not exit, sending a SIGKILL",
			"2017-09-20 06:57:46.03991 error killed module=core pid=4 code=AH00046 child=77"},
		{now + "[core:error] [pid 4] (24)Too many open files: [client 192.0.2.1:5] AH00036: access to /x failed",
			"2017-09-20 06:57:46.03991 error exhausted module=core pid=4 code=AH00036 errno=24"},
		{old + "[error] [client 192.0.2.1] (13)Permission denied: access to /x denied",
			"2004-08-19 14:01:00 error other errno=13"},
		{now + "[core:error] [pid 4] (OS 12)The access code is invalid.  : AH00036: access failed",
			"2017-09-20 06:57:46.03991 error other module=core pid=4 code=AH00036"},
		{now + "[core:info] [pid 9:tid 1] [client 192.0.2.1:1] AH00128: File does not exist: /d/server reached " +
			"MaxClients setting",
			"2017-09-20 06:57:46.03991 info other module=core pid=9 code=AH00128"},
		{now + "[core:info] [pid 9] a.c(7): [client 2001:db8::1:1] AH00128: File does not exist: /d/child pid 12 " +
			"exit signal X (11)",
			"2017-09-20 06:57:46.03991 info other module=core pid=9 code=AH00128"},
		{now + "[proxy:error] [pid 9] (24)Too many open files: [remote 192.0.2.1:1] mpmstats: approaching " +
			"MaxClients (9/9)",
			"2017-09-20 06:57:46.03991 error exhausted module=proxy pid=9 errno=24"},
		{old + "[error] [client 192.0.2.1] module x took 9ms to return OK", "2004-08-19 14:01:00 error other"},
		{now + "[mpm_event:notice] [pid 9:tid 8] AH00489: IBM_HTTP_Server/9.0.5 (Unix) configured -- resuming " +
			"normal operations",
			"2017-09-20 06:57:46.03991 notice started module=mpm_event pid=9 code=AH00489"},
		{now + "[was_ap24:notice] [pid 14418152:tid 1] WebSphere Plugins loaded.",
			"2017-09-20 06:57:46.03991 notice plugin-loaded module=was_ap24 pid=14418152"},
		{now + "[ssl:debug] [pid 7] connection.c(190): [client 192.0.2.1:5] AH02645: no name",
			"2017-09-20 06:57:46.03991 debug other module=ssl pid=7 code=AH02645"},
		{old + "[info] module mod_test.c took 5000ms to return OK in phase handler",
			"2004-08-19 14:01:00 info slow-module"},
	} {
		var l Line
		if !Parse(c.line, &l) || told(&l) != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, told(&l), c.want)
		}
	}
}

// TestNoForm: what is no line of an error log, or goes on from the line before it.
func TestNoForm(t *testing.T) {
	for _, line := range []string{"", "[", "[]", "no line", "[no time] [notice] x", "[] [notice] x", old + "x",
		old + "[client a] x",
		`192.0.2.1 - - [12/Mar/2026:10:15:03 +0100] "GET / HTTP/1.1" 200 5`,
		"[12/Mar/2026:10:15:04.02000] 00001a2c 0000b001 - ERROR: ws_server: serverSetFailoverStatus: Marking m down"} {
		if l := new(Line); Parse(line, l) {
			t.Errorf("%q: %s", line, told(l))
		}
	}
}

// TestKinds: each kind has a name, and what is trouble says what it means and what to do.
func TestKinds(t *testing.T) {
	for k := range numKinds {
		if k.String() == "" || k.Trouble() && (k.Meaning() == "" || k.Advice() == "") {
			t.Error(k, k.String())
		}
	}
}

// FuzzParse: no line panics, none fills fields that are not its own, and a record can be used again.
func FuzzParse(f *testing.F) {
	f.Add(old + "[notice] mpmstats: rdy 712 bsy 312 rd 121 wr 173 ka 0 log 0 dns 0 cls 18")
	f.Add(now + "[mpmstats:notice] [pid 1] mpmstats: bsy: 7 in mod_was_ap24_http.c (AV 2462, CN 5), 1 in mod_x.c")
	f.Add(now + "[core:error] [pid 4] a.c(1): (OS 24)Too many: [client 192.0.2.1:5] AH00036: child pid 1 exit signal (")
	var used Line
	f.Fuzz(func(t *testing.T, line string) {
		var fresh Line
		if Parse(line, &fresh) != Parse(line, &used) || told(&fresh) != told(&used) {
			t.Fatalf("%q: %s, in a used record %s", line, told(&fresh), told(&used))
		}
		if len(fresh.Modules) > mostModules || fresh.OSError < 0 || fresh.Threads.Ready < 0 {
			t.Fatalf("%q: %+v", line, fresh)
		}
	})
}
