// Package errorlog reads the error log of the web server that the plug-in runs in, Apache or IBM HTTP Server: lines to
// records, and of those that bear on what became of requests, what they say. Threads and what they are busy with come
// from mod_mpmstats of IBM HTTP Server; crashes, restarts and limits that were reached from the server itself.
//
// It knows nothing of http_plugin.log but how it writes times: one clock shows both. Most lines of an error log are of
// no interest here (Other). What a line does not say is zero in its record.
//
// Start with line.go; kind.go has the lines that matter, with their meaning, threads.go those of mod_mpmstats.
package errorlog
