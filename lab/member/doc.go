// Package member is an application server of the lab: a process of its own with a session manager, a store and
// servlets that show what failover does to their users, and that can be told to die at an exact moment.
//
// It knows the servlets, the control interface and the life of the process. What arrives and what goes wrong on the
// wire is the listener's; which session a request gets, and when it is written, is lab/session's. It does not know the
// plug-in, nor what is expected of it.
//
// Start at [Run]; exchange.go is the way of a request past the failpoints, servlets.go says what there is to ask for.
package member
