// Package graph draws a configuration: virtual host -> URI -> cluster -> member. What it draws is the file as
// routecheck reads it: which definition a name means, who is primary; and what no Route uses, or is not defined, is
// drawn and said to be so.
//
// There is one model, graph, and one walk over it that gives vertices and edges in the order of the file (write.go);
// formats are what is done with these. The same file gives the same bytes.
//
// Start reading at [Write].
package graph
