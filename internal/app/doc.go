// Package app is where the use cases of wasplug begin: what they read from, a configuration that is loaded, the
// plug-in that decides by it, a log of requests, and errors that name what is wrong with a request. The use cases
// themselves are plain structs in the rooms below, which know nothing of each other:
//
//   - answers: what becomes of a request or a session (why, cookie, the lab's predictions)
//   - authoring: files that are made, of a topology, of other files or of nothing (generate, import, merge, export)
//   - checks: whether a file, or a change of one, is good, and changes in place (lint, test, diff, check, drain, set)
//   - editor: what stands at a place of a file that is being written (lsp)
//   - evidence: what logs and plug-ins that run show (trace, verify)
//   - meaning: what a word means (explain)
//
// What is asked are the fields of a struct, and Run answers with the structure that JSON prints. The command line, an
// editor, a browser and tests call them; none of them prints, ends the program or opens a file by itself: they read
// through an [Input].
//
// Run returns an answer also beside an error: it holds the notes that were taken until then. An error is a
// [*RequestError] where the request cannot be meant so, and otherwise says why the work could not be done. Fields are
// named in messages as the flags of the command line are, as all documentation names them.
//
// Start with load.go, which every use case begins with, then answers/why.go.
package app
