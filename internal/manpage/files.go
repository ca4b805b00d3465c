package manpage

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas"
)

// Files returns the parts of the page of the files that wasplug reads.
func Files() ([]Part, error) {
	parts := []Part{pluginConfig()}
	for _, f := range []struct{ title, schema string }{
		{"TOPOLOGY", "topology"}, {"TEST SUITE", "suite"}, {"SETTINGS OF LINT (.wasplug.yaml)", "settings"},
	} {
		says, keys, err := schemas.Keys(f.schema)
		if err != nil {
			return nil, err
		}
		part := Part{Title: f.title, Text: says + "\n\n'wasplug schema " + f.schema + "' prints its JSON Schema."}
		for _, k := range keys {
			part.Items = append(part.Items, Item{Term: k.Path, Text: k.Says})
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// pluginConfig describes plugin-cfg.xml by the attribute table: each element, and its attributes below it.
func pluginConfig() Part {
	part := Part{Title: "PLUGIN-CFG.XML", Text: "The configuration of the web server plug-in. 'wasplug explain " +
		"ELEMENT/ATTRIBUTE' says more: since when, what generators write, what goes wrong with it, and how well it " +
		"is known."}
	for _, t := range parser.ElementTypes() {
		part.Items = append(part.Items, Item{Term: "<" + t.Name + ">", Text: t.Doc.Meaning})
		for _, a := range t.Attributes {
			text := strings.TrimRight(a.Doc.Meaning, ".") + "."
			if a.Doc.Default != "" {
				text += " Without it: " + strings.TrimPrefix(a.Doc.Default, "~") + "."
			}
			part.Items = append(part.Items, Item{Term: t.Name + "/" + a.Name, Text: text})
		}
	}
	return part
}
