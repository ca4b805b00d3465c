// Package replication is memory-to-memory replication (rules M, L): each member has its own sessions and copies of
// those of others, and a copy is all that is left of a session when its owner is killed.
//
// It is the lab's own protocol, L1 to L12, not IBM's. What decides is without clock and sockets: group.go says who
// lives and who holds whose sessions, held.go who may write a session, message.go what a write number means. The rest
// of [Store] asks them and talks: spread.go writes, takeover.go reads, join.go is about coming and going. Messages
// travel by a transport: nats.go between processes, one in memory with faults of every kind in the tests.
//
// It knows nothing of cookies and of the plug-in, and nothing of what is predicted. Start reading at takeover.go.
package replication
