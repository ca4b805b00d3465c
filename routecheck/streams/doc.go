// Package streams holds idle streams to a member as the plug-in does: the one that was put last is taken first, and
// one that has idled for too long is let go of (R65, R66). Whoever has streams decides by it, be they sockets of the
// proxy or numbers of a simulation.
//
// It knows nothing of members and requests, and has no clock: time is an argument.
package streams
