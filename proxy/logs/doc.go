// Package logs is what a proxy writes down about its requests while it serves them: a line each in the access log
// (access.go), and the lines that the plug-in itself would write, in its words and at its LogLevel (plugin.go), which
// trace reads and replay follows. Who wants the steps of decisions themselves is told of them there, too (told.go).
//
// It knows what is to be told and in which form, and that a disk can be slow: lines are queued while a decision is
// made, and written when no lock is held (queue.go). It knows no connections, no members, and decides nothing: the
// lines of the plug-in are made of the steps that decisions note.
package logs
