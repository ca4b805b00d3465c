package editor

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Hover returns what there is to say of what stands at a place, and where that stands: what a key means, which values
// it may have, and what a name stands for; "" for nothing.
func (y *YAML) Hover(place int32) (text string, at diag.Span) {
	s, ok := find(y.root, place)
	if !ok {
		return "", diag.Span{}
	}
	if at = s.value.Span; s.onKey {
		at = s.key.NameSpan
	}
	var b strings.Builder
	for _, m := range y.meant(place) {
		where := y.files.Start(m.at)
		fmt.Fprintf(&b, "%s (line %d%s)\n\n", m.about, where.Line, y.elsewhere(m.at))
	}
	if u := y.URIAt(place); u != nil && !s.onKey {
		b.WriteString(u.page() + "\n")
	}
	writeRule(&b, s.path, schemas.At(y.schema(), s.path))
	return b.String(), at
}

// elsewhere names the file of a span that is not the document.
func (y *YAML) elsewhere(at diag.Span) string {
	if at.File == y.file {
		return ""
	}
	return " of " + y.files.Name(at.File)
}

// writeRule writes what a schema says of a place, nothing where it says nothing.
func writeRule(b *strings.Builder, path []string, r schemas.Rule) {
	if r.Says == "" && len(r.Values) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", strings.ReplaceAll(strings.Join(path, "."), "."+schemas.Item, schemas.Item))
	if r.Says != "" {
		fmt.Fprintf(b, "   %s\n", r.Says)
	}
	var values []string
	for _, v := range r.Values {
		values = append(values, yamldoc.Flow(v))
	}
	if len(values) > 0 {
		fmt.Fprintf(b, "   One of: %s\n", strings.Join(values, ", "))
	}
	if r.Example != nil {
		fmt.Fprintf(b, "   Such as: %s\n", yamldoc.Flow(r.Example))
	}
}
