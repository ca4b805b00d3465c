// Package replay holds the log of a plug-in against the decision core.
//
// [MatchEvents] and [Events] turn what the core did into the lines that a plug-in writes about it, for a proxy's own
// log. A [Replay] goes the other way: it reads events of a log and asks the core, decision by decision, whether it
// would have done the same. Nothing decides here: the events only say what the network did, and routecheck says what
// follows from it.
//
// Which lines are about one request is known by package requests, whose assembler a Replay drives; the form of lines
// by package pluginlog. What members there are and who is chosen, only routecheck knows.
//
// Start reading at reader.go, from events to operations, then machine.go, which plays them under one setting of the
// open choices; replay.go compares the settings. lines.go and status.go hold lines against the file that decide
// nothing, log.go writes the lines.
package replay
