// Package xsd writes an XML Schema (1.0) of plugin-cfg.xml for editors: what may stand where, what it means, and which
// names must exist.
//
// All of it is made of the attribute table of package parser. It refuses what lint calls an error of structure or of
// references, as far as a grammar can say that, and misspelt and misplaced names, which lint warns of. Config takes
// attributes that nobody knows, for IBM's support hands such out; the order of elements is free, as it is in the file.
//
// Start reading at [Schema], then content, which counts what may stand only once.
package xsd
