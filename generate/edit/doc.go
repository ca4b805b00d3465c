// Package edit changes a plugin-cfg.xml by edits on spans: members are drained and put back, attributes set. Every
// byte outside of the edits stays as it is, and Undrain after Drain gives the bytes of before.
//
// It knows where in the file a change is written, and what of it can be undone. What a change does to users is for
// package diff, who is drained or primary for the core; it neither reads nor writes files.
//
// Start with edit.go, then drain.go.
package edit
