// Package proxy is a reverse proxy that does what IBM's web-server plug-in does, by the same decisions that routecheck
// explains.
//
// Three types serve a connection. A client (client.go) is the connection: it reads one head after the other, and is
// parked while it is idle. Its request (request.go) is what was asked and what is answered: it asks the table for a
// cluster, reads the body (body.go), writes the answer (answer.go). Where a cluster takes the request, a forwarder
// (forward.go) carries it: heads as members get them (headers.go), attempts (attempt.go), the way back (deliver.go).
//
// What the forwarder does next is for the exchange (exchange.go) to say, the failover loop: Next names a member, the
// forwarder sends the request there, Observe takes in what became of it. The exchange knows no bytes, the forwarder
// decides nothing.
//
// The process is proxy.go: its options, its start and its end. Clients arrive in listen.go; reload.go puts the next
// configuration to work.
//
// It knows clients, requests and what passes between them and members. A configuration at work, with the state of its
// clusters, is generation's, streams to members are upstream's, what is written down is that of logs, and files for
// declined requests are docroot's. Connections, TLS, buffers and time limits are wire's, messages http1's, key stores
// keystore's, pages and metrics admin's, which gets a snapshot (status.go). Time limits cost no timers: each link
// notes until when it may wait, and one sweeper (wire/sweep.go) wakes those that are late. A limit is therefore kept
// to a tenth of a second.
package proxy
