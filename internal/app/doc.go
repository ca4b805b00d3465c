// Package app holds the use cases of wasplug as plain structs: what is asked are their fields, and Run answers with
// the structure that JSON prints. The command line, an editor, a browser and tests call them; none of them prints,
// ends the program or opens a file by itself: they read through an [Input].
//
// Run returns an answer also beside an error: it holds the notes that were taken until then. An error is a
// [*RequestError] where the request cannot be meant so, and otherwise says why the work could not be done. Fields are
// named in messages as the flags of the command line are, as all documentation names them.
//
// Start with load.go, which every use case begins with, then why.go.
package app
