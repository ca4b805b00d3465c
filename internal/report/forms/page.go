//go:build !js

// A browser gets no such page, and would load templates for it: a tenth of all it loads.

package forms

import (
	_ "embed"
	"html/template"
)

//go:embed page.html
var pageHead string

// Page is a page of HTML that is passed on: it needs nothing from elsewhere and runs no script. The template escapes
// what it is given; {{template "head" TITLE}} begins the page.
func Page(text string) *template.Template {
	return template.Must(template.Must(template.New("page").Parse(pageHead)).Parse(text))
}
