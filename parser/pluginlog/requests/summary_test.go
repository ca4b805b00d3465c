package requests

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	m.Run()
}

// TestReasons: every reason is given by a log of testdata, and has a name and words.
func TestReasonNames(t *testing.T) {
	seen := map[string]bool{}
	for i := range numReasons {
		r := Reason(1) << i
		if r.Name() == "" || r.Words() == "" || seen[r.Name()] {
			t.Errorf("reason %d has name %q, words %q", i, r.Name(), r.Words())
		}
		seen[r.Name()] = true
	}
	if Reason(1<<numReasons).Name() != "" {
		t.Error("a reason beyond the last has a name")
	}
}

// hostileLog opens a request on a new thread with every line, with a name and an error of its own each.
func hostileLog(lines int) []byte {
	var b bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - TRACE: ws_common: websphereShouldHandleRequest: "+
			"trying to match a route for: vhost='h%d'; uri='/%s%d'\n", i, i, i, strings.Repeat("x", 200), i)
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - ERROR: ws_common: websphereGetStream: Failed to "+
			"connect to app server on host 'h%d', OS err=%d\n", i, i, i, i)
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - STATS: ws_server: serverSetFailoverStatus: Server "+
			"m%d : pendingRequests 0 failedRequests 0 affinityRequests 0 totalRequests 0.\n", i, i, i)
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - ERROR: ws_server: serverSetFailoverStatus: "+
			"Marking m%d down\n", i, i, i)
	}
	return b.Bytes()
}

// TestBounded: a log in which every line is new fills no table without end, and loses no count.
func TestBounded(t *testing.T) {
	sharedtest.Computes(t)
	const n = 60000
	s, open := summariseOnly(t, hostileLog(n))
	if open > defaultOpen {
		t.Errorf("%d requests were open at a time", open)
	}
	if s.Requests != n || s.Odd != n || int64(len(s.OddRequests))+s.Dropped != n {
		t.Errorf("%d requests, %d odd, %d kept, %d dropped", s.Requests, s.Odd, len(s.OddRequests), s.Dropped)
	}
	if len(s.OddRequests) > maxOdd || len(s.Members) > maxUses || len(s.Counters) > maxCounters ||
		len(s.Errors) > maxErrors {
		t.Errorf("%d requests, %d members, %d counters, %d errors are kept", len(s.OddRequests), len(s.Members),
			len(s.Counters), len(s.Errors))
	}
	var errors int64
	for _, e := range s.Errors {
		errors += e.Count
	}
	if errors+s.OtherErrors != 2*n || int64(len(s.Counters))+s.OtherCounters != n {
		t.Errorf("%d errors and %d others, %d counters and %d others", errors, s.OtherErrors, len(s.Counters),
			s.OtherCounters)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MB are in use", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(s)
}

// TestBoundedThreads: threads and processes without end leave no more requests behind than the limit.
func TestBoundedThreads(t *testing.T) {
	for _, limit := range []int{0, 100} {
		var s Summary
		a := Assembler{Done: s.AddRequest, MaxOpen: limit}
		for i := range uint64(100000) {
			a.Add(&pluginlog.Event{Kind: pluginlog.RouteTried, Thread: pluginlog.Thread{PID: i % 9, TID: i}})
			a.Add(&pluginlog.Event{Kind: pluginlog.ConfigReloaded, Thread: pluginlog.Thread{PID: i, TID: 1}})
			if n := len(a.open); n > limit && limit > 0 || n > defaultOpen {
				t.Fatalf("%d requests are open, the limit is %d", n, limit)
			}
		}
	}
}

// TestLines: whoever reads line by line gets every line with its request, keeps a note of its own for as long as the
// request is open, and sees none again that was forgotten.
func TestLines(t *testing.T) {
	var got []string
	name := func(r *Request) string {
		if r == nil {
			return "-"
		}
		if r.Note == nil {
			r.Note = fmt.Sprint("#", r.Number)
		}
		return r.Note.(string)
	}
	a := Assembler{
		Line: func(r *Request, e *pluginlog.Event) { got = append(got, name(r)+" "+e.Kind.String()) },
		Done: func(r *Request) { got = append(got, name(r)+" done") },
	}
	one, two := pluginlog.Thread{PID: 1, TID: 1}, pluginlog.Thread{PID: 2, TID: 1}
	add := func(thread pluginlog.Thread, kinds ...pluginlog.Kind) {
		for _, k := range kinds {
			a.Add(&pluginlog.Event{Kind: k, Thread: thread})
		}
	}
	add(one, pluginlog.Counted, pluginlog.RouteTried, pluginlog.Picked)
	add(two, pluginlog.RouteTried, pluginlog.RequestEnded)
	add(one, pluginlog.RouteTried)
	add(two, pluginlog.Picked)
	a.Forget(1, func(r *Request) { got = append(got, name(r)+" forgotten") })
	add(one, pluginlog.StatusLine)
	a.Close()
	want := []string{"- counted", "#1 route-tried", "#1 picked", "#2 route-tried", "#2 request-ended", "#2 done",
		"#1 done", "#3 route-tried", "#4 picked", "#3 forgotten", "- status-line", "#4 done"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// summariseOnly keeps nothing but the summary, and how many requests were open at a time.
func summariseOnly(t testing.TB, log []byte) (s *Summary, open int) {
	t.Helper()
	s = new(Summary)
	a := Assembler{Done: s.AddRequest}
	if _, err := pluginlog.Read(bytes.NewReader(log), pluginlog.Options{Want: SummaryKinds()},
		func(e *pluginlog.Event) error {
			s.Add(e)
			a.Add(e)
			open = max(open, len(a.open))
			return nil
		}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	s.Finish()
	return s, open
}

// TestOneRequestForever: attempts and clone IDs of one request have an end, too.
func TestOneRequestForever(t *testing.T) {
	var b bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&b, "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'm%d'on "+
			"host 'h'; will try another one\n", i)
		fmt.Fprintf(&b, "TRACE: ws_common: websphereParseCloneID: Adding clone id 'c%d'\n", i)
	}
	_, requests := summarise(t, SummaryKinds(), &b)
	if len(requests) != 1 {
		t.Fatalf("%d requests", len(requests))
	}
	r := requests[0]
	if len(r.Attempts) != maxAttempts || r.Dropped != 5000-maxAttempts || len(r.Clones) != maxClones ||
		r.Member() != "m4999" {
		t.Errorf("%d attempts, %d dropped, %d clones, last member %s", len(r.Attempts), r.Dropped,
			len(r.Clones), r.Member())
	}
}

func TestBlur(t *testing.T) {
	got := string(blur([]byte("socket 123456 port 10061 error 111 1234567")))
	if diff := cmp.Diff("socket # port 10061 error 111 #", got); diff != "" {
		t.Error(diff)
	}
}

// TestRotated: a request goes on in the next file, unless its lines show no thread.
func TestRotated(t *testing.T) {
	const a = "[06/Oct/2017:19:06:43.00000] 00000001 00000001 - TRACE: ws_common: websphereShouldHandleRequest: " +
		"trying to match a route for: vhost='h'; uri='/u'\nTRACE: ws_common: websphereHandleSessionAffinity: " +
		"Checking for session affinity\n"
	const b = "[06/Oct/2017:19:06:44.00000] 00000001 00000001 - TRACE: ws_common: websphereEndRequest: Ending the " +
		"request\n"
	_, requests := summarise(t, SummaryKinds(), strings.NewReader(a), strings.NewReader("\n"+b))
	if len(requests) != 2 {
		t.Fatalf("%d requests", len(requests))
	}
	if r := requests[1]; r.URI != "/u" || r.First != (Place{1, 1}) || r.Last != (Place{2, 2}) || !r.Complete {
		t.Errorf("%+v", r)
	}
	if r := requests[0]; r.Last != (Place{1, 2}) || r.Complete {
		t.Errorf("%+v", r)
	}
}

// at returns a line of thread 1 at a second.
func at(second int, text string) string {
	return fmt.Sprintf("[06/Oct/2017:19:06:%02d.00000] 00000001 00000001 - %s\n", second, text)
}

// TestCases holds small logs and what is said of their requests.
func TestCases(t *testing.T) {
	const start, end = "TRACE: m: ws_handle_request: Handling WebSphere request",
		"TRACE: ws_common: websphereEndRequest: Ending the request"
	const named, read = "DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/%s'",
		"TRACE: lib_htresponse: htresponseRead: Reading the response"
	is := func(uri string) string { return fmt.Sprintf(named, uri) }
	for _, tc := range []struct{ name, log, want string }{
		{"named twice", at(1, start) + at(1, is("a")) + at(1, is("a")) + at(2, end), "/a []"},
		{"named twice, by different paths", at(1, start) + at(1, is("a")) + at(1, is("b")) + at(2, end),
			"/a []; /b []"},
		{"half of the time is the member's", at(0, start) + at(1, is("a")) + at(1, read) +
			at(3, "DETAIL:    HTTP/1.1 200 OK") + at(4, end), "/a []"},
		{"less than half is", at(0, start) + at(1, is("a")) + at(1, read) + at(2, "DETAIL:    HTTP/1.1 200 OK") +
			at(4, end), "/a [little-server]"},
		{"Cache-Control of the client", at(0, start) + at(0, is("a")) + at(0, "DETAIL:    Cache-Control: no-cache") +
			at(0, read) + at(0, "DETAIL:    HTTP/1.1 200 OK") +
			at(0, "DETAIL:    Set-Cookie: a=b") + at(0, end), "/a [cookie-cacheable]"},
		{"Cache-Control of the member", at(0, start) + at(0, is("a")) + at(0, read) + at(0,
			"DETAIL:    HTTP/1.1 200 OK") +
			at(0, "DETAIL:    Set-Cookie: a=b") + at(0, "DETAIL:    Cache-Control: private") + at(0, end), "/a []"},
		{"five seconds are slow", at(0, start) + at(0, is("a")) + at(5, end), "/a [slow]"},
		{"less are not", at(0, start) + at(0, is("a")) + at(4, end), "/a []"},
		{"502 and 504 are odd, too", at(0, is("a")) + at(0, "DETAIL:    HTTP/1.1 504 Gateway Timeout") +
			at(1, is("b")) +
			at(1, "DETAIL:    HTTP/1.1 502 Bad Gateway") +
			at(2, is("c")) + at(2, "DETAIL:    HTTP/1.1 501 Not Implemented"),
			"/a [server-error]; /b [server-error]; /c []"},
		{"a 503 that another member made good", at(0, is("a")) + at(0, "DETAIL:    HTTP/1.1 503 Busy") +
			at(0, "DETAIL:    HTTP/1.1 200 OK"), "/a [server-error]"},
		{"100 Continue comes late, and no line says that it is waited for",
			at(0, start) + at(0, is("a")) + at(0, read) + at(4, "DETAIL:    HTTP/1.1 100 Continue") +
				at(4, "DETAIL:    HTTP/1.1 200 OK") + at(4, end), "/a [slow-continue]"},
		{"100 Continue comes late, and no line says that anything is waited for",
			at(0, is("a")) + at(0, "DETAIL:    POST /a HTTP/1.1") +
				at(4, "DETAIL:    HTTP/1.1 100 Continue") + at(4, "DETAIL:    HTTP/1.1 200 OK") + at(4, end),
			"/a [slow-continue]"},
		{"100 Continue comes soon, the status late", at(0, start) + at(0, is("a")) + at(0, read) +
			at(1, "DETAIL:    HTTP/1.1 100 Continue") +
			at(8, "DETAIL:    HTTP/1.1 200 OK") + at(8, end), "/a [slow-answer slow]"},
		{"DETAIL only, the next request ends this one", at(0, is("a")) + at(0, "DETAIL:    HTTP/1.1 200 OK") +
			at(1, is("b")) + at(1, "DETAIL:    HTTP/1.1 500 Oops"),
			"/a []; /b [server-error]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, requests := summarise(t, SummaryKinds(), strings.NewReader(tc.log))
			var got []string
			for _, r := range requests {
				var names []string
				for _, reason := range r.Reasons.Split() {
					names = append(names, reason.Name())
				}
				got = append(got, fmt.Sprint(r.URI, " ", names))
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhoAnswered: an answer is never put down to the member that failed before it.
func TestWhoAnswered(t *testing.T) {
	const named = "DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/a'"
	failed := at(0, named) + at(0, "ERROR: ws_common: websphereGetStream: Failed to connect to app server on host "+
		"'h1', OS err=111") +
		at(0, "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'm1'on host 'h1'; "+
			"will try another one") + at(1, "DETAIL:    HTTP/1.1 200 OK")
	for log, want := range map[string]string{
		failed: "",
		failed + at(1, "STATS: ws_server: serverSetFailoverStatus: Server m2 : pendingRequests 0 failedRequests 0 "+
			"affinityRequests 0 totalRequests 1."): "m2",
	} {
		_, requests := summarise(t, SummaryKinds(), strings.NewReader(log))
		if len(requests) != 1 || requests[0].Member() != want || requests[0].Status != 200 {
			t.Errorf("%+v", requests)
		}
	}
}

// FuzzAssemble: no input makes the assembly panic or hang, or leaves a request open.
func FuzzAssemble(f *testing.F) {
	f.Add([]byte("[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - ERROR: ws_common: websphereGetStream: Connect " +
		"timeout fired\n"))
	f.Add([]byte("[06/Oct/2017:19:06:43.24773] 1/Q/J 1 2 - STATS: x: serverGroupCheckServerStatus: Checking status " +
		"of m, ignoreWeights 1, markedDown 0[06/Oct"))
	f.Add([]byte("TRACE:    HTTP/1.1 200 OK\r\n\x00\xff'\x91\xe2\x80"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Summary
		a := Assembler{Done: s.AddRequest, KeepEvents: 8}
		_, err := pluginlog.Read(bytes.NewReader(data), pluginlog.Options{Workers: 1}, func(e *pluginlog.Event) error {
			s.Add(e)
			a.Add(e)
			return nil
		})
		a.Close()
		s.Finish()
		if err != nil || len(a.open) != 0 {
			t.Fatalf("%v, %d requests left open", err, len(a.open))
		}
	})
}
