package parser_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
)

// seed adds the golden inputs and the shorter files of strangers to a fuzz target.
func seed(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	if shared, err := filepath.Glob("../../shared/corpus/cfg/1*.xml"); err == nil {
		files = append(files, shared...)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, text := range []string{"", "<", "<a", "<a b", "<a b=", "<a b='", "<a b='c' b='d'/>", "</a>", "<!", "<!--",
		"<!-->", "<?xml", "<?xml?>",
		"<a>&#x10FFFF;&#xD800;</a>", "\xef\xbb\xbf<Config/>", "\xff\xfe<\x00",
		"<?xml version='1.0' encoding='us-ascii'?><a>\xe9</a>",
		"<a><b><c></a>", "<Log><Uri>", "<é a='\r\n\t'/>", "<a:b c:d='e'/>", "<a></a >", "<a>]]></a>", "<a b='>'/>",
		"<a/>\n<!-- x -->",
		"<a><!-- b ---></a>", "<?xml version='1.1'?><a/>", "<a b='1'c='2'/>", "<a b='&#+65;'/>", "<a b='\xc2\x93'/>",
		"<a>\r\n</a>", "<a b='--'>--</a>", "0", "ba <", "a: <"} {
		f.Add([]byte(text))
	}
}

// markup reports whether a file is read as XML. What is not has one report in place of its errors, and is neither
// compared nor written.
func markup(src []byte) bool {
	content, _ := sniff.Bytes(src)
	return content == sniff.Markup || content == sniff.Empty
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		cfg, ds := parser.Parse(1, src)
		checkTree(t, src, cfg.Doc, ds)
		for n := range cfg.Doc.All() {
			if t := parser.TypeOf(n); t != nil {
				for i := range n.Attrs {
					if a := t.Attribute(n.Attrs[i].Name); a != nil {
						a.Check(n.Attrs[i].Value)
					}
				}
			}
		}
		if err := parser.Write(new(bytes.Buffer), cfg.Doc); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzRoundTrip: markup that is read without an error is the same after writing and reading.
func FuzzRoundTrip(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		if !markup(src) {
			return
		}
		if cfg, ds := parser.Parse(1, src); !has(ds, "WP101") {
			roundTrip(t, cfg.Doc)
		}
	})
}

// FuzzAgainstEncodingXML: encoding/xml and Parse agree on what is well-formed, and then on elements, attributes and
// text.
func FuzzAgainstEncodingXML(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		if !markup(src) {
			return
		}
		cfg, ds := parser.Parse(1, src)
		want, err := oracle(src)
		if err != nil && !has(ds, "WP101") && !stricter(err, src) {
			t.Fatalf("encoding/xml: %v; Parse finds no error", err)
		}
		if err != nil || excused(ds) {
			return
		}
		if has(ds, "WP101") {
			t.Fatalf("encoding/xml finds no error; Parse: %v", ds)
		}
		if diff := cmp.Diff(want, outline(cfg.Doc.Nodes)); diff != "" {
			t.Errorf("-encoding/xml +Parse:\n%s", diff)
		}
	})
}

// excused reports whether Parse found something that encoding/xml accepts although XML 1.0 does not, or that wasplug
// refuses.
func excused(ds []diag.Diagnostic) bool {
	broken := []string{
		"is given twice",                // encoding/xml takes doubled attributes
		"no blank before the attribute", // and attributes side by side
		// and text before and behind the root, a byte order mark within the file too
		"outside of the root element",
		"document type definition",           // DTDs are not read here
		"starts neither a comment",           // encoding/xml takes everything in <!...> for a directive
		"XML declaration",                    // looks for version and encoding only, wherever the declaration stands
		"to no character that XML allows",    // takes references to surrogates
		"XML does not allow",                 // and control characters in comments and instructions
		"\"<?\" without a name",              // and names of instructions that are none
		"is not a name",                      // names with several colons, or characters of newer editions, differ
		"a limit of wasplug",                 // has no limits
		"are read here, so nothing",          // reads "<\x00" as a name
		"\"<\" that starts no tag",           // only as a consequence of one of the above
		"is none of UTF-8, US-ASCII and ISO", // never sees WP111
	}
	for _, d := range ds {
		for _, f := range broken {
			if strings.Contains(d.Message, f) {
				return true
			}
		}
	}
	return false
}

// stricter reports whether encoding/xml refuses what XML 1.0 allows, or what Parse reads with a WP111.
func stricter(err error, src []byte) bool {
	colon := bytes.IndexByte(src, ':') >= 0 // it reads names as qualified names, and knows "xmlns"
	high := strings.IndexFunc(string(src), func(r rune) bool { return r >= 0x80 }) >= 0
	names := strings.Contains(err.Error(), "name") || strings.Contains(err.Error(), "closed by")
	return strings.Contains(err.Error(), "invalid UTF-8") || (colon || high) && names
}

// outline gives a tree the form of oracle.
func outline(nodes []*parser.Node) string {
	var b strings.Builder
	var walk func(nodes []*parser.Node, depth int)
	walk = func(nodes []*parser.Node, depth int) {
		for _, n := range nodes {
			switch n.Kind {
			case parser.Element:
				writeElement(&b, depth, n.Name)
				for _, a := range n.Attrs {
					writeAttr(&b, a.Name, a.Value)
				}
				walk(n.Children, depth+1)
			case parser.Text, parser.CDATA:
				writeText(&b, n.Text)
			}
		}
	}
	walk(nodes, 0)
	return b.String()
}
