package words_test

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/words"
)

// TestOf: a sentence for each kind that means something to people, without a full stop and with the values of the
// line in it.
func TestOf(t *testing.T) {
	for _, test := range []struct {
		event pluginlog.Event
		want  string
	}{
		{pluginlog.Event{}, ""},
		{pluginlog.Event{Kind: pluginlog.URICompared, Pattern: "/shop/*", URI: "/shop/a"}, ""},
		{pluginlog.Event{Kind: pluginlog.RequestNamed, Host: "shop.example.com", URI: "/shop"},
			"the request is for /shop on host shop.example.com"},
		{pluginlog.Event{Kind: pluginlog.ESICacheMiss}, "not in the ESI cache: a member has to answer"},
		{pluginlog.Event{Kind: pluginlog.WarnLine, Text: "odd"}, "warning: odd"},
		{pluginlog.Event{Kind: pluginlog.ErrorLine, Text: "of no catalogue"}, "error: of no catalogue"},
		{pluginlog.Event{Kind: pluginlog.URIMatched, Pattern: "/shop/*", Group: "g"},
			"URI pattern /shop/* of g matches [R2]"},
		{pluginlog.Event{Kind: pluginlog.URIMatched, Pattern: "/shop/*", Group: "g", Score: 7},
			"URI pattern /shop/* of g matches with score 7 [R2]"},
		{pluginlog.Event{Kind: pluginlog.StatusChecked, Member: "m1",
			Check: pluginlog.Check{MarkedDown: true, HasRetryIn: true, RetryIn: 9, Full: true}},
			"m1 is marked down for another 9 s, has no weight left, has MaxConnections requests pending [R42]"},
		{pluginlog.Event{Kind: pluginlog.StatusChecked, Member: "m1",
			Check: pluginlog.Check{MarkedDown: true, RetryNow: true, IgnoreWeights: true}},
			"m1 is marked down, but a retry is due [R42]"},
		{pluginlog.Event{Kind: pluginlog.PickedOld, Member: "m1", Pending: 2, Total: 30},
			"m1 gets the request (2 pending, 30 in all) [R67]"},
		{pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: "h"}, "the connect to h failed [R50]"},
		{pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: "h", OSError: 9999},
			"the connect to h failed (error 9999) [R50]"},
		{pluginlog.Event{Kind: pluginlog.TransactionFailed, Member: "m1", Retry: true},
			"the attempt at m1 failed; tries another one: yes [R57]"},
		{pluginlog.Event{Kind: pluginlog.Counted, Member: "m1", Counters: pluginlog.Counters{Pending: 1, Failed: 2,
			Affinity: 30, Total: 40}}, "m1: 1 pending, 2 failed, 30 by affinity, 10 new [R67]"},
		{pluginlog.Event{Kind: pluginlog.StatusLine, Code: 503}, "the answer is 503 [R67]"},
		{pluginlog.Event{Kind: pluginlog.BodyShort, Length: 5, Expected: 10},
			"the client sent 5 bytes of the 10 it promised"},
	} {
		if got := words.Of(&test.event); got != test.want {
			t.Errorf("%s: %q, want %q", test.event.Kind, got, test.want)
		}
	}
	for k := pluginlog.None; k == pluginlog.None || k.String() != "none"; k++ {
		if s := words.Of(&pluginlog.Event{Kind: k}); strings.HasSuffix(s, ".") || strings.Contains(s, "%!") {
			t.Errorf("%s: %q", k, s)
		}
	}
}

// TestGSK: what the catalogue has is named and explained, by its name or by its number; the rest is shown as it is.
func TestGSK(t *testing.T) {
	for _, test := range []struct {
		code pluginlog.GSK
		want string // the beginning
	}{
		{pluginlog.GSK{}, ""},
		{pluginlog.GSK{Name: "GSK_ERROR_BAD_CERT", Code: 414}, ", GSK_ERROR_BAD_CERT (414): "},
		{pluginlog.GSK{Name: "GSK_ERROR_BAD_CERT"}, ", GSK_ERROR_BAD_CERT (414): "},
		{pluginlog.GSK{Code: 414}, ", GSK_ERROR_BAD_CERT (414): "},
		{pluginlog.GSK{Code: 9999}, ", GSK code (9999), a code that is not in the catalogue"},
		{pluginlog.GSK{Name: "GSK_NEW", Code: 9999}, ", GSK_NEW (9999), a code that is not in the catalogue"},
	} {
		got := words.GSK(test.code)
		if !strings.HasPrefix(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%+v: %q, want %q", test.code, got, test.want)
		}
	}
}
