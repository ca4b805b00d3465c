// Package resolve says which definition each name of a file means, and what a Route names in vain.
//
// It knows the parsed file alone: nothing here is made ready for decisions. Nobody else answers for a name that is
// defined twice. [Names] is made once for a file, and asked by whoever compiles, checks or draws it.
package resolve
