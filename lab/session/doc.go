// Package session is a session manager that behaves as WebSphere's does, as far as that is public: which session a
// request gets, what is kept of it in memory, what is written to a store and when, and what the cookie says (rules S,
// D and W of docs/spec/sessions.md).
//
// Start with [Manager.Begin] (exchange.go), then find.go for what a request gets, write.go and scan.go for what is
// kept.
//
// Where the rules leave room, this is what happens here:
//   - Begin is a getSession(false) of the container's own (S16): the cookie is decided there, too (S8).
//   - A copy counts as written when it is taken from the store, and what that request changes as changed since: so
//     W4's bound holds for it, too.
//   - A copy that S5 does not trust is served as it was while the store cannot be reached.
//   - A write that took nothing but the last access along has a write number, and acknowledges no change.
//   - The hours of scheduled invalidation (D9) are UTC.
//
// It knows HTTP only as cookies and URLs, and stores only as a [Store]. It knows nothing of the plug-in and nothing of
// routecheck/session, which predicts: what happens here is compared with what is predicted there, and would prove
// nothing if either asked the other.
package session
