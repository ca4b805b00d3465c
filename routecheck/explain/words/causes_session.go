package words

const (
	lost   = "the session is lost"
	leaves = "the session loses its home"
	moves  = "the session moves"
)

// sessionCauses are why a session does not get home, or what it leaves behind where it does.
var sessionCauses = []Cause{
	{"session-cookie-not-watched", "the session stands where the winning Uri does not look (R4)", []CauseForm{
		{"", lost, "{by} watches cookie {watched}, the browser sent {sent}",
			"the AffinityCookie of this Uri{at} must be the name of the application's cookie"},
		{"ssl", lost, "{by} watches cookie {watched}, the browser sent {sent}",
			"SSLJSESSION counts on requests that came over TLS (choice ssl-session-cookie)"},
		{"case", lost, "{by} watches cookie {watched}, the browser sent {sent}",
			"the letter case of the name counts (choice letter-case)"},
		{"path", lost, "{by} watches ;{watched}= in the URL, the URL carries ;{sent}=",
			"the AffinityURLIdentifier of this Uri{at} must be the name that the application writes"},
		{"query", lost, "{by} watches ;{watched}= in the path, {sent}= stands in the query",
			"URL rewriting writes the session before the ?, where the path ends"}}},
	{"session-separator", "split at the other separator, the value names a server (R21)", []CauseForm{
		{"", lost, "{carrier} separates with {other}, cluster {cluster} expects {separator} (CloneSeparatorChange)",
			"CloneSeparatorChange of cluster {cluster}{at} must be what its servers do"}}},
	{"session-encoded", "decoded, or without quotes, the value names a server", []CauseForm{
		{"", lost, "{carrier} arrived {how}; a device in front changed it",
			"what stands before the web server must pass cookies on as they are"}}},
	{"session-servers-without-clone", "no server of the cluster has a CloneID (R25)", []CauseForm{
		{"", "the session stays nowhere", "no server of {cluster} has a CloneID",
			"each Server needs the CloneID of its JVM, in this spelling (WP303)"}}},
	{"session-no-clone", "the value holds no separator", []CauseForm{
		{"", lost, "{carrier} carries no clone ID",
			"a standalone server writes none (NoAdditionalSessionInfo), nor do other products: wasplug cookie " +
				"tells whose it is"}}},
	{"session-partition", "the value names a partition, and no table a member for it (R28)", []CauseForm{
		{"", lost, "{id} is a partition ID, and GetDWLMTable is not true (PK48101)",
			"GetDWLMTable=true at cluster {cluster}{at} lets the plug-in learn which member has a partition"},
		{"table", lost, "the partition table names no member for partition ID {id}",
			"does the table come from these servers?"},
		{"unknown", "it is not known where the session lives", "partition ID {id}, give --partition",
			"--partition {id}=MEMBER tells what the plug-in has learned from the servers"}}},
	{"session-case", "in another letter case it is a clone ID of the cluster", []CauseForm{
		{"", lost, "clone ID {id} is not {own} of {member}; letter case counts",
			"write CloneID as the server does; whether letter case counts is not documented (choice letter-case)"}}},
	{"session-other-cluster", "the clone ID is that of a server of another cluster", []CauseForm{
		{"", lost, "clone ID {id} belongs to {member} of cluster {other}",
			"why does the browser send the session of another application here?"},
		{"shared", lost, "clone ID {id} belongs to {member} of cluster {other}",
			"both applications use cookie {cookie} on one host, so each overwrites that of the other: give one " +
				"a cookie name or path of its own (WP302)"}}},
	{"session-unknown-clone", "no server of the file has the clone ID (R27)", []CauseForm{
		{"", lost, "clone ID {id} is nowhere in {file}", "does another cell or an older file use {id}?"},
		{"several", lost, "clone IDs {ids} are nowhere in {file}", "does another cell or an older file use {id}?"}}},
	{"session-in-no-list", "the session's member stands in neither list (R40)", []CauseForm{
		{"", leaves, "{member} stands in neither list (drained)",
			"PrimaryServers of cluster {cluster}{at} must name it to bring its sessions back"}}},
	{"session-on-backup", "the session's member is a backup (R39)", []CauseForm{
		{"", leaves, "{member} is a backup and a primary is usable",
			"affinity looks at the primary list only (choice affinity-to-backup)"}}},
	{"session-full", "the session's member has reached MaxConnections (R23)", []CauseForm{
		{"", leaves, "{member} has {pending} pending requests, its MaxConnections",
			"MaxConnections counts per process: raise it, or take it away; whether a full member loses its " +
				"sessions is not documented (choice affinity-max-connections)"}}},
	{"session-member-marked", "the session's member is marked down (R42)", []CauseForm{
		{"", moves, "{member} is marked down for another {wait}", "{lost}"},
		{"stuck", moves, "{member} is marked down, and not probed again until a reload (before PM49491)", "{lost}"},
		{"probed", moves, "{member} is marked down, and another request is probing it", "{lost}"}}},
	{"session-member-failed", "the session's member failed this request (R50 to R55)", []CauseForm{
		{"", moves, "{failures}", "{lost}"}}},
	{"session-second-cookie", "a later cookie of the name leads to a member, the first does not (R29)", []CauseForm{
		{"", "the session is found in the {nth} {cookie} cookie", "the first leads nowhere",
			"two applications, or two paths, set one cookie name; others may look at one only " +
				"(choice many-cookies)"}}},
	{"session-returned", "the session is at home, and another member had it meanwhile (R24)", []CauseForm{
		{"", "the session is back at {member}", "it was on {other} meanwhile",
			"it was on {other} meanwhile; what {other} wrote is lost unless sessions are " +
				"persistent (--persistence)"}}},
	{"session-prefix", "the session is at home, and another member's clone ID begins an ID of its list (S10)",
		[]CauseForm{
			{"", "the session is at home", "{member}'s ID {short} begins {long}: a take-over by it is not recorded",
				"{member}'s ID {short} begins {long}: a take-over by it is not recorded; rename one (WP313)"}}},
}
