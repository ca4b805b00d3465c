// Package admin is what an administrator sees of a running proxy: the status page with its form for "why", the same as
// JSON, metrics for Prometheus, and health.
//
// It knows a snapshot of the proxy, and how to show one. It holds no lock of the proxy's, changes nothing, and decides
// nothing: "why" is answered by the core, on the state of the moment.
//
// Start in snapshot.go: what can be shown. The pages stand in admin.go, metrics in metrics.go.
package admin
