// Package space examines where decisions can turn: which Uris are never reached, between which Routes open choices
// decide, which requests together meet everything of a Route. lint, diff and the making of tests ask it.
//
// It makes requests and asks match who wins them; it never decides that itself, and knows nothing of members.
//
// A place is a host, a port and a path as they are compared ([MatchKey]). There are more of them than can be asked, so
// each Uri and alias gets one that nothing longer takes, as far as that is possible, made with what the file does not
// name ([UnusedNames]): if it does not win there, it wins nowhere.
//
// Start at [NewReach] and [Samples].
package space
