// Package names finds the members and clusters that people name, and says what may be meant where it finds none.
//
// It knows the names of a table, and nothing of decisions.
package names
