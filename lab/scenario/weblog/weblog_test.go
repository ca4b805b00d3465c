package weblog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/scenario/weblog"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

// request is what the plug-in logs of a request that m1 refuses and m2 does not answer either.
var request = logged("DETAIL: ws_common: websphereHandleRequest: Request is: host='h'; uri='/u'",
	"ERROR: ws_common: websphereExecute: Failed to create the stream",
	"ERROR: ws_server: serverSetFailoverStatus: Marking m1 down",
	failed("m1"), failed("m2"))

func failed(member string) string {
	return "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to '" + member +
		"' on host 'h'; will try another one"
}

func logged(lines ...string) (text string) {
	for _, l := range lines {
		text += "[01/Dec/2026:10:00:00.00000] 00001234 00005678 - " + l + "\n"
	}
	return text
}

// TestTake: lines are whole however they were written, each has the time of the piece in which it begins, and what was
// taken does not come again.
func TestTake(t *testing.T) {
	var l weblog.Log
	cut := strings.Index(request, "Marking")                              // within the third line
	end := strings.LastIndex(strings.TrimSuffix(request, "\n"), "\n") + 1 // of the fourth
	for _, piece := range []string{request[:cut], request[cut:end], request[end:]} {
		for now := time.Now(); !time.Now().After(now); { // a clock may be coarse
		}
		l.Write([]byte(piece))
	}
	lines := l.Take()
	var kinds []pluginlog.Kind
	for _, line := range lines {
		kinds = append(kinds, line.Event.Kind)
	}
	want := []pluginlog.Kind{pluginlog.RequestNamed, pluginlog.StreamFailed, pluginlog.MarkedDown,
		pluginlog.TransactionFailed, pluginlog.TransactionFailed}
	if !slices.Equal(kinds, want) {
		t.Fatalf("got %v, want %v", kinds, want)
	}
	if !lines[0].At.Equal(lines[2].At) || !lines[2].At.Before(lines[3].At) || !lines[3].At.Before(lines[4].At) {
		t.Errorf("times: %v, %v, %v, %v", lines[0].At, lines[2].At, lines[3].At, lines[4].At)
	}
	if again := l.Take(); len(again) != 0 {
		t.Errorf("taken again: %+v", again)
	}
}

// TestAttempts: who was tried, in order, and who was marked down; none of no lines, which is not the same as unknown.
func TestAttempts(t *testing.T) {
	var l weblog.Log
	l.Write([]byte(request))
	tried, marked := weblog.Attempts(l.Take())
	if !slices.Equal(tried, []string{"m1", "m2"}) || !slices.Equal(marked, []string{"m1"}) {
		t.Errorf("tried %q, marked %q", tried, marked)
	}
	if tried, marked = weblog.Attempts(nil); tried == nil || marked == nil || len(tried)+len(marked) > 0 {
		t.Errorf("of nothing: tried %#v, marked %#v", tried, marked)
	}
}
