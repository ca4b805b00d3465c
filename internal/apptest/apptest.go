// Package apptest has what the tests of use cases share: files in memory, and notes as text.
package apptest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Memory is an Input of files in memory; what stdin is stands under the name "-". The first case of all is figure.xml.
func Memory(t *testing.T, files map[string]string) app.Input {
	t.Helper()
	disk := fstest.MapFS{"figure.xml": {Data: []byte(Figure(t))}}
	for name, text := range files {
		disk[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return app.Input{Open: disk.Open, Stdin: strings.NewReader(files["-"])}
}

// Figure is the plugin-cfg.xml of the first case.
func Figure(t *testing.T) string { return Case(t, "plugin-cfg.xml") }

// Case is a file of the first case.
func Case(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(sharedtest.Checkout(t), "testdata/figure-5-12", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// Noted writes notes as a command line does, a line each.
func Noted(notes app.Notes) string {
	var b strings.Builder
	for _, n := range notes {
		if n.Text != "" {
			b.WriteString(n.Text + "\n")
		}
		for _, d := range n.Diagnostics {
			b.WriteString(n.Files.Line(d) + "\n")
		}
	}
	return b.String()
}
