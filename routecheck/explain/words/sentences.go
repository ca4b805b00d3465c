package words

import "github.com/wasplug/wasplug/routecheck/failover"

// sentences has one for each reason of a step. What stands in braces is a hole, see holes.go.
var sentences = [failover.NumReasons]string{
	failover.WhyRequest: "request for {path} on {place}{with session}",
	failover.WhyRouter: "IntelligentManagement is enabled: the On Demand Router routes what its connectors tell it " +
		"of, and only the rest is decided by this file, as follows",
	failover.WhyRoute:       "virtual host {alias} and URI {uri} give cluster {cluster}",
	failover.WhyRefused:     "{refusal}: the plug-in is not asked",
	failover.WhyNoRoutes:    "the file has no Route: {declines}",
	failover.WhyNoneMatches: "no Route matches host, port and path: {declines}",

	failover.WhyNoSession:    "{checked} no session identifier in the request",
	failover.WhyNoCloneIDs:   "{checked} no server of {cluster} has a CloneID, so there is none",
	failover.WhySession:      "{checked} {source} carries {clones}",
	failover.WhyNextSession:  "{source} carries {clones}",
	failover.WhySessionAgain: "the session identifier is checked again: {source} carries {clones}",

	failover.WhyCloneOfPrimary: "clone ID {clone} is that of {member}, {place in list} in the primary list",
	failover.WhyCloneOfBackup:  "clone ID {clone} is that of {member}, {place in list} in the backup list",
	failover.WhyPartition: "the partition table gives partition ID {clone} to {member}; primary and backup lists " +
		"do not apply",

	failover.WhyUnknownClone: "no server in the primary list of {cluster} has clone ID {clone}",
	failover.WhyEmptyClone:   "an empty clone ID is that of no server",
	failover.WhyOtherCase:    "clone ID {clone} is not {clone of other} of {other}: letter case counts",
	failover.WhyOnBackup:     "clone ID {clone} is that of {other} in the backup list, where affinity does not look",
	failover.WhyInNoList:     "clone ID {clone} is that of {other}, which stands in neither list and gets nothing",
	failover.WhyNotInTable:   "{clone} is a partition ID, and the partition table names no member for it",
	failover.WhyOnlyOther: "{clone} is a partition ID: the partition table, which is not given, can name no other " +
		"server than {other}",
	failover.WhyTableUnknown: "{clone} is a partition ID: the partition table, which the plug-in learns from the " +
		"servers, names its member, and it is not given",
	failover.WhyNoTable: "{clone} is a partition ID, and GetDWLMTable of {cluster} is not true, so no table names " +
		"its member: the documented case of broken affinity (PK48101)",

	failover.WhyNotMarked: "{member} is not marked down",
	failover.WhyProbes:    "{member} is marked down, but its retry is due: this request probes it",
	failover.WhySkipped:   "{skip}",

	failover.WhyNextPrimary:     "next in the primary list after {other} is {member}",
	failover.WhyClusterAddress:  "affinity places the request nowhere: the ClusterAddress takes it",
	failover.WhyFirstBackup:     "no primary is usable: the first usable backup is {member}{passed over}",
	failover.WhyTriedAllTheSame: "everybody is marked down: {member} is tried all the same",
	failover.WhyRandom:          "the random choice is {member} (LoadBalance Random, weights unused)",
	failover.WhyRoundRobin: "round robin {start}{raised}; next usable in the primary list is {member}, " +
		"{weight}{passed over}{probes}",
	failover.WhyWeightZero: "round robin {start}{raised}; no other primary is usable, so {member} gets the request " +
		"in spite of its weight 0{passed over}{probes}",

	failover.WhyNoTransport:   "{member} has no Transport: {no other}",
	failover.WhyHTTPSUnusable: "{keyring missing}: {no other}",
	failover.WhyOnloadWithoutHTTPS: "SSLMapMode onload sends http requests out as https, and {member} has no https " +
		"Transport: {no other}",
	failover.WhySchemeMissing: "{member} has no Transport of the request's scheme: {no other}",
	failover.WhyStream:        "{member and clone}: {stream}{scheme}",

	failover.WhyNoStream: "no stream to {member}: {connect}{mark}",
	failover.WhyNoStreamSecond: "no stream to {member}: {connect}; the only server of a cluster is not marked down " +
		"but tried once more{mark}",
	failover.WhyNoStreamOnly: "no stream to {member}: {connect}; the only server of a cluster is never marked " +
		"down, the client gets 500{mark}",
	failover.WhyStale: "the stream from the queue to {member} was closed: it was stale, not a failure; the same " +
		"member gets a new stream{mark}",
	failover.WhyStaleEnds: "the stream from the queue to {member} was closed: it was stale, the member is not " +
		"marked down{mark}",
	failover.WhyCut: "{member}: {failure} in the middle of the answer; nothing can be retried, the connection is " +
		"cut{mark}",
	failover.WhyClosed: "{member} closed the new stream too early{mark}",
	failover.WhyUnreadableCloses: "{member} sent an answer that cannot be read, which counts as a stream that is " +
		"closed too early{mark}",
	failover.WhyUnreadable: "{member} sent an answer that cannot be read{mark}",
	failover.WhyStaleTimeout: "{member}: {failure} on a stream from the queue; the same member gets a new " +
		"stream{mark}",
	failover.WhyIOTimeout: "{member}: {failure}{mark}",
	failover.WhyBusyMarks: "{member} answered 503 (MarkBusyDown){mark}",
	failover.WhyBusy:      "{member} answered 503, which does not mark it down{mark}",
	failover.WhyCleared:   "{member} answered the probe: its mark is cleared",
	failover.WhyAnswer:    "the request is sent to {member}{with failover} its answer passed to the client",

	failover.WhyAddressFailed: "{member} failed: the plug-in does not balance instead, the client gets 500",
	failover.WhyNotRepeatable: "{body lost} and cannot be sent again: the client gets 500",
	failover.WhyOnlyClosed: "the only server of a cluster is not tried again after a stream that is closed early: " +
		"the client gets 500",
	failover.WhyOnlyTimeout: "the only server of a cluster is not tried again after a timeout: the client gets 500",
	failover.WhyAnswered:    "nothing is repeated, for the member has answered: the client gets 502",
	failover.WhyRetriesUsed: "ServerIOTimeoutRetry {I/O retries} is used up: the client gets 500",

	failover.WhyAttempts: "{attempts}: no further attempt, the client gets {status}",
	failover.WhyAllFull: "nobody is usable, and somebody only because of MaxConnections: nothing is forwarded, the " +
		"client gets 503{passed over}",
	failover.WhyNobodyElse: "nobody else is usable: the client gets {status}{passed over}",
	failover.WhyNoServer:   "the cluster has no server: nothing is forwarded, the client gets 500",
	failover.WhyAllDown: "everybody is marked down and no retry is due: nothing is forwarded, the client gets " +
		"500{passed over}",
	failover.WhyTooLarge: "the body {size} exceeds PostSizeLimit {size limit}: refused with {status}",

	failover.WhyPassedNotRepeatable: "the body was not buffered and cannot be sent again: {passed on}",
	failover.WhyPassedAddress:       "the ClusterAddress is not replaced by balancing: {passed on}",
	failover.WhyPassedAttempts:      "{attempts}: {passed on}",
	failover.WhyPassedNobodyElse:    "nobody else is usable: {passed on}",
}
