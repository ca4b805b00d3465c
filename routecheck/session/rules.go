package session

import "slices"

// RuleInfo describes a rule of the session manager.
type RuleInfo struct {
	ID, Mark string // the mark is one of those below
	Says     string
}

// How well a rule is known: IBM's text says it, Open Liberty's source does it, it is our reading, or nobody knows;
// the rules L, and some of G, are those of the lab's own stores, which stand in for IBM's.
const (
	documented = "documented"
	observed   = "observed in Open Liberty's source"
	reading    = "assumed"
	open       = "open"
	own        = "of wasplug's lab, not of IBM's"
)

// Rules lists the rules of the session manager in order.
func Rules() []RuleInfo { return slices.Clone(rules) }

var rules = []RuleInfo{
	{"S1", documented,
		"A session cookie is a cache ID of 4 digits, the session ID, and then separator and clone ID (or partition " +
			"ID), repeated. The separator is : or, with CloneSeparatorChange, +."},
	{"S2", documented, "A session ID has 23 characters (HttpSessionIdLength) of A-Z a-z 0-9 - _, 6 random bits each."},
	{"S3", observed,
		"The cache ID starts at 0000 where sessions live in memory only, at 0001 where they are persistent."},
	{"S4", observed,
		"A member that takes a copy from the store in place of its own memory answers with the requested cache ID " +
			"+ 1, 0001 after 9999."},
	{"S5", observed,
		"The copy in memory is trusted while it is valid, its cache ID is not below the requested one and it has " +
			"not timed out; otherwise it is dropped and the store is read. That keeps a member that was only hung " +
			"from serving an old copy."},
	{"S6", observed,
		"A value shorter than cache ID and session ID is passed over; a separator before position 4 means no ID; a " +
			"cache ID that is no number counts as 0."},
	{"S7", observed, "Several cookies of the name are tried in order until one gives a session."},
	{"S8", observed,
		"Set-Cookie goes out at getSession, and only when the request had no ID, the ID or the cache ID differs, or " +
			"the own clone ID is not in the list."},
	{"S9", documented,
		"A member that is not in the clone list appends its ID at the end, with NoAffinitySwitchBack=true it puts " +
			"it in front. With a new session ID the old list is thrown away."},
	{"S10", observed,
		"Whether a clone ID is in the list is a substring test: m1 is found in m10, so a take-over by m1 of a " +
			"session of m10 is not recorded."},
	{"S11", observed, "Where ExpectedCloneIds is set and the list holds a foreign clone ID, the list is cleared."},
	{"S12", documented, "Identifiers longer than SessionIdentifierMaxLength (1024) only give a warning."},
	{"S13", observed,
		"The URL form is ;jsessionid= and the value; it is read only where URL rewriting is on and no cookie came."},
	{"S14", observed,
		"The cookie is JSESSIONID with Path=/ and HttpOnly, not Secure, without Domain, Max-Age and SameSite."},
	{"S15", observed,
		"A new session takes the ID of the request only if another application of the member has it in memory, the " +
			"store has it, or HttpSessionIdReuse is true; otherwise a new ID is drawn. So the ID changes at a " +
			"take-over without persistence."},
	{"S16", observed, "Every request touches its session, also where the application does not ask for it."},
	{"S17", documented,
		"A session times out after 30 minutes by default, and lives until the reaper comes, every 30 to 360 s."},
	{"S18", documented,
		"Without persistence a member keeps 1000 sessions in memory, more with AllowOverflow (the default); with " +
			"persistence the number is the size of a cache."},
	{"S19", documented,
		"With security integration a session belongs to its user: an anonymous one is renamed at login, another " +
			"user's is refused (SESN0008E)."},
	{"S20", documented, "Serialized session access locks within one JVM only."},
	{"S21", documented,
		"With NoAdditionalSessionInfo a cookie has no cache ID where sessions are not persistent, and no clone ID " +
			"on a standalone server."},
	{"S22", open,
		"What a server does with $WSFO, which arrives with a request that failed over (PK71492), could not be read."},
	{"D1", observed, "getSession inserts the row at once, without attributes."},
	{"D2", observed,
		"Under end of servlet service each request updates the time of last access by compare and set; where " +
			"somebody else had the session, the copy is dropped and the row read."},
	{"D3", observed, "Under time based and manual update the time of last access stays in memory."},
	{"D4", observed,
		"A session that is not in memory, or not trusted, is read: its plain columns, then the attributes when " +
			"first asked for. No row means no session."},
	{"D5", observed,
		"At the end of service an attribute that was set or removed is written; with \"all session attributes\" the " +
			"session always is."},
	{"D6", observed, "Under time based and manual update nothing is written at the end of service."},
	{"D7", observed, "Time based: a thread writes the attributes of each session that is due (W4)."},
	{"D8", documented, "sync() writes at once."},
	{"D9", observed,
		"The reaper of one member deletes the rows that have timed out, with scheduled invalidation only in its two " +
			"hours."},
	{"D10", observed, "invalidate() deletes the row at once."},
	{"D11", documented,
		"At an orderly stop time based writes everything that changed, end of servlet service has nothing to write, " +
			"manual update writes nothing."},
	{"D12", observed,
		"There is no transaction around a request and no lock of the row: of two members that serve one session at " +
			"once the last writer wins."},
	{"M1", documented,
		"Members of a replication domain copy sessions to each other: one replica by default, " +
			"n, or the whole domain."},
	{"M2", documented,
		"A member is both (peer to peer), client or server; with client/server a tier of members without the " +
			"application keeps the replicas."},
	{"M3", documented,
		"The owner is the member in which the session was processed last; affinity follows a take-over."},
	{"M4", documented,
		"Peer to peer the plug-in sends to a member that has the replica; client/server any member fetches the copy."},
	{"M5", documented,
		"Peer to peer with fewer than two members up nothing is replicated: in a cluster of two the loss of one " +
			"leaves the sessions of the other unprotected."},
	{"M6", documented, "A member waits 5 s for another's answer before it takes the data as not existing."},
	{"M7", documented, "Write frequency, write contents and S4, S5 hold as for the database."},
	{"M8", reading, "Replication does not wait for the answer, nor the answer for it."},
	{"M9", open, "Which member gets a replica is the servers' own choice."},
	{"M10", documented,
		"Peer to peer the cookie carries a partition ID in place of the clone ID; the plug-in maps it by a table " +
			"that answers bring."},
	{"M11", observed, "The table comes in the answer header $WSPT, its version in _WS_HAPRT_WLMVERSION."},
	{"M12", documented,
		"A new web server process has no table and balances the first request of a session, unless " +
			"GetDWLMTable=true fetches it (PK48101)."},
	{"M13", documented, "Primary and backup lists do not apply to partition IDs."},
	{"M14", reading, "After a take-over the partition ID stays the same; only the cache ID changes."},
	{"G1", documented,
		"Sessions are entries of a grid outside the members: Liberty's session cache (httpSessionCache), WebSphere " +
			"eXtreme Scale. A member that takes a session over reads it there."},
	{"G2", observed,
		"In a grid an attribute is an entry of its own: only those set or removed are written, and nothing is " +
			"compared, so the last writer wins. Frequencies and contents, S3 to S5 and D1 to D11 hold as for a " +
			"table of several rows."},
	{"G3", own,
		"The grid of the lab is three JetStream servers, each with a copy of all sessions; a write is acknowledged " +
			"when two of them have it. One that dies takes nothing along. Where it was the one that leads, " +
			"requests wait until another one does, 4 to 16 s."},
	{"G4", own,
		"While fewer than two of the three servers are there the grid cannot be reached, which is found out at " +
			"once: members serve from memory and write nothing, a take-over finds nothing. What had been written " +
			"is there when two are back."},
	{"G5", own,
		"A Redis without persistence on the disk that dies has lost all sessions. Under time based and manual " +
			"update a member goes on with those in its memory; at the end of servlet service its next request " +
			"finds no entry whose last access it could compare (D2), and a new session begins."},
	{"W1", documented,
		"End of servlet service: written after service() returns. Its place against the last byte of the answer is " +
			"not documented; a servlet that flushes has answered before."},
	{"W2", documented, "Manual update: only sync() writes."},
	{"W3", observed,
		"A new session's row is inserted without attributes; under time based and manual update they follow with " +
			"the first look or sync(). IBM's text says that a new session is always written at the end of service."},
	{"W4", observed,
		"Time based: a thread looks at every session each 10 s and writes those never written, or not written for " +
			"longer than the interval N. So a change younger than N can be lost, and none older than 10 (N/10 + 1) " +
			"s, N/10 rounded down; a session in use is put off to the next look, five times at most."},
	{"W5", documented,
		"Only updated attributes: in a single row any set attribute writes all of them; in rows of their own, and " +
			"in replicas, only those set. All session attributes: everything."},
	{"W6", documented,
		"An attribute that is changed in place, without setAttribute, is lost at a failover under \"only updated " +
			"attributes\", unless in a single row another one was set in the same write period."},
	{"W7", observed,
		"An attribute that cannot be serialised is refused in a distributable application, else kept in memory and " +
			"missing after a take-over."},
	{"W8", documented,
		"Lost whatever the settings: what lives outside the session, uncommitted data, a request in progress, the " +
			"body of a POST behind a redirect."},
	{"W9", documented,
		"A member that dies after the write and before the answer makes the plug-in send a repeatable request " +
			"again: its change is there twice."},
	{"L1", own, "Members send puts, gets and drops to each other, one subject each."},
	{"L2", own, "Each write of a session has a number; a holder refuses an older one, which fences a hung owner."},
	{"L3", own, "Only updated attributes travel as a delta with the number they stand on."},
	{"L4", own, "The replicas of a member are on the n living members that follow it in the order of names."},
	{"L5", own, "A put waits for the acknowledgement of each living holder, or does not (replication-ack)."},
	{"L6", own, "A member lives while its heartbeat is younger than 600 ms."},
	{"L7", own,
		"A member that does not own a session asks every living member and takes the highest write number; all give " +
			"out what was last written."},
	{"L8", own,
		"When a holder leaves, its replicas are made on the next member at once, at the next write, or never " +
			"(replica-retarget)."},
	{"L9", own, "A member that joins serves nothing until it has got what it must hold."},
	{"L10", own, "Where no holder lives a write succeeds all the same, and the session is unprotected."},
	{"L11", own, "A table maps each partition ID to its owner and holders; its version rises with every change."},
	{"L12", own, "Members in client mode use clone IDs."},
}
