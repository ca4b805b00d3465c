package failover

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestEventsOfLiveMembers plays events that an offline process never sees, for they need a wire: name, where the
// certificate of a member has another host name and SecureHostVerification=true-nomarkdown; large, where a body
// outgrows PostSizeLimit on its way; unsent and slow, where a stream ends, or times out, before anything was sent,
// late once it was; cut and stall, where it does so in the middle of the answer.
func TestEventsOfLiveMembers(t *testing.T) {
	three := threeServers("")
	marked := func(cs *ClusterState) { cs.Members[0].MarkedDown = true }
	for _, c := range []struct {
		name, cluster, servers string
		session                string
		before                 func(*ClusterState)
		events                 string // by attempt; ok from then on
		want                   string
		rules                  string // of what was told of failures and ends
	}{
		{"balancing passes over it", "", three, "", nil, "name", "a b -> ok", "R50"},
		{"affinity chooses it again until attempts are used up", "", three, "a1", nil, "name name name",
			"a a a -> 500", "R50 R50 R50 R62"},
		{"the only server gets its second connect", "", server("a", ""), "", nil, "name name",
			"a a -> 500", "R51 R51"},
		{"a probe stays marked", `RetryInterval="0"`, three, "a1", marked, "name", "a b -> ok, a marked", "R50"},
		{"a body that is not buffered may follow", `PostBufferSize="0"`, three, "", nil, "name", "a b -> ok", "R50"},
		{"a large body is refused", `PostSizeLimit="100"`, three, "", nil, "large", "a -> 413", "R59"},
		{"a body that is not buffered follows where nothing was sent", `PostBufferSize="0"`, three, "", nil, "unsent",
			"a b -> ok, a marked", "R50b"},
		{"also after a timeout", `PostBufferSize="0"`, three, "", nil, "slow", "a b -> ok", "R54"},
		{"a body that is not buffered ends it, whatever retries are left",
			`PostBufferSize="0" ServerIOTimeoutRetry="0"`, three, "", nil, "late", "a -> 500", "R54 R57"},
		{"an answer that breaks off", "", three, "", nil, "cut", "a -> 0, a marked", "R58"},
		{"an answer that stalls", "", three, "", nil, "stall", "a -> 0", "R58"},
		{"an answer that stalls, negative timeout", "",
			strings.ReplaceAll(three, `IOTimeout="10"`, `IOTimeout="-10"`), "",
			nil, "stall", "a -> 0, a marked", "R58"},
		{"a large body at a probe leaves the mark as it was", `PostSizeLimit="100" RetryInterval="0"`, three, "a1",
			marked, "large", "a -> 413, a marked", "R59"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, sem := mustTable(t, clusterXML("", c.cluster, c.servers)), choices.Latest()
			cs := NewState(&table.Clusters[0], &sem, 0)
			cs.Next = 0
			if c.before != nil {
				c.before(&cs)
			}
			rq := get("/x")
			rq.Body = -1
			if c.session != "" {
				rq.Cookies = []string{affinityTo + c.session}
			}
			m, _ := table.Match(&rq, &sem)
			var rec Recorder
			f := Begin(table, &rq, &m, 0, &sem, &rec)
			if got := playEvents(table, &cs, &f, strings.Fields(c.events), &sem, &rec); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := rulesOfEnd(&rec); got != c.rules {
				t.Errorf("rules %s, want %s", got, c.rules)
			}
			for i, ms := range cs.Members {
				if ms.Pending != 0 || ms.Probing {
					t.Errorf("member %d: %+v", i, ms)
				}
			}
		})
	}
}

// playEvents drives a request to its end and tells who was tried, what came of it and who is marked down.
func playEvents(
	t *match.Table, cs *ClusterState, f *RequestState, events []string, sem *choices.Assumptions, rec *Recorder,
) string {
	var b strings.Builder
	for {
		a := Next(t, cs, f, 1, sem, rec)
		if a.Kind != Send {
			fmt.Fprintf(&b, "-> %d", a.Status)
			break
		}
		b.WriteString(t.MemberName(0, a.Member) + " ")
		if len(events) == 0 {
			Observe(t, cs, f, 1, Event{Kind: Head, Status: 200}, sem, rec)
			Observe(t, cs, f, 1, Event{Kind: Done}, sem, rec)
			b.WriteString("-> ok")
			break
		}
		if events[0] == "large" {
			f.Size = 101
		}
		if events[0] == "cut" || events[0] == "stall" {
			Observe(t, cs, f, 1, Event{Kind: Head, Status: 200}, sem, rec)
		}
		Observe(t, cs, f, 1, map[string]Event{
			"name": {Kind: NameDiffers}, "large": {Kind: BodyTooLarge, Sent: SentSome}, "unsent": {Kind: StreamLost},
			"slow": {Kind: IOTimeout},
			"late": {Kind: IOTimeout, Sent: SentSome}, "cut": {Kind: StreamLost, Sent: SentSome},
			"stall": {Kind: IOTimeout, Sent: SentSome},
		}[events[0]], sem, rec)
		events = events[1:]
	}
	for i := range cs.Members {
		if cs.Members[i].MarkedDown {
			b.WriteString(", " + t.MemberName(0, match.MemberID(i)) + " marked")
		}
	}
	return b.String()
}

func rulesOfEnd(rec *Recorder) string {
	var rules []string
	for _, s := range rec.Steps {
		if s.Kind == StepFailed || s.Kind == StepGiveUp {
			rules = append(rules, s.Rule)
		}
	}
	return strings.Join(rules, " ")
}
