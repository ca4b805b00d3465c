// Package timeindex finds the lines of a plain log file by their times without reading it all: a log of gigabytes of
// which ten minutes are asked about is entered where they begin. It looks at places of the file, as a binary search
// does. What it says must not lose a line, so it refuses a file whose times were seen to descend (New gives nil),
// gives up where no line near a place shows a time (Failed), and its caller asks for more than it needs on both sides
// (Margin), as a clock may have been set back between two places that were looked at.
//
// It knows lines of http_plugin.log and their times. It does not know packed files, standard input, or what is asked
// about. Start with New.
package timeindex
