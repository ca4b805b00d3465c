package words

import (
	"regexp"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

var inBraces = regexp.MustCompile(`\{([^}]*)\}`)

// TestSentences: every reason has a sentence, whose holes are all known, and no hole is left over.
func TestSentences(t *testing.T) {
	used := map[string]bool{}
	for why := failover.Reason(1); why < failover.NumReasons; why++ {
		if sentences[why] == "" {
			t.Errorf("reason %d has no sentence", why)
		}
		for _, m := range inBraces.FindAllStringSubmatch(sentences[why], -1) {
			used[m[1]] = true
			if holes[m[1]] == nil {
				t.Errorf("%q: no hole is named %s", sentences[why], m[1])
			}
		}
		if rest := inBraces.ReplaceAllString(sentences[why], ""); strings.ContainsAny(rest, "{}") {
			t.Errorf("%q has a brace too many", sentences[why])
		}
	}
	for name := range holes {
		if !used[name] {
			t.Errorf("no sentence has a hole %s", name)
		}
	}
	for _, said := range append(skips[1:], obstacles[:]...) {
		rest := strings.NewReplacer("{member}", "", "{wait}", "", "{pending}", "", "{most}", "").Replace(said)
		if strings.ContainsAny(rest, "{}") {
			t.Errorf("%q has an unknown hole", said)
		}
	}
}

// table has two servers in the primary list and one backup.
func table(config string) *match.Table {
	servers := sharedtest.Server("a", `CloneID="a1" MaxConnections="3" ServerIOTimeout="5"`) +
		sharedtest.Server("b", "") + sharedtest.Server("c", `CloneID="c1"`) + sharedtest.Lists("a b", "c")
	return coretest.Parse(sharedtest.ClusterXML(config, `RetryInterval="60" PostBufferSize="64"`, servers))
}

// TestStep shows what the facts of a step become.
func TestStep(t *testing.T) {
	wait := &failover.PassedOver{Member: 0, Why: failover.RetryRuns, RetryIn: match.Second / 2, AtArrival: true}
	many := []failover.PassedOver{
		{Member: 0, Why: failover.Full, Pending: 3}, {Member: 1, Why: failover.NoWeightLeft}, *wait,
		{Member: 2}, {Member: 2, Why: failover.Stuck}, {Member: 2, Why: failover.BeingProbed},
		{Member: 0}, {Member: 1},
	}
	for _, c := range []struct {
		step failover.Step
		want string
	}{
		{
			failover.Step{Kind: failover.StepCompare},
			"",
		},
		{
			failover.Step{Why: failover.WhyRequest, Cluster: failover.NoCluster,
				Request: &failover.RequestFacts{Path: "/a", Sent: "/x/../a", Port: 443, TLS: true}},
			"request for /a, sent as /x/../a, on port 443 without a Host, which only aliases with host * " +
				"match over TLS",
		},
		{
			failover.Step{Why: failover.WhyRefused, Cluster: failover.NoCluster, Refused: match.EncodedSlash},
			"the path holds an encoded slash, %2F, which the web server refuses itself with 404: the plug-" +
				"in is not asked",
		},
		{
			failover.Step{Why: failover.WhySession, Source: affinity.SSLSession, CookieName: "SSLJSESSION",
				Clones: []string{"a1", "1158590921"}},
			"session affinity is checked: the SSL session cookie SSLJSESSION carries clone ID a1, then " +
				"partition ID 1158590921",
		},
		{
			failover.Step{Why: failover.WhyOtherCase, Clone: "A1", Other: 0},
			"clone ID A1 is not a1 of a: letter case counts",
		},
		{
			failover.Step{Why: failover.WhyEmptyClone},
			"an empty clone ID is that of no server",
		},
		{
			failover.Step{Kind: failover.StepSkip, Why: failover.WhySkipped, Skip: wait},
			"a is marked down and its retry timer is not 0 (0.5 s to go when this request arrived): skipped",
		},
		{
			failover.Step{Kind: failover.StepPick, Why: failover.WhyRoundRobin, Member: 1, Skip: wait,
				Turn: &failover.Turn{From: 0, Weight: 1, Full: 2, Raised: true, Probes: true}},
			"a is marked down and its retry timer is not 0 (0.5 s to go when this request arrived): " +
				"skipped; round robin stands at a; no usable primary has weight left, so the weights are " +
				"raised; next usable in the primary list is b, weight 1 of 2; it is marked down, but its retry " +
				"is due: this request probes it",
		},
		{
			failover.Step{Why: failover.WhyAllFull, Passed: many},
			"nobody is usable, and somebody only because of MaxConnections: nothing is forwarded, the " +
				"client gets 503 (a is full, 3 of 3 pending; b has no weight left; a is marked down, 0.5 s to " +
				"go when this request arrived; c is usable; c is marked down, and not probed again until a " +
				"reload; c is marked down and being probed; and 2 more)",
		},
		{
			failover.Step{Why: failover.WhyCut, Event: failover.Malformed},
			"a: sent an answer that cannot be read in the middle of the answer; nothing can be retried, the" +
				" connection is cut",
		},
		{
			failover.Step{Why: failover.WhyCut, Event: failover.StreamLost},
			"a: closed the stream in the middle of the answer; nothing can be retried, the connection is " +
				"cut",
		},
		{
			failover.Step{Why: failover.WhyIOTimeout, Event: failover.IOTimeout, Marked: true, AtArrival: true,
				Fits: true},
			"a: ServerIOTimeout of 5 s expired; its body, of unknown size, is taken to fit PostBufferSize " +
				"(64 KB); a is marked down, its retry timer starts as of the arrival of this request (60 s)",
		},
		{
			failover.Step{Why: failover.WhyNoStream, Event: failover.NameDiffers, Stays: failover.KeptStuck},
			"no stream to a: its certificate has another host name, which does not mark it down " +
				"(SecureHostVerification=true-nomarkdown); a stays marked down, and nobody probes it until a " +
				"reload (before PM49491)",
		},
		{
			failover.Step{Why: failover.WhyStream, Scheme: failover.NoOtherScheme, Reused: true},
			"a (a1): a stream to http://a.example.com:9080 is taken from the queue, for there is no " +
				"Transport of the other scheme",
		},
		{
			failover.Step{Why: failover.WhyNotRepeatable, Size: -1},
			"the body is larger than PostBufferSize (64 KB) and cannot be sent again: the client gets 500",
		},
		{
			failover.Step{Why: failover.WhyPassedAttempts, Attempts: 3},
			"3 attempts for 3 listed server(s): the 503 of a is passed on",
		},
		{
			failover.Step{Why: failover.WhyTooLarge, Size: -1, Status: 413},
			"the body of unknown size exceeds PostSizeLimit -1: refused with 413",
		},
	} {
		if got := Step(table(""), &c.step); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// TestUnusableTransport says what happens instead (R64).
func TestUnusableTransport(t *testing.T) {
	u := &failover.UnusableTransport{Member: 1}
	const missing = "the https Transport of b cannot be used: it needs a keyring, and the file PluginInstallRoot"
	if got := UnusableTransport(table(""), u); got != missing+"; requests that need it get 500" {
		t.Error(got)
	}
	got := UnusableTransport(table(`UseInsecure="true"`), u)
	if got != missing+"; http is used instead (UseInsecure)" {
		t.Error(got)
	}
}

// TestNames: a member's role, and the aliases of a Route.
func TestNames(t *testing.T) {
	tab := table("")
	if got := Role(&tab.Clusters[0], 2); got != "backup" {
		t.Error(got)
	}
	if got := Aliases(tab, 0); got != "its group has *:80, *:443" {
		t.Error(got)
	}
	if got := few([]string{"1", "2", "3", "4", "5", "6"}); got != "1, 2, 3, 4, 5, ..." {
		t.Error(got)
	}
}
