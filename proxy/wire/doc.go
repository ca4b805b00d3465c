// Package wire is the proxy's connections: sockets, the TLS on them, the buffers that they are read into, and how long
// somebody waits for them.
//
// It knows bytes and time limits. It knows no HTTP, no member and no configuration, and of routecheck the unit of
// time alone. With the admin listener it is the one room of the proxy that opens sockets and reads the clock; whoever
// decides gets the time from outside.
//
// Start in link.go: a Link is one end of a connection, to a client or to a member. Below it stand a socket that it
// reads and writes with no detour (socket_linux.go), or package net; TLS, which keeps apart what it has read
// (records.go); and a look at what stands in a socket (peek.go). Who waits for a socket is woken by the waker
// (waker_linux.go) at a gate (gate_linux.go), in a fairer order than the runtime's poller has; connections of clients
// begin as such sockets (accept_linux.go). The sweeper (sweep.go) ends waits whose time is over. A client that waits
// for long is parked in a lot (lot.go). Connections to members begin in dial.go; work that takes long, such as a
// reload, pauses by a breather (breather.go).
package wire
