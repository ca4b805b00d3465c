// Package report writes what use cases answer, in the formats that people and programs read. It knows how an answer
// looks and not how it came about, and writes to whatever it is given.
//
// Each kind of answer has a list of formats: [Test] and others. A format is one value of such a list, which stands
// above the function that writes it and may add itself from a file of its own; --format, its help and completion read
// the list. Rooms of their own have who gets a request (whyreport), the findings of lint (lintreport), what logs tell
// (tracereport), what was simulated (simulatereport), what a plug-in that runs answered (verifyreport) and the lab's
// answers (labreport); what formats share stands in package forms.
//
// Start in whyreport/why.go, then test.go.
package report
