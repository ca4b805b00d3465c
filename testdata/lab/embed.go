// Package labdata is the scenarios of what users are told about failover, and the table of the rows that they stage:
// the program has them in it for "wasplug lab matrix".
package labdata

import "embed"

// Files are the scenarios, the topologies that they run on, and rows.tsv.
//
//go:embed *.yaml rows.tsv
var Files embed.FS
