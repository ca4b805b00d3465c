// Package catalogue says what the error lines of http_plugin.log mean, what the client saw, and what to do. It is one
// table, catalogue.tsv: texts of lines, GSK codes, error numbers of operating systems, and lines of the web server's
// own error log that people look at beside it. It reads no log and knows no configuration.
//
// Names and numbers of GSK codes are those of IBM's tables of GSKit return codes; the column "mark" says how well a
// row is known: doc (IBM says so), traced (seen in a real log), assumed, or recalled (from system headers and forums,
// to be checked).
//
// An entry is found by what a line shows ([OfLine], [OfGSK], [OfOSError]) or by what a user types ([Lookup]). No name,
// and no number of a sort, has two meanings, which a test holds: so nobody has to say which platform a log is of.
package catalogue
