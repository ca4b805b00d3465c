package pluginlog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parseOne splits and parses one line.
func parseOne(raw string) (Line, Event) {
	var l Line
	l.split(raw)
	l.readThread()
	e, _ := l.Parse()
	return l, e
}

func TestPrefix(t *testing.T) {
	const rest = "DEBUG: ws_common: websphereGetStream: text here"
	base := Line{Level: LevelDebug, Component: "ws_common", Function: "websphereGetStream", Text: "text here"}
	with := func(stamp, job string, pid, tid uint64) Line {
		l := base
		l.Stamp, l.Job, l.PID, l.TID = stamp, job, pid, tid
		return l
	}
	for _, tc := range []struct {
		name, raw string
		want      Line
	}{
		{"old time", "[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - " + rest,
			with("Wed Dec 03 15:40:13 2014", "", 0xdbc, 0xe78)},
		{"day without zero", "[Wed Oct  6 13:51:03 2010] 000015f9 f122cba0 - " + rest,
			with("Wed Oct  6 13:51:03 2010", "", 0x15f9, 0xf122cba0)},
		{"five digits", "[06/Oct/2017:19:06:43.24773] 00ea003e 00001617 - " + rest,
			with("06/Oct/2017:19:06:43.24773", "", 0xea003e, 0x1617)},
		{"no fraction", "[06/Oct/2017:19:06:43] 00ea003e 00001617 - " + rest,
			with("06/Oct/2017:19:06:43", "", 0xea003e, 0x1617)},
		{"long thread", "[06/Oct/2017:19:06:43.24773] 7f 7f3a2c5fe700 - " + rest,
			with("06/Oct/2017:19:06:43.24773", "", 0x7f, 0x7f3a2c5fe700)},
		{"IBM i", "[06/Oct/2017:19:06:43.24773] 123456/QTMHHTTP/APACHEDFT 12 345 - " + rest,
			with("06/Oct/2017:19:06:43.24773", "123456/QTMHHTTP/APACHEDFT", 12, 345)},
		{"IBM i, other user, old time", "[Wed Dec 03 15:40:13 2014] 004711/WEBADM/SHOP 00000012 00000345 - " + rest,
			with("Wed Dec 03 15:40:13 2014", "004711/WEBADM/SHOP", 12, 345)},
		{"no dash", "[06/Oct/2017:19:06:43.24773] 00ea003e 00001617 " + rest,
			with("06/Oct/2017:19:06:43.24773", "", 0xea003e, 0x1617)},
		{"indented in a book", "   " + rest, base},
		{"no prefix", rest, base},
		{"blanks of a web page", "[Wed Dec 03 15:40:13 2014]\u00a000000dbc\u00a000000e78\u00a0-\u00a0" + rest,
			with("Wed Dec 03 15:40:13 2014", "", 0xdbc, 0xe78)},
		{"blanks of a web page in a book", "\u00a0\u00a0" + rest, base},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _ := parseOne(tc.raw)
			got.Raw, got.body = "", ""
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(Line{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestForms holds one line of each form and what it says. Lines that only excerpts have stand in traces_test.go.
func TestForms(t *testing.T) {
	for _, tc := range []struct {
		raw  string
		want Event
	}{
		{"TRACE: ws_common: websphereUriMatch: Comparing '/a' to '/a/b c' in UriGroup: g h score is 2",
			Event{Kind: URICompared, Pattern: "/a", URI: "/a/b c", Group: "g h", Score: 2}},
		{"TRACE: ws_common: websphereUriMatch: Found a match '/a/*' to '/a/it's' in UriGroup: g",
			Event{Kind: URIMatched, Pattern: "/a/*", URI: "/a/it's", Group: "g"}},
		{"TRACE: ws_common: websphereUriMatch: Found a match “/a/*” to “/a/b” in UriGroup: g",
			Event{Kind: URIMatched, Pattern: "/a/*", URI: "/a/b", Group: "g"}},
		{"TRACE: ws_common: websphereUriMatch: Comparing '/a/*' to '/a/' to 'b",
			Event{Kind: URICompared, Pattern: "/a/*", URI: "/a/"}},
		{"TRACE: ws_common: websphereUriMatch: Comparing '/a to /b' to '/c' in UriGroup: g",
			Event{Kind: URICompared, Pattern: "/a to /b", URI: "/c", Group: "g"}},
		{"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to \"m's\" on host \"h\"",
			Event{Kind: TransactionFailed, Member: "m's", Host: "h"}},
		{"TRACE: ws_common: websphereUriMatch: Failed to match: /x", Event{Kind: URINotMatched, URI: "/x"}},
		{"TRACE: ws_common: websphereVhostMatch: Found a match '*:80' to 'h:80' in VhostGroup: default_host with " +
			"score 1, exact match 0",
			Event{Kind: AliasMatched, Pattern: "*:80", Host: "h:80", Group: "default_host", Score: 1}},
		{"TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost='shop.example.com'; " +
			"uri='/shop?q='x''",
			Event{Kind: RouteTried, Host: "shop.example.com", URI: "/shop?q='x'"}},
		{"TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost=‘shop’; uri=‘/shop’",
			Event{Kind: RouteTried, Host: "shop", URI: "/shop"}},
		{"DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/u'",
			Event{Kind: RequestNamed, Host: "h", URI: "/u"}},
		{"DETAIL: ws_common: websphereBeginRequest: Request is: host='h'; uri='/u",
			Event{Kind: RequestNamed, Host: "h", URI: "/u"}},
		{"TRACE: mod_was_ap22_http: ws_handle_request: Handling WebSphere request", Event{Kind: RequestStarted}},
		{"TRACE: ws_server_group: serverGroupCheckServerStatus: Checking status of a.b-c, ignoreWeights 0, " +
			"markedDown 1, retryNow 1, retryInSec -3, wlbAllows 1 reachedMaxConnectionsLimit 1",
			Event{Kind: StatusChecked, Member: "a.b-c", Check: Check{MarkedDown: true, RetryNow: true,
				HasRetryIn: true,
				RetryIn:    -3, WLBAllows: true, HasFull: true, Full: true}}},
		{"TRACE: ws_server_group: serverGroupCheckServerStatus: Checking status of m, ignoreWeights 1, markedD",
			Event{Kind: StatusChecked, Member: "m", Check: Check{IgnoreWeights: true}}},
		{"TRACE: ws_server_group: serverGroupCheckServerStatus: Server m is marked down; retry in 58",
			Event{Kind: StillMarkedDown, Member: "m", Seconds: 58}},
		{"TRACE: ws_server_group: lockedServerGroupUseServer: Server m picked, weight -1.",
			Event{Kind: Picked, Member: "m", Weight: -1}},
		{"TRACE: ws_server_group: serverGroupIncrementConnectionCount: Server m picked, pendingConnectionCount 3 " +
			"totalConnectionsCount 40.",
			Event{Kind: PickedOld, Member: "m", Pending: 3, Total: 40}},
		{"DETAIL: ws_common: websphereFindTransport: Setting the transport(case 2): fe80::1 on port 9443",
			Event{Kind: TransportSet, Case: 2, Host: "fe80::1", Port: 9443}},
		{"DEBUG: ws_common: websphereGetStream: Created a new stream; queue was empty, socket = 23",
			Event{Kind: StreamCreated, Socket: 23}},
		{"ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h' (79): Connect (local " +
			"port 4096)",
			Event{Kind: ConnectFailed, Host: "h", OSError: 79, Port: 4096}},
		{"ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h', OS err=10061",
			Event{Kind: ConnectFailed, Host: "h", OSError: 10061}},
		{"ERROR: ws_server: serverSetFailoverStatus: Marking node-1.m down", Event{Kind: MarkedDown,
			Member: "node-1.m"}},
		{"ERROR: Marking m down", Event{Kind: MarkedDown, Member: "m"}},
		{"STATS: ws_server: serverSetFailoverStatus: Server m 1 : pendingRequests 1 failedRequests 2 " +
			"affinityRequests 3 totalRequests 4.",
			Event{Kind: Counted, Member: "m 1", Counters: Counters{1, 2, 3, 4}}},
		{"STATS: ws_server: serverSetFailoverStatus: Server m : pendingConnections 1 failedConnections 2 " +
			"affinityConnections 3 totalConnections 4.",
			Event{Kind: Counted, Member: "m", Old: true, Counters: Counters{1, 2, 3, 4}}},
		{"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to ‘m'on host ‘h’; will try " +
			"another one",
			Event{Kind: TransactionFailed, Member: "m", Host: "h", Retry: true}},
		{"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'm' on host 'h:9080'; will " +
			"not try another one",
			Event{Kind: TransactionFailed, Member: "m", Host: "h:9080"}},
		{"ERROR: ws_common: ServerActionfromReadRC: ServerIOTimeout fired. Time out 60. retry count 1. " +
			"serverIOTimeoutRetry 2, retry NO, rc 10",
			Event{Kind: IOTimedOut, Seconds: 60, Count: 1, Limit: 2, Code: 10}},
		{"ERROR: lib_stream: someRead: a timeout has fired", Event{Kind: TimeoutFired, Text: "a timeout has fired"}},
		{"ERROR: mod_was_ap22_http: cb_read_body: just_read = 5 of the expected 10",
			Event{Kind: BodyShort, Length: 5, Expected: 10}},
		{"TRACE: mod_was_ap22_http: cb_read_body: just_read 0 of the expected 10", Event{Kind: BodyShort,
			Expected: 10}},
		{"ERROR: cb_write_body: write failed: RC=-1", Event{Kind: ClientWriteFailed, Text: "write failed: RC=-1"}},
		{"ERROR: lib_htrequest: htrequestWrite: Write failed", Event{Kind: ServerWriteFailed, Text: "Write failed"}},
		{"DEBUG: ws_server_group: serverGroupNextRoundRobinServer: all could be down",
			Event{Kind: AllCouldBeDown, Text: "all could be down"}},
		{"TRACE: lib_htrequest: htrequestWrite: Writing the request content, length 5000000000",
			Event{Kind: BodyStarted, Length: 5000000000}},
		{"DETAIL:    HTTP/1.1 503 Service Unavailable", Event{Kind: StatusLine, Code: 503,
			Text: "Service Unavailable"}},
		{"TRACE:    HTTP/1.0 200", Event{Kind: StatusLine, Code: 200}},
		{"DETAIL:    POST /a?b=c HTTP/1.1", Event{Kind: RequestLine, Method: "POST", URI: "/a?b=c"}},
		{"DETAIL:    set-cookie: JSESSIONID=0000a:b; Path=/",
			Event{Kind: Header, Pattern: "set-cookie", Text: "JSESSIONID=0000a:b; Path=/"}},
		{"DETAIL:    $WSFO: true", Event{Kind: FailoverHeaderSent}},
		{"TRACE: HTTP/1.1 200 OK", Event{Kind: StatusLine, Code: 200, Text: "OK"}},
		{"TRACE:\u00a0\u00a0\u00a0 HTTP/1.1 404 Not Found", Event{Kind: StatusLine, Code: 404, Text: "Not Found"}},
		{"DETAIL: Set-Cookie: a=b", Event{Kind: Header, Pattern: "Set-Cookie", Text: "a=b"}},
		{"TRACE: ws_common: websphereParseCloneID: Parsed clone id 'v544d0o0'", Event{Kind: CloneAdded,
			Clone: "v544d0o0"}},
		{"ERROR: ws_common: websphereGetStream: Failed to connect to app server, OS err=79",
			Event{Kind: ConnectFailed, OSError: 79}},
		{"TRACE: ws_server_group: assureWeightsValid: the group: all could be down",
			Event{Kind: AllCouldBeDown, Text: "the group: all could be down"}},
		{"DETAIL: ws_common: websphereFindTransport: Setting the transport: localhost on port 9080",
			Event{Kind: TransportSet, Host: "localhost", Port: 9080}},
		{"PLUGIN: Bld version: 9.0.5.7", Event{Kind: BuildVersion, Text: "9.0.5.7"}},
		{"PLUGIN: Webserver: IBM_HTTP_Server/9.0", Event{Kind: WebServer, Text: "IBM_HTTP_Server/9.0"}},
		{"DETAIL: ws_common: websphereCheckConfig: Config was successfully reloaded", Event{Kind: ConfigReloaded}},
		{"ERROR: ESI: getResponse: failed to get response: rc = 2",
			Event{Kind: ErrorLine, Text: "ESI: getResponse: failed to get response: rc = 2"}},
		{"WARNING: ws_common: x: y", Event{Kind: WarnLine, Text: "ws_common: x: y"}},
		{"TRACE: ESI: esiRulesGetCacheId: cache miss", Event{Kind: ESICacheMiss}},
	} {
		t.Run(tc.raw, func(t *testing.T) {
			l, got := parseOne(tc.raw)
			tc.want.Level = l.Level
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoEvent holds lines that look like news and are none.
func TestNoEvent(t *testing.T) {
	for _, raw := range []string{
		"# two \"Connect timeout fired\" lines: prose between the lines of an excerpt",
		"the plug-in prints ServerIOTimeout fired. Time out 60.",
		"TRACE: cb_read_body: just_read = 10 of the expected 10",
		"TRACE: ws_common: websphereExecute: Done with Request",
		"DETAIL:    X-Note: HTTP/1.1 500",
		"DETAIL:    HTTP/1.1 abc",
		"PLUGIN: Plugins loaded.",
		"ERROR: Marking m up"[7:],
		"TRACE: ws_server: serverSetFailoverStatus: Marking m up",
		"TRACE: ws_server: serverSetFailoverStatus: Marking m",
		"", "[", "[]", "[Wed Dec 03 15:40:13 2014]", "[Wed Dec 03 15:40:13 2014] 0000", ":", "TRACE:", "TRACE: ",
		"TRACE:   ",
		"[99/Xxx/2017:99:99:99.99999] 00000001 00000001 - TRACE: x: y: z",
	} {
		if _, e := parseOne(raw); e.Kind != None {
			t.Errorf("%q is read as %s", raw, e.Kind)
		}
	}
}

func TestTime(t *testing.T) {
	for text, want := range map[string]string{
		"Wed Dec 03 15:40:13 2014":   "2014-12-03 15:40:13",
		"Wed Oct  6 13:51:03 2010":   "2010-10-06 13:51:03",
		"06/Oct/2017:19:06:43.24773": "2017-10-06 19:06:43.24773",
		"06/Oct/2017:19:06:43.5":     "2017-10-06 19:06:43.50000",
		"06/Oct/2017:19:06:43":       "2017-10-06 19:06:43",
		"06/Oct/2017:19:06:99":       "",
		"06/Xyz/2017:19:06:43":       "",
		"06/Oct/2017:19:06:43.":      "2017-10-06 19:06:43",
		"06/Oct/2017:19:06:43.x":     "",
		"06/Oct/0000:19:06:43.00000": "",
	} {
		got, ok := new(clock).read(text)
		if got.String() != want && (ok || want != "") {
			t.Errorf("%q is read as %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestGlued(t *testing.T) {
	const a, b = "[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - ERROR: ws_common: websphereExecute: Failed to " +
		"create the stream",
		"[Wed Dec 03 15:40:13 2014] 00000dbd 00000e79 - ERROR: ws_server: serverSetFailoverStatus: Marking m down"
	events, stats := readAll(t, a+b+"\n\n"+a+b[:30]+"\n[x] "+a+"\n")
	want := []string{"1 dbc stream-failed", "1 dbd marked-down", "3 dbc stream-failed", "4 dbc stream-failed"}
	if diff := cmp.Diff(want, brief(events)); diff != "" {
		t.Error(diff)
	}
	if stats.Glued != 3 || stats.Blank != 1 || stats.Lines != 4 {
		t.Errorf("got %+v", stats)
	}
	if glued(`TRACE:    Cookie: a=[06/Oct/2017:19:06:43.24773]`, 0) != 0 {
		t.Error("a time in a header is taken for the start of a line")
	}
}

// TestGluedBare splits excerpts whose prefixes and line ends are gone, but no text that names a level.
func TestGluedBare(t *testing.T) {
	for text, want := range map[string][]string{
		"PLUGIN: Plugins loaded.PLUGIN: ---- System Information ----PLUGIN: Bld version: 5.1.PLUGIN: Webserver: x": {
			"1 0 build-version", "1 0 web-server"},
		"ERROR: ws_server: serverAddTransport: Failed to initialize security ERROR: ws_server: serverAddTransport: " +
			"HTTPS Transport is skipped": {"1 0 error", "1 0 error"},
		"ERROR: ws_common: x: the log says ERROR: too often": {"1 0 error"},
		"TRACE: ws_common: websphereWriteRequestReadResponse: EnterERROR: ws_common: websphereExecute: Failed to " +
			"create the stream": {"1 0 stream-failed"},
	} {
		events, _ := readAll(t, text)
		if diff := cmp.Diff(want, brief(events)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// TestLineEnds reads a log with carriage returns, a byte order mark and without a last line end.
func TestLineEnds(t *testing.T) {
	events, stats := readAll(t, "\ufeff"+strings.ReplaceAll("ERROR: Marking m down\n\nERROR: Marking n down", "\n",
		"\r\n"))
	if diff := cmp.Diff([]string{"m", "n"}, []string{events[0].Member, events[1].Member}); diff != "" ||
		stats.Lines != 3 || events[0].Offset != 3 {
		t.Errorf("%s %+v", diff, stats)
	}
}

// TestOddTimes: a line is read whatever its time looks like, and the time where it can be.
func TestOddTimes(t *testing.T) {
	const rest = " 00001a2b 00000001 - ERROR: ws_server: serverSetFailoverStatus: Marking m1 down"
	for stamp, want := range map[string]string{
		"Wed Oct 08 15:40:13 2014":          "2014-10-08 15:40:13",
		"Mi Okt 08 15:40:13 2014":           "2014-10-08 15:40:13",
		"Mit Okt  8 15:40:13 2014":          "2014-10-08 15:40:13",
		"mar. oct. 07 15:40:13 2014":        "2014-10-07 15:40:13",
		"mer. août 08 15:40:13 2014":        "2014-08-08 15:40:13",
		"Sa Mär 08 15:40:13 2014":           "2014-03-08 15:40:13",
		"Wed Dec 03 15:40:13.123 2014":      "2014-12-03 15:40:13.12300",
		"Wed Dec 03 15:40:13 CET 2014":      "2014-12-03 15:40:13",
		"06/Mai/2017:19:06:43.24773":        "2017-05-06 19:06:43.24773",
		"06/Oct/2017:19:06:43.24773 +0200":  "2017-10-06 19:06:43.24773",
		"06/juil./2017:19:06:43.24773":      "2017-07-06 19:06:43.24773",
		"2014-12-03 15:40:13,5":             "2014-12-03 15:40:13.50000",
		"2014-12-03T15:40:13+01:00":         "2014-12-03 15:40:13",
		"水 10月 08 15:40:13 2014":            "",
		"Wed Xyz 03 15:40:13 2014":          "",
		"99/Oct/2017:19:06:43.24773":        "",
		"2014-13-03 15:40:13":               "",
		"1 2 3 4 5 6 7 8 9":                 "",
		"06/Oct/2017:19:06:43.1234567890 Z": "",
	} {
		for _, before := range []string{"", "17:", "http_plugin.log:3:", "Dec  3 15:40:13 web1 httpd[1234]: ",
			"\x00\x00\x00", "> "} {
			events, _ := readAll(t, before+"["+stamp+"]"+rest+"\n")
			if len(events) != 1 || events[0].Member != "m1" || events[0].PID != 0x1a2b ||
				events[0].Time.String() != want {
				t.Errorf("%q [%s]: %+v, want %s", before, stamp, events, want)
			}
		}
	}
	for _, text := range []string{"[x] 1 2 Marking m1 down", "[" + strings.Repeat("x", 70) + "] 1 2 - ERROR: x",
		"[x]1 2 - ERROR: x"} {
		if _, stats := readAll(t, text); stats.Glued != 0 || stats.Unknown+stats.Events != 1 {
			t.Errorf("%q: %+v", text, stats)
		}
	}
}
