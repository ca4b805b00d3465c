// Package space examines where decisions can turn: which Uris are never reached, between which Routes open choices
// decide, which requests together meet everything of a Route. lint, diff and the making of tests ask it.
//
// It makes requests and asks match who wins them; it never decides that itself, and knows nothing of members.
//
// Start at [NewReach] and [Samples].
package space
