package xsd_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas/xsd"
)

// TestEverythingIsDescribed: an editor has something to show for each element and attribute of the table, and for the
// Properties that go by names of their own.
func TestEverythingIsDescribed(t *testing.T) {
	type place struct{ kind, name string }
	said := map[place]string{}
	var around []place
	d := xml.NewDecoder(strings.NewReader(string(xsd.Schema())))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			at := place{kind: token.Name.Local}
			for _, a := range token.Attr {
				if a.Name.Local == "name" || a.Name.Local == "value" {
					at.name = a.Value
				}
			}
			if described := at.kind == "element" || at.kind == "attribute"; described && said[at] == "" {
				said[at] = ""
			}
			around = append(around, at)
		case xml.EndElement:
			around = around[:len(around)-1]
		case xml.CharData:
			if n := len(around); n > 2 && around[n-1].kind == "documentation" {
				said[around[n-3]] += string(token)
			}
		}
	}
	for at, text := range said {
		if text == "" {
			t.Errorf("%s %q has no description", at.kind, at.name)
		}
	}
	for _, a := range parser.Attributes() {
		kind := "attribute"
		if a.Property {
			kind = "enumeration"
		}
		if !strings.Contains(said[place{kind, a.Name}], a.Doc.Meaning) {
			t.Errorf("%s/%s: %q", a.Element, a.Name, said[place{kind, a.Name}])
		}
	}
	for _, e := range parser.ElementTypes() {
		if !strings.Contains(said[place{"element", e.Name}], e.Doc.Meaning) {
			t.Errorf("<%s>: %q", e.Name, said[place{"element", e.Name}])
		}
	}
}
