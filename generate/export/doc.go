// Package export makes of a plugin-cfg.xml what another proxy needs to do the plug-in's work: a [Plan] (the ordered
// list of routes and look-ups made of it, members, where affinity is read, time limits), and for each target a writer
// in a room of its own that puts the plan into the target's words and grades every [Concept] of the plug-in: exact,
// approximate or not kept.
//
// It decides nothing: the order is that of match.Table.Ordered, and a plan must agree with Match on the samples of
// routecheck/space before anything is written. It starts no daemon and writes no file.
//
// Start at [NewPlan], then at a writer, such as haproxy.Write.
package export
