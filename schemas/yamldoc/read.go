package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/parser/diag"
)

const (
	maxSize  = 64 << 20 // bytes of a file
	maxDepth = 100      // maps and lists inside one another
)

// Load reads a YAML file that stands in files. It returns the tree, as whole as could be read, and everything that is
// wrong with the file in one run, sorted by position. Aliases, merge keys, explicit tags, keys given twice and a
// second document are refused: in a file that decides where requests go, each value stands where it is read.
func Load(files *diag.Files, id diag.FileID) (*Node, []diag.Diagnostic) {
	r := &reader{file: id, src: files.Source(id)}
	var root *Node
	if doc := r.parse(); doc != nil {
		r.place.index(r.src)
		root = r.node(doc, 0)
	}
	diag.Sort(r.reports)
	return root, r.reports
}

// reader reads one file.
type reader struct {
	file    diag.FileID
	src     []byte
	place   places // indexed before the first place is asked for
	reports []diag.Diagnostic
}

// report notes an error. It has no rule: what this package reports is that a file cannot be read as YAML.
func (r *reader) report(span diag.Span, format string, args ...any) {
	r.reports = append(r.reports, diag.Diagnostic{Span: span, Severity: diag.Error,
		Message: diag.Sprintf(format, args...)})
}

// parse reads the one document of the file. yaml.v3 stops at its first error, so there is one such report at most.
func (r *reader) parse() *yaml.Node {
	if len(r.src) > maxSize {
		r.report(r.span(0, 0), "the file has more than %d MB, it is not read", maxSize>>20)
		return nil
	}
	// Before yaml.v3 looks at it, whose message would not tell the byte.
	if at := invalidUTF8(r.src); at >= 0 {
		r.report(r.span(at, at+1), "not UTF-8, the file is not read; save it as UTF-8")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(r.src))
	doc, err := decode(decoder)
	if err != nil {
		r.syntax(err)
		return nil
	}
	// yaml.v3 would read the first document and say nothing of the others.
	second, err := decode(decoder)
	switch {
	case errors.Is(err, io.EOF):
	case err != nil:
		r.syntax(err)
	default:
		r.place.index(r.src)
		at := r.place.offset(second.Line, second.Column)
		r.report(r.span(at, at), "a second document begins here; a file holds one")
	}
	return doc
}

// decode shields from yaml.v3, which panics on some malformed input.
func decode(d *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, fmt.Errorf("yaml: %v", p)
		}
	}()
	doc = new(yaml.Node)
	return doc, d.Decode(doc)
}

// invalidUTF8 returns the place of the first byte that is no UTF-8, -1 where all are.
func invalidUTF8(src []byte) int {
	for i := 0; i < len(src); {
		if src[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

var (
	errorLine = lazy.Regexp(`^yaml: (?:line (\d+): )?`)
	// Of these errors yaml.v3 gives the line before.
	lineBefore = lazy.Regexp(`^did not find expected (',' or|key$|'-' indicator|node content|<document start>)`)
)

// syntax reports an error of yaml.v3, which tells a line and no column: the first character of the line is shown.
func (r *reader) syntax(err error) {
	if errors.Is(err, io.EOF) {
		r.report(r.span(0, 0), "the file is empty")
		return
	}
	at := 0
	text := err.Error()
	if m := errorLine().FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			r.place.index(r.src)
			if lineBefore().MatchString(text) {
				line = min(line+1, len(r.place.lines))
			}
			at = r.place.offset(line, 1)
			for at < len(r.src) && (r.src[at] == ' ' || r.src[at] == '\t') {
				at++
			}
		}
	}
	r.report(r.span(at, at), "not YAML: %s", strings.TrimSuffix(text, "."))
}

func (r *reader) span(from, to int) diag.Span {
	return diag.Span{File: r.file, Start: int32(from), End: int32(to)}
}

// node turns a node of yaml.v3 into ours, nil when it is refused.
func (r *reader) node(y *yaml.Node, depth int) *Node {
	if y.Kind == yaml.DocumentNode {
		return r.node(y.Content[0], depth)
	}
	start := r.place.offset(y.Line, y.Column)
	// A map or list begins with its first byte, and grows with what is in it: yaml.v3 does not say where it ends.
	n := &Node{Span: r.span(start, min(start+1, len(r.src)))}
	if !r.allowed(y, n.Span, depth) {
		return nil
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = Map
		r.fields(n, y, depth)
	case yaml.SequenceNode:
		n.Kind = List
		for _, item := range y.Content {
			if i := r.node(item, depth+1); i != nil {
				n.Items = append(n.Items, i)
				n.Span.End = max(n.Span.End, i.Span.End)
			}
		}
	default:
		n.Kind, n.Text, n.Quoted = Scalar, y.Value, y.Style != 0
		n.Span = r.scalarSpan(y, start)
	}
	return n
}

// allowed reports what is refused in a value: aliases and anchors, behind which a value would stand elsewhere than
// where it counts; tags, which convert; and depths that only hostile files have.
func (r *reader) allowed(y *yaml.Node, span diag.Span, depth int) bool {
	switch {
	case y.Kind == yaml.AliasNode:
		r.report(span, "alias *%s is not read; write the value out", y.Value)
	case y.Anchor != "":
		r.report(span, "anchor &%s is not read; write the value out where it is needed", y.Anchor)
	case y.Style&yaml.TaggedStyle != 0:
		r.report(span, "tag %s is not read; write text in quotes", y.Tag)
	case depth > maxDepth:
		r.report(span, "more than %d maps and lists inside one another", maxDepth)
	default:
		return true
	}
	return false
}

// fields reads the keys of a map. Of one that is given twice the first stays, and the second is an error.
func (r *reader) fields(n *Node, y *yaml.Node, depth int) {
	n.Fields = make([]Field, 0, len(y.Content)/2)
	var seen map[string]diag.Span
	if len(y.Content) > 0 {
		seen = make(map[string]diag.Span, len(y.Content)/2)
	}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := r.node(y.Content[i], depth+1)
		value := r.node(y.Content[i+1], depth+1)
		switch {
		case key == nil:
			continue
		case key.Kind != Scalar:
			r.report(key.Span, "a key must be text")
			continue
		case key.Text == "<<" && !key.Quoted:
			r.report(key.Span, "merge key << is not read; write the fields out")
			continue
		}
		if first, duplicate := seen[key.Text]; duplicate {
			r.reports = append(r.reports, diag.Diagnostic{Span: key.Span, Severity: diag.Error,
				Message: diag.Sprintf("key %q is given twice, first on line %d", key.Text,
					r.place.line(int(first.Start))),
				Related: []diag.Related{{Span: first, Message: "given first here"}}})
			continue
		}
		seen[key.Text] = key.Span
		if value != nil {
			n.Fields = append(n.Fields, Field{key.Text, key.Span, value})
			n.Span.End = max(n.Span.End, value.Span.End)
		}
	}
}
