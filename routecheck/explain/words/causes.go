package words

import (
	"slices"
	"strings"
)

// Cause is why an answer is not what a healthy request would get.
type Cause struct {
	Code  string
	Fact  string // when it applies
	Forms []CauseForm
}

// CauseForm is one way to tell a cause. What stands in braces is filled in.
type CauseForm struct {
	When   string // which form it is, "" for the usual one
	Effect string // what it means for the user
	Text   string // why; with the effect and a colon before it, it is the first line of an answer
	Advice string // what to look at
}

// Causes lists all causes in their order: of several that apply the first is told.
func Causes() []Cause { return slices.Concat(declinedCauses, errorCauses, sessionCauses, otherCauses) }

// Tell fills a form of a cause in. facts are names, as they stand in braces, each followed by its value. The last
// result is the rank of the cause.
func Tell(code, when string, facts ...string) (told CauseForm, rank int) {
	// A code or a form that is not there panics: the names are ours.
	all := Causes()
	rank = slices.IndexFunc(all, func(c Cause) bool { return c.Code == code })
	forms := all[rank].Forms
	told = forms[slices.IndexFunc(forms, func(f CauseForm) bool { return f.When == when })]
	holes := make([]string, len(facts))
	for i, f := range facts {
		if holes[i] = f; i%2 == 0 {
			holes[i] = "{" + f + "}"
		}
	}
	r := strings.NewReplacer(holes...)
	told.Effect, told.Text, told.Advice = r.Replace(told.Effect), r.Replace(told.Text), r.Replace(told.Advice)
	return told, rank
}

const itself = "the web server serves it itself"

// declinedCauses are why no cluster gets a request (R9, R18).
var declinedCauses = []Cause{
	{"file-rejected", "the plug-in rejects the file (R17, R18)", []CauseForm{
		{"", "nothing is served", "the plug-in rejects the file: {reason}", "wasplug lint shows what to mend"}}},
	{"declined-no-route", "no Route of the file can match anything (R9)", []CauseForm{
		{"", itself, "this file sends nothing to any cluster",
			"each Route needs a group with aliases and one with Uris (WP114)"}}},
	{"declined-host", "no alias of a Route has the host of the request (R5, R6)", []CauseForm{
		{"", itself, "no virtual host is named {host}",
			"is the host that a front device sends the one that users see? an alias {host}:{port} would take it"},
		{"no host", itself, "the request names no host, and no virtual host takes any",
			"a device in front dropped the Host header; only aliases with host * take such a request (R8)"}}},
	{"declined-port", "the host has aliases, for other ports (R7)", []CauseForm{
		{"", itself, "{host} is served on {ports}, not on {port}",
			"the Host header carries the port of the outermost device (R7); VHostMatchingCompat takes that of " +
				"the connection"},
		{"arrived", itself, "{host} is served on {ports}, not on {port}",
			"VHostMatchingCompat is true, so the port that the request arrives on counts (R7)"}}},
	{"declined-scheme", "the same URL with the other scheme is forwarded (R8)", []CauseForm{
		{"", itself, "only {scheme} (port {port}) is served for this host",
			"an alias for port {asked} in the same VirtualHostGroup would take it"},
		{"tls port", itself, "only {scheme} (port {port}) is served for this host",
			"https without a port counts as {asked} here (choice tls-default-port)"}}},
	{"declined-path-case", "the path in another letter case is forwarded (R5)", []CauseForm{
		{"", itself, "{path} is not {pattern}; paths count with letter case (R5)",
			"the link must be written as the Uri is{at}"}}},
	{"declined-path", "the host has Routes, and no Uri of these matches the path (R2)", []CauseForm{
		{"", itself, "no Uri covers {path}",
			"is the file older than the application? generate and propagate it again"},
		{"exact", itself, "no Uri covers {path}, only {uri} itself",
			"the exact Uri{at} has no subtree; {uri}/* would cover it (WP612)"}}},
}

// errorCauses are why the client gets an error.
var errorCauses = []Cause{
	{"error-transport", "the member that was chosen has no Transport that can be used (R64)", []CauseForm{
		{"", "error {status}", "{member} has no usable {scheme} Transport",
			"give it a Transport of this scheme (choice transport-choice)"},
		{"none", "error {status}", "{member} has no Transport", "each Server needs a Transport"},
		{"keyring", "error {status}", "{member} has no usable https Transport",
			"it needs a keyring, and the file PluginInstallRoot (WP702, WP703)"},
		{"onload", "error {status}", "{member} has no usable https Transport",
			"SSLMapMode onload sends http requests out as https (WP711)"}}},
	{"error-all-down", "everybody is marked down, or failed this request (R61)", []CauseForm{
		{"", "error {status}", "all {count} members of {cluster} are marked down",
			"are the JVMs up? nothing is sent before a retry is due (choice all-down)"},
		{"failed", "error {status}", "all {count} members of {cluster} failed: {failures}",
			"are the JVMs up, and can this host reach their ports?"},
		{"busy", "error {status}", "all {count} members of {cluster} failed: {failures}",
			"they are up, and their applications or servers are not ready; MarkBusyDown=true makes " +
				"503 a failure (R53)"}}},
	{"error-all-full", "somebody is full, and nobody is usable (R60)", []CauseForm{
		{"", "error {status}", "every member has reached MaxConnections ({limit} per process)",
			"the limit holds for each web server process: with P of them a member gets up to P x {limit}; " +
				"what holds the places? wasplug diagnose --symptom 503s -t http_plugin.log"},
		{"some", "error {status}", "every member that is up has reached MaxConnections ({limit} per process)",
			"the limit holds for each web server process: with P of them a member gets up to P x {limit}"}}},
	{"error-body", "the body of a failed request cannot be sent again (R57)", []CauseForm{
		{"", "error {status}", "{failure}; the body of {size} cannot be sent again, PostBufferSize is {buffer}",
			"PostBufferSize of cluster {cluster}{at} must be {need} KB or more to send it again"},
		{"unknown", "error {status}", "{failure}; the body of unknown size cannot be sent again",
			"PostBufferSize of cluster {cluster}{at} is {buffer}; -1 buffers every body"}}},
	{"error-io-timeout", "the last attempt ran into ServerIOTimeout (R54, R55)", []CauseForm{
		{"", "error {status}", "{member} did not answer within ServerIOTimeout {timeout}, and was asked {times}",
			"affinity asks the same member again; a negative ServerIOTimeout marks it down (R55)"},
		{"only", "error {status}", "{member} did not answer within ServerIOTimeout {timeout}",
			"the only server of a cluster is asked once, and never marked down (R51): does it hang (thread " +
				"dumps), or is the page slower than that?"},
		{"all", "error {status}", "{failures} (ServerIOTimeout)",
			"each was asked once: do they hang (thread dumps), or is the page slower than ServerIOTimeout?"}}},
	{"error-503", "the last attempt was answered 503, which is passed on (R53)", []CauseForm{
		{"", "error {status}", "{member} itself answered 503",
			"the application or its server is not ready; MarkBusyDown=true would mark such a member down (R53)"},
		{"only", "error {status}", "{member} itself answered 503",
			"the application or its server is not ready; the only server of a cluster is never marked down (R51)"}}},
	{"error-other", "anything else ends the request with an error", []CauseForm{
		{"", "error {status}", "{step}", "the steps tell how it came to that"},
		{"only", "error {status}", "{failures}; it is the only server of {cluster}, and never marked down (R51)",
			"is the JVM up, and can this host reach its port? a second member would be asked instead"},
		{"malformed", "error {status}", "{failures}; nothing is repeated once a member has answered (R70)",
			"is another program, or https, on that port? curl -v to the host and port of its Transport shows it"},
		{"too-long", "error {status}", "the body of {size} exceeds PostSizeLimit {limit}",
			"no member is asked; PostSizeLimit of cluster {cluster}{at} is in bytes, and -1 sets none"},
		{"chance", "error", "{answers}, by chance", "pin chance with --next or --seed to see how"}}},
}

// otherCauses are about answers that are well, and not what was expected.
var otherCauses = []Cause{
	{"failover", "somebody failed before another attempt was answered (R50 to R55)", []CauseForm{
		{"", "served after a failover", "{failures}", "{marked}"},
		{"again", "served after a second attempt", "{failures}", "{marked}"}}},
	{"other-cluster", "another cluster than the expected one gets the request (R1)", []CauseForm{
		{"", "it goes to {cluster}, not to {wanted}", "{winner} beats {loser} by {margin}",
			"an alias or a Uri of {wanted} that scores more would win (R2, R11)"},
		{"tie", "it goes to {cluster}, not to {wanted}", "{winner} and {loser} score the same",
			"between equal scores the order in the file decides (choice score-tie)"},
		{"alone", "it goes to {cluster}, not to {wanted}", "{winner} matches, and no Route to {wanted} does",
			"a Route to {wanted} needs an alias for the host and a Uri for the path"},
		{"by alias", "", "", "with an alias {change} in VirtualHostGroup {group}{at} it would go to {wanted}"},
		{"by uri", "", "", "with a Uri {change} in UriGroup {group}{at} it would go to {wanted}"},
		{"not at all", "it goes to {cluster}", "{winner} matches, and nothing else does",
			"a Route elsewhere with a longer Uri, or a more specific alias, would take it"},
		{"not", "it goes to {cluster}", "{winner} beats {loser} by {margin}",
			"what takes it elsewhere must score more (R2, R11)"}}},
	{"drained", "the expected member gets no new sessions", []CauseForm{
		{"weight", "{member} gets no new sessions", "LoadBalanceWeight 0",
			"its sessions come to it; a weight above 0 brings new ones (R36)"},
		{"left", "{member} gets no new sessions now", "its weight is used up",
			"it is raised again when no other primary has weight left (R33)"},
		{"marked", "{member} gets no new sessions now", "it is marked down",
			"a request probes it when its retry is due (R52)"},
		{"full", "{member} gets no new sessions now", "it has reached its MaxConnections",
			"the limit holds for each web server process (R60)"},
		{"backup", "{member} gets no new sessions", "it is a backup, and a primary is usable",
			"backups serve only while no primary is usable (R38)"},
		{"unlisted", "{member} gets no sessions", "it stands in neither list",
			"PrimaryServers of cluster {cluster}{at} must name it (R40)"}}},
}
