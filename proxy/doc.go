// Package proxy is a reverse proxy that does what IBM's web-server plug-in does, by the same decisions that routecheck explains.
//
// A client connection has a goroutine (client.go). It reads a head, asks the table for a cluster and hands the request to an exchange
// (exchange.go), the failover loop: Next names a member, an attempt (attempt.go) sends the request there, Observe takes in what became
// of it. The exchange knows no bytes, the attempt decides nothing. Members and their streams live in upstream.go, everything about
// header lines in headers.go, and all waiting in link.go.
//
// Time limits cost no timers: each link notes until when it may wait, and one sweeper (sweep.go) wakes those that are late. A limit is
// therefore kept to a quarter of a second.
package proxy
