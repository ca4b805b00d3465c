// Package verifyreport writes what a plug-in that runs was asked and what is known now: as text, JSON and JUnit; and
// the plan of what would be asked.
//
// Start in text.go, which has the lists [Verify] and [VerifyPlan] and their text; json.go and junit.go add themselves.
// What formats share stands in package forms.
package verifyreport
