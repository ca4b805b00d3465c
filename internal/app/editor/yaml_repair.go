package editor

import (
	"bytes"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Repair returns what a misspelt key, value or name at a span most likely stands for, and the edit that writes it;
// false where what stands there is known, or nothing is near.
func (y *YAML) Repair(at diag.Span) (*diag.Fix, bool) {
	s, ok := find(y.root, at.Start)
	if !ok || s.value.Kind != yamldoc.Scalar && !s.onKey {
		return nil, false
	}
	word, where, known := "", s.value.Span, []string(nil)
	if s.onKey {
		word, where = s.key.Name, s.key.NameSpan
		for _, k := range schemas.At(y.schema(), s.path[:len(s.path)-1]).Keys {
			known = append(known, k.Path)
		}
	} else {
		word, known = s.value.Text, y.known(s.path)
	}
	// Suggest passes over the word itself, so a word that is known may get one that is near.
	near := diag.Suggest(word, known)
	if near == "" || slices.Contains(known, word) {
		return nil, false
	}
	return &diag.Fix{Title: diag.Sprintf("change %q to %q", word, near), Edits: []diag.Edit{y.edit(where, near)}}, true
}

// known are the values that a schema has at a path, and the names that are defined.
func (y *YAML) known(path []string) (all []string) {
	for _, v := range schemas.At(y.schema(), path).Values {
		all = append(all, v.Text)
	}
	kind, within := y.kindAt(path)
	for _, d := range y.mentions() {
		wanted := mention{kind: kind, text: d.text, within: within}
		if d.defines && wanted.means(&d) {
			all = append(all, d.text)
		}
	}
	return all
}

// Allow returns the edit by which a topology lets the generator go on in spite of the errors of a rule, false where it
// does already, where it cannot be edited so, and where the plug-in would take nothing of the file that comes of it.
func (y *YAML) Allow(code string) (diag.Edit, bool) {
	if match.RejectsFile(code) || y.isSuite || y.root == nil || len(y.root.Fields) == 0 {
		return diag.Edit{}, false
	}
	if list := y.root.Get("allow"); list != nil {
		return y.append(list, code)
	}
	at := y.root.Fields[0].NameSpan.Start
	// The allow list goes behind the keys that say what the file is, where they head it.
	for _, f := range y.root.Fields[1:] {
		if slices.Contains([]string{"version", "cell", "flavor"}, y.before(f.NameSpan.Start)) {
			at = f.NameSpan.Start
		}
	}
	// A map in braces, or "--- version: 1": no line of its own can be put there.
	if lineStart(y.src, at) != at {
		return diag.Edit{}, false
	}
	text := "allow: [" + code + "]" + y.lineEnd()
	return diag.Edit{Span: diag.Span{File: y.file, Start: at, End: at}, New: text}, true
}

// before is the key in front of that at a place.
func (y *YAML) before(place int32) (name string) {
	for _, f := range y.root.Fields {
		if f.NameSpan.Start >= place {
			break
		}
		name = f.Name
	}
	return name
}

// append writes one more code behind the last of a list.
func (y *YAML) append(list *yamldoc.Node, code string) (diag.Edit, bool) {
	n := len(list.Items)
	if n == 0 || slices.Contains(texts(list), code) {
		return diag.Edit{}, false
	}
	last := list.Items[n-1].Span
	if y.src[list.Span.Start] != '[' {
		return y.appendLine(last, code)
	}
	// The span of a quoted scalar is that of its text.
	if last.End < int32(len(y.src)) && bytes.IndexByte([]byte(`"'`), y.src[last.End]) >= 0 {
		last.End++
	}
	return diag.Edit{Span: diag.Span{File: y.file, Start: last.End, End: last.End}, New: ", " + code}, true
}

// appendLine writes one more code on a line of its own below the last, whose comment stays with it; false where no
// dash stands on that line to be written again.
func (y *YAML) appendLine(last diag.Span, code string) (diag.Edit, bool) {
	start := lineStart(y.src, last.Start)
	dash := bytes.IndexByte(y.src[start:last.Start], '-')
	if dash < 0 {
		return diag.Edit{}, false
	}
	end := last.End
	if n := bytes.IndexAny(y.src[end:], "\r\n"); n >= 0 {
		end += int32(n)
	} else {
		end = int32(len(y.src))
	}
	text := y.lineEnd() + string(y.src[start:start+int32(dash)]) + "- " + code
	return diag.Edit{Span: diag.Span{File: y.file, Start: end, End: end}, New: text}, true
}

func (y *YAML) lineEnd() string {
	if bytes.Contains(y.src, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
