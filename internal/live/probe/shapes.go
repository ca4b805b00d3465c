package probe

import "strings"

// host is the virtual host that is added. No such name exists (RFC 2606).
const host = "probe.wasplug.invalid"

// A shape is a cluster that is added, reached by /wasplug/NAME/*.
type shape struct {
	name    string
	attrs   string   // of the ServerCluster
	servers []string // "NAME ATTRIBUTES" each
	backups []string // their names; the others are primary
	address bool     // it has a ClusterAddress
}

// shapes are the clusters whose state questions change: each is asked one story, so that none disturbs another.
var shapes = []shape{
	{name: "alone-a", servers: []string{"a"}}, // these two tell where a request was routed to
	{name: "alone-b", servers: []string{"b"}},
	// Weights whose order hangs on when a member has none left, and on how they are raised.
	{name: "turns", servers: []string{`a LoadBalanceWeight="3"`, `b LoadBalanceWeight="1"`}},
	{name: "counted", attrs: `IgnoreAffinityRequests="false"`,
		servers: []string{`a LoadBalanceWeight="3"`, `b LoadBalanceWeight="1"`}},
	// A failure that marks nobody: what did it cost?
	{name: "charged", servers: []string{`a LoadBalanceWeight="3" ServerIOTimeout="1"`,
		`b LoadBalanceWeight="1" ServerIOTimeout="1"`}},
	{name: "unusable", servers: []string{`a LoadBalanceWeight="3"`, `b LoadBalanceWeight="1"`}},
	{name: "cookies", servers: []string{"a", "b", "c", "d"}},
	// The next primary is not the one that balancing would take.
	{name: "failover", servers: []string{"a", `b LoadBalanceWeight="0"`, "c"}},
	{name: "zero", servers: []string{"a", `z LoadBalanceWeight="0"`, "k"}, backups: []string{"k"}},
	{name: "backup", servers: []string{"a", "b", "k"}, backups: []string{"k"}},
	{name: "busy", servers: []string{"a", "b", "k"}, backups: []string{"k"}},
	{name: "attempts", servers: []string{"a", "b"}},
	{name: "down", servers: []string{"a", "b"}},
	{name: "early", servers: []string{"a", "b"}},
	{name: "malformed", servers: []string{"a", "b"}},
	{name: "timeout", servers: []string{`a ServerIOTimeout="1"`, `b ServerIOTimeout="1"`}},
	{name: "post", attrs: `PostSizeLimit="1000" PostBufferSize="0"`, servers: []string{"a", "b"}},
	{name: "address", servers: []string{"a", "b"}, address: true},
	{name: "full", servers: []string{`a MaxConnections="1"`, `b MaxConnections="1"`}},
	{name: "probing", attrs: `RetryInterval="2"`, servers: []string{"a", "b"}},
	{name: "probing-busy", attrs: `RetryInterval="2"`, servers: []string{"a", "b"}},
	// A timeout that marks: the retry timer may start when the request came, or when it failed.
	{name: "clock-one", attrs: `RetryInterval="3"`, servers: slow},
	{name: "clock-two", attrs: `RetryInterval="3"`, servers: slow},
	{name: "clock-three", attrs: `RetryInterval="3"`, servers: slow},
	// With most members down, who replaces the member that was drawn shows by the shares of those that are left.
	{name: "random", attrs: `LoadBalance="Random"`, servers: strings.Fields("a b c d e f g h i j k l")},
}

var slow = []string{`a ServerIOTimeout="-2"`, `b ServerIOTimeout="-2"`,
	`c LoadBalanceWeight="0" ServerIOTimeout="-2"`} // it gets what none of the two may have

// A way is a Route that is added beside those of the shapes: it leads to one of the two clusters of one server.
type way struct{ aliases, uri, cluster string }

const (
	here = host + ":*"
	far  = "/wasplug/far/as-long-as-no-name-of-a-host-is/"
)

// ways mostly come in pairs: which one of the two a request of URLs takes tells the value of the choice that is named
// beside them. A single one is told from declining.
var ways = []way{
	{"*:*", "/wasplug/sum/long/*", "alone-a"}, // score-combination
	{here, "/wasplug/sum/*", "alone-b"},
	{"*:*", far + "*", "alone-a"},
	{here, "/wasplug/far/*", "alone-b"},
	{"*:80", "/wasplug/host/*", "alone-a"}, // vhost-score
	{"w:*", "/wasplug/host/*", "alone-b"},
	{here, "/wasplug/tie/*", "alone-a"}, // score-tie
	{here, "/wasplug/tie/*", "alone-b"},
	{here, "/wasplug/bare/*", "alone-a"}, // slash-star-serves-bare
	{here, "/wasplug/ends/*", "alone-a"}, // suffix-patterns
	{here, "*.wasplug-verify-ending", "alone-b"},
	{here, "/wasplug/params/x", "alone-a"}, // path-params
	{here, "/wasplug/params/*", "alone-b"},
	{here, "/wasplug/clean/a/*", "alone-a"}, // path-normalisation, merge-slashes
	{here, "/wasplug/clean/*", "alone-b"},
	{host + ":443", "/wasplug/tls/*", "alone-a"}, // tls-default-port
	{host + ":80", "/wasplug/tls/*", "alone-b"},
	{"[2001:db8:0:0:0:0:0:7]:*", "/wasplug/six/*", "alone-a"}, // ipv6-hosts
}

// URLs are requests on which the ways part.
func URLs() []string {
	const to = "http://" + host + "/wasplug/"
	return []string{
		to + "sum/long/x", "http://" + host + far + "x", "http://w/wasplug/host/x", to + "tie/x", to + "bare",
		to + "ends/x.wasplug-verify-ending", to + "params/x;jsessionid=0000x", to + "params/x;other=1",
		to + "clean/%61/x", to + "clean/b/../a/x", to + "clean//a/x", "https://" + host + "/wasplug/tls/x",
		"http://[2001:db8::7]/wasplug/six/x",
	}
}
