// Package lookups makes look-ups of an ordered list: for programs that have maps of texts and of leading texts, and no
// index. A place (host and port) leads to a class; in it a whole path is looked up, then the leading text of a path
// that ends as some Uri does, then the leading text of any path. Their cost does not grow with the number of Uris.
//
// The trick is that whatever a map can find is resolved before: each text leads to the entry that comes first of all
// that take the paths it stands for, not only of those that are written so. "/a/*" before "/a/b/*" in the list makes
// the text "/a/b/" lead to the first one, so that the longest text of a path alone gives the answer.
//
// Of an IPv6 address they know the spellings of the file alone, also where all of them count (choice ipv6-hosts).
//
// It decides nothing: which entry of two comes first is what [match.Table.Ordered] says.
//
// Start at [New], then [Tables.Find], which is what such a program does.
package lookups
