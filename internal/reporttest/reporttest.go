// Package reporttest holds reports to golden files, to the syntax of their formats, and to what a terminal may get. It
// is for the tests of the rooms below internal/report.
package reporttest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/schemas"
)

// Hostile is a name that does more on a terminal than be read, and is long, with what HTML, CSV and Markdown take for
// their own.
var Hostile = "=<b>\x1b[31m\u009b\u202e|\"'" + strings.Repeat("long", 20)

// Kind is a kind of answer to be tried: its formats, the schema of its JSON, and answers by the name of a case.
type Kind[T any] struct {
	Name    string // of the golden files: NAME-CASE.FORMAT
	Formats forms.List[T]
	Schema  string
	Answers map[string]T
}

// Run writes every answer in every format.
func (k Kind[T]) Run(t *testing.T) {
	for name, answer := range k.Answers {
		for _, format := range k.Formats.Names() {
			t.Run(k.Name+"/"+name+"."+format, func(t *testing.T) {
				var out bytes.Buffer
				if err := k.Formats.Write(&out, format, answer); err != nil {
					t.Fatal(err)
				}
				if strings.ContainsAny(out.String(), "\x1b\u009b\u202e") {
					t.Errorf("a control character is let through:\n%q", out.String())
				}
				checkSyntax(t, format, k.Schema, out.Bytes())
				golden.Check(t, filepath.Join("testdata", k.Name+"-"+name+"."+format), out.Bytes())
			})
		}
		k.endsWhereNothingCanBeWritten(t, name, answer)
	}
}

// endsWhereNothingCanBeWritten: an answer that did not get there must not look as if it did.
func (k Kind[T]) endsWhereNothingCanBeWritten(t *testing.T, name string, answer T) {
	t.Helper()
	for _, format := range k.Formats.Names() {
		var out bytes.Buffer
		k.Formats.Write(&out, format, answer)
		if err := k.Formats.Write(full{}, format, answer); out.Len() > 0 && !errors.Is(err, errFull) {
			t.Errorf("%s/%s.%s: %v where nothing can be written", k.Name, name, format, err)
		}
	}
}

var errFull = errors.New("the disk is full")

// full is a writer that nothing can be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// checkSyntax holds JSON to its schema, value by value as several may stand one behind the other, and XML to being
// XML.
func checkSyntax(t *testing.T, format, schema string, text []byte) {
	t.Helper()
	switch format {
	case "json":
		for dec := json.NewDecoder(bytes.NewReader(text)); ; {
			var value json.RawMessage
			if err := dec.Decode(&value); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatal(err)
			}
			fits(t, schema, value)
		}
	case "html":
		if bytes.Contains(text, []byte("=<b>")) {
			t.Errorf("a name is markup:\n%s", text)
		}
	case "junit":
		if err := xml.Unmarshal(text, new(struct{})); err != nil {
			t.Error(err)
		}
	}
}

// fits holds a value to a schema as programs do. schemas.Load would not do: it is for files that people write, and takes
// no number with an exponent.
func fits(t *testing.T, schema string, value []byte) {
	t.Helper()
	rules, err := schemas.Source(schema)
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(rules), gojsonschema.NewBytesLoader(value))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range result.Errors() {
		t.Errorf("no %s: %s", schema, e)
	}
}
