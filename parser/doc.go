// Package parser reads and writes plugin-cfg.xml. [Parse] gives the lossless tree of a file and, as a view on it, a
// typed [Config]; [Write] is the one printer; [Attributes] is the one table of elements and attributes.
//
// The scanner is our own. Findings and fixes need the place of every name and value, and a file with faults must be
// read to its end. encoding/xml knows only where a token ends, stops at the first fault, and takes doubled attributes
// and second roots without a word; it serves as the oracle of the fuzz tests instead. Whatever the bytes are, Parse
// returns a Config, in a time that grows with the size and no faster, and each span that it reports lies within the
// file.
//
// Of every fault the scanner says what it is, and reads on where something new can begin. What it makes of a faulty
// file is its best guess, for the rules of package lint: the plug-in refuses a file that is not well-formed.
//
// The tree is what is written, the view what it means: a value of the view is the written one where that can be read,
// and the default of the table where not. Unknown elements and attributes stay in the tree and are in no view.
//
// The room knows the form of a file. What the plug-in does with it is for package routecheck, what is unwise in it for
// package lint.
//
// Start at [Parse] and tree.go. The scanner is in scan.go (elements), tag.go (start tags), value.go (values and
// references), markup.go (comments and the like) and encoding.go; the table is in attributes.tsv, attrs.go and
// check.go; the view is in config.go (what it has) and view.go (how it is made).
package parser
