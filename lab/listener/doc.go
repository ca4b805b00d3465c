// Package listener is a small HTTP/1.1 server that notes exactly what arrived and misbehaves on command: what a member
// of the lab stands on, and what "wasplug members" puts behind a real plug-in.
//
// It knows connections, heads as they came over the wire, and the faults that a plug-in can meet: a port that refuses,
// a server that hangs, resets, answers 503, slowly or nonsense. It serves no net/http server, for that one hides where
// a head begins, which connection it came on and when the last byte of an answer goes out. It knows nothing of
// sessions, of the plug-in and of what is expected.
//
// Start in listener.go; conn.go is the way of a request, fault.go what may go wrong, control.go how that is ordered.
package listener
