// Package session predicts what becomes of a session when another member gets its request: whether the member finds
// it, which changes it finds, how often the request takes effect, and which cookie the client has afterwards.
//
// It knows what is public of WebSphere's session manager, as the rules S (identity), D (database), M
// (memory-to-memory), G (grid), W (when what is written) and L (the replication of the lab), see [Rules]. It does not
// know how a member is chosen: it is told who owned the session, who serves it now and who is down, as plain values.
// It imports nothing of routecheck.
//
// Start reading at [Case.Predict]; policy.go says what the servers do, copies.go whether a copy is left, written.go
// what is in it, cookie.go what the client gets.
package session
