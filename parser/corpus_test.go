package parser_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// corpus returns the files of strangers.
func corpus(t testing.TB) []string {
	files := sharedtest.Files(t, "*.xml", "corpus", "cfg")
	return append(files, sharedtest.Files(t, "*/*.xml", "corpus", "merge")...)
}

func TestCorpus(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			cfg, ds := parser.Parse(1, src)
			checkTree(t, src, cfg.Doc, ds)
			want, err := oracle(src)
			if err != nil {
				t.Logf("encoding/xml: %v", err)
			}
			files := diag.NewFiles()
			files.Add(filepath.Base(file), src)
			for _, d := range ds {
				t.Log(files.Line(d))
			}
			switch broken := has(ds, "WP101"); {
			case broken != (err != nil):
				t.Errorf("encoding/xml says %v, and there are %d WP101", err, count(ds, "WP101"))
			case !broken:
				roundTrip(t, cfg.Doc)
				if diff := cmp.Diff(want, outline(cfg.Doc.Nodes)); diff != "" {
					t.Errorf("-encoding/xml +Parse:\n%s", diff)
				}
			}
		})
	}
}

func has(ds []diag.Diagnostic, code string) bool { return count(ds, code) > 0 }

func count(ds []diag.Diagnostic, code string) int {
	n := 0
	for _, d := range ds {
		if d.Rule.Code == code {
			n++
		}
	}
	return n
}

// oracle reads a file with encoding/xml, which takes no encoding but UTF-8, and returns its elements in a form of its
// own.
func oracle(src []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(src))
	d.CharsetReader = charsetReader
	var b strings.Builder
	depth := 0
	for {
		token, err := d.RawToken() // names stay as they are written
		if errors.Is(err, io.EOF) {
			return b.String(), nested(src)
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			writeElement(&b, depth, qualified(token.Name))
			for _, a := range token.Attr {
				writeAttr(&b, qualified(a.Name), a.Value)
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			writeText(&b, string(token))
		}
	}
}

// nested reports what only Token, not RawToken, finds: tags that do not match.
func nested(src []byte) error {
	d := xml.NewDecoder(bytes.NewReader(src))
	d.CharsetReader = charsetReader
	for {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

func charsetReader(label string, r io.Reader) (io.Reader, error) {
	if strings.EqualFold(label, "iso-8859-1") {
		return latin1(r)
	}
	return r, nil
}

func qualified(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}

func writeElement(b *strings.Builder, depth int, name string) {
	fmt.Fprintf(b, "\n%*s<%s>", depth, "", name)
}

// writeAttr writes white space as blanks: encoding/xml leaves line breaks in values as they are.
func writeAttr(b *strings.Builder, name, value string) {
	b.WriteString(" " + name + "=" + strings.Join(strings.FieldsFunc(value, isBlank), " "))
}

// writeText leaves white space out: only Parse tells layout from text.
func writeText(b *strings.Builder, text string) {
	b.WriteString(strings.Join(strings.FieldsFunc(text, isBlank), ""))
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

func latin1(r io.Reader) (io.Reader, error) {
	src, err := io.ReadAll(r)
	runes := make([]rune, len(src))
	for i, c := range src {
		runes[i] = rune(c)
	}
	return strings.NewReader(string(runes)), err
}

// checkTree checks what holds of every tree: spans lie in the file and within each other, names stand where they are
// said to.
func checkTree(t *testing.T, src []byte, doc *parser.Document, ds []diag.Diagnostic) {
	t.Helper()
	whole := diag.Span{File: doc.File, End: int32(len(src))}
	for _, d := range ds {
		if !whole.Contains(d.Span) || d.Span.Start > d.Span.End {
			t.Errorf("diagnostic outside of the file: %+v", d)
		}
	}
	checkNodes(t, src, whole, nil, doc.Nodes)
}

func checkNodes(t *testing.T, src []byte, around diag.Span, parent *parser.Node, nodes []*parser.Node) {
	t.Helper()
	end := around.Start
	for _, n := range nodes {
		if !around.Contains(n.Span) || n.Span.Start < end || n.Parent != parent {
			t.Fatalf("%s %q at %v does not fit into %v behind %d", n.Name, n.Text, n.Span, around, end)
		}
		end = n.Span.End
		if n.Kind != parser.Element {
			continue
		}
		if !n.Span.Contains(n.Tag) || !n.Tag.Contains(n.NameSpan) {
			t.Fatalf("element %s: tag %v, name %v in %v", n.Name, n.Tag, n.NameSpan, n.Span)
		}
		last := n.NameSpan.End
		for _, a := range n.Attrs {
			if a.NameSpan.Start < last || a.Span.Start <= a.NameSpan.End-1 || a.Span.End < a.Span.Start ||
				a.Span.End > n.Tag.End {
				t.Fatalf("attribute %s of %s: name %v, value %v", a.Name, n.Name, a.NameSpan, a.Span)
			}
			last = a.Span.End
		}
		checkNodes(t, src, n.Span, n, n.Children)
	}
}

// shape is a tree without its places and its encoding.
func shape(nodes []*parser.Node) []*parser.Node {
	var out []*parser.Node
	for _, n := range nodes {
		c := &parser.Node{Kind: n.Kind, Name: n.Name, Text: n.Text, Children: shape(n.Children)}
		if n.Kind == parser.Declaration && strings.HasPrefix(n.Text, "xml ") {
			c.Text = "xml" // Write may have to name another encoding
		}
		for _, a := range n.Attrs {
			c.Attrs = append(c.Attrs, parser.Attr{Name: a.Name, Value: a.Value})
		}
		sortAttrs(c.Attrs)
		out = append(out, c)
	}
	return out
}

func roundTrip(t *testing.T, doc *parser.Document) {
	t.Helper()
	var one, two bytes.Buffer
	if err := parser.Write(&one, doc); err != nil {
		t.Fatal(err)
	}
	again, ds := parser.Parse(1, one.Bytes())
	if has(ds, "WP101") {
		t.Fatalf("written with errors: %v\n%s", ds, one.String())
	}
	if diff := cmp.Diff(shape(doc.Nodes), shape(again.Doc.Nodes)); diff != "" {
		t.Errorf("another tree after writing (-read +written):\n%s", diff)
	}
	if err := parser.Write(&two, again.Doc); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one.String(), two.String()); diff != "" {
		t.Errorf("writing twice differs:\n%s", diff)
	}
}
