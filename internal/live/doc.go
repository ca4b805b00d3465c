// Package live asks a web server whose plug-in runs. Behind it stand members of ours, which note what arrives and
// misbehave on command ([Members]), or servers of the user's; in front of it a [Driver] sends requests, one after the
// other, and puts together what was seen of each.
//
// It knows sockets, the wall clock and the pace of requests. Which requests these are, and what is learnt of them, is
// for the room below to say (internal/live/question); what the plug-in is given to read is made in
// internal/live/probe.
package live
