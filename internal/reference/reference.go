package reference

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Page returns what there is to say of a word: a recipe, and the pages that it names or that of a topic. Where it
// names nothing it is a list of pages that speak of it; "" for none.
func Page(word string) string {
	recipe, text := recipePage(word), named(word)
	if text == "" && (recipe == "" || topicNamed(word) != nil) {
		text = topicPage(word)
	}
	if recipe != "" && text != "" {
		recipe += "\n"
	}
	return recipe + text
}

// InLogs reports whether a phrase is a code or a text of http_plugin.log.
func InLogs(phrase string) bool { return len(catalogue.Lookup(phrase)) > 0 }

// named returns all pages that a word names, "" for none. One word may name several: weight-zero is an open choice and
// a rule of lint. Letter case counts in texts of the log alone, and these only where nothing else has the name.
// ELEMENT/ATTRIBUTE and ELEMENT/@ATTRIBUTE name one attribute.
func named(word string) string {
	var pages []string
	if r := lint.Lookup(rules.All(), word); r != nil {
		pages = append(pages, r.Page())
	}
	for _, r := range choices.Rules() {
		if strings.EqualFold(r.ID, word) {
			pages = append(pages, rulePage(r))
		}
	}
	for c, ch := range choices.All() {
		if strings.EqualFold(ch.Name, word) {
			pages = append(pages, choicePage(choices.Choice(c)))
		}
	}
	pages = append(pages, sessionPages(word)...)
	if page := causePage(word); page != "" {
		pages = append(pages, page)
	}
	pages = append(pages, diagnosisPages(word)...)
	for _, f := range choices.OpenFacts() {
		if strings.EqualFold(f.Name, word) {
			pages = append(pages, factPage(f))
		}
	}
	element, attribute := "", word
	if e, a, ok := strings.Cut(word, "/"); ok {
		element, attribute = e, strings.TrimPrefix(a, "@")
	}
	for _, a := range parser.AttributesNamed(attribute) {
		if element == "" || strings.EqualFold(a.Element, element) {
			pages = append(pages, attributePage(a))
		}
	}
	if element == "" {
		for _, t := range parser.ElementsNamed(word) {
			pages = append(pages, elementPage(t))
		}
	}
	if page := logPages(word); page != "" && len(pages) == 0 {
		pages = append(pages, page)
	}
	return strings.Join(pages, "\n")
}

// Words lists everything that explain knows, for completion and for what was meant by a word that it does not know.
func Words() []string {
	words := lint.Words(rules.All())
	for _, r := range choices.Rules() {
		words = append(words, r.ID)
	}
	for _, ch := range choices.All() {
		words = append(words, ch.Name)
	}
	words = append(words, sessionWords()...)
	words = append(words, causeWords()...)
	words = append(words, diagnosisWords()...)
	for _, f := range choices.OpenFacts() {
		words = append(words, f.Name)
	}
	for _, a := range parser.Attributes() {
		words = append(words, a.Name)
	}
	for _, t := range parser.ElementTypes() {
		words = append(words, t.Name)
	}
	for _, t := range topics() {
		words = append(words, t.names[0])
	}
	for _, r := range recipes() {
		words = append(words, r.Name)
	}
	for _, e := range catalogue.All() {
		words = append(words, e.Name)
	}
	return words
}
