// Package lintreport writes findings of lint for people, and in the formats of those who collect them: SARIF, JUnit,
// GitHub, GitLab and others; and it knows a report of its own again, so that a new one may take its place.
//
// A format is one file, which adds itself to the list [Lint]: text.go and oneline.go for people, json.go for programs,
// and those of other programs, which a browser does not load: sarif.go, junit.go, github.go, gitlab.go, checkstyle.go.
// Start in findings.go, which has what they share, then text.go; what all reports share stands in package forms.
package lintreport
