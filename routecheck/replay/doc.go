// Package replay holds the log of a plug-in against the decision core.
//
// [MatchEvents] and [Events] turn what the core did into the lines that a plug-in writes about it, for a proxy's own
// log. A [Replay] goes the other way: it reads events of a log and asks the core, decision by decision, whether it
// would have done the same. Nothing decides here: the events only say what the network did, and routecheck says what
// follows from it.
package replay
