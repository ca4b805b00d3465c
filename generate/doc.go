// Package generate turns a topology, a YAML file that says what runs where, into plugin-cfg.xml: [Read] gives the
// model, [Topology.Compile] the documents. Everything in them keeps the bytes of the YAML that caused it, so whoever
// complains of the XML points at the YAML. [Import] goes the other way.
//
// What nobody says is written as the generator of a flavor writes it: traditional WebSphere's or Liberty's, by the
// columns that parser's attribute table has for them (flavor.go). Each value of an element is put in this order, and
// a later one replaces an earlier one: the flavor's default, a key of the topology, its overrides; of a member those
// of the cluster's defaults before its own.
//
// It does not know how requests are routed, nor what makes a file bad: of both it asks lint (rules.go), and reports by
// itself only what no XML shows, such as two applications that ask for one URI. The same topology gives the same
// bytes: no clock, no map's order.
//
// Import writes a topology, compiles it again and compares by meaning: so what a topology cannot say is found by its
// result, not by a list of cases.
//
// Start reading at topology.go, then compile.go; for the way back at import.go.
package generate
