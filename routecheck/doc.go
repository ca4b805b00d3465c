// Package routecheck is the one home of the plug-in's decision: which cluster a request belongs to, which member gets
// it, and what a failed attempt leads to. It is arithmetic on plain values: sockets, clocks and random numbers come
// from the caller. `why`, test suites, log replay, lint and the proxy all drive the same Match, Next and Observe.
//
// The rooms, of which each imports only those below it:
//
//	suite, replay   drivers: test suites and logs
//	explain         a scenario becomes a decision: the process, every outcome of chance, certainty, causes
//	space           where decisions can turn: which Uri is reached, sample requests
//	failover        which member: affinity, balancing, backups; what a failure leads to; the state of a cluster
//	match           which cluster: the configuration made ready, Routes, scores, the index and the linear walk
//	choices         the open choices, their levels and defaults, and which of them were consulted
//	session         what becomes of a session that another member gets; it knows nothing of the others
//
// Rule numbers (R1 to R70) are those of docs/spec; every step of a decision carries its rule and how well it is known.
//
// This package is the face: [Table], [Request], [Decision] and [New]. Start reading at match.Table.Match, then
// failover.Next.
package routecheck
