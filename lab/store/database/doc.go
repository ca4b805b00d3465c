// Package database keeps sessions in a table SESSIONS as WebSphere does, in SQLite or PostgreSQL (rules D1 to D12 of
// docs/spec/sessions.md): which statement each moment issues, what it compares and what it does not.
//
// It knows the table and the seam [session.Store], nothing of requests, cookies or when something is written: that is
// the session manager's. There is no transaction around a request and no lock of a row (D12); two members that write
// one session at once overwrite each other, as they do with IBM's.
//
// Start with [Store], which has what is the same everywhere; schema.go has the two ways in which attributes lie in the
// table, table.go what becomes of a statement, and SQLite and PostgreSQL are an engine each. statements_test.go lists
// what is sent when. LISTENERCNT is 0 always: the lab has no session listeners.
package database
