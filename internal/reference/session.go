package reference

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/routecheck/session"
)

// sessionPages returns the pages about the servers' sessions that a word names: rules of the session manager, and
// session choices.
func sessionPages(word string) (pages []string) {
	for _, r := range session.Rules() {
		if strings.EqualFold(r.ID, word) {
			pages = append(pages, sessionRulePage(r))
		}
	}
	for _, ch := range session.Choices() {
		if strings.EqualFold(ch.Name, word) {
			pages = append(pages, sessionChoicePage(ch))
		}
	}
	return pages
}

// sessionRulePage is for the rules of the session manager (S, D, W, M), which is that of the servers: no plug-in has
// one.
func sessionRulePage(r session.RuleInfo) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of the session manager (%s)\n\n%s\n", r.ID, r.Mark, r.Says)
	for _, ch := range session.Choices() {
		if ch.Rule == r.ID {
			fmt.Fprintf(&b, "\nSession choice %s (%s): %s.\n", ch.Name, strings.Join(ch.Values, ", "), ch.Meaning)
		}
	}
	related(&b, lint.Citing(rules.All(), r.ID))
	return b.String()
}

func sessionChoicePage(ch session.ChoiceInfo) string {
	return fmt.Sprintf("%s, a session choice (%s)\n\n%s%s.\n\nValues: %s; the first is the default.\nEvidence: %s\n\n"+
		"On this point the servers' behaviour is not documented. What becomes of a session says when it "+
		"hangs on it;\n"+
		"--assume %s=%s gives the other reading.\n", ch.Name, ch.Rule, strings.ToUpper(ch.Meaning[:1]), ch.Meaning[1:],
		strings.Join(ch.Values, ", "), ch.Evidence, ch.Name, ch.Values[len(ch.Values)-1])
}

// sessionWords lists what sessionPages knows.
func sessionWords() (words []string) {
	for _, r := range session.Rules() {
		words = append(words, r.ID)
	}
	for _, ch := range session.Choices() {
		words = append(words, ch.Name)
	}
	return words
}
