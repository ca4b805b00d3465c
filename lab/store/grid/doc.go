// Package grid keeps sessions in a store outside the members that is no table: what a session cache or a grid is to
// the users of WebSphere (rules G). Two engines carry it: a bucket of JetStream with a copy on each of three servers,
// and a Redis.
//
// It knows [session.Store], and that a grid of servers works while a majority of them does: until another server leads
// it waits, and where there is no majority it says so at once. It does not know cookies, nor when something is
// written.
//
// Start at [Store] (store.go), which is the same for both engines; engine.go says what it asks of them, await.go how
// long it asks. server.go is what a server of the JetStream grid runs.
package grid
