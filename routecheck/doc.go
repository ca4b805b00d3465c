// Package routecheck is the one home of the plug-in's decision: which cluster a request belongs to, which member gets
// it, and what a failed attempt leads to. It is arithmetic on plain values: sockets, clocks and random numbers come
// from the caller. `why`, test suites, log replay, lint and the proxy all drive the same Match, Next and Observe.
//
// The rooms, of which each imports only those below it:
//
//	diagnose        what causes a symptom, by file and logs
//	suite, replay   drivers: test suites and logs
//	simulate        a driver: many processes over virtual time; simulate/written reads its scenarios
//	cookie          a session cookie without a request
//	explain/cause   why an answer is not that of a healthy request
//	explain/reverse what leads to a cluster or a member
//	explain         a scenario becomes a decision: the process, every outcome of chance, certainty
//	explain/words   the sentences about a step: they are made of its facts, and decide nothing
//	space           where decisions can turn: which Uri is reached, sample requests
//	failover        which member: affinity, balancing, backups; what a failure leads to; the state of a cluster
//	affinity        what a request, or an answer, says of its session: identifiers, clone IDs
//	streams         the idle streams to a member: which is taken, which is too old
//	match/lookups   the same as maps of texts, for programs that have no index
//	match/names, match/written   what people name or write: members and clusters, a request
//	match           which cluster: the configuration made ready, Routes, scores, the index and the linear walk
//	match/resolve   which definition a name of the file means
//	match/texthash  hashes of texts, of which those of all leading parts come out of one pass
//	choices         the open choices, their levels and defaults, and which of them were consulted
//	session         what becomes of a session that another member gets; it knows nothing of the others
//
// Rule numbers (R1 to R70) are those of docs/spec; every step of a decision carries its rule and how well it is known.
//
// This package is the face: [Table], [Request], [Decision] and [New]. Start reading at match.Table.Match, then
// failover.Next.
package routecheck
