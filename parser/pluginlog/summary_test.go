package pluginlog

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReasons: every reason is given by a log of testdata, and has a name and words.
func TestReasonNames(t *testing.T) {
	seen := map[string]bool{}
	for i := range NumReasons {
		r := Reason(1) << i
		if r.Name() == "" || r.Words() == "" || seen[r.Name()] {
			t.Errorf("reason %d has name %q, words %q", i, r.Name(), r.Words())
		}
		seen[r.Name()] = true
	}
	if Reason(1<<NumReasons).Name() != "" {
		t.Error("a reason beyond the last has a name")
	}
	for k := range numKinds {
		if k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
}

// hostileLog opens a request on a new thread with every line, with a name and an error of its own each.
func hostileLog(lines int) []byte {
	var b bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost='h%d'; uri='/%s%d'\n", i, i, i, strings.Repeat("x", 200), i)
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h%d', OS err=%d\n", i, i, i, i)
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - STATS: ws_server: serverSetFailoverStatus: Server m%d : pendingRequests 0 failedRequests 0 affinityRequests 0 totalRequests 0.\n", i, i, i)
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:43.24773] %08x %08x - ERROR: ws_server: serverSetFailoverStatus: Marking m%d down\n", i, i, i)
	}
	return b.Bytes()
}

// TestBounded: a log in which every line is new fills no table without end, and loses no count.
func TestBounded(t *testing.T) {
	const n = 60000
	s, open := summariseOnly(t, hostileLog(n))
	if open > maxOpen {
		t.Errorf("%d requests were open at a time", open)
	}
	if s.Requests != n || s.Odd != n || int64(len(s.OddRequests))+s.Dropped != n {
		t.Errorf("%d requests, %d odd, %d kept, %d dropped", s.Requests, s.Odd, len(s.OddRequests), s.Dropped)
	}
	if len(s.OddRequests) > maxOdd || len(s.Members) > maxUses || len(s.Counters) > maxCounters || len(s.Errors) > maxErrors {
		t.Errorf("%d requests, %d members, %d counters, %d errors are kept", len(s.OddRequests), len(s.Members), len(s.Counters), len(s.Errors))
	}
	var errors int64
	for _, e := range s.Errors {
		errors += e.Count
	}
	if errors+s.OtherErrors != 2*n || int64(len(s.Counters))+s.OtherCounters != n {
		t.Errorf("%d errors and %d others, %d counters and %d others", errors, s.OtherErrors, len(s.Counters), s.OtherCounters)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MB are in use", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(s)
}

// summariseOnly keeps nothing but the summary, and how many requests were open at a time.
func summariseOnly(t testing.TB, log []byte) (s *Summary, open int) {
	t.Helper()
	s = new(Summary)
	a := Assembler{Done: s.AddRequest}
	if _, err := Read(bytes.NewReader(log), Options{Want: SummaryKinds()}, func(e *Event) error {
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
		fmt.Fprintf(&b, "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'm%d'on host 'h'; will try another one\n", i)
		fmt.Fprintf(&b, "TRACE: ws_common: websphereParseCloneID: Adding clone id 'c%d'\n", i)
	}
	_, requests := summarise(t, SummaryKinds(), &b)
	if len(requests) != 1 {
		t.Fatalf("%d requests", len(requests))
	}
	r := requests[0]
	if len(r.Attempts) != maxAttempts || r.Dropped != 5000-maxAttempts || len(r.Clones) != maxClones || r.Member() != "m4999" {
		t.Errorf("%d attempts, %d dropped, %d clones, last member %s", len(r.Attempts), r.Dropped, len(r.Clones), r.Member())
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
	const a = "[06/Oct/2017:19:06:43.00000] 00000001 00000001 - TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost='h'; uri='/u'\nTRACE: ws_common: websphereHandleSessionAffinity: Checking for session affinity\n"
	const b = "[06/Oct/2017:19:06:44.00000] 00000001 00000001 - TRACE: ws_common: websphereEndRequest: Ending the request\n"
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
	const start, end = "TRACE: m: ws_handle_request: Handling WebSphere request", "TRACE: ws_common: websphereEndRequest: Ending the request"
	const named, read = "DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/%s'", "TRACE: lib_htresponse: htresponseRead: Reading the response"
	is := func(uri string) string { return fmt.Sprintf(named, uri) }
	for _, tc := range []struct{ name, log, want string }{
		{"named twice", at(1, start) + at(1, is("a")) + at(1, is("a")) + at(2, end), "/a []"},
		{"named twice, by different paths", at(1, start) + at(1, is("a")) + at(1, is("b")) + at(2, end), "/a []; /b []"},
		{"half of the time is the member's", at(0, start) + at(1, is("a")) + at(1, read) + at(3, "DETAIL:    HTTP/1.1 200 OK") + at(4, end), "/a []"},
		{"less than half is", at(0, start) + at(1, is("a")) + at(1, read) + at(2, "DETAIL:    HTTP/1.1 200 OK") + at(4, end), "/a [little-server]"},
		{"Cache-Control of the client", at(0, start) + at(0, is("a")) + at(0, "DETAIL:    Cache-Control: no-cache") + at(0, read) + at(0, "DETAIL:    HTTP/1.1 200 OK") +
			at(0, "DETAIL:    Set-Cookie: a=b") + at(0, end), "/a [cookie-cacheable]"},
		{"Cache-Control of the member", at(0, start) + at(0, is("a")) + at(0, read) + at(0, "DETAIL:    HTTP/1.1 200 OK") +
			at(0, "DETAIL:    Set-Cookie: a=b") + at(0, "DETAIL:    Cache-Control: private") + at(0, end), "/a []"},
		{"five seconds are slow", at(0, start) + at(0, is("a")) + at(5, end), "/a [slow]"},
		{"less are not", at(0, start) + at(0, is("a")) + at(4, end), "/a []"},
		{"502 and 504 are odd, too", at(0, is("a")) + at(0, "DETAIL:    HTTP/1.1 504 Gateway Timeout") + at(1, is("b")) + at(1, "DETAIL:    HTTP/1.1 502 Bad Gateway") +
			at(2, is("c")) + at(2, "DETAIL:    HTTP/1.1 501 Not Implemented"), "/a [server-error]; /b [server-error]; /c []"},
		{"a 503 that another member made good", at(0, is("a")) + at(0, "DETAIL:    HTTP/1.1 503 Busy") + at(0, "DETAIL:    HTTP/1.1 200 OK"), "/a [server-error]"},
		{"100 Continue comes late, and no line says that it is waited for", at(0, start) + at(0, is("a")) + at(0, read) + at(4, "DETAIL:    HTTP/1.1 100 Continue") +
			at(4, "DETAIL:    HTTP/1.1 200 OK") + at(4, end), "/a [slow-continue]"},
		{"100 Continue comes late, and no line says that anything is waited for", at(0, is("a")) + at(0, "DETAIL:    POST /a HTTP/1.1") +
			at(4, "DETAIL:    HTTP/1.1 100 Continue") + at(4, "DETAIL:    HTTP/1.1 200 OK") + at(4, end), "/a [slow-continue]"},
		{"100 Continue comes soon, the status late", at(0, start) + at(0, is("a")) + at(0, read) + at(1, "DETAIL:    HTTP/1.1 100 Continue") +
			at(8, "DETAIL:    HTTP/1.1 200 OK") + at(8, end), "/a [slow-answer slow]"},
		{"DETAIL only, the next request ends this one", at(0, is("a")) + at(0, "DETAIL:    HTTP/1.1 200 OK") + at(1, is("b")) + at(1, "DETAIL:    HTTP/1.1 500 Oops"),
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

// TestSpan: the span of time covers lines that say nothing of interest, and files in any order.
func TestSpan(t *testing.T) {
	var s Stats
	for _, log := range []string{at(9, "ERROR: x") + at(10, "TRACE: nothing of interest"), "junk\n" + at(2, "ERROR: y")} {
		one, err := Read(strings.NewReader(log), Options{Want: SummaryKinds()}, func(*Event) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		s.Add(one)
	}
	if s.First.String() != "2017-10-06 19:06:02" || s.Last.String() != "2017-10-06 19:06:10" {
		t.Errorf("%s to %s", s.First, s.Last)
	}
}

// TestClockSteps: a clock that runs backwards is said with its line, also where a block ends there; what processes are out of order by is not.
func TestClockSteps(t *testing.T) {
	const filler = "TRACE: ws_common: nothing: of interest, and long enough that lines fill a block soon"
	var log strings.Builder
	line := 0
	add := func(second int, text string) { log.WriteString(at(second, text)); line++ }
	var want []int64
	for block := range 6 {
		for range 6000 {
			add(50, filler)
		}
		add(49, "TRACE: one second is nothing")
		if block%2 == 0 {
			add(20, "ERROR: earlier")
			want = append(want, int64(line))
		}
	}
	stats, err := Read(strings.NewReader(log.String()), Options{Want: SummaryKinds()}, func(*Event) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, step := range stats.Backwards {
		if step.From.String() != "2017-10-06 19:06:49" || step.To.String() != "2017-10-06 19:06:20" {
			t.Errorf("line %d: %s to %s", step.Line, step.From, step.To)
		}
		got = append(got, step.Line)
	}
	if diff := cmp.Diff(want, got); diff != "" || stats.MoreBack != 0 {
		t.Error(diff, stats.MoreBack)
	}
	exact := strings.Repeat(at(50, strings.Repeat("x", 464)), 1024) // blocks end at 512 KB
	stats, err = Read(strings.NewReader(strings.Repeat(exact+at(1, "y"), 30)), Options{}, func(*Event) error { return nil })
	if err != nil || len(stats.Backwards) != maxSteps || stats.MoreBack != 30-maxSteps {
		t.Errorf("%d steps, %d more, %v", len(stats.Backwards), stats.MoreBack, err)
	}
}

// TestWhoAnswered: an answer is never put down to the member that failed before it.
func TestWhoAnswered(t *testing.T) {
	const named = "DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/a'"
	failed := at(0, named) + at(0, "ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h1', OS err=111") +
		at(0, "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'm1'on host 'h1'; will try another one") + at(1, "DETAIL:    HTTP/1.1 200 OK")
	for log, want := range map[string]string{
		failed: "",
		failed + at(1, "STATS: ws_server: serverSetFailoverStatus: Server m2 : pendingRequests 0 failedRequests 0 affinityRequests 0 totalRequests 1."): "m2",
	} {
		_, requests := summarise(t, SummaryKinds(), strings.NewReader(log))
		if len(requests) != 1 || requests[0].Member() != want || requests[0].Status != 200 {
			t.Errorf("%+v", requests)
		}
	}
}
