// Package authoring has the use cases that make a file of others: a plugin-cfg.xml of a topology and back (Generate,
// Import), one of several (Merge), one that is written as all are (Fmt), a drawing (Graph), a first test suite
// (InitSuite), all that work begins with (Begin), the files of other proxies (Export). Nothing is written here: the
// answer holds the text.
//
// Start with generate.go.
package authoring
