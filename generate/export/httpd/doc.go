// Package httpd writes a plan for Apache httpd 2.4: rewrite rules in the order of the plan that choose a balancer, and
// a balancer for each cluster. The member of a session is told to the balancer by a cookie of the export's own.
//
// The rules are walked one by one: files of thousands of Uris are for other targets.
//
// Start at [Write]; rules.go is what happens to a request, balancers.go who gets it.
package httpd
