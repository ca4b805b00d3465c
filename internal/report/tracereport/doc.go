// Package tracereport writes what logs of the plug-in tell: a summary, one request, and where decisions agree with a
// configuration.
//
// Start in trace.go, which has the lists of formats; what formats share stands in package forms.
package tracereport
