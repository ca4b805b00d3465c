// Package forms is what the formats of all answers share: a list of formats, what keeps a terminal safe, JSON, JUnit,
// tables and counts. It knows no answer.
//
// Start in forms.go: a [Form] is all that is to be known of a format, a [List] the formats of a kind of answer.
// json.go, junit.go and page.go write the forms that several kinds have; table.go and number.go make text for people;
// secrets.go leaves out of a report what belongs to users.
package forms
