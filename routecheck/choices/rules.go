package choices

import "slices"

// How well a rule is known.
const (
	Documented = "documented" // IBM text, an APAR or a redbook says so
	Traced     = "traced"     // seen in a real plug-in log
	Assumed    = "assumed"    // our reading: an open choice, or no alternative known
)

// RuleInfo describes a rule of the decision procedure.
type RuleInfo struct {
	ID, Mark string // R22; one of the three above
	Says     string // in sentences, as `explain` and the page of the procedure show it
	Source   string // the text, APAR or trace behind it, "" when assumed
}

// Rules lists the rules of the decision procedure in order.
func Rules() []RuleInfo { return slices.Clone(rules) }

// MarkOf returns how well a rule is founded; Assumed for one that is not of the procedure.
func MarkOf(id string) string {
	for i := range rules {
		if rules[i].ID == id {
			return rules[i].Mark
		}
	}
	return Assumed
}

var rules = []RuleInfo{
	{"R1", Documented,
		"Every Route is visited in file order; its VirtualHostGroup must match host and port, its UriGroup the " +
			"path, and the best alias and Uri of a group count. The highest score names the ServerCluster.",
		"IBM, how requests map to virtual host aliases"},
	{"R2", Traced,
		"The score of a URI pattern is its number of characters without the *. A pattern without * matches only the " +
			"equal path, one with a trailing * by prefix.", "trace 06; APAR PQ83204"},
	{"R3", Assumed, "/x/* also serves /x, as an exact Uri made internally, unless the group lists /x itself.", ""},
	{"R4", Documented,
		"The affinity cookie and URL identifier are those of the Uri that decided the winning Route; JSESSIONID and " +
			"jsessionid when absent.", "APAR PQ67476"},
	{"R5", Documented, "Host names are compared without letter case, paths with it.", "APAR PQ70620"},
	{"R6", Documented,
		"* stands for any host, any port, or both; a host has no partial wildcards.", "IBM, virtual hosts"},
	{"R7", Documented,
		"The port used for matching is that of the Host header; with VHostMatchingCompat=true the port the request " +
			"arrived on.", "V4 port-matching history"},
	{"R8", Documented,
		"A Host header without port means 80, or 443 when the request came over TLS (443 is assumed); so does a " +
			"request without Host, whose host is empty: only * matches it. An alias without port means 80.",
		"IBM, DNS aliases"},
	{"R9", Documented,
		"When no Route matches the plug-in declines and the web server serves the request itself. On Apache the " +
			"environment variable skipwas (8.5.5.1 on) makes it decline whatever matches.",
		"IBM, regenerating the plug-in configuration; IBM's ihsdiag pages on skipwas"},
	{"R10", Documented,
		"AppServerPortPreference only chooses the port told to the application server, never the match.",
		"IBM, plugin-cfg.xml file"},
	{"R11", Assumed,
		"What the virtual host score counts: characters of the alias, or its class host:port, host:*, *:port, *:*.",
		""},
	{"R12", Assumed, "How the URI score and the virtual host score combine.", ""},
	{"R13", Assumed, "Of equal scores the first in the file stays.", ""},
	{"R14", Assumed,
		"The query string is no part of the match; the path ends before ; and any AffinityURLIdentifier that the " +
			"file names.", ""},
	{"R15", Assumed,
		"A pattern with one * before its end, *.jsp or /app/*.jsp, matches paths with that beginning and end; two * " +
			"match nothing.", ""},
	{"R16", Assumed,
		"On IHS and Apache the path is matched as the web server leaves it, mod_rewrite with [PT] included: " +
			"%-decoded once, then // merged, then . and .. removed. A path with %2F, %00, a broken escape or a .. " +
			"above the root the web server refuses itself (404 or 400), and the plug-in is not asked. Other web " +
			"servers: the path as sent; the bundled proxy answers one with %00, a broken escape or a .. above the " +
			"root itself (400) where a Route matches.", ""},
	{"R17", Assumed, "A Route without UriGroup takes every URI, one without VirtualHostGroup every host.", ""},
	{"R18", Documented,
		"A Route that names a missing VirtualHostGroup makes the plug-in reject the whole file (UriGroup and " +
			"ServerCluster: assumed the same).", "APAR PK12350"},
	{"R20", Traced,
		"Affinity sources in order: SSL session id (cookie SSLJSESSION, only over TLS), affinity cookie, URL " +
			"identifier. One whose clone IDs give no usable member falls through to the next.",
		"trace 09; the fall-through is assumed"},
	{"R21", Documented,
		"A session value is 4 characters cache id, the session id, then separator and clone ID, repeated. The " +
			"separator is : or, with CloneSeparatorChange=true, +.", "IBM, session affinity"},
	{"R22", Traced,
		"Clone IDs are tried in order; for each the primary list is walked from its first server, and a match that " +
			"is not usable does not end the walk.", "trace 01"},
	{"R23", Traced,
		"Affinity ignores the weight of a member; a full MaxConnections is respected (assumed).", "trace 04"},
	{"R24", Documented,
		"A member that takes over a session appends its clone ID at the end, so the session returns when the old " +
			"member is back.", "IBM, session affinity"},
	{"R25", Documented,
		"Servers without CloneID have no affinity: their requests are balanced.", "IBM, no session support needed"},
	{"R26", Documented,
		"When the affinity member is marked down, levels up to PM12112 give the request to the next server of the " +
			"list; later ones balance it, and FailoverToNext=true brings the old way back.",
		"APAR PM12112; the details are assumed"},
	{"R27", Assumed, "A session with an unknown clone ID is balanced.", ""},
	{"R28", Documented,
		"A memory-to-memory session carries a partition ID, a decimal number of 8 digits or more that is no " +
			"server's clone ID. With GetDWLMTable=true it is looked up in the table that the servers tell of, " +
			"whose first member that can be used gets the request; primary and backup lists do not apply. Without " +
			"the table the request is balanced.", "APAR PK48101"},
	{"R29", Assumed, "Several cookies of one name are tried in the order sent.", ""},
	{"R30", Documented,
		"Round robin starts at random, then follows the list, one step for each assignment.", "IBM, load balancing"},
	{"R31", Documented,
		"Start weights are LoadBalanceWeight divided by the highest common factor of the cluster, weights of 0 left " +
			"out.", "IBM, recommended values"},
	{"R32", Documented,
		"A pick lowers the weight by 1, also where no attempt follows (R64); at 0 or below a member gets no new " +
			"requests; when no usable primary has weight left, weights are raised again.",
		"REDP-4045; whether an attempt that fails costs weight is assumed"},
	{"R33", Assumed, "Raising adds the start weight until the weight is above 0; start weight 0 is left alone.", ""},
	{"R34", Documented,
		"IgnoreAffinityRequests=true (the default) lets affinity requests leave the weight alone; false makes them " +
			"lower it.", "IBM, plug-in properties"},
	{"R35", Documented,
		"Random uses no weights and no memory; affinity is still honoured. An unusable choice moves to the next " +
			"usable in the list (assumed).", "IBM, LoadBalance"},
	{"R36", Documented,
		"LoadBalanceWeight 0 gets no new requests unless no other primary is usable, whatever its current weight; " +
			"it comes before the backups (assumed). Affinity is still " +
			"served.", "IBM, plug-in properties; APAR PQ76548"},
	{"R37", Documented, "PrimaryServers is used if present, else every server is primary.", "SG24-6198"},
	{"R38", Documented,
		"Backup servers get requests only when all primaries are unavailable: the first usable one in the list, " +
			"weights unused.", "SG24-6198"},
	{"R39", Assumed,
		"Affinity looks at the primary list only; a session that lives on a backup goes back to a primary.", ""},
	{"R40", Documented, "A server in neither list gets nothing.", "technote 1236528"},
	{"R41", Documented,
		"The ClusterAddress takes the requests that affinity did not place. It is never marked; a failed connect " +
			"to it is 500 (assumed).", "IBM, cluster properties"},
	{"R42", Traced,
		"A member is usable when it is not marked down, or its retry is due and nobody else is retrying; and weight " +
			"allows it; and pending requests are below MaxConnections.", "traces 01 and 04; the formula is assumed"},
	{"R50", Traced,
		"A connect that is refused, whose TLS handshake fails, or that is not made within ConnectTimeout (0, or " +
			"absent before V8: as long as the operating system takes), marks the member down; the request is " +
			"selected again, whatever its body, since nothing was sent.", "trace 02"},
	{"R51", Documented,
		"The only listed server of a cluster is never marked down; a failed connect is tried once more, then 500.",
		"APARs PQ71608, PQ74545; trace 03"},
	{"R50b", Documented,
		"A new stream that is closed too early marks the member down; the request is selected again if R57 allows. " +
			"Another text treats it like a ServerIOTimeout above 0: no mark, and affinity chooses the same member " +
			"again (choice early-close).", "technotes swg21219808 and swg21408884, which disagree"},
	{"R50c", Documented,
		"A stream from the queue that is closed too early was stale: the same member gets a new stream, nothing is " +
			"marked.", "technote swg21408884"},
	{"R52", Documented,
		"A retry is due RetryInterval after the last failure. One request probes, the others keep skipping " +
			"(assumed). Success clears the mark, since PM49491 also a 503; another failure restarts the timer; a " +
			"client that leaves releases the probe.", "APARs PK28197, PM49491"},
	{"R53", Documented,
		"A 503 of a member does not mark it (MarkBusyDown=true: does, but not the only listed server); the request " +
			"is selected again if R57 allows, and when attempts are used up the 503 is passed on.",
		"APAR PM49491; MarkBusyDown by a blog that quotes an APAR"},
	{"R54", Documented,
		"ServerIOTimeout > 0 expired does not mark: a stream from the queue is replaced once, then the request is " +
			"selected again and affinity chooses the same member. The only server of a cluster " +
			"is not tried again: 500.",
		"technote swg21408884"},
	{"R55", Documented, "ServerIOTimeout < 0 expired marks the member down (not the only one).",
		"technote swg21408884"},
	{"R56", Documented,
		"ServerIOTimeoutRetry bounds the resends after I/O timeouts, the second stream of R54 included: -1 no " +
			"bound of its own, 0 none, n at most n. R62 holds as well.", "IBM, cluster properties"},
	{"R57", Documented,
		"A body is sent again only if it was buffered: PostBufferSize in KB of 1024 bytes, 64 when absent, 0 none, " +
			"-1 no limit; otherwise the client gets 500, behind a 503 the 503. A request without body is always " +
			"repeatable.",
		"technote swg21450051"},
	{"R58", Assumed, "Once part of the answer reached the client nothing is retried: the connection is cut.", ""},
	{"R59", Documented,
		"A body larger than PostSizeLimit is refused (the status is assumed).", "IBM, cluster properties"},
	{"R60", Documented,
		"A member with MaxConnections pending requests of this process is skipped, not marked; when nobody else is " +
			"usable the client gets 503 (assumed where others are marked down).", "IBM, MaxConnections"},
	{"R61", Documented,
		"When everybody is marked down and no retry is due, nothing is forwarded and the client gets 500; after " +
			"failed attempts the last outcome decides, 503 for R53, else 500. PH46938 changed that in a way, and " +
			"at a level, that is not public (choice all-down).", "APAR PH46938"},
	{"R62", Assumed,
		"One request gets at most as many attempts as the cluster lists servers, not counting the second connect of " +
			"R51 and the second streams of R50c and R54.", ""},
	{"R63", Traced,
		"A request sent after a failover carries $WSFO: true, since 7.0.0.3.",
		"public logs; APAR PK71492, earlier fix packs unknown"},
	{"R64", Traced,
		"The Transport has the scheme of the request, else it is the other one (assumed); under SSLMapMode onload " +
			"all go out as https, under offload as http. An https Transport that cannot be used gives 500, or http " +
			"with UseInsecure=true. A pick whose Transport cannot be used has cost its weight and moved the " +
			"position, although no attempt " +
			"follows.", "trace 03; APARs PI77874, PH23808; the fallback and onload are assumed"},
	{"R65", Documented,
		"A stream idle for longer than ConnectionTTL (28 s when absent since PH09034, 8.5.5.16; before no limit) is " +
			"dropped.", "APAR PH09034"},
	{"R66", Traced, "The stream is taken from the member's queue if one is there, else opened.", "trace 03"},
	{"R67", Traced,
		"The request is sent, the answer received and passed on; the member's counters go up.", "trace 08"},
	{"R68", Assumed,
		"With ExtendedHandshake=true a stream is tried before anything is sent: one that is closed too early " +
			"counts as a failed connect (R50), and any body may follow elsewhere.", ""},
	{"R69", Documented,
		"With IntelligentManagement enabled the On Demand Router routes what its connectors tell it of; the file " +
			"decides only the rest. Every answer says so and is not certain.", "IBM, Intelligent Management"},
	{"R70", Assumed,
		"An answer that cannot be read or framed, or is over a limit, and did not just break off, gives the client " +
			"502: no mark, the stream is closed, nothing is repeated.", ""},
}
