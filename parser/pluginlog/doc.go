// Package pluginlog reads and writes http_plugin.log, the log of IBM's web-server plug-in.
//
// [Read] turns a log of any size into typed events, in order, with the number of the line that each stands on.
// [Event.Append] and [Writer] write the same forms; reading what they wrote gives the event back.
// An [Assembler] puts the events of one process and thread together to requests and says what is odd about them; a
// [Summary] adds the requests up.
//
// The plug-in's format is documented nowhere. What is known of it comes from published excerpts and technotes, so the
// reader is built for the form and not for the sample: times of two kinds, IBM i prefixes, lines that old levels
// glued together, excerpts whose prefix was cut away, typographic quotes, carriage returns and cut lines. A line it
// does not know is counted, never an error.
package pluginlog
