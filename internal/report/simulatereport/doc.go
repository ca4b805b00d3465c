// Package simulatereport writes what was simulated: tables and a chart, JSON, and the series of a chart as CSV.
//
// Start in text.go, which has the list of formats; what formats share stands in package forms.
package simulatereport
