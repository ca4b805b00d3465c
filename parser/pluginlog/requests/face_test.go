package requests

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// told reads lines that one thread wrote, a second between two, and says what became of its requests.
func told(t *testing.T, lines ...string) (all []string) {
	t.Helper()
	var log strings.Builder
	for n, line := range lines {
		fmt.Fprintf(&log, "[Wed Dec 03 15:40:%02d 2014] 00000001 00000002 - %s\n", n, line)
	}
	_, requests := summarise(t, SummaryKinds(), strings.NewReader(log.String()))
	for _, r := range requests {
		s := fmt.Sprintf("status %d by %q, sub-requests %d:", r.Status, r.Member(), r.Subrequests)
		for _, at := range r.Attempts {
			s += fmt.Sprintf(" %s %s marked=%t;", at.Member, at.Outcome, at.Marked)
		}
		all = append(all, strings.TrimSuffix(s, ":"))
	}
	return all
}

const (
	begins = "DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/u'"
	ends   = "TRACE: ws_common: websphereEndRequest: Ending the request"
	reads  = "TRACE: lib_htresponse: htresponseRead: Reading the response"
	ok     = "DETAIL:    HTTP/1.1 200 OK"
	miss   = "TRACE: ESI: getResponseFromCache: cache miss"
	hit    = "TRACE: ESI: getResponseFromCache: cache hit"
)

func picked(member string) string {
	return "TRACE: ws_server_group: lockedServerGroupUseServer: Server " + member + " picked, weight 1."
}

func marked(member string) string {
	return "ERROR: ws_server: serverSetFailoverStatus: Marking " + member + " down"
}

// TestESI: the first look into the cache is the request's own, and answers of sub-requests are not the request's.
func TestESI(t *testing.T) {
	notFound := "DETAIL:    HTTP/1.1 404 Not Found"
	for name, test := range map[string]struct{ lines, want []string }{
		"from the cache": {[]string{begins, hit, ends}, []string{`status 200 by "", sub-requests 0`}},
		"a page of parts": {[]string{begins, miss, picked("m1"), reads, ok, hit, miss, picked("m2"), reads, notFound,
			ends},
			[]string{`status 200 by "m2", sub-requests 2: m1 ok marked=false; m2 ok marked=false;`}},
		"none of it": {[]string{begins, picked("m1"), reads, notFound, ends},
			[]string{`status 404 by "m1", sub-requests 0: m1 ok marked=false;`}},
	} {
		if diff := cmp.Diff(test.want, told(t, test.lines...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestMarkedBy: a mark is of the attempt that failed, also where a line before has ended that already.
func TestMarkedBy(t *testing.T) {
	failed := func(member, then string) string {
		return "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to '" + member +
			"'on host 'h'" + then
	}
	const fired = "ERROR: ws_common: ServerActionfromReadRC: ServerIOTimeout fired. Time out 5. retry count 0. " +
		"serverIOTimeoutRetry -1, retry YES, rc 10"
	for name, test := range map[string]struct{ lines, want []string }{
		"behind a timeout": {[]string{begins, picked("m1"), reads, fired, marked("m1"),
			failed("m1", "; will try another one"), picked("m2"), reads, ok, ends},
			[]string{`status 200 by "m2", sub-requests 0: m1 io-timeout marked=true; m2 ok marked=false;`}},
		"of a member that no line named": {[]string{begins, reads, fired, marked("m1"), ends},
			[]string{`status 0 by "m1", sub-requests 0: m1 io-timeout marked=true;`}},
		"by itself": {[]string{marked("m1")}, []string{`status 0 by "m1", sub-requests 0: m1 failed marked=true;`}},
	} {
		if diff := cmp.Diff(test.want, told(t, test.lines...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestOdder: failures come first, then what took long, then what came first.
func TestOdder(t *testing.T) {
	request := func(number int64, reasons Reason, took time.Duration) *Request {
		return &Request{Number: number, Reasons: reasons, Began: true, Start: 1, End: 1 + pluginlog.Time(took)}
	}
	inOrder := []*Request{request(9, gaveUp, 0), request(1, tookLong, time.Minute), request(2, tookLong, time.Second),
		request(3, cookieCacheable, time.Second)}
	for i, a := range inOrder {
		for j, b := range inOrder {
			if got := Odder(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%d beside %d: %d", a.Number, b.Number, got)
			}
		}
	}
}

// TestEntry: an error that was counted is found in the catalogue by its text, numbers that differ left out.
func TestEntry(t *testing.T) {
	s, _ := summarise(t, SummaryKinds(), strings.NewReader(marked("m1")+"\n"+
		"ERROR: ws_common: x: odd 123456 of 12345\nERROR: ws_common: x: odd 9876543 of 12345\n"))
	var got []string
	for _, e := range s.Errors {
		_, known := e.Entry()
		got = append(got, fmt.Sprintf("%d %s %t", e.Count, e.Text, known))
	}
	want := []string{"1 ws_server: serverSetFailoverStatus: Marking m1 down true",
		"2 ws_common: x: odd # of 12345 false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
