// Package resolve says which definition each name of a file means, and what a Route names in vain.
//
// It knows the parsed file alone: nothing here is made ready for decisions. Nobody else answers for a name that is
// defined twice.
package resolve
