package reference

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// logPages explains a code or a text of http_plugin.log, "" when the catalogue does not know it.
func logPages(phrase string) string {
	var pages []string
	for _, e := range catalogue.Lookup(phrase) {
		pages = append(pages, logPage(&e))
	}
	return strings.Join(pages, "\n")
}

// logPage is the page of one entry of the catalogue; its heading says which library or program the text is of.
func logPage(e *catalogue.Entry) string {
	var b strings.Builder
	switch e.Sort {
	case catalogue.GSK:
		fmt.Fprintf(&b, "%s (%d), a return code of GSKit, the TLS library of the plug-in\n", e.Name,
			e.Numbers[0].Value)
	case catalogue.OSError:
		fmt.Fprintf(&b, "%s, an error of the operating system\n", e.Name)
	case catalogue.Apache:
		fmt.Fprintf(&b, "%s, a line of the error log of Apache and IBM HTTP Server\n", e.Name)
	default:
		fmt.Fprintf(&b, "%s, a text of http_plugin.log\n", e.Name)
	}
	fmt.Fprintf(&b, "\n%s%s.\n\n", strings.ToUpper(e.Meaning[:1]), e.Meaning[1:])
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", name+":", text)
		}
	}
	row("Client", e.Client)
	row("To do", e.Advice)
	if e.Sort == catalogue.OSError {
		row("Numbers", platforms(e))
	}
	if e.Sort == catalogue.Apache {
		row("Codes", codes(e))
	}
	row("Rule", e.Rule)
	row("Evidence", e.Mark)
	return b.String()
}

// codes are the numbers of a line as Apache writes them.
func codes(e *catalogue.Entry) string {
	var all []string
	for _, n := range e.Numbers {
		all = append(all, fmt.Sprintf("AH%05d (%s)", n.Value, n.Platform))
	}
	return strings.Join(all, ", ")
}

// platforms are the numbers of an error by operating system: they differ, and a log has numbers alone.
func platforms(e *catalogue.Entry) string {
	var all []string
	for _, n := range e.Numbers {
		all = append(all, fmt.Sprintf("%d (%s)", n.Value, n.Platform))
	}
	return strings.Join(all, ", ")
}
