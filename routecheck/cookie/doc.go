// Package cookie reads a session cookie as the servers of WebSphere write it (S1 to S6, S10, S14): cache ID, session
// ID, the members that had the session, and what is wrong with any of it.
//
// It knows values, and the tables in which clone IDs are looked up. It decides nothing: whether a clone ID that may
// have been meant leads to its member is asked of an offline process.
//
// Start at [Read].
package cookie
