package parser_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
)

// BenchmarkParse reads the large file with all positions and the typed view. Compare with BenchmarkEncodingXMLRawToken in one run.
func BenchmarkParse(b *testing.B) {
	src := sharedtest.Large(b)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ds := parser.Parse(1, src); len(ds) > 0 {
			b.Fatal(ds[0])
		}
	}
}

// BenchmarkEncodingXMLRawToken is the standard library's fastest loop over the same file: no tree, no positions, no checks of tags.
func BenchmarkEncodingXMLRawToken(b *testing.B) {
	src := sharedtest.Large(b)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		d := xml.NewDecoder(bytes.NewReader(src))
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // the file is plain ASCII
		for {
			if _, err := d.RawToken(); err != nil {
				break
			}
		}
	}
}
