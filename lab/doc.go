// Package lab runs a plugin-cfg.xml for real: a process for each member, a proxy for each web server process, a store
// between the members, and somebody who kills, stops and starts them.
//
// It knows processes, ports, clocks and the run's folder. What a member does is lab/member's, which member gets a
// request is the proxy's. It never asks what should happen: that is compared with what happened by others.
//
// Start at [Start]. plan.go says which members there are, process.go is the life of one, network.go leads the
// addresses of the file to them, webserver.go is a proxy. Whatever becomes of the process that called Start, no member
// outlives it: a member ends when its standard input does.
package lab
