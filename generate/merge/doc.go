// Package merge makes one plugin-cfg.xml of several. The key is the plug-in's own: a URI under an alias. The same
// inputs in the same order give the same bytes, and [Merge] proves that the endpoints of the output, the triples of
// member, alias and URI, are exactly those of the inputs.
//
// The Routes of all inputs are taken apart into units, a URI under an alias each, and for each unit it is noted which
// clusters serve it (merge.go). Units with the same clusters are put together again into rectangles, aliases by URIs,
// and each of these is a Route (partition.go); the clusters of a unit become one ServerCluster with the members of all
// (clusters.go). What the inputs say differently is a conflict, told with both places and who won (conflicts.go), and
// lint is asked about the output (lint.go).
//
// IBM's tools (pluginUtility merge, pluginCfgMerge) take units apart as well, but let a group's first unit decide for
// all of it, walk hashes, try orders at random, and do not see what they lose: so a result may differ from run to
// run. Here the order of the inputs decides, and the output is read back and compared before anybody gets it
// (room proof, which shares nothing with this one).
//
// Start reading at [Merge].
package merge
