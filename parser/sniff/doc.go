// Package sniff says what a file holds, as far as its beginning tells: XML, YAML or JSON, plain text, an encoding that
// nobody here reads, or no text at all.
//
// It is asked before anything is parsed: who takes a plugin-cfg.xml or a topology learns which of the two a file is,
// and who was given an archive, a key store or a file of z/OS gets one message instead of one for each byte that XML
// does not allow. It guesses, and never refuses: what is meant as XML counts as XML however broken it is, since
// package parser says best what is wrong with it.
//
// Start at [Text].
package sniff
