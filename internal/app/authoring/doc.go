// Package authoring has the use cases that make a file of others: a plugin-cfg.xml of a topology and back (Generate,
// Import), one of several (Merge), one that is written as all are (Fmt), a drawing (Graph), a first test suite
// (InitSuite), all that work begins with (Begin), the files of other proxies (Export), one that keeps what was edited
// by hand (Rebase), and files without the words of their owner (Anonymize). Nothing is written here: the answer holds
// the text.
//
// What is made of half a file would lack the other half and not say so: what these read must be whole (readXML), but
// for what is only looked at (Graph).
//
// Start with generate.go.
package authoring
