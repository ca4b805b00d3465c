package xsd

import "github.com/wasplug/wasplug/parser"

// attributeText is what an editor shows for an attribute, in paragraphs.
func attributeText(a *parser.Attribute) []string {
	head := []string{a.Doc.Meaning}
	if a.Ignored {
		head = append(head, "Not an attribute of the plug-in: it is seen in files and ignored.")
	}
	return append(head, docText(a.Doc)...)
}

func elementText(t *parser.ElementType) []string {
	return append([]string{t.Doc.Meaning}, docText(t.Doc)...)
}

// docText is what the table says beside the meaning; "n/a" and "-" say nothing.
func docText(d parser.Doc) (lines []string) {
	for _, row := range []struct{ name, text string }{
		{"Values", d.Allowed}, {"How often", d.Cardinality}, {"Without it", d.Default}, {"Since", d.Since},
		{"Deprecated", d.Deprecated}, {"Hazard", d.Hazard}, {"Evidence", d.Evidence}, {"Source", d.Source},
	} {
		if row.text != "" && row.text != "n/a" && row.text != "-" && row.text != "no" {
			lines = append(lines, row.name+": "+row.text)
		}
	}
	return lines
}
