package pluginlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// traces says what the published excerpts contain: by line the kind and what it names. Lines that are not listed are
// no events.
var traces = map[string][]string{
	"01-": {"10 clones-listed", "11 clone-sought", "12 first-primary", "13 clone-compared u307p2vq/u307p2vq",
		"14 clone-matched HAClusterServer1",
		"15 status-checked HAClusterServer1 {true true false false false 0 false false}",
		"16 still-marked-down HAClusterServer1 58",
		"17 next-primary", "18 clone-compared u307p2vq/u307p62u", "19 next-primary", "20 first-primary",
		"21 clone-compared u307p62u/u307p2vq"},
	"02-": {"5 connect-failed app1.itso.ibm.com 10061", "6 stream-failed", "7 marked-down was1node_PluginMember1",
		"8 counted was1node_PluginMember1 {0 1 0 0}",
		"9 transaction-failed was1node_PluginMember1 app1.itso.ibm.com true"},
	"03-": {"8 connect-timed-out", "9 connect-timed-out", "10 stream-failed",
		"11 transaction-failed wasserverNode01_abc wasserver true",
		"12 connect-timed-out", "13 connect-timed-out", "14 stream-failed",
		"15 transaction-failed wasserverNode01_abc wasserver true",
		"16 no-app-server", "17 error", "18 request-failed", "20 picked wasserver_abc 2",
		"22 transport-set wasserver 9444 1", "23 executing",
		"25 stream-sought", "26 connect-timeout-set 5", "32 connect-timed-out"},
	"04-": {"4 status-checked megaNode01_tisales3 {true false false false false 0 true false}",
		"5 connect-failed popeye 79"},
	"05-": {"3 counted Node01_member1 {0 0 400 412}", "4 counted Node02_member2 {0 0 877 889}"},
	"06-": {"7 uri-compared /fon /fon/jsp/index.jsp default_URI 4",
		"8 uri-compared /fon/* /fon/jsp/index.jsp default_URI 5",
		"9 uri-matched /fon/* /fon/jsp/index.jsp default_URI 5"},
	"07-": {"3 picked-old servername"},
	"08-": {"3 body-started", "4 request-written", "5 response-awaited", "7 status-line 200 OK"},
	"09-": {"4 affinity-checked", "5 affinity-source", "6 cookie-sought SSLJSESSION"},
	"10-": {"3 io-timed-out 60 0 -1 true 10"},
	"11-": {"4 primary-added WebHAbbMember1", "5 primary-added WebHAbbMember3", "6 backup-added WebHAbbMember2",
		"7 backup-added WebHAbbMember4"},
}

// tell writes what a kind names.
func tell(e *Event) string {
	s := fmt.Sprintf("%d %s", e.Line, e.Kind)
	switch e.Kind {
	case CloneCompared:
		return fmt.Sprintf("%s %s/%s", s, e.Clone, e.Pattern)
	case CloneMatched, MarkedDown, PrimaryAdded, BackupAdded, PickedOld:
		return s + " " + e.Member
	case StatusChecked:
		return fmt.Sprint(s, " ", e.Member, " ", e.Check)
	case StillMarkedDown:
		return fmt.Sprint(s, " ", e.Member, " ", e.Seconds)
	case ConnectFailed:
		return fmt.Sprint(s, " ", e.Host, " ", e.OSError)
	case Counted:
		return fmt.Sprint(s, " ", e.Member, " ", e.Counters)
	case TransactionFailed:
		return fmt.Sprint(s, " ", e.Member, " ", e.Host, " ", e.Retry)
	case Picked:
		return fmt.Sprint(s, " ", e.Member, " ", e.Weight)
	case TransportSet:
		return fmt.Sprint(s, " ", e.Host, " ", e.Port, " ", e.Case)
	case ConnectTimeoutSet:
		return fmt.Sprint(s, " ", e.Seconds)
	case URICompared, URIMatched:
		return fmt.Sprint(s, " ", e.Pattern, " ", e.URI, " ", e.Group, " ", e.Score)
	case StatusLine:
		return fmt.Sprint(s, " ", e.Code, " ", e.Text)
	case CookieSought:
		return s + " " + e.Text
	case IOTimedOut:
		return fmt.Sprint(s, " ", e.Seconds, " ", e.Count, " ", e.Limit, " ", e.Retry, " ", e.Code)
	}
	return s
}

// TestTraces reads the published excerpts.
func TestTraces(t *testing.T) {
	for _, file := range sharedtest.Files(t, "*.txt", "traces") {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			want, ok := traces[name[:3]]
			if !ok {
				t.Skip("nobody has said yet what this excerpt contains")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			events, stats := readAll(t, string(text))
			var got []string
			for i := range events {
				got = append(got, tell(&events[i]))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if unknown := !strings.HasPrefix(line, "#") && line != "" && !strings.HasPrefix(line, "...") &&
					!strings.HasPrefix(line, "----"); unknown {
					var l Line
					l.split(line)
					if _, ok := l.Parse(); !ok && !l.known() {
						t.Errorf("line %d is not of the log's form: %q", i+1, line)
					}
				}
			}
			t.Logf("%+v", stats)
		})
	}
}
