package reference

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// This file explains what is not known of the plug-in: open choices, the facts that an answer hangs on, and what
// levels and platforms change.

// choicePage gives --assume with the last value: of the first, the default, nothing would be learnt.
func choicePage(c choices.Choice) string {
	ch := choices.All()[c]
	var b strings.Builder
	fmt.Fprintf(&b, "%s, an open choice (%s)\n\n%s%s.\n\nValues: %s; the first is the default at the latest level.\n",
		ch.Name, ch.Rule, strings.ToUpper(ch.Meaning[:1]), ch.Meaning[1:], strings.Join(ch.Values, ", "))
	for _, f := range choices.LevelFacts() {
		if f.Name == ch.Name {
			fmt.Fprintf(&b, "By level%s: %s\n", onlyOn(f), byLevel(f))
		}
	}
	if text := byPlatform(c); text != "" {
		fmt.Fprintf(&b, "By --platform: %s\nA topology says it with platform: of a web server, a suite with "+
			"platform:.\n", text)
	}
	fmt.Fprintf(&b, "Evidence: %s\n\n", ch.Evidence)
	fmt.Fprintf(&b, "On this point the real plug-in's behaviour is not documented. why says when an answer hangs on "+
		"it;\n--assume %s=%s gives the other reading.\n", ch.Name, ch.Values[len(ch.Values)-1])
	related(&b, lint.Citing(rules.All(), ch.Name))
	return b.String()
}

// byLevel writes the values of a fact and the plug-in levels from which they hold.
func byLevel(f choices.LevelFact) string {
	var parts []string
	for _, s := range f.Since {
		parts = append(parts, strings.Replace(s.Value, "OS", "until the operating system gives up", 1)+
			" ("+s.Level+" on)")
	}
	return strings.Join(parts, ", ") + "; " + f.Source
}

// onlyOn says that levels change a fact on one platform only.
func onlyOn(f choices.LevelFact) string {
	if f.Platform == "" {
		return ""
	}
	return " with --platform " + f.Platform
}

// byPlatform writes the defaults of a choice by platform at the latest level, "" where all have the same.
func byPlatform(c choices.Choice) string {
	var values, parts []string
	platforms := map[string][]string{}
	for _, platform := range choices.Platforms() {
		sem, err := choices.Defaults("latest", platform)
		if err != nil {
			continue // none that Platforms lists
		}
		v := sem.Value(c)
		if platforms[v] == nil {
			values = append(values, v)
		}
		platforms[v] = append(platforms[v], platform)
	}
	if len(values) < 2 {
		return ""
	}
	for _, v := range values {
		parts = append(parts, v+" ("+strings.Join(platforms[v], ", ")+")")
	}
	return strings.Join(parts, ", ")
}

// factPage tells of a fact that nobody has given.
func factPage(f choices.OpenFact) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, a fact (%s)\n\n", f.Name, f.Rule)
	fmt.Fprintf(&b, "Where an answer hangs on it, why says so, and that it holds only where %s.\n", f.Where)
	if f.Settle != "" {
		fmt.Fprintf(&b, "%s.\n", f.Settle)
	}
	b.WriteString("It is no open choice of the plug-in: --assume does not take it.\n")
	return b.String()
}
