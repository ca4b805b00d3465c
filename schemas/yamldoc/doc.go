// Package yamldoc turns YAML files into located nodes, and such nodes into YAML. It is the one place that reads YAML:
// nobody else imports yaml.v3.
//
// [Load] gives a file as a tree of [Node]s whose every value knows its bytes, and keeps each scalar as the text that
// it is: an unquoted 010 or 12e4 is never converted unless somebody asks with [Node.Int]. [Print] writes a tree that
// was built, in the form that reads best.
//
// The package knows the form of YAML and nothing of what a file says: which keys there are is for package schemas.
//
// Start reading at [Node], then [Load] and places.go, which finds the bytes of what yaml.v3 names by line and column.
package yamldoc
