// Package simulate runs many web server processes over virtual time: clients arrive, members answer after a while,
// fail and come back, and every process keeps what it knows of them to itself. It answers what one request cannot
// show: how many clients notice an outage, how long until all processes have, how evenly sessions spread.
//
// It decides nothing. Each process has a failover.ClusterState, each request a failover.RequestState; only Begin, Next
// and Observe move them. What becomes of sessions routecheck/session says. Clock and chance are its own: virtual
// nanoseconds, and numbers that hang on the seed alone, so that the same scenario gives the same answer on any number
// of workers.
//
// Start at [Scenario] and [Run], then at world.arrive.
package simulate
