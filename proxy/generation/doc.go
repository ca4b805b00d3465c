// Package generation is a configuration at work: the table that decisions are made by, the state of each cluster, and
// its members with their addresses, keys and streams. A reload makes the next generation, which takes over what a
// reload keeps (Follow); requests in flight end on the one they began with.
//
// It knows what has to be had of the world to put a plugin-cfg.xml to work: where it is read, which addresses a name
// has, what a keyring holds, and that the plug-in would reject it. It knows neither clients nor requests: who forwards
// one locks its cluster, asks the core, and unlocks.
//
// Start in generation.go. Where a configuration comes from is source.go, how it is made ready build.go, what the
// status page and "why" are told of it state.go, how long its requests took times.go. The partition table, which
// members alone can tell, is partition.go.
package generation
