// Package schemas holds the JSON Schemas of the files that wasplug reads and writes, and validates by them.
//
// [Load] reads a YAML file and says everything that its schema has against it, in words of ours and with the place in
// the file; [Source] gives the text of a schema, [Names] the list. The schemas are draft-07 and embedded: the package
// never asks a network, and nobody else imports gojsonschema.
//
// It knows what a file may say, not what it means: defaults, references and the plug-in's own rules are for the
// packages that read the tree. How YAML is read is for package yamldoc.
//
// Start reading at [Load], then describe, which puts a finding into words.
package schemas
