package parser_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
)

// BenchmarkParse reads the large file with all positions and the typed view. Compare with BenchmarkEncodingXMLRawToken
// in one run.
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

// BenchmarkEncodingXMLRawToken is the standard library's fastest loop over the same file: no tree, no positions, no
// checks of tags.
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

// BenchmarkParseSizes shows that the time grows with the size and no faster: compare the MB/s.
func BenchmarkParseSizes(b *testing.B) {
	for _, clusters := range []int{25, 100, 400} {
		src := sharedtest.Large(b, "--clusters", strconv.Itoa(clusters), "--routes", strconv.Itoa(10*clusters),
			"--uris", strconv.Itoa(100*clusters))
		b.Run(strconv.Itoa(len(src)>>10)+"KB", func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				parser.Parse(1, src)
			}
		})
	}
}

// BenchmarkWrite prints the large file.
func BenchmarkWrite(b *testing.B) {
	src := sharedtest.Large(b)
	cfg, _ := parser.Parse(1, src)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if err := parser.Write(io.Discard, cfg.Doc); err != nil {
			b.Fatal(err)
		}
	}
}
