// Package lintreport writes findings of lint for people, and in the formats of those who collect them: SARIF, JUnit,
// GitHub, GitLab and others; and it knows a report of its own again, so that a new one may take its place.
//
// Start in lint.go, which has the list of formats; what formats share stands in package forms.
package lintreport
