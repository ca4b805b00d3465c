// Package labreport writes what the lab answers: scenarios, histories, kill tests, staged cells, the bench and the
// census of a session table. It stands beside package report so that whoever writes the other answers does not link
// the databases and servers of the lab.
//
// A file is a kind of answer, with its list of formats; those of a scenario that ran, [Runs], have a file each. Start
// in run.go; what formats share stands in package forms.
package labreport
