package anonymize

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// Kinds are the kinds of words that can stay.
func Kinds() []string {
	return []string{"hosts", "ips", "names", "clone-ids", "cookies", "uris", "paths"}
}

// Keep lets the words stay that a configuration has for some kinds, in whatever file they stand; "ips" needs none.
func (m *Mapping) Keep(kinds []string, configs ...*parser.Config) {
	m.ips = m.ips || slices.Contains(kinds, "ips")
	for _, cfg := range configs {
		for n := range cfg.Doc.All() {
			for _, a := range n.Attrs {
				if slices.Contains(kinds, kindOf(parser.AttributeOf(n, a.Name))) {
					m.keepWords(a.Value)
				}
			}
		}
	}
}

// keepWords lets the words of a value stay. Numbers stay anyhow.
func (m *Mapping) keepWords(text string) {
	for _, w := range word().FindAllString(text, -1) {
		if !numeric().MatchString(w) {
			m.stay[strings.Map(small, w)] = true
		}
	}
}

// kindOf is the kind of the words of an attribute, by its row in the table; "" for those of no kind.
func kindOf(row *parser.Attribute) string {
	switch {
	case row == nil:
		return ""
	case row.Type == parser.Host || row.Type == parser.HostPort:
		return "hosts"
	case row.Type == parser.Path:
		return "paths"
	case row.Element == "Uri" && row.Name == "Name":
		return "uris"
	case row.Element == "Uri":
		return "cookies"
	case row.Name == "CloneID":
		return "clone-ids"
	case row.Name == "Name" || row.Type == parser.Ref:
		return "names"
	}
	return ""
}
