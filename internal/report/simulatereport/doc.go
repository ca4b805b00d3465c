// Package simulatereport writes what was simulated: tables and a chart, JSON, and the series of a chart as CSV.
//
// A format is one file, which adds itself to the list [Simulation]: text.go, json.go, csv.go, html.go. Start in
// text.go; what formats share stands in package forms.
package simulatereport
